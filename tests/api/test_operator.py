"""`carepath pathways ...` as an operator types it, against the database of the settings."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dev.environment import as_environment
from domain.people import Role
from pathways.sources import files_of
from records import audit, clinics, logins
from runtime.settings import Settings
from tests.api.bench import Bench

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "pathways" / "shipped"
CODE = "first-contact"
FILE = f"pathways/{CODE}.yaml"
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("CAREPATH_")}


class Operator:
    """Somebody at a terminal, with a folder that is the clinic's."""

    def __init__(self, bench: Bench, settings: Settings, folder: Path) -> None:
        self.bench = bench
        self.folder = folder
        self._env = PLAIN | as_environment(settings) | {"PYTHONPATH": str(ROOT)}
        for path, written in files_of(SHIPPED).items():
            if path.partition("/")[0] not in ("pathways", "stories") or path == FILE:
                self.write(path, written.replace("clinic: cl-demo", f"clinic: {bench.clinic}"))

    def write(self, path: str, written: str) -> None:
        (self.folder / path).parent.mkdir(exist_ok=True, parents=True)
        (self.folder / path).write_text(written, encoding="utf-8")

    def change(self, old: str, new: str) -> None:
        written = (self.folder / FILE).read_text(encoding="utf-8")
        assert old in written
        self.write(FILE, written.replace(old, new))

    async def types(self, *words: str, **env: str) -> tuple[int, str]:
        """The exit code, and what is told; never a traceback."""
        clinic = () if words[0] == "draft" else ("--clinic", self.bench.clinic)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", "pathways", *words, *clinic, cwd=self.folder, env=self._env | env,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        told = said.decode()
        assert "Traceback" not in told, told
        assert process.returncode is not None
        return process.returncode, told


@pytest.fixture
async def operator(bench: Bench, settings: Settings, tmp_path: Path) -> Operator:
    """An operator of a clinic of the test's own."""
    return Operator(bench, settings, tmp_path / "clinic")


async def test_a_folder_is_put_up_looked_at_published_and_retired_from_the_command_line(operator: Operator) -> None:
    bench = operator.bench
    admin, head = await bench.employee(Role.CLINIC_ADMIN), await bench.employee(Role.HEAD_DOCTOR)
    word = f"head-{head[2:10]}"
    async with bench.db.bare() as session:
        await logins.create_staff(session, head, word, "hash", "secret", datetime.now(UTC))

    code, told = await operator.types("draft", ".", "--as", admin)
    assert (code, told.split()[:2]) == (0, [f"{CODE}@1", "draft"]), told
    code, told = await operator.types("show", CODE, "1")
    assert code == 0, told
    assert f"by {admin}" in told
    assert f"{CODE}: at most" in told
    sha256 = told.split("sha256 ")[1].split()[0]

    assert (await operator.types("publish", CODE, "1", "--as", admin))[0] == 1
    code, told = await operator.types("publish", CODE, "1", "--as", word, "--sha256", "0" * 12)
    assert (code, "The draft has changed since" in told) == (1, True), told
    code, told = await operator.types("publish", CODE, "1", "--as", word, "--sha256", sha256[:12])
    assert (code, told.split()[:2]) == (0, [f"{CODE}@1", "published"]), told
    assert f"by {head}" in told
    async with bench.db.clinic(bench.clinic) as session:
        clinic = await clinics.get(session)
    assert clinic is not None
    assert "therapists" in clinic.folder["pools"]

    operator.change("version: 1", "version: 2")
    operator.change("within: 30m", "within: 45m")
    await operator.types("draft", ".", "--as", admin)
    code, told = await operator.types("show", CODE, "2", "--language", "en")
    assert "Against version 1:\nFor patients:\n- " in told
    assert "+version: 2" in told.splitlines()
    assert (await operator.types("withdraw", CODE, "2", "--as", admin))[0] == 0

    code, told = await operator.types("retire", CODE, "1", "--reason", "replaced", "--as", admin)
    assert (code, "retired, replaced" in told) == (0, True), told
    code, told = await operator.types("list")
    assert (code, len(told.splitlines())) == (0, 1)
    assert told.startswith(f"{CODE}@1  retired, replaced")
    async with bench.db.clinic(bench.clinic) as session:
        rows = (await audit.of_subject(session, f"{CODE}@1")).items
    assert [(row.action, row.person) for row in rows] == [
        ("pathways.retire", admin),
        ("pathways.publish", head),
        ("pathways.draft", admin),
    ]


async def test_a_wrong_word_is_told(operator: Operator) -> None:
    bench = operator.bench
    admin, head, doctor = [await bench.employee(role) for role in (Role.CLINIC_ADMIN, Role.HEAD_DOCTOR, Role.DOCTOR)]
    for words, code, said in (
        (("draft", ".", "--as", "nobody"), 2, "nobody who works in"),
        (("draft", ".", "--as", doctor), 1, "Your role does not allow this"),
        (("draft", "nowhere", "--as", admin), 2, "does not exist"),
        (("show", CODE, "1"), 1, "There is no such pathway"),
        (("show", CODE, "first"), 2, "not a valid int"),
        (("publish", CODE, "1", "--as", admin), 1, "Your role does not allow this"),
        (("publish", CODE, "1", "--as", head, "--sha256", "3f"), 2, "--sha256 is the draft's digest"),
        (("publish", CODE, "1", "--as", head), 1, "There is no such draft"),
        (("retire", CODE, "1", "--reason", "It is bad", "--as", admin), 2, "--reason is a code"),
        (("retire", CODE, "1", "--reason", "bad", "--as", admin), 1, "There is no such pathway"),
        (("withdraw", CODE, "1", "--as", admin), 1, "There is no such draft"),
    ):
        answer = await operator.types(*words)
        assert answer[0] == code, answer
        assert said in answer[1], answer


async def test_a_broken_folder_is_told_as_check_tells_it(operator: Operator) -> None:
    admin = await operator.bench.employee(Role.CLINIC_ADMIN)
    operator.change("pool: therapists", "pool: surgeons")
    code, told = await operator.types("draft", ".", "--as", admin)
    assert code == 1
    assert f"{FILE}:" in told
    assert "surgeons" in told


async def test_a_database_that_does_not_answer_is_told(operator: Operator) -> None:
    code, told = await operator.types("list", CAREPATH_DATABASE_URL="postgresql+psycopg://carepath_app@127.0.0.1:1/x")
    assert code == 1
    assert "Temporarily unavailable" in told
