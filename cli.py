"""`carepath`: the command line. Each command imports only the rooms it needs, when it runs."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from runtime.settings import Settings

app = typer.Typer(
    name="carepath",
    help="Care pathways for telemedicine, on Temporal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
clock_app = typer.Typer(help="The stepped clock of a trial.", no_args_is_help=True)
audit_app = typer.Typer(help="The record of who saw what.", no_args_is_help=True)
app.add_typer(clock_app, name="clock")
app.add_typer(audit_app, name="audit")

DATA = Path("data")
Data = Annotated[Path, typer.Option("--data", help="Folder of the embedded stack.")]


class Queue(StrEnum):
    """The task queues; each is a process of its own."""

    FLOW = "flow"
    IO = "io"
    DOCUMENTS = "documents"


def _settings() -> "Settings":
    """The settings of this process.

    From ``CAREPATH_*``; where none is set and an embedded stack runs here, from the file it keeps for this.
    """
    from runtime.settings import Settings

    kept = DATA / "run.env"
    if not any(name.startswith("CAREPATH_") for name in os.environ) and kept.exists():
        from dev.environment import read

        os.environ.update(read(kept))
    return Settings()


def _run(work: Coroutine[Any, Any, int | None]) -> None:
    """Run a command to its end; what it returns is the exit code."""
    try:
        code = asyncio.run(work)
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code or 0)


@app.command()
def up(
    data: Data = DATA,
    port: Annotated[int | None, typer.Option(help="Port of the API; taken is an error.")] = None,
) -> None:
    """Keep everything running on this machine, for a person to play with."""
    from dev.up import main as start

    _run(start(data, port))


@app.command()
def demo(data: Annotated[Path, typer.Option("--data", help="Where it runs; made anew.")] = DATA / "demo") -> None:
    """Play whole consultations on a stack of their own and show what happened."""
    from dev.demo import main as play

    _run(play(data))


@app.command()
def worker(queue: Queue) -> None:
    """Serve one task queue."""
    from workers.worker import run

    _run(run(_settings(), queue.value))


@app.command()
def relay() -> None:
    """Carry facts from the inbox to their consultations, seal the audit, free what is orphaned."""
    from workers.relay import run

    _run(run(_settings()))


@app.command()
def api() -> None:
    """Serve the HTTP API."""
    from api.app import serve

    _run(serve(_settings()))


@app.command()
def migrate() -> None:
    """Bring the database to this version (as the owner's role)."""
    from records.migrate import upgrade

    upgrade(_settings())


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Clinic folders, or files in one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False,
) -> None:
    """Check pathways, forms, consents and texts as a clinic wrote them."""
    from pathways.report import report

    told, ok = report(paths, as_json=as_json)
    print(told)
    raise typer.Exit(0 if ok else 1)


@clock_app.command("advance")
def clock_advance(span: Annotated[str, typer.Argument(help="Such as 7d, 3h, 20m, 90s.")]) -> None:
    """Let time pass for every open consultation (refused in production)."""
    from dev.clock import advance

    by, settings = timedelta(seconds=_seconds(span)), _settings()

    async def work() -> int:
        try:
            told = await advance(settings, by)
        except PermissionError as refused:
            print(refused, file=sys.stderr)
            return 1
        print(f"It is {span} later; {told} open runs were told.")
        return 0

    _run(work())


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(span: str) -> int:
    number, unit = span[:-1], span[-1:]
    if not (number.isdecimal() and unit in UNITS):
        raise typer.BadParameter("a span is a number and one of s, m, h, d: 7d")
    return int(number) * UNITS[unit]


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
