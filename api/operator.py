"""The catalogue at the operator's own machine: what the facade does, against the database of the settings.

Whoever sits there names the person in whose name it is done; that person must have the role the facade would ask for,
and the audit row bears his name.
"""

import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from api import publishing
from api.access import admit
from api.catalogue import CATALOGUE
from api.pathways import Line, of_draft, of_published
from api.problems import OUTAGES, Problem, of_failure
from domain.acts import Refusal
from domain.people import Actor
from pathways.checks.bound import bound
from pathways.compile import BrokenFolder, compile_folder
from pathways.findings import render
from pathways.sources import files_of
from records import catalogue, clinics, clock, drafts, logins, people
from records.database import Database, Session
from runtime.settings import Settings

REASON = r"[a-z][a-z0-9_.-]{0,63}"
BEGINNING = r"[0-9a-f]{8,64}"

REFUSED: tuple[type[Exception], ...] = (Problem, Refusal, *OUTAGES)
"""What the facade would answer with a problem."""


LANGUAGE = "en"
"""What the command line speaks; only what a draft changes is told in the reader's language."""


class Unclear(Exception):
    """It is not clear what was meant; the text says what to name."""


class Desk:
    """One command's way to the catalogue.

    Args:
        settings: Where the database is.
        clinic: The clinic; None for the only one there is.
    """

    def __init__(self, settings: Settings, clinic: str | None) -> None:
        self._database = Database(settings)
        self._clinic = clinic

    async def draft(self, folder: Path, word: str) -> str:
        """Put a folder up.

        Raises:
            BrokenFolder: It has findings.
        """
        found = compile_folder(folder).sound()
        self._clinic = self._clinic or found.clinic.clinic.id
        async with self._acting(word, "put_up_drafts") as (session, actor):
            made = await publishing.put_up(session, actor, files_of(folder), found)
        return "\n".join(told(of_draft(each, LANGUAGE)) for each in made) or "Nothing of it is new."

    async def withdraw(self, code: str, version: int, word: str) -> str:
        """Take a draft back."""
        async with self._acting(word, "withdraw_draft") as (session, actor):
            await publishing.withdraw(session, actor, code, version)
        return f"{code}@{version}  withdrawn"

    async def publish(self, code: str, version: int, sha256: str | None, word: str) -> str:
        """Publish a draft; ``sha256`` (its beginning is enough) is the draft that was looked at."""
        if sha256 is not None and not re.fullmatch(BEGINNING, sha256):
            raise Unclear("--sha256 is the draft's digest as `show` tells it, or the first 8 digits of it or more")
        async with self._acting(word, "publish_draft") as (session, actor):
            draft = await drafts.get(session, code, version)
        digest = "" if draft is None else draft.sha256
        if sha256 is not None and not digest.startswith(sha256):
            digest = sha256
        await publishing.recheck(self._database, actor.clinic, code, version, digest)
        async with self._acting(word, "publish_draft") as (session, actor):
            return told(self._line(await publishing.publish(session, actor, code, version, digest)))

    async def retire(self, code: str, version: int, reason: str, word: str) -> str:
        """Retire a version."""
        if not re.fullmatch(REASON, reason):
            raise Unclear(f"--reason is a code of small letters, digits and _, not '{reason}'")
        async with self._acting(word, "retire_pathway") as (session, actor):
            return told(self._line(await publishing.retire(session, actor, code, version, reason)))

    async def list_all(self) -> str:
        """Every version, drafts and retired ones too."""
        async with self._session() as session:
            lines = [of_draft(each, LANGUAGE) for each in await drafts.list_all(session)]
            lines += [self._line(each) for each in await catalogue.list_all(session)]
        lines.sort(key=lambda line: (line.code, -line.version, line.status))
        return "\n".join(map(told, lines)) or "Nothing yet."

    async def show(self, code: str, version: int, language: str) -> str:
        """A version for a person to read: who, when, its bound; of a draft what it changes."""
        async with self._session() as session:
            if (draft := await drafts.get(session, code, version)) is not None:
                found = await publishing.look(session, code, version, language)
                return _draft(of_draft(draft, LANGUAGE), found)
            line = await catalogue.line(session, code, version)
            pathway = None if line is None else await catalogue.get(session, line.sha256)
            if line is None or pathway is None:
                raise Problem("no_such_pathway")
        return "\n".join([told(self._line(line)), f"sha256 {line.sha256}", str(bound(pathway))])

    def refuse(self, problem: Problem) -> str:
        """A problem as the facade words it."""
        entry = CATALOGUE[problem.code]
        what = " ".join(str(value) for value in problem.extra.values() if isinstance(value, str | int))
        about = f" ({what})" if what else ""
        return f"{entry.title.in_(LANGUAGE)}{about}. {entry.mend.in_(LANGUAGE)}"

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()

    def _line(self, line: catalogue.Published) -> Line:
        return of_published(line, LANGUAGE)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        async with self._database.clinic(await self._where()) as session:
            if await clinics.get(session) is None:
                raise Problem("no_such_clinic")
            yield session

    async def _where(self) -> str:
        if self._clinic is None:
            async with self._database.system() as session:
                known = await clinics.list_ids(session)
            if len(known) != 1:
                raise Unclear(f"name the clinic with --clinic: {', '.join(known) or 'there is none yet'}")
            self._clinic = known[0]
        return self._clinic

    @asynccontextmanager
    async def _acting(self, word: str, operation: str) -> AsyncIterator[tuple[Session, Actor]]:
        """A transaction in the name of an employee who may do this.

        Raises:
            Problem: ``forbidden``.
            Unclear: There is no such employee.
        """
        async with self._database.bare() as session:
            login = await logins.staff_login(session, word)
        person = word if login is None else login.person
        async with self._session() as session:
            clinic = await clinics.get(session)
            assert clinic is not None
            now = (await clock.get(session)).now(datetime.now(UTC))
            actor = await people.actor(session, person, None, now.astimezone(ZoneInfo(clinic.zone)).date())
            if not actor.roles:
                raise Unclear(f"nobody who works in {clinic.id} is called {word} (a login, or a person's id)")
            admit(operation, actor)
            yield session, actor


async def at_desk(desk: Desk, work: Awaitable[str]) -> tuple[str, int]:
    """What came of it, in words, and the exit code."""
    try:
        return await work, 0
    except BrokenFolder as broken:
        return render(broken.findings), 1
    except Unclear as unclear:
        return str(unclear), 2
    except REFUSED as error:
        return desk.refuse(of_failure(error)), 1
    finally:
        await desk.close()


def told(line: Line) -> str:
    """A line of the list."""
    by = {"draft": line.author, "published": line.published_by, "retired": line.retired_by}
    why = f", {line.reason}" if line.reason else ""
    digest = f"  {line.sha256[:12]}" if line.sha256 and line.status == "draft" else ""
    when = f"{line.at:%Y-%m-%d %H:%M}"
    return f"{line.code}@{line.version}  {line.status}{why}  {when} by {by[line.status] or '-'}{digest}"


def _draft(line: Line, found: publishing.Look) -> str:
    parts = [told(line), f"sha256 {line.sha256}", found.draft.bound]
    parts += [f"{each.at}: {each.code} {each.what}" for each in found.findings]
    if found.changes is None:
        parts.append("Nothing is published under this code yet.")
    else:
        parts += [f"\nAgainst version {found.changes.version}:", *found.changes.words]
        parts += ["", found.changes.files or "The files are the same."]
    return "\n".join(parts)
