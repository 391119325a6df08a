"""How the demo clinic comes into an empty house: its pathways by two people, as in any clinic."""

import shutil
from pathlib import Path

import pytest

from dev import clinic
from dev.keys import Secrets
from dev.people import STAFF
from dev.process import StackError
from dev.stack import Stack
from records import catalogue, clinics, drafts
from records.catalogue import Published
from records.clinics import Clinic
from records.database import Database

CODE = "first-contact"


class House:
    """A folder of its own to start from, again and again."""

    def __init__(self, services: Stack, database: Database, folder: Path) -> None:
        self._settings = services.settings
        self._database = database
        self._folder = folder
        self.shipped = folder / "shipped"
        shutil.copytree(clinic.SHIPPED, self.shipped)
        self.change("clinic.yaml", "clinic: cl-demo", "clinic: cl-demoagain")

    def change(self, file: str, old: str, new: str) -> None:
        """Write something else in a shipped file."""
        path = self.shipped / file
        written = path.read_text(encoding="utf-8")
        assert old in written
        path.write_text(written.replace(old, new, 1), encoding="utf-8")

    async def start(self) -> str:
        """What a start does."""
        return await clinic.load(self._settings, self._folder, Secrets(self._folder / "secrets.env"), self.shipped)

    async def has(self) -> tuple[dict[tuple[str, int], Published], Clinic, int]:
        """The catalogue, the live clinic, how many drafts."""
        async with self._database.clinic("cl-demoagain") as session:
            lines = {(line.code, line.version): line for line in await catalogue.list_all(session)}
            live = await clinics.get(session)
            assert live is not None
            return lines, live, len(await drafts.list_all(session))


async def test_the_demo_clinic_is_published_by_its_administrator_and_its_head_doctor_and_every_start_adds_what_is_new(
    services: Stack, database: Database, tmp_path: Path
) -> None:
    house = House(services, database, tmp_path)
    await house.start()
    first, live, left = await house.has()
    assert first
    assert {(line.author, line.published_by) for line in first.values()} == {
        (STAFF["admin"].person, STAFF["head"].person)
    }
    assert set(live.folder["pools"]) >= {"therapists"}
    assert left == 0

    await house.start()
    assert await house.has() == (first, live, 0), "a start that finds everything changes nothing"

    house.change("clinic.yaml", 'region: "77"', 'region: "78"')
    house.change(f"pathways/{CODE}.yaml", "version: 1", "version: 2")
    await house.start()
    second, live, left = await house.has()
    assert set(second) == {*first, (CODE, 2)}
    assert (live.region, left) == ("78", 0)

    house.change(f"pathways/{CODE}.yaml", "within: 30m", "within: 45m")
    with pytest.raises(StackError, match=f"version_taken {CODE} 2"):
        await house.start()
