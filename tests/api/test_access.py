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
from domain.state import ConsultationState
from pathways.core.kind import kinds
from runtime.settings import Settings
from wiring import Wiring

NO_KEY = {
    "request_code", "exchange_code", "log_in", "refresh_token", "receive_webhook", "receive_lab_webhook",
    "decode_payloads", "encode_payloads", "open_codec_session", "log_in_to_codec",
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
    example = {"act": "0" * 64, "code": "therapist", "port": "video", "task": "form.1.fill"}
    return re.sub(r"\{(\w+)\}", lambda m: example.get(m[1], "c-" + "a" * 26), route.path)


async def call(client: httpx.AsyncClient, route: APIRoute, headers: dict[str, str]) -> httpx.Response:
    (method,) = route.methods or {"GET"}
    return await client.request(method, address(route), headers=headers)


def test_every_route_has_a_row_and_every_row_a_route(bare_app: FastAPI) -> None:
    assert set(routes(bare_app)) == set(TABLE)


def test_every_action_a_task_may_offer_has_a_route(bare_app: FastAPI) -> None:
    paths = {route.path for route in routes(bare_app).values()}
    for name, kind in kinds().items():
        for action in kind.actions():
            assert f"/tasks/{{workflow}}/{{task}}/{name}/{action}" in paths


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
    ("who", "sees", "reads"),
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
    who: Actor, sees: bool, reads: bool, make_state: Callable[..., ConsultationState]
) -> None:
    state = make_state(pool="therapists", doctor="p-doctor")
    assert (concerned(who, state), reads_clinical(who, state)) == (sees, reads)


def test_whom_an_emergency_rang_reads_the_clinical_text(make_state: Callable[..., ConsultationState]) -> None:
    state = make_state(role=Role.NURSE)
    assert reads_clinical(actor(Role.NURSE), state)
    assert not reads_clinical(actor(Role.REGISTRAR), make_state(role=Role.REGISTRAR))
