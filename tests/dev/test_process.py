"""The supervisor: what a person sees when a child dies, and that nothing outlives its parent."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from dev.process import Child, Program, StackError, Supervisor

FOREVER = "import signal; print('here', flush=True); signal.pause()"


async def said_here(child: Child) -> bool:
    return child.said("here")


def script(name: str, code: str, **changes: object) -> Program:
    return Program(name=name, argv=(sys.executable, "-c", code), ready=said_here, **changes)  # type: ignore[arg-type]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
async def supervisor(tmp_path: Path, told: list[str]) -> AsyncIterator[Supervisor]:
    found = Supervisor(tmp_path, told.append)
    yield found
    await found.stop_all()


async def test_a_child_that_dies_before_it_is_ready_tells_its_name_code_and_last_lines(supervisor: Supervisor) -> None:
    with pytest.raises(StackError) as error:
        await supervisor.start(script("broken", "print('no such table'); raise SystemExit(3)"))
    assert "broken ended with code 3" in str(error.value)
    assert "no such table" in str(error.value)
    assert "broken.log" in str(error.value)


async def test_a_full_disk_and_a_taken_port_are_said_in_words_a_person_can_act_on(supervisor: Supervisor) -> None:
    with pytest.raises(StackError, match="The disk is full"):
        await supervisor.start(script("full", "raise SystemExit('write: No space left on device')"))
    with pytest.raises(StackError, match="Another process listens on its port"):
        await supervisor.start(script("late", "raise SystemExit('bind: Address already in use')"))


async def test_a_child_that_never_gets_ready_is_given_up(supervisor: Supervisor) -> None:
    with pytest.raises(StackError, match=r"slow was not ready in 0 s"):
        await supervisor.start(script("slow", "import signal; signal.pause()", patience=0.1))


async def test_the_death_of_a_server_ends_the_stack_with_its_obituary(supervisor: Supervisor) -> None:
    await supervisor.start(script("server", FOREVER))
    os.kill(supervisor.children["server"].pid, signal.SIGKILL)
    error = await asyncio.wait_for(supervisor.failure(), 10)
    assert "server was killed by SIGKILL" in str(error)


async def test_a_worker_is_started_again_until_it_dies_too_often(supervisor: Supervisor, told: list[str]) -> None:
    await supervisor.start(script("worker", FOREVER, restarts=1))
    first = supervisor.children["worker"].pid
    os.kill(first, signal.SIGKILL)
    while not (supervisor.children["worker"].running and supervisor.children["worker"].pid != first):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    assert "worker is started again" in told[0]
    os.kill(supervisor.children["worker"].pid, signal.SIGKILL)
    assert "worker was killed by SIGKILL" in str(await asyncio.wait_for(supervisor.failure(), 10))


async def test_what_is_killed_on_purpose_stays_down_until_it_is_started_again(
    supervisor: Supervisor, told: list[str]
) -> None:
    await supervisor.start(script("worker", FOREVER, restarts=5))
    await supervisor.kill("worker")
    assert not supervisor.children["worker"].running
    await supervisor.restart("worker")
    assert supervisor.children["worker"].running
    assert told == []


async def test_children_stop_in_reverse_order_of_their_start(tmp_path: Path, told: list[str]) -> None:
    supervisor = Supervisor(tmp_path, told.append)
    order = tmp_path / "order"
    leaving = (
        "import signal, sys\n"
        "def leave(*_):\n"
        f"    open({str(order)!r}, 'a').write(sys.argv[1] + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "print('here', flush=True)\n"
        "while True: signal.pause()\n"
    )
    for name in ("database", "worker", "api"):
        await supervisor.start(Program(name=name, argv=(sys.executable, "-c", leaving, name), ready=said_here))
    await supervisor.stop_all()
    assert order.read_text().split() == ["api", "worker", "database"]


async def test_a_child_that_does_not_listen_is_killed_with_its_own_children(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, print)
    stubborn = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"inner = subprocess.Popen([sys.executable, '-c', {FOREVER!r}])\n"
        "print(inner.pid, flush=True)\n"
        "inner.wait()\n"
    )
    await supervisor.start(script("stubborn", stubborn, grace=0.2))
    inner = psutil.Process(int((tmp_path / "stubborn.log").read_text().split()[0]))
    await supervisor.stop_all()
    # A killed grandchild is init's to bury; where nobody does, it stays a zombie, which is gone enough.
    assert not inner.is_running() or inner.status() == psutil.STATUS_ZOMBIE


async def test_nothing_outlives_a_parent_killed_by_sigkill(tmp_path: Path) -> None:
    grandchild = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {FOREVER!r}]).wait()"
    parent = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from dev.process import Program, Supervisor\n"
        "async def said_here(child): return child.said('here')\n"
        "async def main():\n"
        f"    s = Supervisor(Path({str(tmp_path)!r}), print)\n"
        f"    await s.start(Program('child', (sys.executable, '-c', {grandchild!r}), said_here))\n"
        "    print('started', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", parent, stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.getcwd()}
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"started\n"
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) == 3, "a warden, a child, a grandchild"
    process.kill()
    await process.wait()
    _, left = await asyncio.to_thread(psutil.wait_procs, family, 15)
    assert [p for p in left if p.status() != psutil.STATUS_ZOMBIE] == []
