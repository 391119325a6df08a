"""Who may: role x owner over every route. A route without a row does not start, and a test walks them all.

The row decides by role before anything is read. Whose thing it is, is decided where the thing is at hand: by
row-level security (clinic), ``concerned`` (consultation, from its state) and the workflow itself (task, from its
own state *now*: a projection lags).
"""

from dataclasses import dataclass
from enum import StrEnum

from api.problems import Problem
from domain.people import CLINICAL, STAFF, Actor, Role
from domain.state import ConsultationState


class Owner(StrEnum):
    """Whose the thing behind a route must be."""

    ANYONE = "anyone"
    """No token: logins, public keys, health, webhooks (which prove themselves)."""
    PERSON = "person"
    """Of the person behind the token, whatever he is here: a role is not asked for yet."""
    SELF = "self"
    """The caller's own: his duty, his work list."""
    PATIENT = "patient"
    """Of the patient the caller acts for."""
    CONSULTATION = "consultation"
    """Of a consultation the caller is concerned with."""
    TASK = "task"
    """Of a task the caller owns now, in the workflow's own judgement."""
    CLINIC = "clinic"
    """Anything of this kind in the caller's clinic."""


@dataclass(frozen=True)
class Row:
    """One route's row."""

    roles: frozenset[Role]
    owner: Owner


R = Role
_ANYONE = Row(frozenset(), Owner.ANYONE)
_PATIENT = frozenset({R.PATIENT, R.REPRESENTATIVE})
_DOCTOR = frozenset({R.DOCTOR})
_HUMAN_STAFF = STAFF - {R.INTEGRATION, R.AUDITOR}
_BOOKERS = frozenset({R.REGISTRAR, R.CALL_CENTRE, R.SHIFT_SUPERVISOR, R.HEAD_DOCTOR, R.CLINIC_ADMIN})
"""Who answers for bookings; the workflow's own table has the same (``pathways.core.who.CANCELS``)."""
_ALL = frozenset(Role) - {R.INTEGRATION, R.INVITED, R.AUDITOR}
_RESCUE = frozenset({R.DOCTOR, R.NURSE, R.SHIFT_SUPERVISOR, R.HEAD_DOCTOR})
_ADMINISTERS = frozenset({R.SHIFT_SUPERVISOR, R.HEAD_DOCTOR, R.CLINIC_ADMIN})
"""Who answers for how consultations go; the workflow's own table has the same (``pathways.core.who.ADMINISTERS``)."""
_AUTHORS = frozenset({R.CLINIC_ADMIN, R.HEAD_DOCTOR})
"""Who writes pathways; whoever of them is a head doctor publishes what another wrote."""


def _row(roles: frozenset[Role], owner: Owner) -> Row:
    return Row(roles, owner)


