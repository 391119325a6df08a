"""Child processes that are ready when we say so, die loudly, stop in reverse order and never outlive us.

Each child leads a process group of its own: Ctrl-C in the terminal reaches only the parent, which stops the children
in reverse order, and a group takes its own children (PostgreSQL's backends, a pool's workers) with it.
A parent killed by SIGKILL is outlived only by ``dev.warden``, which ends the groups.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

HINTS = {
    "No space left on device": "The disk is full: free some space and start again; nothing written so far is lost.",
    "Address already in use": "Another process listens on its port: stop that one, or remove ports.json.",
    "address already in use": "Another process listens on its port: stop that one, or remove ports.json.",
}
POLL = 0.05
WINDOW = 60.0


class StackError(Exception):
    """The stack cannot go on; the message is written for the person at the terminal."""


@dataclass(frozen=True)
class Program:
    """How one child is run.

    ``ready`` is asked again and again until it says True; it must really use the service. ``restarts`` is how often in
    a minute the child may die and be started again; the next death is the stack's.
    """

    name: str
    argv: tuple[str, ...]
    ready: Callable[["Child"], Awaitable[bool]]
    env: Mapping[str, str] = field(default_factory=dict)
    stop: signal.Signals = signal.SIGTERM
    patience: float = 120.0
    grace: float = 15.0
    restarts: int = 0


def last_lines(log: Path, count: int = 15, since: int = 0) -> list[str]:
    """The end of a log, of what was written from a byte on."""
    if not log.exists():
        return []
    with log.open("rb") as lines:
        lines.seek(since)
        return [line.decode(errors="replace").rstrip() for line in deque(lines, count)]


def obituary(child: "Child") -> str:
    """What a person needs to know of a dead child."""
    code = None if child.process is None else child.process.returncode
    how = f"was killed by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with code {code}"
    lines = child.last_lines()
    hints = dict.fromkeys(hint for mark, hint in HINTS.items() if any(mark in line for line in lines))
    told = "\n".join(f"    {line}" for line in lines) or "    (it wrote nothing)"
    return "\n".join([f"{child.program.name} {how}. Its last lines:", told, *hints, f"The whole log: {child.log}"])


class Child:
    """One program and, while it lives, its process."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self.process: asyncio.subprocess.Process | None = None
        self._since = 0

    def last_lines(self) -> list[str]:
        """The end of what this process wrote."""
        return last_lines(self.log, since=self._since)

    def said(self, words: str) -> bool:
        """Whether this process wrote these words."""
        with self.log.open("rb") as log:
            log.seek(self._since)
            return words.encode() in log.read()

    @property
    def pid(self) -> int:
        """The process id, also the id of its group.

        Raises:
            StackError: It does not run.
        """
        if self.process is None or self.process.returncode is not None:
            raise StackError(f"{self.program.name} does not run")
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.returncode is None

    async def spawn(self) -> None:
        """Start the process; it is not ready yet."""
        with self.log.open("ab") as out:
            self._since = out.tell()
            self.process = await asyncio.create_subprocess_exec(
                *self.program.argv,
                env=os.environ | dict(self.program.env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    async def await_ready(self) -> None:
        """Ask until it is ready.

        Raises:
            StackError: It died, or its patience is over.
        """
        assert self.process is not None
        until = time.monotonic() + self.program.patience
        while not await self.program.ready(self):
            if self.process.returncode is not None:
                raise StackError(obituary(self))
            if time.monotonic() > until:
                told = "\n".join(f"    {line}" for line in self.last_lines())
                raise StackError(
                    f"{self.program.name} was not ready in {self.program.patience:.0f} s. Its last lines:\n{told}\n"
                    f"The whole log: {self.log}"
                )
            await asyncio.sleep(POLL)

    def signal(self, number: signal.Signals) -> None:
        """Signal the whole group, if any of it is left."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    async def stop(self) -> None:
        """Ask it to end; after its grace, end it."""
        if self.process is None:
            return
        if self.process.returncode is None:
            # Only the leader is asked: it knows how to end its own children in order.
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.program.stop)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), self.program.grace)
        self.signal(signal.SIGKILL)
        await self.process.wait()


def _warden(keep_open: tuple[int, ...]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(__file__).with_name("warden.py"))],
        stdin=subprocess.PIPE,
        start_new_session=True,
        pass_fds=keep_open,
    )


class Supervisor:
    """Starts programs, watches them, restarts those that may be, stops all in reverse order."""

    def __init__(self, logs: Path, tell: Callable[[str], None], keep_open: Iterable[int] = ()) -> None:
        self.logs = logs
        self.tell = tell
        self.children: dict[str, Child] = {}
        self._keep_open = tuple(keep_open)
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._failure: asyncio.Future[StackError] = asyncio.get_running_loop().create_future()
        self._warden: subprocess.Popen[bytes] | None = None

    async def start(self, *programs: Program) -> None:
        """Start programs side by side and wait until all are ready.

        Raises:
            StackError: One died or was not ready in time.
        """
        if self._warden is None:
            self._warden = _warden(self._keep_open)
        try:
            async with asyncio.TaskGroup() as group:
                for program in programs:
                    group.create_task(self._start(Child(program, self.logs / f"{program.name}.log")))
        except BaseExceptionGroup as several:
            first = several.exceptions[0]
            raise first from None

    async def _start(self, child: Child) -> None:
        name = child.program.name
        self.children[name] = child
        await child.spawn()
        self._remember(child)
        await child.await_ready()
        self._watches[name] = asyncio.create_task(self._watch(child), name=f"watch {name}")

    def _lifeline(self, line: str) -> None:
        assert self._warden is not None
        assert self._warden.stdin is not None
        self._warden.stdin.write(f"{line}\n".encode())
        self._warden.stdin.flush()

    def _remember(self, child: Child) -> None:
        self._lifeline(f"+{child.pid} {child.program.stop.value}")

    def _forget(self, child: Child) -> None:
        if child.process is not None:
            self._lifeline(f"-{child.process.pid}")

    async def _watch(self, child: Child) -> None:
        deaths: deque[float] = deque()
        while True:
            assert child.process is not None
            await child.process.wait()
            child.signal(signal.SIGKILL)
            self._forget(child)
            told = obituary(child)
            now = time.monotonic()
            while deaths and now - deaths[0] > WINDOW:
                deaths.popleft()
            deaths.append(now)
            if len(deaths) > child.program.restarts:
                self._fail(StackError(told))
                return
            self.tell(f"{told}\n{child.program.name} is started again.")
            try:
                await child.spawn()
                self._remember(child)
                await child.await_ready()
            except StackError as error:
                self._fail(error)
                return

    def _fail(self, error: StackError) -> None:
        if not self._failure.done():
            self._failure.set_result(error)

    async def failure(self) -> StackError:
        """Wait for a death that ends the stack."""
        return await asyncio.shield(self._failure)

    @contextlib.asynccontextmanager
    async def unwatched(self, name: str) -> AsyncIterator[Child]:
        """A child whose end, for once, is meant."""
        watch = self._watches.pop(name, None)
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        child = self.children[name]
        yield child
        self._forget(child)

    async def stop(self, name: str) -> None:
        """Stop one child in its orderly way; it stays down."""
        async with self.unwatched(name) as child:
            await child.stop()

    async def kill(self, name: str) -> None:
        """End one child by SIGKILL; it stays down."""
        async with self.unwatched(name) as child:
            # PostgreSQL's backends leave the group and outlive their parent for a moment, holding its memory.
            family = psutil.Process(child.pid).children(recursive=True) if child.running else []
            child.signal(signal.SIGKILL)
            if child.process is not None:
                await child.process.wait()
            await asyncio.to_thread(psutil.wait_procs, family, child.program.grace)

    async def restart(self, name: str) -> None:
        """Start a child again (stopping it first where it runs) and wait until it is ready."""
        await self.stop(name)
        await self._start(Child(self.children[name].program, self.children[name].log))

    async def stop_all(self) -> None:
        """Stop everything, the last started first."""
        for name in reversed(list(self.children)):
            await self.stop(name)
        if self._warden is not None and self._warden.stdin is not None:
            self._warden.stdin.close()
            await asyncio.to_thread(self._warden.wait)
