"""A patient's own log of who saw what of him: words for every code, names for every employee."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.audit_words import DONE, SEEN, words_of
from domain.people import Role
from records import staff
from tests.api.bench import Bench, step

ROOT = Path(__file__).parents[2]
WRITES = {"open_case": 4, "write_audit": 2, "audited": 2, "write": 2}
"""Calls that write an audit row, and where the code stands in them."""
OF_NO_PATIENT = {"duty.on", "duty.off", "codec.decode", "codec.encode", "codec.session"}
Json = Any


def calls(room: str) -> Iterator[ast.Call]:
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def codes() -> set[str]:
    """Every audit code that stands in the facade's text."""
    found = set()
    for call in calls("api"):
        place = WRITES.get(name_of(call))
        code = call.args[place] if place is not None and len(call.args) > place else None
        if isinstance(code, ast.Constant):
            found.add(str(code.value))
    return {code for code in found if re.fullmatch(r"[a-z_]+\.[a-z_]+", code)}


def test_every_code_the_facade_writes_of_a_patient_has_words() -> None:
    written = codes() - OF_NO_PATIENT
    assert {"consultation.read", "chat.photo", "log.read", "invitation.ticket"} <= written, "the search finds them"
    assert written - set(SEEN) == set()


def test_every_act_has_words(bare_app: Json) -> None:
    posts = {
        operation["operationId"]
        for path in bare_app.openapi()["paths"].values()
        for method, operation in path.items()
        if method == "post" and "202" in operation["responses"]
    }
    no_acts = {"start_consultation", "begin_identity", "request_code", "decline_offer"}
    assert {"submit_protocol", "send_message", "pause_consultation", "invite_guest"} <= posts
    published = {operation for operation in posts if operation.endswith(("_draft", "_drafts", "_pathway"))}
    assert posts - set(DONE) - no_acts - published == set()
    assert set(DONE) <= posts, "no words for what is no act"


def test_words_are_in_both_languages_and_an_old_code_has_some_too() -> None:
    for words in (*SEEN.values(), *DONE.values(), words_of("act.whatever")):
        assert re.search("[а-яё]", words.ru)
        assert re.search("[a-z]", words.en)
        assert not re.search("[а-яё]", words.en)


async def log(bench: Bench, query: str = "", who: Json = None, language: str = "ru") -> Json:
    headers = (who or bench.as_patient()) | {"Accept-Language": language}
    return await bench.send(headers, "GET", f"/me/access-log{query}")


async def test_a_patient_reads_who_saw_what_of_him_by_name_and_role(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))
    doctor = await bench.employee(Role.REGISTRAR, Role.DOCTOR, pools=("therapists",))
    child = await bench.represent(doctor)
    await bench.send(bench.as_patient(), "GET", f"/consultations/{workflow}")
    await bench.send(bench.headers(doctor), "GET", f"/consultations/{workflow}")
    await bench.send(child, "POST", f"/consultations/{workflow}/cancel")
    lines = (await log(bench)).json()["items"]
    assert [(line["who"], line["name"], line["role"], line["action"]) for line in lines] == [
        ("own", None, None, "log.read"),
        ("representative", None, None, "act.cancel_consultation"),
        ("employee", "Сотрудник", "врач", "consultation.read"),
        ("own", None, None, "consultation.read"),
    ]
    assert [line["what"] for line in lines[1:3]] == ["отменили консультацию", "открыли консультацию"]
    english = (await log(bench, "?others=true", language="en")).json()["items"]
    assert [(line["who"], line["role"], line["what"]) for line in english] == [
        ("representative", None, "cancelled the consultation"),
        ("employee", "doctor", "opened the consultation"),
    ]


async def test_the_log_goes_on_page_by_page_and_knows_who_has_left_the_clinic(bench: Bench) -> None:
    workflow = await bench.consultation(step("line"))
    registrar = await bench.employee(Role.REGISTRAR)
    for _ in range(5):
        await bench.send(bench.headers(registrar), "GET", f"/consultations/{workflow}")
    async with bench.db.clinic(bench.clinic) as session:
        clinic_day = await bench.app.state.services.today(session)
        await staff.dismiss(session, registrar, clinic_day)
    seen: list[Json] = []
    query = "?others=true&limit=2"
    while True:
        page = (await log(bench, query)).json()
        assert len(page["items"]) <= 2
        seen += page["items"]
        if page["next"] is None:
            break
        query = f"?others=true&limit=2&cursor={page['next']}"
    assert [(line["name"], line["role"]) for line in seen] == [("Сотрудник", "регистратор")] * 5
    bad = await log(bench, "?cursor=nonsense")
    assert (bad.status_code, bad.json()["code"]) == (422, "bad_cursor")


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.HEAD_DOCTOR, Role.CLINIC_ADMIN, Role.REGISTRAR])
async def test_the_log_is_the_patients_and_nobody_elses(bench: Bench, role: Role) -> None:
    person = await bench.employee(role)
    assert (await log(bench, who=bench.headers(person))).json()["code"] == "forbidden"
    other = await bench.as_a_patient(person)
    own = bench.headers(person, "patient") | {"Carepath-Patient": other}
    assert [line["action"] for line in (await log(bench, who=own)).json()["items"]] == ["log.read"]
    foreign = bench.headers(person, "patient") | {"Carepath-Patient": bench.patient}
    assert (await log(bench, who=foreign)).json()["code"] == "not_for_patient"
