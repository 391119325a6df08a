"""`carepath`: the command line. Each command imports only the rooms it needs, when it runs."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import uvicorn

    from api.operator import Desk
    from domain.pathway import Pathway
    from pathways.stories.console import Plays
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
pathways_app = typer.Typer(help="The catalogue: put a folder up, look, publish, retire.", no_args_is_help=True)
app.add_typer(clock_app, name="clock")
app.add_typer(audit_app, name="audit")
app.add_typer(pathways_app, name="pathways")

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


class WordsIn(StrEnum):
    """The language of what is printed."""

    RU = "ru"
    EN = "en"


LanguageOf = Annotated[WordsIn, typer.Option("--language", help="Language of the words.")]


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", help="Clinic folders, or files in one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Findings as JSON.")] = False,
) -> None:
    """Check pathways, forms, consents and texts as a clinic wrote them."""
    from pathways.compile import compile_path
    from pathways.findings import as_json as in_json
    from pathways.findings import in_order, render

    found = [compile_path(path) for path in paths]
    findings = in_order(finding for one in found for finding in one.findings)
    if as_json:
        print(in_json(findings))
    elif findings:
        print(render(findings))
    else:
        print(*dict.fromkeys(bound for one in found for bound in one.bounds), "No findings.", sep="\n")
    raise typer.Exit(1 if findings else 0)


@app.command()
def schema(
    word: Annotated[str | None, typer.Argument(help="pathway, form, consent, text, clinic or story.")] = None,
) -> None:
    """Print the JSON Schema of a clinic's files, for editors: of all of them, or of one kind."""
    import json

    from pathways.schema import FILES
    from pathways.schema import schema as schema_of

    if word is not None and word not in FILES:
        raise typer.BadParameter(f"the kinds of files are: {', '.join(FILES)}")
    print(json.dumps(schema_of(word), ensure_ascii=False, indent=2))


@app.command()
def diagram(file: Annotated[Path, typer.Argument(help="A pathway's file.")], language: LanguageOf = WordsIn.RU) -> None:
    """Draw a pathway as a Mermaid flowchart."""
    from pathways.diagram import diagram as drawn

    print(*(drawn(pathway, language.value) for pathway in _pathways(file).values()), sep="\n", end="")


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="A", help="A pathway's file or a clinic's folder, as it was.")],
    new: Annotated[Path, typer.Argument(metavar="B", help="The same, as it is to be.")],
    language: LanguageOf = WordsIn.RU,
) -> None:
    """Tell what changes for patients, doctors and staff; each file is read with the clinic it lies in."""
    from pathways.diff import compared

    print(*compared(_pathways(old), _pathways(new), language.value), sep="\n")


def _pathways(path: Path) -> "dict[str, Pathway]":
    """The sound pathways of a file or folder, by code; where something is wrong it is told, and that is all."""
    from pathways.compile import compile_path
    from pathways.findings import render

    found = compile_path(path)
    if found.findings or not found.pathways:
        print(render(found.findings) or f"There is no pathway in {path}.", file=sys.stderr)
        raise typer.Exit(1)
    return {pathway.code: pathway for pathway in found.pathways}


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="A pathway's file.")],
    story: Annotated[
        str | None, typer.Option(help="A story's name or file; without it the good way is played.")
    ] = None,
    temporal: Annotated[bool, typer.Option("--temporal", help="On real workflows, with a clock that stands.")] = False,
    language: LanguageOf = WordsIn.RU,
) -> None:
    """Play a story of a pathway, days in a moment, and tell what happened hour by hour."""
    from pathways.stories.console import simulated
    from runtime.clock import real_now

    async def work() -> int:
        async with _plays(temporal) as plays:
            told = await simulated(file, story, language.value, plays, real_now())
        print(told.text)
        return 0 if told.good else 1

    _run(work())


