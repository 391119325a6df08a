"""The access table covers every route, and every role outside a row is turned away."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.access import TABLE, Owner, concerned, reads_clinical
from api.app import create_app
from api.issuer.tokens import Mint
from domain.people import Actor, Role
from domain.people import Owner as TaskOwner
from domain.state import ConsultationState
from domain.tasks import Task
from pathways.core import own, who
from pathways.core.kind import kinds
from runtime.settings import Settings
from wiring import Wiring

NO_KEY = {
    "request_code", "exchange_code", "log_in", "refresh_token", "receive_webhook", "receive_lab_webhook",
    "get_guest_ticket", "decode_payloads", "encode_payloads", "open_codec_session", "log_in_to_codec",
}  # fmt: skip
"""POSTs that are no acts: logins, machines, and what changes nothing."""


def routes(app: FastAPI) -> dict[str, APIRoute]:
    found = {}
    for route in leaves(app.routes):
        assert route.operation_id, f"{route.path} has no operation id"
        assert route.operation_id not in found, f"two routes are called {route.operation_id}"
        found[route.operation_id] = route
    return found


def leaves(routes: Iterable[Any]) -> list[APIRoute]:
    found = []
    for route in routes:
        if isinstance(route, APIRoute):
            found.append(route)
        elif hasattr(route, "original_router"):
            found += leaves(route.original_router.routes)
    return found


def address(route: APIRoute) -> str:
    example = {"act": "0" * 64, "code": "therapist", "port": "video", "task": "form.1.fill", "version": "1"}
    return re.sub(r"\{(\w+)\}", lambda m: example.get(m[1], "c-" + "a" * 26), route.path)


async def call(client: httpx.AsyncClient, route: APIRoute, headers: dict[str, str]) -> httpx.Response:
    (method,) = route.methods or {"GET"}
    return await client.request(method, address(route), headers=headers)


def test_every_route_has_a_row_and_every_row_a_route(bare_app: FastAPI) -> None:
    assert set(routes(bare_app)) == set(TABLE)


WORDS = {
    "call_back": "emergency/",
    "alarm": "alarm/",
    "stuck": "",
    "halted": "",
    "take_over": "hand_over/",
    "new_doctor": "new_doctor/",
    "opinion": "consult/",
}
"""What stands before the action in the route of one of the consultation's own tasks."""


def posts(app: FastAPI) -> set[str]:
    return {route.path for route in routes(app).values() if route.methods == {"POST"}}


def test_every_action_a_task_may_offer_has_a_route(bare_app: FastAPI) -> None:
    paths = posts(bare_app)
    for name, kind in kinds().items():
        for action in kind.actions():
            assert f"/tasks/{{workflow}}/{{task}}/{name}/{action}" in paths


def test_every_act_on_a_consultation_or_on_its_own_tasks_has_a_route(bare_app: FastAPI) -> None:
    paths = posts(bare_app)
    for act in own.OWN:
        assert f"/consultations/{{workflow}}/{'deadline' if act == 'change_deadline' else act}" in paths
    assert set(WORDS) == set(own.OWN_TASKS)
    for name, actions in own.OWN_TASKS.items():
        for action in actions:
            assert f"/tasks/{{workflow}}/{{task}}/{WORDS[name]}{action}" in paths
    for action in own.ANY_TASK:
        assert f"/tasks/{{workflow}}/{{task}}/{action}" in paths


def test_the_roles_of_the_door_are_those_of_the_process() -> None:
    for operation in ("pause_consultation", "resume_consultation", "skip_step", "change_deadline", "assign_task"):
        assert TABLE[operation].roles == who.ADMINISTERS
    assert TABLE["cancel_consultation"].roles == {Role.PATIENT, Role.REPRESENTATIVE} | who.CANCELS


