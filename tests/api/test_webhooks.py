"""Notices of machines: whose they are, and what they cannot do to one another."""

import hashlib
import hmac
import json
import secrets

import httpx
import pytest

from integrations.labs.http import HttpLabs
from records import inbox
from runtime.settings import Partner
from tests.api.bench import Bench


async def notice(bench: Bench, lab: str, secret: str, **said: str) -> httpx.Response:
    raw = json.dumps({"event": "result", "order": "o-1", "reference": "c-none:labs:1", **said}).encode()
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return await bench.http.post(f"/webhooks/labs/{lab}", content=raw, headers={"X-Signature": signature})


async def test_two_laboratories_that_number_their_events_alike_are_both_heard(bench: Bench) -> None:
    labs = {name: Partner(url="http://x", webhook_secret=f"{name}-secret") for name in ("north", "south")}
    vars(bench.wiring)["labs"] = {name: HttpLabs(partner, bench.http) for name, partner in labs.items()}
    event = f"e-{secrets.token_hex(4)}"
    assert (await notice(bench, "north", "north-secret", id=event)).json() == {"taken": 1}
    assert (await notice(bench, "south", "south-secret", id=event)).json() == {"taken": 1}
    assert (await notice(bench, "south", "south-secret", id=event)).json() == {"taken": 0}
    assert (await notice(bench, "north", "south-secret", id=event)).status_code == 401
    async with bench.db.system() as session:
        letters = await inbox.stuck(session, tries=0, limit=1000)
    names = {letter.fact.name for letter in letters if letter.fact.id.endswith(event)}
    assert len(names) == 2, "and the workflow, which drops what it has seen, hears both as well"


@pytest.mark.parametrize("event", ["", "e" * 201, "e" * 900_000])
async def test_an_event_id_of_no_sensible_length_is_not_well_formed(bench: Bench, event: str) -> None:
    vars(bench.wiring)["labs"] = {"north": HttpLabs(Partner(url="http://x", webhook_secret="s"), bench.http)}
    answer = await notice(bench, "north", "s", id=event)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_well_formed")
