"""The press lives and dies with its worker."""

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from documents.papers import ProtocolPaper
from documents.press import Press, PressBroke
from tests.documents.samples import FIRST_CONTACT, HEADS

PAPER = ProtocolPaper(number="K7QF-2M9D-XR4T", content=FIRST_CONTACT, **HEADS)
WORKER = """
import asyncio
from documents.press import Press
from tests.documents.test_press import PAPER

async def main():
    press = Press()
    await press.print(PAPER)
    print(*(process.pid for process in press._pool._processes.values()), flush=True)
    await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_the_event_loop_lives_while_a_paper_is_printed() -> None:
    press = Press()
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    ticking = asyncio.create_task(tick())
    try:
        await press.print(PAPER)
    finally:
        ticking.cancel()
        await press.close()
    assert ticks > 10


async def test_a_killed_process_breaks_its_papers_and_the_next_one_is_printed() -> None:
    press = Press()
    try:
        await press.print(PAPER)
        pool = press._pool
        assert pool is not None
        printing = [asyncio.create_task(press.print(PAPER)) for _ in range(3)]
        await asyncio.sleep(0)
        for process in list(pool._processes.values()):
            process.kill()
        results = await asyncio.gather(*printing, return_exceptions=True)
        assert all(isinstance(result, PressBroke | bytes) for result in results)
        assert await press.print(PAPER)
    finally:
        await press.close()


def test_a_killed_worker_leaves_no_printing_process_behind(tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    root = str(Path(__file__).resolve().parents[2])
    worker = subprocess.Popen([sys.executable, script], env={**os.environ, "PYTHONPATH": root}, stdout=subprocess.PIPE)
    assert worker.stdout is not None
    printing = [int(pid) for pid in worker.stdout.readline().split()]
    assert printing
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    for pid in printing:
        assert gone(pid), "an orphan goes on"


def gone(pid: int) -> bool:
    """Whether a process has ended, waited for by what the system says of it."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(10_000))
    finally:
        os.close(handle)
