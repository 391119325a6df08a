"""Every refusal has a problem with a status and words in both languages, and no problem repeats what was sent."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from api import chat, signature
from api.catalogue import CATALOGUE
from domain.people import Role

ROOT = Path(__file__).parents[2]
RAISES = {
    "api": r'(?<![\w.])Problem\(\s*"(\w+)"',
    "domain": r'Refusal\(\s*"(\w+)"',
    "pathways": r'Refusal\(\s*"(\w+)"',
    "records": r'Refusal\(\s*"(\w+)"',
    "workflows": r'Refusal\(\s*"(\w+)"',
    "integrations/signing": r'Refused\(\s*"(\w+)"',
}


def codes() -> list[tuple[str, str]]:
    found = set()
    for room, pattern in RAISES.items():
        for path in (ROOT / room).rglob("*.py"):
            for match in re.finditer(pattern, path.read_text(encoding="utf-8")):
                found.add((str(path.relative_to(ROOT)), match[1]))
    return sorted(found)


@pytest.mark.parametrize(("path", "code"), codes())
def test_every_code_that_is_raised_stands_in_the_catalogue(path: str, code: str) -> None:
    assert code in CATALOGUE


@pytest.mark.parametrize("code", ["not_skippable", "step_is_read", *chat.CODES.values(), *signature.CODES.values()])
def test_a_code_that_is_looked_up_before_it_is_raised_stands_in_the_catalogue_too(code: str) -> None:
    assert code in CATALOGUE


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_problem_speaks_russian_and_english(code: str) -> None:
    entry = CATALOGUE[code]
    assert 400 <= entry.status < 600
    for text in (entry.title, entry.mend):
        assert re.search("[а-яё]", text.ru.lower())
        assert re.search("[a-z]", text.en)
        assert not re.search("[а-яё]", text.en.lower())


@pytest.mark.parametrize(
    ("header", "language"),
    [(None, "ru"), ("en-GB,en;q=0.9", "en"), ("en;q=0.2,ru;q=0.8", "ru"), ("de", "ru"), ("en;q=x", "ru")],
)
async def test_the_title_follows_the_callers_language(
    header: str | None, language: str, bare_client: httpx.AsyncClient
) -> None:
    answer = await bare_client.get("/tasks", headers={} if header is None else {"Accept-Language": header})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == language
    assert answer.headers["www-authenticate"] == "Bearer"
    problem = answer.json()
    assert problem["type"] == "https://carepath.dev/problems/unauthenticated"
    assert problem["title"] == CATALOGUE["unauthenticated"].title.in_(language)
    assert problem["status"] == answer.status_code == 401


async def test_a_body_that_is_not_well_formed_is_named_by_place_and_never_repeated(
    bare_client: httpx.AsyncClient, bearer: str, roles: Callable[..., None]
) -> None:
    roles(Role.PATIENT)
    secret = "Иванов-Иванович"
    answer = await bare_client.post(
        "/tasks/c-123/nps.1.score/survey/score",
        headers={"Authorization": bearer, "Idempotency-Key": "12345678", "Accept-Language": "en"},
        json={"score": secret, secret: 1, "comment": 5},
    )
    assert answer.status_code == 422
    assert secret not in answer.text
    assert [(error["at"], error["code"]) for error in answer.json()["errors"]] == [
        ("body/score", "int_parsing"),
        ("body/comment", "string_type"),
    ]


async def test_an_unknown_address_and_an_unforeseen_failure_are_problems_too(
    bare_client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = await bare_client.get("/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")
    wrong = await bare_client.delete("/livez")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


async def test_what_nobody_foresaw_tells_nothing(
    bare_client: httpx.AsyncClient,
    bearer: str,
    roles: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    roles(Role.DOCTOR)

    def fail(*_: object) -> None:
        raise ValueError("Иванов +79990000001")

    monkeypatch.setattr("api.duty.OnDuty.__init__", fail)
    monkeypatch.setattr("records.database.Database.clinic", fail)
    answer = await bare_client.get("/duty", headers={"Authorization": bearer})
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    printed = capsys.readouterr()
    for text in (answer.text, printed.out, printed.err):
        assert "Иванов" not in text
        assert "Traceback" not in text


async def test_a_database_that_is_away_is_told_as_temporary(
    bare_client: httpx.AsyncClient, bearer: str, roles: Callable[..., None]
) -> None:
    roles(Role.DOCTOR)
    answer = await bare_client.get("/duty", headers={"Authorization": bearer})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "5"
