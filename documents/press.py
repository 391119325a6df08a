"""The press: papers are printed in processes of their own, so that the event loop of a worker lives."""

import asyncio
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait

from documents.papers import AnyPaper


class PressBroke(Exception):
    """The printing process died (killed, out of memory); the next call starts a new one."""


class Press:
    """A pool of printing processes, started at the first paper.

    ``spawn``: a fork would copy the locks of Temporal's native threads in whatever state they are.

    Args:
        processes: How many papers are printed at once.
        papers_each: After so many a process is replaced: layout libraries keep memory.
    """

    def __init__(self, processes: int = 1, papers_each: int = 500) -> None:
        self._processes = processes
        self._papers_each = papers_each
        self._pool: ProcessPoolExecutor | None = None

    async def print(self, paper: AnyPaper) -> bytes:
        """Print one paper.

        Raises:
            PressBroke: The process died under it; try again.
        """
        pool = self._pool = self._pool or self._start()
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, _print, paper)
        except BrokenProcessPool:
            # Of several papers lost at once only the first finds its own pool here.
            if self._pool is pool:
                self._pool = None
            pool.shutdown(wait=False, cancel_futures=True)
            raise PressBroke from None

    async def close(self) -> None:
        """Stop the processes; papers in work are finished."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown)

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._processes,
            mp_context=get_context("spawn"),
            initializer=_begin,
            max_tasks_per_child=self._papers_each,
        )


def _begin() -> None:
    # Ctrl-C reaches the whole group; it is the worker who says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A pool's process holds both ends of its own pipe, so it would never hear that a worker was killed.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _print(paper: AnyPaper) -> bytes:
    # Imported in the process that prints alone: the worker needs none of it.
    from documents.pdf import print_paper

    return print_paper(paper)
