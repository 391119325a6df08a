"""What each stand does when nothing fails, seen through our adapters."""

from datetime import UTC, date, datetime, timedelta

import httpx
import psutil
import pytest

from domain.people import IdentityLevel
from integrations.identity.http import HttpIdentity
from integrations.labs.http import HttpLabs
from integrations.mis.http import HttpMis
from integrations.notify.http import HttpNotifier
from integrations.payments.http import HttpPayments
from integrations.registry.http import HttpRegistry
from integrations.video.http import HttpVideoRooms
from ports import Refused
from ports.mis import Visit
from tests.stands.standing import SECRET, TOKEN, Receiver, Standing

Stands = dict[str, Standing]
REFERENCE = "c-1:labs:1"
ORDER = {
    "patient_number": "77",
    "birth_date": "1980-02-03",
    "tests": [{"code": "B03.016.002"}, {"code": "X99", "name": "Редкий анализ"}],
}


async def test_declined_means_are_declined_with_a_code_and_stay_so(stands: Stands, client: httpx.AsyncClient) -> None:
    payments = HttpPayments(stands["payments"].partner, client)
    means = "tok_declined_insufficient_funds"
    said = await payments.authorise("k", "p-1", 100, means)
    assert (said.hold, said.declined) == (None, "insufficient_funds")
    assert said == await payments.find_hold("k") == await payments.authorise("k", "p-1", 100, means)
    assert await stands["payments"].ledger("authorise") == []


async def test_a_hold_is_taken_in_part_or_freed_never_both(stands: Stands, client: httpx.AsyncClient) -> None:
    payments = HttpPayments(stands["payments"].partner, client)
    one, two = [(await payments.authorise(key, "p-1", 100, "tok_ok")).hold or "" for key in ("1", "2")]
    with pytest.raises(Refused, match="amount_too_large"):
        await payments.capture("c1", one, 101)
    await payments.capture("c1", one, 60)
    with pytest.raises(Refused, match="captured"):
        await payments.cancel("x1", one)
    await payments.cancel("x2", two)
    await payments.cancel("x2-again", two)
    with pytest.raises(Refused, match="cancelled"):
        await payments.capture("c2", two, 10)
    assert len(await stands["payments"].ledger("cancel")) == 1


async def test_a_session_proves_what_the_person_confirmed(stands: Stands, client: httpx.AsyncClient) -> None:
    identity = HttpIdentity(stands["identity"].partner, client)
    session = await identity.begin("k", "http://clinic/back")
    assert session == await identity.begin("k", "http://clinic/back")
    open_ = await identity.proved(session.session)
    assert (open_.level, open_.refused) == (None, None)
    assert "Подтверждение" in (await client.get(session.url)).text
    attributes = {"surname": "Иванова", "birth_date": "1980-02-03"}
    await stands["identity"].post(f"/sessions/{session.session}/confirm", attributes=attributes)
    proved = await identity.proved(session.session)
    assert (proved.level, proved.attributes) == (IdentityLevel.CONFIRMED, attributes)


async def test_a_session_given_up_on_its_page_is_refused(stands: Stands, client: httpx.AsyncClient) -> None:
    identity = HttpIdentity(stands["identity"].partner, client)
    session = await identity.begin("k", "http://clinic/back")
    back = await client.post(session.url, data={"do": "refuse"})
    assert (back.status_code, back.headers["location"]) == (303, "http://clinic/back")
    assert (await identity.proved(session.session)).refused == "denied"
    with pytest.raises(Refused, match="no_such_session"):
        await identity.proved("../_ledger")


