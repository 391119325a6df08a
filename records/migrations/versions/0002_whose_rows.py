"""Whose rows they are: row-level security, rights of the three roles, what never changes, the clock's row.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CLINIC = (
    "clinic", "pathway", "patient", "representation", "identity", "staff", "staff_role", "staff_pool",
    "consultation", "task", "task_owner", "transition", "consent", "consent_withdrawal", "evidence", "content",
    "document", "signature", "prescription", "lab_order", "result", "score", "payment", "duty", "seat", "wait",
    "notice", "audit", "audit_subject", "seal",
)
"""Tables of a clinic."""

# Rows of no clinic show only to a transaction that has just named their own id or keyed hash (Session.reach).
REACHED = {
    "person": ("id",),
    "login": ("person_id", "key_hash"),
    "login_code": ("phone_hash",),
    "request": ("key_hash",),
}

APP_CHANGES = {
    "clinic": ("name", "oid", "region", "zone", "folder", "saved_at"),
    "representation": ("ended_on",),
    "staff": ("name", "position", "specialities", "until"),
    "consultation": (
        "doctor_id", "met_by", "status", "end", "ended_at", "emergency", "paused", "epoch", "revision", "state",
        "projected_at",
    ),
    "task": ("name", "owner", "actions", "form", "opened_at", "due", "claimed_by", "data"),
    "lab_order": ("status", "number", "refused"),
    "result": ("delivered_at", "delivered_by"),
    "duty": ("capacity", "ended_at"),
    "seat": ("freed_at",),
    "wait": ("ended_at", "outcome"),
    "login": ("totp_step", "seen_at", "closed_at"),
    "login_code": ("code_hash", "made_at", "expires_at", "tries", "used_at", "issued", "window_since"),
}
"""What the application may change, column by column; all else it only inserts."""

APP_REMOVES = ("task", "task_owner", "staff_role", "staff_pool", "content")

SYSTEM_READS = {
    "clinic": ("clinic_id",),
    "consultation": (
        "clinic_id", "workflow", "consultation_id", "parent", "doctor_id", "pathway", "status", "end", "started_at",
        "ended_at", "emergency", "paused", "epoch", "revision", "projected_at",
    ),
    "task": (
        "clinic_id", "workflow", "id", "consultation_id", "name", "step", "occurrence", "owner", "opened_at", "due",
        "claimed_by",
    ),
    "seat": (
        "clinic_id", "id", "doctor_id", "workflow", "step", "occurrence", "slot", "capacity", "taken_at", "freed_at",
    ),
    "wait": (
        "clinic_id", "workflow", "step", "occurrence", "pool", "first", "joined_at", "low", "high", "ended_at",
        "outcome",
    ),
    "audit": (
        "clinic_id", "id", "at", "person_id", "on_behalf_of", "action", "subjects", "reason", "recorded_at", "seal",
    ),
    "audit_subject": ("clinic_id", "audit_id", "subject"),
    "seal": ("clinic_id", "number", "at", "previous", "rows", "whole", "digest", "copied_at"),
    "request": ("at",),
    "inbox": (
        "id", "clinic_id", "sender", "event_id", "workflow", "fact", "ring", "received_at", "next_try_at", "tries",
        "delivered_at", "rung_at",
    ),
    "clock": ("only", "anchor", "real_anchor", "rate"),
}
"""What the system role may read: no clinical column, no name, no raw message."""

SYSTEM_CHANGES = {
    "seat": ("freed_at",),
    "audit": ("seal",),
    "seal": ("copied_at",),
    "inbox": ("next_try_at", "tries", "delivered_at", "rung_at"),
    "clock": ("anchor", "real_anchor", "rate"),
}
SYSTEM_ADDS = ("seal", "inbox")
SYSTEM_REMOVES = ("request",)

IMMUTABLE = (
    "pathway", "consent", "consent_withdrawal", "evidence", "transition", "document", "signature", "prescription",
    "score", "payment", "identity", "audit_subject",
)

TRIGGERS = """
CREATE FUNCTION never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% never changes', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION content_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.draft THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'content never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION only_joins_a_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal IS NULL AND NEW.seal IS NOT NULL
       AND (to_jsonb(NEW) - 'seal') = (to_jsonb(OLD) - 'seal') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit never changes' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION only_gets_copied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'copied_at') = (to_jsonb(OLD) - 'copied_at') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'seals never change' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION never_goes_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.epoch, NEW.revision) <= (OLD.epoch, OLD.revision) THEN
        RAISE EXCEPTION 'consultation never goes back' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.patient_id, NEW.consultation_id, NEW.pathway) IS DISTINCT FROM
       (OLD.patient_id, OLD.consultation_id, OLD.pathway) THEN
        RAISE EXCEPTION 'consultation keeps whose it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER content_never_changes BEFORE UPDATE OR DELETE ON content
    FOR EACH ROW EXECUTE FUNCTION content_never_changes();