TABLE: dict[str, Row] = {
    # logging in
    "request_code": _ANYONE,
    "exchange_code": _ANYONE,
    "log_in": _ANYONE,
    "refresh_token": _ANYONE,
    "jwks": _ANYONE,
    "openid_configuration": _ANYONE,
    "list_my_patients": _row(frozenset(), Owner.PERSON),
    "get_access_log": _row(_PATIENT, Owner.PATIENT),
    # the consultation
    "start_consultation": _row(_PATIENT, Owner.PATIENT),
    "list_consultations": _row(_ALL, Owner.CONSULTATION),
    "get_consultation": _row(_ALL, Owner.CONSULTATION),
    "get_timeline": _row(_ALL, Owner.CONSULTATION),
    "watch_consultation": _row(_ALL, Owner.CONSULTATION),
    "cancel_consultation": _row(_PATIENT | _BOOKERS, Owner.CONSULTATION),
    "flag_emergency": _row(_PATIENT | _DOCTOR | _BOOKERS, Owner.CONSULTATION),
    "get_act": _row(_ALL, Owner.SELF),
    # the patient's way
    "begin_identity": _row(_PATIENT, Owner.TASK),
    "prove_identity": _row(_PATIENT, Owner.TASK),
    "withdraw_consent": _row(_PATIENT, Owner.CONSULTATION),
    "list_consents": _row(_PATIENT, Owner.PATIENT),
    "get_consent_texts": _row(_PATIENT, Owner.TASK),
    "accept_consents": _row(_PATIENT, Owner.TASK),
    "decline_consents": _row(_PATIENT, Owner.TASK),
    "get_form": _row(_PATIENT, Owner.TASK),
    "save_answers": _row(_PATIENT, Owner.TASK),
    "submit_answers": _row(_PATIENT, Owner.TASK),
    "get_answers": _row(_PATIENT | _RESCUE, Owner.CONSULTATION),
    "pay": _row(_PATIENT, Owner.TASK),
    "refuse_payment": _row(_PATIENT, Owner.TASK),
    "list_slots": _row(_PATIENT, Owner.TASK),
    "choose_time": _row(_PATIENT, Owner.TASK),
    "reschedule": _row(_PATIENT, Owner.TASK),
    "decline_appointment": _row(_PATIENT, Owner.TASK),
    "watch_place": _row(_PATIENT, Owner.CONSULTATION),
    "leave_line": _row(_PATIENT, Owner.TASK),
    "get_join_ticket": _row(_PATIENT | _DOCTOR, Owner.TASK),
    "invite_guest": _row(_PATIENT | _DOCTOR, Owner.TASK),
    "revoke_invitation": _row(_PATIENT | _DOCTOR, Owner.TASK),
    "get_guest_ticket": _ANYONE,
    "allow_recording": _row(_PATIENT | _DOCTOR, Owner.TASK),
    "forbid_recording": _row(_PATIENT | _DOCTOR, Owner.TASK),
    "read_chat": _row(_PATIENT | _RESCUE, Owner.CONSULTATION),
    "get_chat_photo": _row(_PATIENT | _RESCUE, Owner.CONSULTATION),
    "upload_photo": _row(_PATIENT | _DOCTOR, Owner.TASK),
    "send_message": _row(_PATIENT | _DOCTOR, Owner.TASK),
    "agree_to_new_doctor": _row(_PATIENT, Owner.TASK),
    "refuse_new_doctor": _row(_PATIENT, Owner.TASK),
    "choose_lab": _row(_PATIENT, Owner.TASK),
    "refuse_lab": _row(_PATIENT, Owner.TASK),
    "accept_referral": _row(_PATIENT, Owner.TASK),
    "decline_referral": _row(_PATIENT, Owner.TASK),
    "list_results": _row(_PATIENT | _RESCUE, Owner.CONSULTATION),
    "get_result": _row(_PATIENT | _RESCUE, Owner.CONSULTATION),
    "list_documents": _row(_PATIENT | _RESCUE, Owner.CONSULTATION),
    "download_document": _row(_PATIENT | _RESCUE, Owner.CONSULTATION),
    "score_survey": _row(_PATIENT, Owner.TASK),
    # the doctor's way
    "get_duty": _row(_DOCTOR, Owner.SELF),
    "go_on_duty": _row(_DOCTOR, Owner.SELF),
    "go_off_duty": _row(_DOCTOR, Owner.SELF),
    "heartbeat": _row(_DOCTOR, Owner.SELF),
    "list_offers": _row(_DOCTOR, Owner.SELF),
    "watch_offers": _row(_DOCTOR, Owner.SELF),
    "accept_offer": _row(_DOCTOR, Owner.TASK),
    "decline_offer": _row(_DOCTOR, Owner.TASK),
    "finish_video": _row(_DOCTOR, Owner.TASK),
    "needs_in_person": _row(_DOCTOR, Owner.TASK),
    "report_no_show": _row(_PATIENT | _DOCTOR, Owner.TASK),
    "continue_by_phone": _row(_DOCTOR, Owner.TASK),
    "finish_chat": _row(_DOCTOR, Owner.TASK),
    "chat_needs_in_person": _row(_DOCTOR, Owner.TASK),
    "chat_needs_video": _row(_DOCTOR, Owner.TASK),
    "list_colleagues": _row(_DOCTOR | _ADMINISTERS, Owner.CONSULTATION),
    "hand_over": _row(_DOCTOR, Owner.CONSULTATION),
    "accept_hand_over": _row(_DOCTOR, Owner.TASK),
    "decline_hand_over": _row(_DOCTOR, Owner.TASK),
    "ask_opinion": _row(_DOCTOR, Owner.CONSULTATION),
    "give_opinion": _row(_DOCTOR, Owner.TASK),
    "decline_opinion": _row(_DOCTOR, Owner.TASK),
    "list_opinions": _row(_DOCTOR | {R.HEAD_DOCTOR}, Owner.CONSULTATION),
    "get_protocol_draft": _row(_DOCTOR, Owner.TASK),
    "save_protocol_draft": _row(_DOCTOR, Owner.TASK),
    "submit_protocol": _row(_DOCTOR, Owner.TASK),
    "get_document_to_sign": _row(_DOCTOR, Owner.TASK),
    "sign_document": _row(_DOCTOR, Owner.TASK),
    "get_prescription_to_sign": _row(_DOCTOR, Owner.TASK),
    "sign_prescription": _row(_DOCTOR, Owner.TASK),
    "refuse_prescription": _row(_DOCTOR, Owner.TASK),
    "resubmit_registration": _row(_DOCTOR | {R.CLINIC_ADMIN}, Owner.TASK),
    "acknowledge_lab_order": _row(_RESCUE, Owner.TASK),
    "acknowledge_result": _row(_RESCUE, Owner.TASK),
    # staff
    "list_tasks": _row(_ALL, Owner.SELF),
    "claim_task": _row(_HUMAN_STAFF, Owner.TASK),
    "release_task": _row(_HUMAN_STAFF, Owner.TASK),
    "assign_task": _row(_ADMINISTERS, Owner.CONSULTATION),
    "retry_effect": _row(frozenset({R.CLINIC_ADMIN}), Owner.TASK),
    "write_off_effect": _row(frozenset({R.CLINIC_ADMIN}), Owner.TASK),
    "acknowledge_alarm": _row(_HUMAN_STAFF, Owner.TASK),
    "decide_task": _row(_HUMAN_STAFF | _PATIENT, Owner.TASK),
    "acknowledge_emergency": _row(_HUMAN_STAFF, Owner.TASK),
    "get_callback": _row(_RESCUE, Owner.TASK),
    "record_emergency": _row(_HUMAN_STAFF, Owner.TASK),
    # who answers for how consultations go
    "pause_consultation": _row(_ADMINISTERS, Owner.CONSULTATION),
    "resume_consultation": _row(_ADMINISTERS, Owner.CONSULTATION),
    "skip_step": _row(_ADMINISTERS, Owner.CONSULTATION),
    "change_deadline": _row(_ADMINISTERS, Owner.CONSULTATION),
    "reassign_doctor": _row(_ADMINISTERS, Owner.CONSULTATION),
    # administrators
    "list_pathways": _row(_ALL, Owner.CLINIC),
    "get_pathway": _row(_AUTHORS, Owner.CLINIC),
    "get_pathway_version": _row(_AUTHORS, Owner.CLINIC),
    "put_up_drafts": _row(_AUTHORS, Owner.CLINIC),
    "get_draft": _row(_AUTHORS, Owner.CLINIC),
    "withdraw_draft": _row(_AUTHORS, Owner.CLINIC),
    "publish_draft": _row(frozenset({R.HEAD_DOCTOR}), Owner.CLINIC),
    "retire_pathway": _row(_AUTHORS, Owner.CLINIC),
    # the plaintext door of Temporal UI
    "show_codec_login": _ANYONE,
    "log_in_to_codec": _ANYONE,
    "open_codec_session": _row(frozenset({R.CLINIC_ADMIN}), Owner.SELF),
    "decode_payloads": _row(frozenset({R.CLINIC_ADMIN}), Owner.CLINIC),
    "encode_payloads": _row(frozenset({R.CLINIC_ADMIN}), Owner.CLINIC),
    # machines
    "receive_webhook": _ANYONE,
    "receive_lab_webhook": _ANYONE,
    "livez": _ANYONE,
    "readyz": _ANYONE,
    "metrics": _ANYONE,
}
"""In the order of the OpenAPI page: who logs in first, the patient's way before the doctor's, machines last."""

