"""`carepath up`: the whole house on this machine until Ctrl-C, and what a person needs to walk in."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from dev.people import PATIENTS, STAFF, password_of, totp_of
from dev.process import StackError
from dev.stack import Stack

USUAL = Path("data")
"""Where the commands look that name no folder."""


def tell(words: str) -> None:
    """Say something at once, into a pipe too."""
    print(words, flush=True)


async def main(folder: Path, port: int | None = None) -> int:
    """Run until told to stop; the exit code."""
    stack = Stack(folder, tell=tell, familiar=True, ports={} if port is None else {"api": port})
    work = asyncio.create_task(_run(stack))

    def stop() -> None:
        # A second Ctrl-C must not tear the orderly stop apart.
        tell("Stopping ...")
        if not work.cancelling():
            work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await work
    except asyncio.CancelledError:
        tell("Stopped.")
        return 0
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
    return 1


async def _run(stack: Stack) -> None:
    tell(f"Starting in {stack.folder.path} ...")
    async with stack:
        tell(welcome(stack))
        raise await stack.failure()


def columns(title: str, rows: Sequence[tuple[str, ...]]) -> str:
    """A plain table, as wide as it needs: it is copied from."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join([title, *(f"  {line}" for line in lines)])


def welcome(stack: Stack) -> str:
    """Who can log in, where to look, and a first request."""
    url, settings = stack.settings.public_url, stack.settings
    patients = [("patient", "phone", "Carepath-Patient", "story")]
    for patient in PATIENTS.values():
        name, way = f"{patient.family_name} {patient.given_name}", patient.phone or f"(by {patient.mother})"
        patients.append((name, way, patient.patient, patient.story))
    staff = [("login", "password", "TOTP secret", "who")]
    for person in STAFF.values():
        password, totp = password_of(stack.secrets, person.word), totp_of(stack.secrets, person.word)
        staff.append((person.word, password, totp, f"{person.name}, {person.position}"))
    here = "" if stack.folder.path == USUAL.absolute() else f" --data {stack.folder.path}"
    phone, outbox = PATIENTS["orlov"].phone, f"{stack.stand_urls['sms']}/outbox"
    return f"""
{columns("Patients log in by a code sent to their phone:", patients)}

{columns("Staff log in by password and one-time code:", staff)}

API and its pages   {url}/docs
Temporal UI         {settings.temporal_ui_url}
SMS outbox          {outbox}
Stands outside      {" ".join(f"{name} {at}" for name, at in stack.stand_urls.items() if name != "sms")}
Logs                {stack.folder.logs}

A first request: have a code sent, read it from the SMS outbox, exchange it for a token.

  curl -s {url}/auth/code -H 'content-type: application/json' -d '{{"phone": "{phone}"}}'
  curl -sG {outbox} --data-urlencode 'to={phone}'
  curl -s {url}/auth/token -H 'content-type: application/json' \\
       -d '{{"phone": "{phone}", "code": "CODE", "clinic": "{stack.clinic}"}}'

A staff member's one-time code now: `.venv/bin/carepath code therapist1{here}`.
Days pass by `.venv/bin/carepath clock advance 7d{here}`. Ctrl-C stops; the next `make up` finds everything again."""