async def test_a_ticket_opens_only_its_own_open_room(stands: Stands, client: httpx.AsyncClient) -> None:
    video, stand = HttpVideoRooms(stands["video"].partner, client), stands["video"]
    until = datetime.now(UTC) + timedelta(hours=1)
    room, other = await video.open("c-1:talk:1", until), await video.open("c-2:talk:1", until)
    assert room == await video.open("c-1:talk:1", until) != other
    ticket = await video.ticket(room, "p-1", "patient")
    assert datetime.now(UTC) < ticket.expires_at < datetime.now(UTC) + timedelta(minutes=15)
    assert (await stand.post(f"/rooms/{other}/join?token={ticket.token}")).status_code == 401
    assert (await stand.post(f"/rooms/{room}/join?token={ticket.token}x")).status_code == 401
    assert await video.find("c-1:talk:1") == room
    await video.close(room)
    await video.close(room)
    assert await video.find("c-1:talk:1") is None
    assert (await stand.post(f"/rooms/{room}/join?token={ticket.token}")).json() == {"code": "closed"}
    with pytest.raises(Refused, match="closed"):
        await video.ticket(room, "p-1", "patient")


async def test_a_room_closed_in_mid_meeting_is_opened_again_as_another(
    stands: Stands, client: httpx.AsyncClient
) -> None:
    video, until = HttpVideoRooms(stands["video"].partner, client), datetime.now(UTC) + timedelta(hours=1)
    closed = await video.open("c-1:talk:1", until)
    await video.close(closed)
    room = await video.open("c-1:talk:1", until)
    assert room == await video.open("c-1:talk:1", until) == await video.find("c-1:talk:1") != closed
    await video.ticket(room, "p-1", "patient")


async def test_no_secret_of_a_stand_is_seen_among_the_processes(stands: Stands) -> None:
    for stand in stands.values():
        words = psutil.Process(stand.supervisor.children[f"stand-{stand.name}"].pid).cmdline()
        assert not {SECRET, TOKEN} & set(words), stand.name