OVERSEERS = frozenset({R.HEAD_DOCTOR, R.SHIFT_SUPERVISOR, R.CLINIC_ADMIN, R.REGISTRAR, R.CALL_CENTRE, R.CASHIER})
"""Who sees the process (never its clinical text) of every consultation of the clinic."""


OPENS = frozenset({"call_back", "opinion"})
"""The consultation's own tasks that nobody could do without reading what was said and written."""


def row_of(operation: str) -> Row:
    """The row of a route.

    Raises:
        LookupError: A route without a row: it serves nobody.
    """
    return TABLE[operation]


def admit(operation: str, actor: Actor) -> None:
    """Let the actor's role through.

    Raises:
        Problem: ``forbidden``.
    """
    if not actor.is_(*row_of(operation).roles):
        raise Problem("forbidden")


def treats(actor: Actor, state: ConsultationState) -> bool:
    """Whether the person is the doctor, or met the patient in an earlier turn, or before he handed him over."""
    return actor.person in (state.doctor, state.met_by, *state.treated_by)


def concerned(actor: Actor, state: ConsultationState) -> bool:
    """Whether the actor is concerned with this consultation: it is his, he treats, has a task in it, or oversees.

    A doctor who comes as a patient has left his patients at the door: a task of his is his by name in any hat.
    """
    if actor.patient is not None and treats(actor, state):
        return state.clinic == actor.clinic and actor.patient == state.patient
    return state.clinic == actor.clinic and (
        (actor.patient is not None and actor.patient == state.patient)
        or (actor.is_(R.DOCTOR) and treats(actor, state))
        or actor.is_(*OVERSEERS)
        or any(task.shown_to(actor) for task in state.tasks.values())
    )


def reads_clinical(actor: Actor, state: ConsultationState) -> bool:
    """Whether the actor may read clinical text of this consultation: answers, protocol, results, papers.

    The patient (or who validly acts for him), the doctor who treats, the head doctor, a clinical person with a task
    in one of its steps; while an emergency is open every clinical person whom it rang; a colleague while he is asked
    for his opinion. An offer in the line shows no answers, nor does one of a hand-over: those open with the
    acceptance. An alarm says that something went wrong, not what was written.
    """
    if state.clinic != actor.clinic:
        return False
    if actor.patient is not None and actor.patient == state.patient:
        return True
    if not actor.is_(*CLINICAL):
        return False
    if actor.is_(R.HEAD_DOCTOR) or treats(actor, state):
        return True
    return any(
        task.shown_to(actor)
        for task in state.tasks.values()
        if task.owner.pool is None and (task.step is not None or task.name in OPENS)
    )
