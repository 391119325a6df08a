"""Talking: photos of a chat, invitations into a meeting.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("chat_photo", "invitation")

TRIGGERS = """
CREATE FUNCTION what_was_said_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM content AS m JOIN transition AS t
          ON t.clinic_id = m.clinic_id AND t.consultation_id = m.consultation_id
        WHERE m.clinic_id = OLD.clinic_id AND m.id = OLD.message_id
          AND t.code = 'chat.message' AND t.detail->>'content' = m.id
    ) THEN
        RAISE EXCEPTION 'what was said stays' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER what_was_said_stays BEFORE DELETE ON chat_photo
    FOR EACH ROW EXECUTE FUNCTION what_was_said_stays();
"""


def upgrade() -> None:
    """Make the tables, say whose rows they are, and who may do what to them."""
    op.create_table(
        "chat_photo",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_chat_photo_counted")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "message_id"],
            ["content.clinic_id", "content.id"],
            name=op.f("fk_chat_photo_clinic_id_message_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "photo_id"],
            ["content.clinic_id", "content.id"],
            name=op.f("fk_chat_photo_clinic_id_photo_id"),
        ),
        sa.PrimaryKeyConstraint("clinic_id", "photo_id", name=op.f("pk_chat_photo")),
    )
    op.create_index("uq_chat_photo_place", "chat_photo", ["clinic_id", "message_id", "place"], unique=True)
    op.create_table(
        "invitation",
        sa.Column("clinic_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("guest", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.CheckConstraint("expires_at > at", name=op.f("ck_invitation_ahead")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_invitation_taken_back")
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.clinic_id"], name=op.f("fk_invitation_clinic_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["person.id"], name=op.f("fk_invitation_invited_by")),
        sa.ForeignKeyConstraint(["revoked_by"], ["person.id"], name=op.f("fk_invitation_revoked_by")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_invitation")),
    )
    op.create_index("uq_invitation_token", "invitation", ["clinic_id", "token_hash"], unique=True)
    op.create_index("ix_invitation_workflow", "invitation", ["clinic_id", "workflow"])

    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f"""
            CREATE POLICY of_its_clinic ON "{table}"
            USING (clinic_id = current_setting('carepath.clinic', true))
            WITH CHECK (clinic_id = current_setting('carepath.clinic', true))
        """)
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO carepath_app')
    # A message that was refused gives its photos back; one that was said keeps them (the trigger).
    op.execute("GRANT DELETE ON chat_photo TO carepath_app")
    op.execute("GRANT UPDATE (revoked_at, revoked_by) ON invitation TO carepath_app")
    op.execute(TRIGGERS)


def downgrade() -> None:
    """Forget which photos were sent, and who was invited."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION what_was_said_stays")
