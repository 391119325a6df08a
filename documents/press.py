"""The press: papers are printed in processes of their own, so that the event loop of a worker lives."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

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
            self._processes, mp_context=get_context("spawn"), max_tasks_per_child=self._papers_each
        )


def _print(paper: AnyPaper) -> bytes:
    # Imported in the process that prints alone: the worker needs none of it.
    from documents.pdf import print_paper

    return print_paper(paper)