@app.command("test")
def play_stories(
    folder: Annotated[Path, typer.Argument(help="A clinic's folder.", exists=True, file_okay=False)],
    temporal: Annotated[bool, typer.Option("--temporal", help="On real workflows, with a clock that stands.")] = False,
    language: LanguageOf = WordsIn.RU,
) -> None:
    """Play every story of a clinic's folder; exit 1 if one does not go as it says."""
    from pathways.stories.console import every_story

    async def work() -> int:
        good = True
        async with _plays(temporal) as plays:
            async for told in every_story(folder, language.value, plays, at_once=8 if temporal else 1):
                print(told.text, flush=True)
                good = good and told.good
        return 0 if good else 1

    _run(work())


@asynccontextmanager
async def _plays(temporal: bool) -> "AsyncIterator[Plays]":
    """The world stories are played on: the pure core, or a Temporal of its own."""
    from pathways.stories.console import on_core
    from runtime.clock import real_now

    if not temporal:
        yield on_core(real_now())
        return
    from dev.simulate.stage import own_stage

    async with own_stage() as stage:
        yield stage.play


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


CodeOf = Annotated[str, typer.Argument(metavar="CODE", help="Such as therapist-follow-up.")]
VersionOf = Annotated[int, typer.Argument(metavar="VERSION", min=1, max=2_147_483_647)]
Person = Annotated[str, typer.Option("--as", metavar="PERSON", help="In whose name: a staff login, or a person's id.")]
Clinic = Annotated[str | None, typer.Option("--clinic", help="The clinic's id, where there are several.")]


def _desk(data: Path, clinic: str | None, do: "Callable[[Desk], Awaitable[str]]") -> None:
    """Do something at the catalogue, tell its result or why not."""
    from api.operator import Desk, at_desk

    desk = Desk(_settings(data), clinic)

    async def work() -> int:
        told, code = await at_desk(desk, do(desk))
        print(told, file=sys.stderr if code else sys.stdout)
        return code

    _run(work())


@pathways_app.command("draft")
def pathways_draft(
    folder: Annotated[Path, typer.Argument(help="The clinic's folder.", exists=True, file_okay=False)],
    person: Person,
    clinic: Clinic = None,
    data: Data = DATA,
) -> None:
    """Check a folder and put its pathways up for another person to publish; a new draft replaces your own."""
    _desk(data, clinic, lambda desk: desk.draft(folder, person))


@pathways_app.command("list")
def pathways_list(clinic: Clinic = None, data: Data = DATA) -> None:
    """Tell every version: drafts, published, retired."""
    _desk(data, clinic, lambda desk: desk.list_all())


@pathways_app.command("show")
def pathways_show(
    code: CodeOf,
    version: VersionOf,
    clinic: Clinic = None,
    language: LanguageOf = WordsIn.RU,
    data: Data = DATA,
) -> None:
    """Show a version; of a draft what it changes, in words and in the files."""
    _desk(data, clinic, lambda desk: desk.show(code, version, language))


@pathways_app.command("withdraw")
def pathways_withdraw(
    code: CodeOf,
    version: VersionOf,
    person: Person,
    clinic: Clinic = None,
    data: Data = DATA,
) -> None:
    """Take your draft back; a head doctor takes back anybody's."""
    _desk(data, clinic, lambda desk: desk.withdraw(code, version, person))


@pathways_app.command("publish")
def pathways_publish(
    code: CodeOf,
    version: VersionOf,
    person: Person,
    sha256: Annotated[
        str | None, typer.Option(help="The draft you looked at, as `show` tells it; its beginning is enough.")
    ] = None,
    clinic: Clinic = None,
    data: Data = DATA,
) -> None:
    """Publish a draft of somebody else's, as a head doctor; it never changes afterwards."""
    _desk(data, clinic, lambda desk: desk.publish(code, version, sha256, person))


@pathways_app.command("retire")
def pathways_retire(
    code: CodeOf,
    version: VersionOf,
    reason: Annotated[str, typer.Option(help="A code, such as replaced.")],
    person: Person,
    clinic: Clinic = None,
    data: Data = DATA,
) -> None:
    """Begin nothing with a version any more; what runs goes on."""
    _desk(data, clinic, lambda desk: desk.retire(code, version, reason, person))


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
