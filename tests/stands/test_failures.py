"""Every way a call can fail, against real stands: what the adapter says of it, and what ``find`` says afterwards."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

import integrations.http
from integrations.http import Nothing, PartnerHttp
from integrations.labs.http import HttpLabs
from integrations.mis.http import HttpMis
from integrations.notify.http import HttpNotifier
from integrations.payments.http import HttpPayments
from integrations.registry.http import HttpRegistry
from integrations.video.http import HttpVideoRooms
from ports import PortError, Refused, Unavailable, Uncertain
from ports.payments import Hold
from runtime.settings import Partner
from tests.stands.standing import Standing

Stands = dict[str, Standing]
KEY = "c-1:pay:1:payment.authorise"
REFERENCE = "c-1:talk:1"
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
ORDER = {"patient_number": "77", "birth_date": "1980-02-03", "tests": [{"code": "A09.05.023"}]}
SLOT = "slot-1"
ON_SCHEDULE = {
    "id": SLOT,
    "doctor": "p-9",
    "pool": "therapists",
    "starts": NOON.isoformat(),
    "ends": (NOON + timedelta(minutes=20)).isoformat(),
}


@pytest.fixture
def payments(stands: Stands, client: httpx.AsyncClient) -> HttpPayments:
    return HttpPayments(stands["payments"].partner, client)


async def test_an_authorisation_holds_once_a_key(stands: Stands, payments: HttpPayments) -> None:
    first = await payments.authorise(KEY, "p-1", 150_000, "tok_ok")
    assert first == await payments.authorise(KEY, "p-1", 150_000, "tok_ok") == await payments.find_hold(KEY)
    assert len(await stands["payments"].ledger("authorise")) == 1


async def test_a_key_sent_again_with_another_amount_is_refused(payments: HttpPayments) -> None:
    await payments.authorise(KEY, "p-1", 150_000, "tok_ok")
    with pytest.raises(Refused, match="key_reused"):
        await payments.authorise(KEY, "p-1", 100, "tok_ok")


async def test_a_call_that_failed_before_it_began_is_unavailable_and_nothing_is_found(
    stands: Stands, payments: HttpPayments
) -> None:
    await stands["payments"].fail("authorise", "fail_before")
    with pytest.raises(Unavailable):
        await payments.authorise(KEY, "p-1", 150_000, "tok_ok")
    assert await payments.find_hold(KEY) is None
    assert (await payments.authorise(KEY, "p-1", 150_000, "tok_ok")).hold is not None


async def test_a_refusal_carries_the_partners_code_and_does_nothing(stands: Stands, payments: HttpPayments) -> None:
    await stands["payments"].fail("authorise", "refuse", code="payer_blocked")
    with pytest.raises(Refused) as refused:
        await payments.authorise(KEY, "p-1", 150_000, "tok_ok")
    assert refused.value.code == "payer_blocked"
    assert await payments.find_hold(KEY) is None


async def test_a_request_taken_twice_holds_once(stands: Stands, payments: HttpPayments) -> None:
    await stands["payments"].fail("authorise", "twice")
    assert (await payments.authorise(KEY, "p-1", 150_000, "tok_ok")).hold is not None
    assert len(await stands["payments"].ledger("authorise")) == 1


async def test_an_answer_that_comes_too_late_is_uncertain_and_a_resend_still_holds_once(
    stands: Stands, payments: HttpPayments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrations.http, "TIMEOUT", httpx.Timeout(0.2))
    await stands["payments"].fail("authorise", "slow", seconds=1.0)
    with pytest.raises(Uncertain):
        await payments.authorise(KEY, "p-1", 150_000, "tok_ok")
    # Not done *yet*: the most treacherous answer of a find.
    assert await payments.find_hold(KEY) is None
    monkeypatch.undo()
    again = await payments.authorise(KEY, "p-1", 150_000, "tok_ok")
    assert again == await payments.find_hold(KEY)
    assert len(await stands["payments"].ledger("authorise")) == 1


async def test_a_wrong_token_is_refused(stands: Stands, client: httpx.AsyncClient) -> None:
    stranger = Partner(url=stands["payments"].url, token=SecretStr("guess"))
    with pytest.raises(Refused, match="unauthorised"):
        await HttpPayments(stranger, client).find_hold(KEY)


async def test_a_stand_that_is_killed_is_unavailable_and_knows_everything_afterwards(
    stands: Stands, payments: HttpPayments
) -> None:
    done = await payments.authorise(KEY, "p-1", 150_000, "tok_ok")
    await stands["payments"].kill()
    with pytest.raises(Unavailable):
        await payments.find_hold(KEY)
    with pytest.raises(Unavailable):
        await payments.authorise(KEY, "p-1", 150_000, "tok_ok")
    await stands["payments"].restart()
    assert await payments.find_hold(KEY) == done


@dataclass(frozen=True)
class Kept:
    """One effect of a port, and how to ask for it."""

    stand: str
    call: str
    do: Callable[[Partner, httpx.AsyncClient], Awaitable[Any]]
    find: Callable[[Partner, httpx.AsyncClient], Awaitable[Any]]


EFFECTS = [
    Kept(
        "payments",
        "authorise",
        lambda p, c: HttpPayments(p, c).authorise(KEY, "p-1", 150_000, "tok_ok"),
        lambda p, c: HttpPayments(p, c).find_hold(KEY),
    ),
    Kept(
        "video",
        "open",
        lambda p, c: HttpVideoRooms(p, c).open(REFERENCE, NOON),
        lambda p, c: HttpVideoRooms(p, c).find(REFERENCE),
    ),
    Kept(
        "registry",
        "register",
        lambda p, c: HttpRegistry(p, c).register(KEY, REFERENCE, {"kind": "290"}, b"0signature"),
        lambda p, c: HttpRegistry(p, c).find(KEY),
    ),
    Kept(
        "labs",
        "place",
        lambda p, c: HttpLabs(p, c).place(KEY, REFERENCE, ORDER),
        lambda p, c: HttpLabs(p, c).find(KEY),
    ),
    Kept(
        "mis",
        "request_visit",
        lambda p, c: HttpMis(p, c).request_visit(KEY, "77", "cardiology"),
        lambda p, c: HttpMis(p, c).find_visit(KEY),
    ),
    Kept(
        "mis",
        "book",
        lambda p, c: HttpMis(p, c).book(KEY, SLOT, "77"),
        lambda p, c: HttpMis(p, c).find_booking(KEY),
    ),
    Kept(
        "sms",
        "send",
        lambda p, c: HttpNotifier(p, c).send(KEY, "+79990000001", "text", "sms"),
        lambda p, c: HttpNotifier(p, c).find(KEY),
    ),
]


@pytest.mark.parametrize("mode", ["lost_answer", "fail_after_commit"])
@pytest.mark.parametrize("kept", EFFECTS, ids=lambda kept: f"{kept.stand}.{kept.call}")
async def test_what_was_done_and_not_answered_is_uncertain_found_by_its_key_and_done_once(
    stands: Stands, client: httpx.AsyncClient, kept: Kept, mode: str
) -> None:
    stand = stands[kept.stand]
    await stands["mis"].post("/_schedule", slots=[ON_SCHEDULE])
    assert not await kept.find(stand.partner, client)
    await stand.fail(kept.call, mode)
    with pytest.raises(Uncertain):
        await kept.do(stand.partner, client)
    assert await kept.find(stand.partner, client)
    await kept.do(stand.partner, client)
    assert len(await stand.ledger(kept.call)) == 1


async def test_a_capture_without_an_answer_is_found_and_money_is_taken_once(
    stands: Stands, payments: HttpPayments
) -> None:
    hold = (await payments.authorise(KEY, "p-1", 150_000, "tok_ok")).hold
    assert hold is not None
    await stands["payments"].fail("capture", "lost_answer")
    with pytest.raises(Uncertain):
        await payments.capture("take", hold, 90_000)
    receipt = await payments.find_capture("take")
    assert receipt == await payments.capture("take", hold, 90_000)
    taken = await stands["payments"].ledger("capture")
    assert [entry["effect"]["amount"] for entry in taken] == [90_000]


async def test_a_lost_answer_of_a_find_is_only_unavailable(stands: Stands, payments: HttpPayments) -> None:
    await stands["payments"].fail("find_hold", "lost_answer")
    with pytest.raises(Unavailable):
        await payments.find_hold(KEY)


@pytest.mark.parametrize(
    ("answer", "expected", "code"),
    [
        (httpx.Response(429), Unavailable, "busy"),
        (httpx.Response(503), Unavailable, "busy"),
        (httpx.Response(500), Uncertain, "failed"),
        (httpx.Response(302, headers={"location": "http://elsewhere"}), Uncertain, "failed"),
        (httpx.Response(400, text="Иванов Иван has no account"), Refused, "http_400"),
        (httpx.Response(422, json={"code": "VALIDATION_ERROR"}), Refused, "validation_error"),
        (httpx.Response(422, json={"code": "Иванов"}), Refused, "http_422"),
        (httpx.Response(422, json={"code": "slot_taken\n"}), Refused, "http_422"),
        (httpx.Response(409, json={"code": "in_progress"}), Uncertain, "in_progress"),
        (httpx.Response(200, text="<html>"), Uncertain, "broken_answer"),
        (httpx.Response(200, json={"hold": "h", "declined": "d"}), Uncertain, "broken_answer"),
    ],
)
async def test_an_answer_is_told_in_three_words_without_the_partners_text(
    answer: httpx.Response, expected: type[PortError], code: str
) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer)) as client:
        with pytest.raises(expected) as error:
            await HttpPayments(Partner(url="http://partner"), client).authorise(KEY, "p-1", 1, "tok_ok")
    assert error.value.code == code


async def test_an_answer_that_drips_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrations.http, "WHOLE", 0.3)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(Uncertain):
            await PartnerHttp(Partner(url=f"http://127.0.0.1:{port}"), client).send("/x", {}, Nothing)
    server.close()


def test_a_hold_is_either_held_or_declined() -> None:
    assert Hold(hold="h").declined is None
