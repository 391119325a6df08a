"""The relay on the real database and line: facts are carried, flags ring, seats come free, the line comes back."""

import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from domain.acts import Fact
from domain.clock import Clock
from domain.effects.notify import Tell, Told
from domain.people import Role
from domain.state import ConsultationState
from integrations.line.redis import RedisLine
from ports import Unavailable
from ports.consultations import ClosedConsultation, NoSuchConsultation, NotConfirmed
from records import audit, inbox, people, seats, waits
from records import staff as records_staff
from records.database import Database
from runtime.clock import DomainClock, real_now, still_clock
from workers import inbox as workers_inbox
from workers import sealer
from workers.inbox import InboxRelay
from workers.reconcile import Reconciler


class Runs:
    """Stands in for the port at the very boundary under test: what it was told, and how it answers."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.raises: Exception | None = None
        self.lost_answers = 0
        self.deaf = False
        """The server takes signals, no worker runs the workflow."""

    async def fact(self, workflow: str, fact: Fact) -> None:
        if self.raises is not None:
            raise self.raises
        self.told.append((workflow, fact.id))
        if self.lost_answers:
            self.lost_answers -= 1
            raise Unavailable("temporal")

    async def state(self, workflow: str) -> ConsultationState:
        if self.deaf:
            raise NotConfirmed
        now = real_now()
        clock = Clock(anchor=now, real_anchor=now)
        return ConsultationState(
            workflow=workflow,
            consultation=workflow,
            clinic="cl",
            patient="pt",
            pathway="digest",
            started_at=now,
            clock=clock,
            seen={f"intake:{fact}": 1 for fact in self.of(workflow)},
        )

    def of(self, workflow: str) -> list[str]:
        return [fact for told, fact in self.told if told == workflow]


class Tells:
    """Keeps what people were told."""

    def __init__(self) -> None:
        self.sent: list[Tell] = []
        self.deaf_to: str | None = None

    async def __call__(self, effect: Tell) -> Told:
        if effect.part == self.deaf_to:
            raise Unavailable("sms")
        self.sent.append(effect)
        return Told(people=1)


@pytest.fixture
def runs() -> Runs:
    return Runs()


@pytest.fixture
def tells() -> Tells:
    return Tells()


@pytest.fixture
def relay(database: Database, runs: Runs, tells: Tells) -> InboxRelay:
    async def load() -> Clock:
        return still_clock()

    return InboxRelay(database, runs, tells, DomainClock(load))  # type: ignore[arg-type]


def fact(source: str = "video") -> Fact:
    return Fact(source=source, id=uuid.uuid4().hex, step="talk", body={"event": "joined", "side": "doctor"})


async def put(database: Database, workflow: str, *facts: Fact, clinic: str | None = None, flag: bool = False) -> None:
    async with database.bare() as session:
        for each in facts:
            ring = Role.SHIFT_SUPERVISOR if flag else None
            await inbox.put(session, workflow, each, b"raw", real_now(), clinic=clinic, ring=ring)


async def waiting(database: Database, workflow: str) -> list[str]:
    """Facts of a workflow that are not marked."""
    async with database.system() as session:
        found = await inbox.stuck(session, tries=0, limit=1000)
    return [letter.fact.id for letter in found if letter.workflow == workflow]


async def test_facts_reach_their_workflow_in_order_and_are_marked(
    relay: InboxRelay, database: Database, runs: Runs
) -> None:
    workflow, facts = f"c-{uuid.uuid4().hex}", [fact() for _ in range(5)]
    await put(database, workflow, *facts)
    await put(database, workflow, facts[0])
    while await relay.deliver():
        pass
    assert runs.of(workflow) == [each.id for each in facts]
    assert await waiting(database, workflow) == []


async def test_a_fact_whose_answer_was_lost_is_not_marked_and_comes_again(
    relay: InboxRelay, database: Database, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow, one = f"c-{uuid.uuid4().hex}", fact()
    await put(database, workflow, one)
    runs.lost_answers = 1
    with pytest.raises(Unavailable):
        await relay.deliver()
    assert await waiting(database, workflow) == [one.id]
    later = real_now() + timedelta(minutes=10)
    monkeypatch.setattr(workers_inbox, "real_now", lambda: later)
    await relay.deliver()
    assert runs.of(workflow) == [one.id, one.id]
    assert await waiting(database, workflow) == []


async def test_a_late_word_of_video_is_dropped_but_a_late_result_is_kept_for_a_person(
    relay: InboxRelay, database: Database, runs: Runs
) -> None:
    workflow, video, labs = f"c-{uuid.uuid4().hex}", fact(), fact("labs")
    await put(database, workflow, video)
    runs.raises = ClosedConsultation()
    await relay.deliver()
    await put(database, workflow, labs)
    await relay.deliver()
    assert await waiting(database, workflow) == [labs.id]


async def test_what_stays_undeliverable_is_told_to_the_administrator(
    relay: InboxRelay, database: Database, runs: Runs, tells: Tells, clinic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow, one = f"c-{uuid.uuid4().hex}", fact("labs")
    await put(database, workflow, one, clinic=clinic)
    runs.raises = NoSuchConsultation()
    for hours in range(inbox.STUCK_AFTER):
        moment = real_now() + timedelta(hours=hours)
        monkeypatch.setattr(workers_inbox, "real_now", lambda at=moment: at)
        await relay.deliver()
    await relay.tell_stuck()
    told = [each for each in tells.sent if each.workflow == workflow]
    assert [each.to.role for each in told] == [Role.CLINIC_ADMIN]


async def test_of_many_stuck_letters_none_is_left_untold_though_the_first_cannot_be_told(
    relay: InboxRelay, database: Database, tells: Tells, clinic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow, many = f"c-{uuid.uuid4().hex}", 5
    await put(database, workflow, *(fact("labs") for _ in range(many)), clinic=clinic)
    async with database.system() as session:
        first, *_ = (each for each in await inbox.stuck(session, tries=0, limit=1000) if each.workflow == workflow)
    pages = partial(inbox.stuck, tries=0, limit=2)
    monkeypatch.setattr(inbox, "stuck", pages)
    tells.deaf_to = f"inbox.{first.id}"
    with pytest.raises(Unavailable):
        await relay.tell_stuck()
    assert len([each for each in tells.sent if each.workflow == workflow]) == many - 1


async def test_a_red_flag_nobody_took_rings_once(
    relay: InboxRelay, database: Database, tells: Tells, clinic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = f"c-{uuid.uuid4().hex}"
    await put(database, workflow, fact("intake"), clinic=clinic, flag=True)
    await relay.ring()
    assert tells.sent == []
    later = real_now() + timedelta(seconds=31)
    monkeypatch.setattr(workers_inbox, "real_now", lambda: later)
    await relay.ring()
    await relay.ring()
    mine = [each for each in tells.sent if each.workflow == workflow]
    assert [(each.to.role, each.urgent, each.text) for each in mine] == [(Role.SHIFT_SUPERVISOR, True, "call_back_now")]


async def test_a_red_flag_the_server_keeps_for_a_workflow_nobody_runs_rings_too(
    relay: InboxRelay, database: Database, runs: Runs, tells: Tells, clinic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow, flag = f"c-{uuid.uuid4().hex}", fact("intake")
    await put(database, workflow, flag, clinic=clinic, flag=True)
    runs.deaf = True
    await relay.deliver()
    assert await waiting(database, workflow) == [flag.id]
    later = real_now() + timedelta(minutes=10)
    monkeypatch.setattr(workers_inbox, "real_now", lambda: later)
    await relay.ring()
    assert [each.to.role for each in tells.sent if each.workflow == workflow] == [Role.SHIFT_SUPERVISOR]
    runs.deaf = False
    await relay.deliver()
    assert await waiting(database, workflow) == []


async def test_a_wiped_redis_is_rebuilt_with_everybody_in_his_old_place(
    database: Database, line: RedisLine, redis: Redis, clinic: str
) -> None:
    names = [f"c-{uuid.uuid4().hex}" for _ in range(3)]
    async with database.clinic(clinic) as session:
        for place, workflow in enumerate(names):
            at = real_now() + timedelta(seconds=place)
            await waits.join(session, workflow, "line", 1, "therapists", False, 60, 120, at)
            await line.join(clinic, "therapists", f"{workflow}:line:1", at, False)
        await waits.leave(session, names[0], "line", 1, "left", real_now())
    await redis.flushdb()
    reconciler = Reconciler(database, line)
    await reconciler.rebuild_line()
    offers = await line.offers(clinic, "therapists")
    assert [offer.workflow for offer in offers] == names[1:]
    await reconciler.rebuild_line()
    assert [offer.workflow for offer in await line.offers(clinic, "therapists")] == names[1:]


async def test_an_orphaned_seat_is_freed_and_its_offer_rings_again(
    database: Database, line: RedisLine, clinic: str
) -> None:
    workflow = f"c-{uuid.uuid4().hex}"
    member = f"{workflow}:line:1"
    doctor = await staff(database, clinic)
    async with database.clinic(clinic) as session:
        await seats.take(session, doctor, workflow, "line", 1, 1, real_now() - timedelta(minutes=1))
    await line.join(clinic, "therapists", member, real_now(), False)
    assert await line.claim(clinic, member, doctor)
    await Reconciler(database, line).free_seats()
    async with database.clinic(clinic) as session:
        assert await seats.of_doctor(session, doctor) == []
    assert await line.claim(clinic, member, "p-another")


async def test_a_seat_still_being_accepted_is_left_alone(database: Database, line: RedisLine, clinic: str) -> None:
    doctor = await staff(database, clinic)
    async with database.clinic(clinic) as session:
        await seats.take(session, doctor, f"c-{uuid.uuid4().hex}", "line", 1, 1, real_now())
    await Reconciler(database, line).free_seats()
    async with database.clinic(clinic) as session:
        assert len(await seats.of_doctor(session, doctor)) == 1


async def staff(database: Database, clinic: str) -> str:
    """A doctor of the clinic."""
    async with database.bare() as session:
        person = await people.create_person(session, real_now())
    async with database.clinic(clinic) as session:
        employee = people.Employee(person=person, name="Doctor", position="therapist", roles=frozenset({Role.DOCTOR}))
        await records_staff.save(session, employee, real_now().date())
    return person


async def test_the_audit_is_sealed_and_its_latest_seal_copied_outside(
    database: Database, clinic: str, tmp_path: Path
) -> None:
    async with database.clinic(clinic) as session:
        await audit.write(session, "p-admin", "codec.decode", ["namespace:default"], real_now())
    await sealer.Sealer(database, tmp_path).seal()
    copied = sealer.read(tmp_path, clinic)
    assert copied is not None
    async with database.system() as session:
        assert await audit.verify(session, clinic, real_now(), copied) == []
    changed = copied.model_copy(update={"digest": "0" * 64})
    async with database.system() as session:
        found = await audit.verify(session, clinic, real_now(), changed)
    assert {finding.code for finding in found} == {"differs"}