def test_an_app_with_a_route_without_a_row_does_not_start(
    bare_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(TABLE, "get_consultation")
    with pytest.raises(LookupError):
        create_app(Wiring(bare_settings))


@pytest.mark.parametrize("operation", sorted(TABLE))
async def test_without_a_token_nothing_but_the_open_doors_answers(
    operation: str, bare_app: FastAPI, bare_client: httpx.AsyncClient
) -> None:
    if TABLE[operation].owner is Owner.ANYONE:
        assert TABLE[operation].roles == frozenset()
        return
    answer = await call(bare_client, routes(bare_app)[operation], {})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("operation", sorted(o for o, row in TABLE.items() if row.roles))
async def test_every_role_outside_the_row_is_forbidden(
    operation: str,
    bare_app: FastAPI,
    bare_client: httpx.AsyncClient,
    bearer: str,
    roles: Callable[..., None],
) -> None:
    route = routes(bare_app)[operation]
    for role in set(Role) - TABLE[operation].roles:
        roles(role)
        answer = await call(bare_client, route, {"Authorization": bearer, "Idempotency-Key": "12345678"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), role


@pytest.mark.parametrize("operation", sorted(o for o, row in TABLE.items() if row.roles))
async def test_every_role_of_the_row_passes_the_gate(
    operation: str,
    bare_app: FastAPI,
    bare_client: httpx.AsyncClient,
    bearer: str,
    roles: Callable[..., None],
) -> None:
    route = routes(bare_app)[operation]
    role = sorted(TABLE[operation].roles)[0]
    roles(role)
    answer = await call(bare_client, route, {"Authorization": bearer, "Idempotency-Key": "12345678"})
    assert answer.status_code not in (401, 403), answer.text


async def test_who_is_nothing_in_the_clinic_is_not_of_it(
    bare_client: httpx.AsyncClient, bearer: str, roles: Callable[..., None]
) -> None:
    roles()
    staff = await bare_client.get("/tasks", headers={"Authorization": bearer})
    patient = await bare_client.get("/tasks", headers={"Authorization": bearer, "Carepath-Patient": "pt-other"})
    assert staff.json()["code"] == "not_of_clinic"
    assert patient.json()["code"] == "not_for_patient"


async def test_a_token_of_one_clinic_opens_no_other(
    bare_client: httpx.AsyncClient, bearer: str, roles: Callable[..., None]
) -> None:
    roles(Role.DOCTOR)
    answer = await bare_client.get("/duty", headers={"Authorization": bearer, "Carepath-Clinic": "cl-other"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_of_clinic")


async def test_a_token_without_a_clinic_needs_the_header(bare_app: FastAPI, bare_client: httpx.AsyncClient) -> None:
    mint: Mint = bare_app.state.mint
    token = mint.sign("at+jwt", 60, sub="p-1", aud="carepath")
    answer = await bare_client.get("/duty", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (400, "clinic_needed")


@pytest.mark.parametrize("operation", sorted(TABLE))
async def test_every_act_wants_a_key(
    operation: str,
    bare_app: FastAPI,
    bare_client: httpx.AsyncClient,
    bearer: str,
    roles: Callable[..., None],
) -> None:
    route = routes(bare_app)[operation]
    if route.methods != {"POST"} or operation in NO_KEY:
        return
    roles(*TABLE[operation].roles)
    for key in (None, "short", "x" * 129, "with space"):
        headers = {"Authorization": bearer} | ({"Idempotency-Key": key} if key else {})
        answer = await call(bare_client, route, headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "key_needed"), key


def actor(
    *roles: Role, person: str = "p-x", patient: str | None = None, clinic: str = "cl-test", **more: object
) -> Actor:
    return Actor(person=person, clinic=clinic, roles=frozenset(roles), patient=patient, **more)


@pytest.mark.parametrize(
    ("someone", "sees", "reads"),
    [
        (actor(Role.PATIENT, patient="pt-1"), True, True),
        (actor(Role.REPRESENTATIVE, patient="pt-1"), True, True),
        (actor(Role.PATIENT, patient="pt-2"), False, False),
        (actor(Role.PATIENT, patient="pt-1", clinic="cl-other"), False, False),
        (actor(Role.DOCTOR, person="p-doctor"), True, True),
        (actor(Role.DOCTOR, person="p-other"), False, False),
        (actor(Role.DOCTOR, person="p-other", pools=frozenset({"therapists"})), True, False),
        (actor(Role.REGISTRAR), True, False),
        (actor(Role.CALL_CENTRE), True, False),
        (actor(Role.CLINIC_ADMIN), True, False),
        (actor(Role.CASHIER), True, False),
        (actor(Role.NURSE), False, False),
        (actor(Role.SHIFT_SUPERVISOR), True, False),
        (actor(Role.HEAD_DOCTOR), True, True),
        (actor(Role.HEAD_DOCTOR, clinic="cl-other"), False, False),
        (actor(Role.AUDITOR), False, False),
        (actor(Role.INTEGRATION), False, False),
    ],
)
def test_who_sees_a_consultation_and_who_reads_its_clinical_text(
    someone: Actor, sees: bool, reads: bool, make_state: Callable[..., ConsultationState]
) -> None:
    state = make_state(pool="therapists", doctor="p-doctor")
    assert (concerned(someone, state), reads_clinical(someone, state)) == (sees, reads)


def test_who_treated_the_patient_in_an_earlier_turn_reads_on(make_state: Callable[..., ConsultationState]) -> None:
    state = make_state(pool="therapists", doctor="p-doctor").model_copy(update={"treated_by": ["p-former"]})
    former = actor(Role.DOCTOR, person="p-former")
    assert (concerned(former, state), reads_clinical(former, state)) == (True, True)
    at_home = actor(Role.PATIENT, person="p-former", patient="pt-2")
    assert (concerned(at_home, state), reads_clinical(at_home, state)) == (False, False)


def test_whom_an_emergency_rang_reads_the_clinical_text(make_state: Callable[..., ConsultationState]) -> None:
    state = make_state(role=Role.NURSE)
    assert reads_clinical(actor(Role.NURSE), state)
    assert not reads_clinical(actor(Role.REGISTRAR), make_state(role=Role.REGISTRAR))


@pytest.mark.parametrize(("name", "reads"), [("opinion", True), ("take_over", False)])
def test_a_colleague_reads_while_his_opinion_is_asked_and_not_before_he_has_taken_over(
    name: str, reads: bool, make_state: Callable[..., ConsultationState]
) -> None:
    state = make_state(pool="therapists", doctor="p-doctor")
    colleague = actor(Role.DOCTOR, person="p-colleague")
    assert not concerned(colleague, state)
    asked = Task(
        id=f"_.1.{name}",
        name=name,
        step=None,
        occurrence=1,
        owner=TaskOwner(person="p-colleague"),
        actions=("decline",),
        opened_at=state.started_at,
    )
    state = state.model_copy(update={"tasks": {asked.id: asked}})
    assert (concerned(colleague, state), reads_clinical(colleague, state)) == (True, reads)
    assert not reads_clinical(actor(Role.REGISTRAR, person="p-colleague"), state), "the right is a clinician's"
