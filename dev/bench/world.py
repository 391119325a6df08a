"""The real house with the outside in memory: activities, record, line, files and papers are real; providers answer
at once from this process. So nothing is measured but what is ours to pay for, and nothing beside the servers runs."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from dev.clinic import DIAGNOSIS
from dev.people import ATTENDING, STAFF
from domain.acts import Fact
from domain.base import Json
from domain.people import IdentityLevel
from ports.identity import IdentityProvider, IdentitySession, Proved
from ports.labs import LabResult, Labs, Observation
from ports.mis import Booking, Mis, Slot, Visit
from ports.notify import Notifier
from ports.payments import Hold, Payments
from ports.registry import Registration, Registry
from ports.video import JoinTicket, VideoRooms
from runtime.clock import real_now
from wiring import Wiring

FAMILY, GIVEN, BORN = "Скоростев", "Пётр", "1968-03-14"
"""The name of every patient of the bench."""
LAB = "helix"


class Nobody:
    """Webhooks are not part of it: the driver signals facts itself."""

    def facts(self, headers: dict[str, str], body: bytes) -> list[tuple[str, Fact]]:
        """None come."""
        return []


class Identity:
    """Everybody is who he says."""

    async def begin(self, key: str, return_url: str) -> IdentitySession:
        """Never asked."""
        return IdentitySession(session=key, url=return_url)

    async def proved(self, session: str) -> Proved:
        """Confirmed."""
        attributes = {"surname": FAMILY, "name": GIVEN, "birth_date": BORN}
        return Proved(level=IdentityLevel.CONFIRMED, attributes=attributes)


class OneMis:
    """Everybody was seen by the doctor of the bench."""

    async def visits(self, patient_number: str, speciality: str, since: object) -> list[Visit]:
        """One visit, two weeks ago."""
        on = (real_now() - timedelta(days=14)).date()
        doctor = STAFF[ATTENDING].person
        return [Visit(id=f"v-{patient_number}", doctor=doctor, diagnosis=DIAGNOSIS, on=on, speciality=speciality)]

    async def request_visit(self, key: str, patient_number: str, to: str) -> str:
        """Never asked."""
        return key

    async def find_visit(self, key: str) -> str | None:
        """None."""
        return None

    async def slots(self, pool: str, since: datetime, until: datetime) -> list[Slot]:
        """One, as soon as asked for."""
        doctor = STAFF[ATTENDING].person
        return [Slot(id=f"s-{pool}", doctor=doctor, starts=since, ends=since + timedelta(minutes=20))]

    async def book(self, key: str, slot: str, patient_number: str) -> Booking:
        """Booked, an hour from now."""
        starts = real_now() + timedelta(hours=1)
        doctor = STAFF[ATTENDING].person
        return Booking(
            reference=key, slot=Slot(id=slot, doctor=doctor, starts=starts, ends=starts + timedelta(minutes=20))
        )

    async def find_booking(self, key: str) -> Booking | None:
        """None yet."""
        return None

    async def cancel_booking(self, reference: str) -> None:
        """Given back."""


class Purse:
    """Always full."""

    async def authorise(self, key: str, payer: str, amount: int, means: str) -> Hold:
        """Held."""
        return Hold(hold=f"h-{key}")

    async def find_hold(self, key: str) -> Hold | None:
        """None yet."""
        return None

    async def capture(self, key: str, hold: str, amount: int) -> str:
        """Taken."""
        return f"r-{key}"

    async def find_capture(self, key: str) -> str | None:
        """None yet."""
        return None

    async def cancel(self, key: str, hold: str) -> None:
        """Freed."""


class Rooms(Nobody):
    """Rooms without walls."""

    async def open(self, reference: str, until: datetime) -> str:
        """Open."""
        return f"room-{reference}"

    async def find(self, reference: str) -> str | None:
        """None yet."""
        return None

    async def close(self, room: str) -> None:
        """Closed."""

    async def ticket(self, room: str, person: str, side: Literal["doctor", "patient", "invited"]) -> JoinTicket:
        """Never asked."""
        return JoinTicket(url="", token="", expires_at=real_now())

    async def record(self, key: str, room: str) -> str:
        """Recorded."""
        return f"recording-{key}"

    async def stop_recording(self, room: str, recording: str | None) -> None:
        """Stopped."""


class Book(Nobody):
    """A registry that takes everything."""

    async def register(self, key: str, reference: str, metadata: dict[str, Json], signature: bytes) -> str:
        """Taken."""
        return key

    async def find(self, key: str) -> Registration | None:
        """None yet."""
        return None


class Laboratory(Nobody):
    """Remembers whose order it was, as the match of results wants it."""

    def __init__(self) -> None:
        self._orders: dict[str, tuple[str, str]] = {}

    async def place(self, key: str, reference: str, order: dict[str, Json]) -> str:
        """Taken; its number is the key."""
        self._orders[key] = (order["patient_number"], order["birth_date"])
        return key

    async def find(self, key: str) -> str | None:
        """None yet."""
        return None

    async def cancel(self, key: str, order: str) -> bool:
        """Dropped."""
        return True

    async def results(self, order: str) -> LabResult:
        """Final, and normal."""
        number, born = self._orders[order]
        value = Observation(code="1033425", name="Креатинин", value="88", unit="мкмоль/л", low="62", high="106")
        return LabResult(
            id=f"result-{order}",
            order=order,
            status="final",
            patient_number=number,
            birth_date=born,
            at=real_now(),
            observations=(value,),
        )


class Pigeons:
    """Every message arrives."""

    async def send(self, key: str, address: str, text: str, channel: Literal["sms", "voice"]) -> None:
        """Sent."""

    async def find(self, key: str) -> bool:
        """Not yet."""
        return False


class BenchWiring(Wiring):
    """The wiring with its outside in memory."""

    @cached_property
    def identity(self) -> IdentityProvider:
        """In memory."""
        return Identity()

    @cached_property
    def mis(self) -> Mis:
        """In memory."""
        return OneMis()

    @cached_property
    def payments(self) -> Payments:
        """In memory."""
        return Purse()

    @cached_property
    def video(self) -> VideoRooms:
        """In memory."""
        return Rooms()

    @cached_property
    def registry(self) -> Registry:
        """In memory."""
        return Book()

    @cached_property
    def labs(self) -> dict[str, Labs]:
        """In memory."""
        return {LAB: Laboratory()}

    @cached_property
    def notifier(self) -> Notifier:
        """In memory."""
        return Pigeons()
