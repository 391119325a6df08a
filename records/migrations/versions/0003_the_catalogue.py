"""The catalogue: folders as clinics put them up, drafts, who wrote what was published, what is retired.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("clinic_folder", "pathway_draft", "pathway_retirement")
IMMUTABLE = ("clinic_folder", "pathway_retirement")
ITSELF = "compiled->>'code' = code AND compiled->>'version' = version::text"

TRIGGERS = """
CREATE FUNCTION only_a_draft_is_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pathway_draft AS d
        WHERE d.clinic_id = NEW.clinic_id AND d.code = NEW.code AND d.version = NEW.version
          AND d.sha256 = NEW.sha256 AND d.folder = NEW.folder AND d.author = NEW.author
    ) THEN
        RAISE EXCEPTION 'no draft says this' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER only_a_draft_is_published AFTER INSERT ON pathway
    FOR EACH ROW EXECUTE FUNCTION only_a_draft_is_published();
"""


def upgrade() -> None:
    """Make the tables, say whose rows they are, and who may do what to them."""
    op.create_table(
        "clinic_folder",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("live", sa.JSON(), nullable=False),
        sa.Column("live_sha256", sa.Text(), nullable=False),
        sa.Column("put_up_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.clinic_id"], name=op.f("fk_clinic_folder_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "sha256", name=op.f("pk_clinic_folder")),
    )
    op.create_table(
        "pathway_draft",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("speciality", sa.Text(), nullable=False),
        sa.Column("compiled", sa.JSON(), nullable=False),
        sa.Column("bound", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "folder"],
            ["clinic_folder.clinic_id", "clinic_folder.sha256"],
            name=op.f("fk_pathway_draft_clinic_id_folder"),
        ),
        sa.CheckConstraint(ITSELF, name=op.f("ck_pathway_draft_itself")),
        sa.PrimaryKeyConstraint("clinic_id", "code", "version", name=op.f("pk_pathway_draft")),
    )
    op.create_table(
        "pathway_retirement",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retired_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "code", "version"],
            ["pathway.clinic_id", "pathway.code", "pathway.version"],
            name=op.f("fk_pathway_retirement_clinic_id_code_version"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "code", "version", name=op.f("pk_pathway_retirement")),
    )
    op.add_column("pathway", sa.Column("author", sa.Text(), nullable=True))
    op.add_column("pathway", sa.Column("folder", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_pathway_clinic_id_folder"),
        "pathway",
        "clinic_folder",
        ["clinic_id", "folder"],
        ["clinic_id", "sha256"],
    )
    op.create_check_constraint(op.f("ck_pathway_itself"), "pathway", ITSELF)
    # NOT VALID: what was published before knows no author, and a published row is never touched again.
    op.execute("""
        ALTER TABLE pathway ADD CONSTRAINT ck_pathway_two_people CHECK (
            author IS NOT NULL AND published_by IS NOT NULL AND folder IS NOT NULL AND published_by <> author
        ) NOT VALID
    """)

    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f"""
            CREATE POLICY of_its_clinic ON "{table}"
            USING (clinic_id = current_setting('carepath.clinic', true))
            WITH CHECK (clinic_id = current_setting('carepath.clinic', true))
        """)
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO carepath_app')
    # A draft is its author's: he may say something else in it, never who wrote it.
    op.execute("""
        GRANT UPDATE (sha256, folder, base, title, speciality, compiled, bound, at), DELETE ON pathway_draft
        TO carepath_app
    """)
    for table in IMMUTABLE:
        op.execute(f"""
            CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION never_changes()
        """)
    op.execute(TRIGGERS)


def downgrade() -> None:
    """Forget drafts, authors and retirements; what was published stays."""
    op.execute("DROP FUNCTION only_a_draft_is_published CASCADE")
    op.execute("ALTER TABLE pathway DROP CONSTRAINT ck_pathway_two_people, DROP CONSTRAINT ck_pathway_itself")
    op.drop_constraint("fk_pathway_clinic_id_folder", "pathway")
    op.drop_column("pathway", "folder")
    op.drop_column("pathway", "author")
    for table in reversed(TABLES):
        op.drop_table(table)
