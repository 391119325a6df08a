"""The tables of the record. Generated from ``records.tables``; whose rows they are stands in 0002.

Revision ID: 0001
Revises: 
"""
import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('audit',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('on_behalf_of', sa.Text(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subjects', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('statement_timestamp()'), nullable=False),
    sa.Column('seal', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_audit'))
    )
    op.create_index('ix_audit_seal', 'audit', ['clinic_id', 'seal'], unique=False)
    op.create_index('ix_audit_unsealed', 'audit', ['clinic_id', 'id'], unique=False, postgresql_where=sa.text('seal IS NULL'))
    op.create_table('clinic',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('name', sa.JSON(), nullable=False),
    sa.Column('oid', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('folder', sa.JSON(), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("clinic_id <> ''", name=op.f('ck_clinic_named')),
    sa.PrimaryKeyConstraint('clinic_id', name=op.f('pk_clinic'))
    )
    op.create_table('clock',
    sa.Column('only', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('anchor', sa.DateTime(timezone=True), nullable=False),
    sa.Column('real_anchor', sa.DateTime(timezone=True), nullable=False),
    sa.Column('rate', sa.Float(), nullable=False),
    sa.CheckConstraint('"only"', name=op.f('ck_clock_one')),
    sa.CheckConstraint('rate > 0', name=op.f('ck_clock_forward')),
    sa.PrimaryKeyConstraint('only', name=op.f('pk_clock'))
    )
    op.create_table('inbox',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('clinic_id', sa.Text(), nullable=True),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('event_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('fact', sa.JSON(), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=True),
    sa.Column('ring', sa.Text(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rung_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox'))
    )
    op.create_index('ix_inbox_due', 'inbox', ['next_try_at', 'id'], unique=False, postgresql_where=sa.text('delivered_at IS NULL'))
    op.create_index('uq_inbox_event', 'inbox', ['sender', 'event_id'], unique=True)
    op.create_table('login_code',
    sa.Column('phone_hash', sa.Text(), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('issued', sa.Integer(), nullable=False),
    sa.Column('window_since', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('phone_hash', name=op.f('pk_login_code'))
    )
    op.create_table('person',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person'))
    )
    op.create_table('request',
    sa.Column('key_hash', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key_hash', name=op.f('pk_request'))
    )
    op.create_index('ix_request_at', 'request', ['at'], unique=False)
    op.create_table('seal',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('previous', sa.Text(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('whole', sa.Boolean(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('copied_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('clinic_id', 'number', name=op.f('pk_seal'))
    )
    op.create_index('ix_seal_uncopied', 'seal', ['clinic_id', 'number'], unique=False, postgresql_where=sa.text('copied_at IS NULL'))
    op.create_table('audit_subject',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('audit_id', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'audit_id'], ['audit.clinic_id', 'audit.id'], name=op.f('fk_audit_subject_clinic_id_audit_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'audit_id', 'subject', name=op.f('pk_audit_subject'))
    )
    op.create_index('ix_audit_subject_at', 'audit_subject', ['clinic_id', 'subject', 'at', 'audit_id'], unique=False)
    op.create_table('content',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('draft', sa.Boolean(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('task', sa.Text(), nullable=True),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.clinic_id'], name=op.f('fk_content_clinic_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_content'))
    )
    op.create_index('ix_content_draft', 'content', ['clinic_id', 'workflow', 'task', 'author', 'at'], unique=False, postgresql_where=sa.text('draft'))
    op.create_index('ix_content_sweep', 'content', ['clinic_id', 'at'], unique=False, postgresql_where=sa.text('draft'))
    op.create_index('ix_content_task', 'content', ['clinic_id', 'workflow', 'task'], unique=False)
    op.create_table('login',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('key_hash', sa.Text(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=True),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('totp_step', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(way = 'oidc') = (sealed IS NULL) AND (way = 'password') = (password_hash IS NOT NULL)", name=op.f('ck_login_secrets')),
    sa.CheckConstraint('"way" IN (\'phone\', \'oidc\', \'password\')', name=op.f('ck_login_way')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_login_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_login'))
    )
    op.create_index('ix_login_person', 'login', ['person_id'], unique=False)
    op.create_index('uq_login_open', 'login', ['way', 'key_hash'], unique=True, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('notice',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.clinic_id'], name=op.f('fk_notice_clinic_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'key', 'person_id', name=op.f('pk_notice'))
    )
    op.create_table('pathway',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('title', sa.JSON(), nullable=False),
    sa.Column('speciality', sa.Text(), nullable=False),
    sa.Column('compiled', sa.JSON(), nullable=False),
    sa.Column('published_by', sa.Text(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.clinic_id'], name=op.f('fk_pathway_clinic_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'code', 'version', name=op.f('pk_pathway'))
    )
    op.create_index('uq_pathway_sha256', 'pathway', ['clinic_id', 'sha256'], unique=True)
    op.create_table('patient',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('family_name', sa.Text(), nullable=False),
    sa.Column('given_name', sa.Text(), nullable=False),
    sa.Column('patronymic', sa.Text(), nullable=True),
    sa.Column('birth_date', sa.Date(), nullable=False),
    sa.Column('sex', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('"language" IN (\'ru\', \'en\')', name=op.f('ck_patient_language')),
    sa.CheckConstraint('"sex" IN (\'male\', \'female\')', name=op.f('ck_patient_sex')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.clinic_id'], name=op.f('fk_patient_clinic_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_patient_person_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_patient'))
    )
    op.create_index('uq_patient_number', 'patient', ['clinic_id', 'number'], unique=True)
    op.create_index('uq_patient_person', 'patient', ['clinic_id', 'person_id'], unique=True)
    op.create_table('payment',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('entry', sa.Text(), nullable=False),
    sa.Column('hold', sa.Text(), nullable=True),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('receipt', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('statement_timestamp()'), nullable=False),
    sa.CheckConstraint("(entry = 'captured') = (receipt IS NOT NULL)", name=op.f('ck_payment_receipt')),
    sa.CheckConstraint("(entry = 'declined') = (hold IS NULL)", name=op.f('ck_payment_hold')),
    sa.CheckConstraint('"entry" IN (\'authorised\', \'declined\', \'captured\', \'cancelled\')', name=op.f('ck_payment_entry')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_payment_amount')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.clinic_id'], name=op.f('fk_payment_clinic_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_payment'))
    )
    op.create_index('ix_payment_consultation', 'payment', ['clinic_id', 'consultation_id'], unique=False)
    op.create_index('uq_payment_hold_ends', 'payment', ['clinic_id', 'hold'], unique=True, postgresql_where=sa.text("entry IN ('captured', 'cancelled')"))
    op.create_index('uq_payment_key', 'payment', ['clinic_id', 'key'], unique=True)
    op.create_table('staff',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.Text(), nullable=False),
    sa.Column('specialities', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_staff_period')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.clinic_id'], name=op.f('fk_staff_clinic_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_staff_person_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'person_id', name=op.f('pk_staff'))
    )
    op.create_table('wait',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('pool', sa.Text(), nullable=False),
    sa.Column('first', sa.Boolean(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('low', sa.Integer(), nullable=False),
    sa.Column('high', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.CheckConstraint('"outcome" IN (\'accepted\', \'left\')', name=op.f('ck_wait_outcome')),
    sa.CheckConstraint('(ended_at IS NULL) = (outcome IS NULL)', name=op.f('ck_wait_ended')),
    sa.CheckConstraint('0 <= low AND low <= high', name=op.f('ck_wait_predicted')),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinic.clinic_id'], name=op.f('fk_wait_clinic_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'workflow', 'step', 'occurrence', name=op.f('pk_wait'))
    )
    op.create_index('ix_wait_ended', 'wait', ['clinic_id', 'pool', 'ended_at'], unique=False)
    op.create_index('ix_wait_standing', 'wait', ['clinic_id', 'pool', 'joined_at'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('consultation',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('parent', sa.Text(), nullable=True),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('doctor_id', sa.Text(), nullable=True),
    sa.Column('met_by', sa.Text(), nullable=True),
    sa.Column('pathway', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('end', sa.Text(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('emergency', sa.Boolean(), nullable=False),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('state', sa.JSON(), nullable=False),
    sa.Column('projected_at', sa.DateTime(timezone=True), server_default=sa.text('statement_timestamp()'), nullable=False),
    sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f('ck_consultation_ended')),
    sa.CheckConstraint('"status" IN (\'open\', \'ending\', \'closed\')', name=op.f('ck_consultation_status')),
    sa.CheckConstraint('epoch >= 1 AND revision >= 0', name=op.f('ck_consultation_numbers')),
    sa.ForeignKeyConstraint(['clinic_id', 'pathway'], ['pathway.clinic_id', 'pathway.sha256'], name=op.f('fk_consultation_clinic_id_pathway')),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_consultation_clinic_id_patient_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'workflow', name=op.f('pk_consultation'))
    )
    op.create_index('ix_consultation_doctor', 'consultation', ['clinic_id', 'doctor_id', 'started_at', 'workflow'], unique=False)
    op.create_index('ix_consultation_met_by', 'consultation', ['clinic_id', 'met_by', 'started_at', 'workflow'], unique=False)
    op.create_index('ix_consultation_open', 'consultation', ['workflow'], unique=False, postgresql_where=sa.text("status <> 'closed'"))
    op.create_index('ix_consultation_patient', 'consultation', ['clinic_id', 'patient_id', 'started_at', 'workflow'], unique=False)
    op.create_index('ix_consultation_started', 'consultation', ['clinic_id', 'started_at', 'workflow'], unique=False)
    op.create_index('ix_consultation_status', 'consultation', ['clinic_id', 'status', 'started_at', 'workflow'], unique=False)
    op.create_index('ix_consultation_whole', 'consultation', ['clinic_id', 'consultation_id'], unique=False)
    op.create_table('document',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('paper', sa.Text(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('doctor_id', sa.Text(), nullable=False),
    sa.Column('content_id', sa.Text(), nullable=False),
    sa.Column('item', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('stored', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('"paper" IN (\'protocol\', \'prescription\', \'referral\', \'lab_order\')', name=op.f('ck_document_paper')),
    sa.ForeignKeyConstraint(['clinic_id', 'content_id'], ['content.clinic_id', 'content.id'], name=op.f('fk_document_clinic_id_content_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_document_clinic_id_patient_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_document'))
    )
    op.create_index('ix_document_consultation', 'document', ['clinic_id', 'consultation_id'], unique=False)
    op.create_index('ix_document_content', 'document', ['clinic_id', 'content_id'], unique=False)
    op.create_index('uq_document_bytes', 'document', ['clinic_id', 'id', 'sha256'], unique=True)
    op.create_index('uq_document_key', 'document', ['clinic_id', 'key'], unique=True)
    op.create_table('duty',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('doctor_id', sa.Text(), nullable=False),
    sa.Column('pool', sa.Text(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('capacity >= 1', name=op.f('ck_duty_capacity')),
    sa.ForeignKeyConstraint(['clinic_id', 'doctor_id'], ['staff.clinic_id', 'staff.person_id'], name=op.f('fk_duty_clinic_id_doctor_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_duty'))
    )
    op.create_index('ix_duty_pool', 'duty', ['clinic_id', 'pool'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('uq_duty_now', 'duty', ['clinic_id', 'doctor_id', 'pool'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('evidence',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('doctor', sa.Text(), nullable=True),
    sa.Column('diagnosis', sa.Text(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('speciality', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(source = 'papers') <= (recorded_by IS NOT NULL)", name=op.f('ck_evidence_papers_seen')),
    sa.CheckConstraint('"source" IN (\'record\', \'mis\', \'papers\')', name=op.f('ck_evidence_source')),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_evidence_clinic_id_patient_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', 'version', name=op.f('pk_evidence'))
    )
    op.create_index('ix_evidence_patient', 'evidence', ['clinic_id', 'patient_id', 'id', 'version'], unique=False)
    op.create_table('identity',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('session', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('"level" IN (\'declared\', \'confirmed\')', name=op.f('ck_identity_level')),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_identity_clinic_id_patient_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_identity_person_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_identity'))
    )
    op.create_index('ix_identity_patient', 'identity', ['clinic_id', 'patient_id', 'at', 'id'], unique=False)
    op.create_index('uq_identity_proof', 'identity', ['clinic_id', 'patient_id', 'method', 'session'], unique=True)
    op.create_table('lab_order',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('doctor_id', sa.Text(), nullable=False),
    sa.Column('partner', sa.Text(), nullable=False),
    sa.Column('content_id', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('refused', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'refused') = (refused IS NOT NULL)", name=op.f('ck_lab_order_refused_why')),
    sa.CheckConstraint("(status IN ('placed', 'cancelled')) = (number IS NOT NULL)", name=op.f('ck_lab_order_numbered')),
    sa.CheckConstraint('"status" IN (\'sending\', \'placed\', \'refused\', \'cancelled\')', name=op.f('ck_lab_order_status')),
    sa.ForeignKeyConstraint(['clinic_id', 'content_id'], ['content.clinic_id', 'content.id'], name=op.f('fk_lab_order_clinic_id_content_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_lab_order_clinic_id_patient_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_lab_order'))
    )
    op.create_index('ix_lab_order_consultation', 'lab_order', ['clinic_id', 'consultation_id'], unique=False)
    op.create_index('ix_lab_order_content', 'lab_order', ['clinic_id', 'content_id'], unique=False)
    op.create_index('uq_lab_order_key', 'lab_order', ['clinic_id', 'key'], unique=True)
    op.create_index('uq_lab_order_number', 'lab_order', ['clinic_id', 'partner', 'number'], unique=True)
    op.create_index('uq_lab_order_patient', 'lab_order', ['clinic_id', 'id', 'patient_id'], unique=True)
    op.create_table('representation',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('ground', sa.Text(), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('checked_by', sa.Text(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('"ground" IN (\'parent\', \'guardian\', \'adoptive_parent\', \'proxy\', \'institution\')', name=op.f('ck_representation_ground')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_representation_period')),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_representation_clinic_id_patient_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_representation_person_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_representation'))
    )
    op.create_index('ix_representation_patient', 'representation', ['clinic_id', 'patient_id'], unique=False)
    op.create_index('ix_representation_person', 'representation', ['clinic_id', 'person_id'], unique=False)
    op.create_index('uq_representation_person', 'representation', ['clinic_id', 'id', 'person_id', 'patient_id'], unique=True)
    op.create_table('score',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('doctor_id', sa.Text(), nullable=True),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('comment_id', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('score BETWEEN 0 AND 10', name=op.f('ck_score_nps')),
    sa.ForeignKeyConstraint(['clinic_id', 'comment_id'], ['content.clinic_id', 'content.id'], name=op.f('fk_score_clinic_id_comment_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_score_clinic_id_patient_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'consultation_id', 'step', 'occurrence', name=op.f('pk_score'))
    )
    op.create_index('ix_score_comment', 'score', ['clinic_id', 'comment_id'], unique=False)
    op.create_index('ix_score_doctor', 'score', ['clinic_id', 'doctor_id', 'at'], unique=False)
    op.create_table('seat',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('doctor_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('freed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('slot BETWEEN 1 AND capacity', name=op.f('ck_seat_within_capacity')),
    sa.ForeignKeyConstraint(['clinic_id', 'doctor_id'], ['staff.clinic_id', 'staff.person_id'], name=op.f('fk_seat_clinic_id_doctor_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_seat'))
    )
    op.create_index('ix_seat_active', 'seat', ['taken_at'], unique=False, postgresql_where=sa.text('freed_at IS NULL'))
    op.create_index('uq_seat_doctor', 'seat', ['clinic_id', 'doctor_id', 'slot'], unique=True, postgresql_where=sa.text('freed_at IS NULL'))
    op.create_index('uq_seat_occurrence', 'seat', ['clinic_id', 'workflow', 'step', 'occurrence'], unique=True, postgresql_where=sa.text('freed_at IS NULL'))
    op.create_table('staff_pool',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('pool', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'person_id'], ['staff.clinic_id', 'staff.person_id'], name=op.f('fk_staff_pool_clinic_id_person_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'person_id', 'pool', name=op.f('pk_staff_pool'))
    )
    op.create_table('staff_role',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.CheckConstraint('"role" IN (\'auditor\', \'call_centre\', \'cashier\', \'clinic_admin\', \'doctor\', \'head_doctor\', \'integration\', \'nurse\', \'registrar\', \'shift_supervisor\')', name=op.f('ck_staff_role_role')),
    sa.ForeignKeyConstraint(['clinic_id', 'person_id'], ['staff.clinic_id', 'staff.person_id'], name=op.f('fk_staff_role_clinic_id_person_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'person_id', 'role', name=op.f('pk_staff_role'))
    )
    op.create_index('ix_staff_role_role', 'staff_role', ['clinic_id', 'role'], unique=False)
    op.create_table('consent',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('representation_id', sa.Text(), nullable=True),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_consent_clinic_id_patient_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'representation_id', 'person_id', 'patient_id'], ['representation.clinic_id', 'representation.id', 'representation.person_id', 'representation.patient_id'], name=op.f('fk_consent_clinic_id_representation_id_person_id_patient_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_person_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_consent'))
    )
    op.create_index('ix_consent_patient', 'consent', ['clinic_id', 'patient_id', 'at'], unique=False)
    op.create_index('uq_consent_once', 'consent', ['clinic_id', 'consultation_id', 'step', 'occurrence', 'document'], unique=True)
    op.create_table('result',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('order_id', sa.Text(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('critical', sa.Boolean(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_by', sa.Text(), nullable=True),
    sa.CheckConstraint('"status" IN (\'partial\', \'final\')', name=op.f('ck_result_status')),
    sa.CheckConstraint('(delivered_at IS NULL) = (delivered_by IS NULL)', name=op.f('ck_result_delivery')),
    sa.ForeignKeyConstraint(['clinic_id', 'order_id', 'patient_id'], ['lab_order.clinic_id', 'lab_order.id', 'lab_order.patient_id'], name=op.f('fk_result_clinic_id_order_id_patient_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_result'))
    )
    op.create_index('ix_result_patient', 'result', ['clinic_id', 'patient_id', 'at'], unique=False)
    op.create_index('uq_result_version', 'result', ['clinic_id', 'order_id', 'status', 'sha256'], unique=True)
    op.create_table('signature',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('certificate', sa.Text(), nullable=True),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('cms', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('"level" IN (\'simple\', \'unqualified\', \'qualified\')', name=op.f('ck_signature_level')),
    sa.ForeignKeyConstraint(['clinic_id', 'document_id', 'sha256'], ['document.clinic_id', 'document.id', 'document.sha256'], name=op.f('fk_signature_clinic_id_document_id_sha256')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_signature'))
    )
    op.create_index('uq_signature_document', 'signature', ['clinic_id', 'id', 'document_id'], unique=True)
    op.create_index('uq_signature_person', 'signature', ['clinic_id', 'document_id', 'person_id'], unique=True)
    op.create_table('task',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=True),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('owner', sa.Text(), nullable=False),
    sa.Column('actions', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('form', sa.Text(), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_by', sa.Text(), nullable=True),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'workflow'], ['consultation.clinic_id', 'consultation.workflow'], name=op.f('fk_task_clinic_id_workflow'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('clinic_id', 'workflow', 'id', name=op.f('pk_task'))
    )
    op.create_index('ix_task_consultation', 'task', ['clinic_id', 'consultation_id'], unique=False)
    op.create_table('transition',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=True),
    sa.Column('occurrence', sa.Integer(), nullable=True),
    sa.Column('actor', sa.Text(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'workflow'], ['consultation.clinic_id', 'consultation.workflow'], name=op.f('fk_transition_clinic_id_workflow')),
    sa.PrimaryKeyConstraint('clinic_id', 'workflow', 'epoch', 'revision', name=op.f('pk_transition'))
    )
    op.create_index('ix_transition_consultation', 'transition', ['clinic_id', 'consultation_id', 'at'], unique=False)
    op.create_table('consent_withdrawal',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('consent_id', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'consent_id'], ['consent.clinic_id', 'consent.id'], name=op.f('fk_consent_withdrawal_clinic_id_consent_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_consent_withdrawal_person_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'consent_id', name=op.f('pk_consent_withdrawal'))
    )
    op.create_table('prescription',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('consultation_id', sa.Text(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('item', sa.Integer(), nullable=False),
    sa.Column('patient_id', sa.Text(), nullable=False),
    sa.Column('doctor_id', sa.Text(), nullable=False),
    sa.Column('document_id', sa.Text(), nullable=False),
    sa.Column('signature_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'patient_id'], ['patient.clinic_id', 'patient.id'], name=op.f('fk_prescription_clinic_id_patient_id')),
    sa.ForeignKeyConstraint(['clinic_id', 'signature_id', 'document_id'], ['signature.clinic_id', 'signature.id', 'signature.document_id'], name=op.f('fk_prescription_clinic_id_signature_id_document_id')),
    sa.PrimaryKeyConstraint('clinic_id', 'id', name=op.f('pk_prescription'))
    )
    op.create_index('uq_prescription_item', 'prescription', ['clinic_id', 'consultation_id', 'step', 'occurrence', 'item'], unique=True)
    op.create_index('uq_prescription_number', 'prescription', ['clinic_id', 'number'], unique=True)
    op.create_table('task_owner',
    sa.Column('clinic_id', sa.Text(), nullable=False),
    sa.Column('workflow', sa.Text(), nullable=False),
    sa.Column('task', sa.Text(), nullable=False),
    sa.Column('owner', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id', 'workflow', 'task'], ['task.clinic_id', 'task.workflow', 'task.id'], name=op.f('fk_task_owner_clinic_id_workflow_task'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('clinic_id', 'workflow', 'task', 'owner', name=op.f('pk_task_owner'))
    )
    op.create_index('ix_task_owner_owner', 'task_owner', ['clinic_id', 'owner'], unique=False)



def downgrade() -> None:

    op.drop_index('ix_task_owner_owner', table_name='task_owner')
    op.drop_table('task_owner')
    op.drop_index('uq_prescription_number', table_name='prescription')
    op.drop_index('uq_prescription_item', table_name='prescription')
    op.drop_table('prescription')
    op.drop_table('consent_withdrawal')
    op.drop_index('ix_transition_consultation', table_name='transition')
    op.drop_table('transition')
    op.drop_index('ix_task_consultation', table_name='task')
    op.drop_table('task')
    op.drop_index('uq_signature_person', table_name='signature')
    op.drop_index('uq_signature_document', table_name='signature')
    op.drop_table('signature')
    op.drop_index('uq_result_version', table_name='result')
    op.drop_index('ix_result_patient', table_name='result')
    op.drop_table('result')
    op.drop_index('uq_consent_once', table_name='consent')
    op.drop_index('ix_consent_patient', table_name='consent')
    op.drop_table('consent')
    op.drop_index('ix_staff_role_role', table_name='staff_role')
    op.drop_table('staff_role')
    op.drop_table('staff_pool')
    op.drop_index('uq_seat_occurrence', table_name='seat', postgresql_where=sa.text('freed_at IS NULL'))
    op.drop_index('uq_seat_doctor', table_name='seat', postgresql_where=sa.text('freed_at IS NULL'))
    op.drop_index('ix_seat_active', table_name='seat', postgresql_where=sa.text('freed_at IS NULL'))
    op.drop_table('seat')
    op.drop_index('ix_score_doctor', table_name='score')
    op.drop_index('ix_score_comment', table_name='score')
    op.drop_table('score')
    op.drop_index('uq_representation_person', table_name='representation')
    op.drop_index('ix_representation_person', table_name='representation')
    op.drop_index('ix_representation_patient', table_name='representation')
    op.drop_table('representation')
    op.drop_index('uq_lab_order_patient', table_name='lab_order')
    op.drop_index('uq_lab_order_number', table_name='lab_order')
    op.drop_index('uq_lab_order_key', table_name='lab_order')
    op.drop_index('ix_lab_order_content', table_name='lab_order')
    op.drop_index('ix_lab_order_consultation', table_name='lab_order')
    op.drop_table('lab_order')
    op.drop_index('uq_identity_proof', table_name='identity')
    op.drop_index('ix_identity_patient', table_name='identity')
    op.drop_table('identity')
    op.drop_index('ix_evidence_patient', table_name='evidence')
    op.drop_table('evidence')
    op.drop_index('uq_duty_now', table_name='duty', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index('ix_duty_pool', table_name='duty', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_table('duty')
    op.drop_index('uq_document_key', table_name='document')
    op.drop_index('uq_document_bytes', table_name='document')
    op.drop_index('ix_document_content', table_name='document')
    op.drop_index('ix_document_consultation', table_name='document')
    op.drop_table('document')
    op.drop_index('ix_consultation_status', table_name='consultation')
    op.drop_index('ix_consultation_whole', table_name='consultation')
    op.drop_index('ix_consultation_started', table_name='consultation')
    op.drop_index('ix_consultation_patient', table_name='consultation')
    op.drop_index('ix_consultation_open', table_name='consultation', postgresql_where=sa.text("status <> 'closed'"))
    op.drop_index('ix_consultation_met_by', table_name='consultation')
    op.drop_index('ix_consultation_doctor', table_name='consultation')
    op.drop_table('consultation')
    op.drop_index('ix_wait_standing', table_name='wait', postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index('ix_wait_ended', table_name='wait')
    op.drop_table('wait')
    op.drop_table('staff')
    op.drop_index('uq_payment_key', table_name='payment')
    op.drop_index('uq_payment_hold_ends', table_name='payment', postgresql_where=sa.text("entry IN ('captured', 'cancelled')"))
    op.drop_index('ix_payment_consultation', table_name='payment')
    op.drop_table('payment')
    op.drop_index('uq_patient_person', table_name='patient')
    op.drop_index('uq_patient_number', table_name='patient')
    op.drop_table('patient')
    op.drop_index('uq_pathway_sha256', table_name='pathway')
    op.drop_table('pathway')
    op.drop_table('notice')
    op.drop_index('uq_login_open', table_name='login', postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_index('ix_login_person', table_name='login')
    op.drop_table('login')
    op.drop_index('ix_content_task', table_name='content')
    op.drop_index('ix_content_sweep', table_name='content', postgresql_where=sa.text('draft'))
    op.drop_index('ix_content_draft', table_name='content', postgresql_where=sa.text('draft'))
    op.drop_table('content')
    op.drop_index('ix_audit_subject_at', table_name='audit_subject')
    op.drop_table('audit_subject')
    op.drop_index('ix_seal_uncopied', table_name='seal', postgresql_where=sa.text('copied_at IS NULL'))
    op.drop_table('seal')
    op.drop_index('ix_request_at', table_name='request')
    op.drop_table('request')
    op.drop_table('person')
    op.drop_table('login_code')
    op.drop_index('uq_inbox_event', table_name='inbox')
    op.drop_index('ix_inbox_due', table_name='inbox', postgresql_where=sa.text('delivered_at IS NULL'))
    op.drop_table('inbox')
    op.drop_table('clock')
    op.drop_table('clinic')
    op.drop_index('ix_audit_unsealed', table_name='audit', postgresql_where=sa.text('seal IS NULL'))
    op.drop_index('ix_audit_seal', table_name='audit')
    op.drop_table('audit')