async def test_the_registry_decides_later_and_tells(
    stands: Stands, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    registry = HttpRegistry(stands["registry"].partner, client)
    await stands["registry"].post("/_behave", after=3600)
    request = await registry.register("k", "c-1.reg.1:reg:1", {"local_uid": "u-1"}, b"0cms")
    pending = await registry.find("k")
    assert pending is not None
    assert pending.status == "pending"
    await stands["registry"].post(f"/documents/{request}/decide")
    await receiver.until(bool)
    ((workflow, fact),) = registry.facts(*receiver.got[0])
    decided = await registry.find("k")
    assert decided is not None
    assert (workflow, fact.step, decided.status) == ("c-1.reg.1", "reg", "registered")
    assert fact.body == {"event": "registered", "number": decided.number, "errors": [], "local_uid": "u-1"}


@pytest.mark.parametrize(
    ("uid", "signature", "told", "error"),
    [
        ("u-1", b"0cms", [], "NOT_UNIQUE_PROVIDED_ID"),
        ("u-2", b"", [], "NO_SIGNATURE"),
        ("u-2", b"no cms", [], "WRONG_SIGNATURE_FORMAT"),
        ("u-2", b"0cms", ["NO_SNILS"], "NO_SNILS"),
    ],
)
async def test_the_registry_rejects_with_the_mnemonics_of_its_book(
    stands: Stands,
    receiver: Receiver,
    client: httpx.AsyncClient,
    uid: str,
    signature: bytes,
    told: list[str],
    error: str,
) -> None:
    registry = HttpRegistry(stands["registry"].partner, client)
    await stands["registry"].post("/_behave", after=0)
    await registry.register("first", "c-1:sign:1", {"local_uid": "u-1"}, b"0cms")
    await stands["registry"].post("/_behave", after=0, reject=told)
    await registry.register("second", "c-2:sign:1", {"local_uid": uid}, signature)
    await receiver.until(lambda bodies: len(bodies) == 2)
    rejected = await registry.find("second")
    assert rejected is not None
    assert (rejected.status, rejected.errors) == ("rejected", (error,))


async def test_a_rejected_document_may_be_sent_again_when_mended(
    stands: Stands, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    registry = HttpRegistry(stands["registry"].partner, client)
    await stands["registry"].post("/_behave", after=0, reject=["PERSON_NOT_FOUND"])
    await registry.register("try:1", "c-1:sign:1", {"local_uid": "u-1"}, b"0cms")
    await receiver.until(bool)
    await registry.register("try:2", "c-1:sign:1", {"local_uid": "u-1"}, b"0cms")
    bodies = await receiver.until(lambda bodies: len(bodies) == 2)
    assert [body["event"] for body in bodies] == ["rejected", "registered"]


async def test_a_laboratory_goes_from_order_to_a_critical_final_result(
    stands: Stands, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    labs, stand = HttpLabs(stands["labs"].partner, client), stands["labs"]
    order = await labs.place("k", REFERENCE, ORDER)
    assert (await labs.results(order)).status == "none"
    await stand.post(f"/orders/{order}/material")
    assert await labs.cancel("x", order) is False
    await stand.post(f"/orders/{order}/results", status="partial")
    first = await labs.results(order)
    await stand.post(f"/orders/{order}/results", status="final", critical=True)
    last = await labs.results(order)
    assert (first.status, last.status) == ("partial", "final")
    assert first.id != last.id
    assert (last.patient_number, last.birth_date) == ("77", "1980-02-03")
    assert [o.code for o in last.observations] == ["1017128", "1017979", "1017862", "X99"]
    assert [o.flag for o in last.observations] == ["LL", "", "", ""]
    assert last.observations[1].value == "6.20"
    bodies = await receiver.until(lambda bodies: len(bodies) == 3)
    assert [body["event"] for body in bodies] == ["material_taken", "result", "result"]


async def test_a_laboratory_lets_a_fresh_order_go_and_may_refuse_one(
    stands: Stands, receiver: Receiver, client: httpx.AsyncClient
) -> None:
    labs, stand = HttpLabs(stands["labs"].partner, client), stands["labs"]
    order = await labs.place("k", REFERENCE, ORDER)
    assert await labs.cancel("x", order) is True
    assert await labs.cancel("x2", order) is True
    other = await labs.place("k2", REFERENCE, ORDER)
    await stand.post(f"/orders/{other}/reject", code="no_capacity")
    assert (await receiver.until(bool))[0]["event"] == "refused"
    with pytest.raises(Refused, match="no_tests"):
        await labs.place("k3", REFERENCE, ORDER | {"tests": []})


async def test_the_mis_tells_visits_of_the_speciality_since_a_day_newest_first(
    stands: Stands, client: httpx.AsyncClient
) -> None:
    mis = HttpMis(stands["mis"].partner, client)
    visit = {"doctor": None, "diagnosis": "I10", "speciality": "therapy"}
    days = {"v-1": "2026-01-10", "v-2": "2026-05-01", "v-3": "2024-01-01"}
    visits = [{**visit, "id": id_, "on": on} for id_, on in days.items()]
    visits.append({**visit, "id": "v-4", "on": "2026-05-02", "speciality": "cardiology"})
    await stands["mis"].post("/_visits", patient_number="77", visits=visits)
    since = datetime(2025, 6, 1).date()
    found = await mis.visits("77", "therapy", since)
    assert [v.id for v in found] == ["v-2", "v-1"]
    assert found[0] == Visit(**{**visits[1], "on": date(2026, 5, 1)})
    assert await mis.visits("78", "therapy", since) == []


async def test_messages_stand_in_the_outbox_of_their_address(stands: Stands, client: httpx.AsyncClient) -> None:
    notifier = HttpNotifier(stands["sms"].partner, client)
    await notifier.send("k1", "+79990000001", "Код 123456", "sms")
    await notifier.send("k1", "+79990000001", "Код 123456", "sms")
    await notifier.send("k2", "+79990000002", "Позвоните", "voice")
    box = (await client.get(f"{stands['sms'].url}/outbox", params={"to": "+79990000001"})).json()["items"]
    assert [(m["text"], m["channel"]) for m in box] == [("Код 123456", "sms")]
    assert await notifier.find("k2")


def test_stands_import_no_room_of_ours() -> None:
    import subprocess
    import sys

    code = (
        "import sys, pkgutil, importlib, dev.stands as s\n"
        "[importlib.import_module('dev.stands.' + m.name) for m in pkgutil.iter_modules(s.__path__)]\n"
        "rooms = {'domain', 'ports', 'runtime', 'integrations', 'records', 'api', 'workflows', 'pathways'}\n"
        "print(rooms & {name.split('.')[0] for name in sys.modules})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