CREATE TRIGGER only_joins_a_seal BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION only_joins_a_seal();
CREATE TRIGGER only_gets_copied BEFORE UPDATE OR DELETE ON seal
    FOR EACH ROW EXECUTE FUNCTION only_gets_copied();
CREATE TRIGGER never_goes_back BEFORE UPDATE ON consultation
    FOR EACH ROW EXECUTE FUNCTION never_goes_back();
"""

FUNCTIONS = (
    "never_changes", "content_never_changes", "only_joins_a_seal", "only_gets_copied", "never_goes_back",
)


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def upgrade() -> None:
    """Forbid everything to everybody, then name what is allowed."""
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA public TO carepath_app, carepath_system")
    op.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    for table in (*CLINIC, *REACHED):
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    for table in CLINIC:
        op.execute(f"""
            CREATE POLICY of_its_clinic ON "{table}"
            USING (clinic_id = current_setting('carepath.clinic', true))
            WITH CHECK (clinic_id = current_setting('carepath.clinic', true))
        """)
    for table, keys in REACHED.items():
        shown = " OR ".join(f"{key} = ANY (string_to_array(current_setting('carepath.reach', true), ','))" for key in keys)
        op.execute(f'CREATE POLICY reached ON "{table}" TO carepath_app USING ({shown}) WITH CHECK ({shown})')
    for table in SYSTEM_READS:
        if table in CLINIC or table in REACHED:
            op.execute(f'CREATE POLICY of_the_system ON "{table}" TO carepath_system USING (true) WITH CHECK (true)')

    for table in (*CLINIC, *REACHED):
        op.execute(f'GRANT SELECT, INSERT ON "{table}" TO carepath_app')
    op.execute("REVOKE INSERT ON seal FROM carepath_app")
    op.execute("GRANT INSERT ON inbox TO carepath_app")
    op.execute("GRANT SELECT ON clock TO carepath_app")
    for table, names in APP_CHANGES.items():
        op.execute(f'GRANT UPDATE ({_columns(names)}) ON "{table}" TO carepath_app')
    for table in APP_REMOVES:
        op.execute(f'GRANT DELETE ON "{table}" TO carepath_app')
    for table, names in SYSTEM_READS.items():
        op.execute(f'GRANT SELECT ({_columns(names)}) ON "{table}" TO carepath_system')
    for table, names in SYSTEM_CHANGES.items():
        op.execute(f'GRANT UPDATE ({_columns(names)}) ON "{table}" TO carepath_system')
    for table in SYSTEM_ADDS:
        op.execute(f'GRANT INSERT ON "{table}" TO carepath_system')
    for table in SYSTEM_REMOVES:
        op.execute(f'GRANT DELETE ON "{table}" TO carepath_system')

    op.execute(TRIGGERS)
    for table in IMMUTABLE:
        op.execute(f"""
            CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON "{table}"
            FOR EACH ROW EXECUTE FUNCTION never_changes()
        """)
    # Domain time is real time until somebody moves it.
    op.execute("INSERT INTO clock (anchor, real_anchor, rate) VALUES ('2020-01-01+00', '2020-01-01+00', 1)")


def downgrade() -> None:
    """Take everything back but the tables."""
    op.execute("DELETE FROM clock")
    for table in (*CLINIC, *REACHED):
        op.execute(f'DROP POLICY IF EXISTS of_its_clinic ON "{table}"')
        op.execute(f'DROP POLICY IF EXISTS of_the_system ON "{table}"')
        op.execute(f'DROP POLICY IF EXISTS reached ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function} CASCADE")
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM carepath_app, carepath_system")
    op.execute("REVOKE USAGE ON SCHEMA public FROM carepath_app, carepath_system")
