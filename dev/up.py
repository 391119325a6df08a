"""`carepath up`: the whole house on this machine until Ctrl-C, and what a person needs to walk in."""

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from dev.people import PATIENTS, STAFF, password_of, totp_of
from dev.process import StackError
from dev.stack import Stack

console = Console(highlight=False, soft_wrap=True)


async def main(folder: Path, port: int | None = None) -> int:
    """Run until told to stop; the exit code."""
    stack = Stack(folder, tell=console.print, familiar=True, ports={} if port is None else {"api": port})
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    console.print(f"Starting in {stack.folder.path} ...")
    asked, running = asyncio.create_task(stop.wait()), asyncio.create_task(stack.start())
    try:
        await asyncio.wait({asked, running}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            return 130
        await running
        welcome(stack)
        failed = asyncio.create_task(stack.failure())
        await asyncio.wait({asked, failed}, return_when=asyncio.FIRST_COMPLETED)
        code = 0
        if failed.done():
            print(f"\n{failed.result()}", file=sys.stderr)
            code = 1
        failed.cancel()
        console.print("Stopping ...")
        await stack.stop()
        return code
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        asked.cancel()


def welcome(stack: Stack) -> None:
    """Say who can log in, where to look, and a first request."""
    url, settings = stack.settings.public_url, stack.settings
    patients = Table("patient", "phone", "Carepath-Patient", "story", title="Patients: code by SMS", box=None)
    for patient in PATIENTS.values():
        name, way = f"{patient.family_name} {patient.given_name}", patient.phone or f"(by {patient.mother})"
        patients.add_row(name, way, patient.patient, patient.story)
    staff = Table("login", "password", "TOTP secret", "who", title="Staff: password and TOTP", box=None)
    for person in STAFF.values():
        secrets = stack.secrets
        staff.add_row(person.word, password_of(secrets, person.word), totp_of(secrets, person.word), person.position)
    console.print()
    console.print(patients)
    console.print()
    console.print(staff)
    phone = PATIENTS["orlov"].phone
    console.print(
        f"""
API and its pages   {url}/docs
Temporal UI         {settings.temporal_ui_url}
SMS outbox          {stack.stand_urls["sms"]}/outbox
Logs                {stack.folder.logs}

A first request: ask for a code, read it from the SMS outbox, and exchange it for a token.

  curl -s {url}/auth/code -H 'content-type: application/json' -d '{{"phone": "{phone}"}}'
  curl -sG {stack.stand_urls["sms"]}/outbox --data-urlencode 'to={phone}'
  curl -s {url}/auth/token -H 'content-type: application/json' \\
       -d '{{"phone": "{phone}", "code": "CODE", "clinic": "{stack.clinic}"}}'

Days pass by `carepath clock advance 7d`. Ctrl-C stops; the next `make up` finds everything again."""
    )
