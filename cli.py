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
    import uvicorn

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


def _settings(data: Path = DATA) -> "Settings":
    """The settings of this process.

    From ``CAREPATH_*``; where none is set, from the file that an embedded stack keeps for this while it runs.

    Raises:
        typer.BadParameter: Neither is there.
    """
    from runtime.settings import Settings

    kept = data / "run.env"
    if not any(name.startswith("CAREPATH_") for name in os.environ):
        if not kept.exists():
            raise typer.BadParameter(
                f"no CAREPATH_* variable is set, and no embedded stack runs in {data} (see --data)"
            )
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
def demo(
    data: Annotated[Path, typer.Option("--data", help="Where it runs; made anew.")] = DATA / "demo",
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running afterwards, until Ctrl-C.")] = False,
    language: Annotated[str, typer.Option(help="ru or en.")] = "ru",
    only: Annotated[str, typer.Option(help="Letters of the stories to play, such as 'ad'.")] = "",
) -> None:
    """Play whole consultations on a stack of their own and show what happened."""
    from dev.demo import main as play

    _run(play(data, keep=keep, language=language, only=only))


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
    _run(_serve(_settings()))


def _door(settings: "Settings", app: Any) -> "uvicorn.Config":
    """How the API is served: nothing of a request in any log, nobody's word on where it came from but our proxies'."""
    import uvicorn

    return uvicorn.Config(
        app,
        host=settings.api_host,
        port=settings.api_port,
        log_config=None,
        access_log=False,
        server_header=False,
        # Tries of a login are counted by address: who could write his own would have endless tries.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        # Streams would hold a stop back for ever; their clients come again.
        timeout_graceful_shutdown=3,
    )


async def _serve(settings: "Settings") -> None:
    import uvicorn

    from api.app import create_app
    from runtime.telemetry import configure
    from runtime.temporal import connect
    from wiring import Wiring

    configure(settings, "api")
    wiring = Wiring(settings, await connect(settings))
    try:
        await uvicorn.Server(_door(settings, create_app(wiring))).serve()
    finally:
        await wiring.close()


@app.command()
def migrate(
    superuser: Annotated[
        str | None,
        typer.Option(envvar="SUPERUSER_URL", help="PostgreSQL superuser's URL: make missing roles and database first."),
    ] = None,
) -> None:
    """Bring the database to this version (as its owner), and the Temporal namespace to what we need of it."""
    from records.migrate import bootstrap, upgrade
    from runtime.temporal import connect, prepare

    settings = _settings()
    if superuser is not None:
        bootstrap(settings, superuser)
    upgrade(settings)

    async def namespace() -> None:
        await prepare(await connect(settings))

    _run(namespace())


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Clinic folders, or files in one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False,
) -> None:
    """Check pathways, forms, consents and texts as a clinic wrote them."""
    from pathways.compile import check_paths, compile_folder
    from pathways.findings import as_json as in_json
    from pathways.findings import render

    missing = [path for path in paths if not path.exists()]
    if missing:
        raise typer.BadParameter(f"there is no {missing[0]}")
    findings = check_paths(paths)
    if as_json:
        print(in_json(findings))
    elif findings:
        print(render(findings))
    else:
        for folder in filter(Path.is_dir, paths):
            print(*compile_folder(folder).bounds, sep="\n")
        print("No findings.")
    raise typer.Exit(1 if findings else 0)


@clock_app.command("advance")
def clock_advance(
    span: Annotated[str, typer.Argument(help="Such as 7d, 3h, 20m.")],
    data: Data = DATA,
) -> None:
    """Let time pass for every open consultation (refused in production)."""
    from domain.calendar import Span
    from runtime.clock import KEPT
    from workers.clock import ProductionClock, advance

    try:
        by = Span.parse(span)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if by.working:
        raise typer.BadParameter("a clock has no working hours: 3h")
    settings = _settings(data)

    async def work() -> int:
        try:
            clock, told = await advance(settings, timedelta(seconds=by.seconds))
        except ProductionClock:
            print("The clock of production is never moved.", file=sys.stderr)
            return 1
        # Processes keep the clock for this long: afterwards everybody has the new time.
        await asyncio.sleep(KEPT)
        print(f"It is {clock.anchor:%Y-%m-%d %H:%M %Z} now; {told} open runs were told.")
        return 0

    _run(work())


@app.command()
def code(login: Annotated[str, typer.Argument(help="Such as therapist1.")], data: Data = DATA) -> None:
    """Tell the one-time code a demo employee's phone would show now."""
    from pyotp import TOTP

    from dev.keys import Secrets
    from dev.people import STAFF, totp_of

    if login not in STAFF or not (data / "secrets.env").exists():
        raise typer.BadParameter(f"no embedded stack in {data} knows {login}")
    print(TOTP(totp_of(Secrets(data / "secrets.env"), login)).now())


@audit_app.command("verify")
def audit_verify(data: Data = DATA) -> None:
    """Check the audit of every clinic against its chain of seals, and the chain against its copy outside."""
    from workers.sealer import verify

    settings = _settings(data)

    async def work() -> int:
        findings = await verify(settings)
        for finding in findings:
            print(finding.model_dump_json(exclude_none=True))
        print(f"{len(findings)} findings.")
        return 1 if findings else 0

    _run(work())


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
