"""The measures. Ours and the bare thing take turns in one run; what is told is the median of the rounds."""

import asyncio
import contextlib
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from statistics import median

from psycopg import AsyncConnection
from temporalio.client import Client

from dev.bench import history, ours
from dev.bench.board import Board
from dev.bench.drive import Side, Stage, crowd, play
from dev.bench.house import casts, cpu, workers
from dev.bench.inserts import TABLES
from dev.bench.script import Cast
from dev.bench.stage import EmptyStage, RecordStage
from dev.bench.theirs import Bare
from dev.bench.wire import listen
from dev.bench.worker import plain
from dev.stack import Stack
from domain.pathway import Pathway
from records.database import Database
from runtime.temporal import connect

WARM_UP = 2
"""Consultations of each side that are not measured."""


@dataclass(frozen=True)
class Line:
    """One measure."""

    name: str
    ours: float
    bare: float | None
    note: str = ""

    def __str__(self) -> str:
        """``name ours bare ratio``."""
        ratio = "-" if self.bare is None else f"{self.ours / self.bare:.2f}"
        return f"{self.name} {_figure(self.ours)} {'-' if self.bare is None else _figure(self.bare)} {ratio}"


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


@dataclass(frozen=True)
class Took:
    """What one round took: wall clock, and CPU of the side's workers."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Plan:
    """How much of it: rounds of so many consultations, so many at once."""

    rounds: int
    each: int
    at_once: int


class Bench:
    """One run on one stack."""

    def __init__(self, stack: Stack, pathway: Pathway, board: Board, database: Database) -> None:
        self._stack = stack
        self._pathway = pathway
        self._board = board
        self._database = database

    @classmethod
    @contextlib.asynccontextmanager
    async def on(cls, stack: Stack) -> AsyncIterator["Bench"]:
        """Connect what all measures share."""
        board, database = Board(), Database(stack.settings)
        listener = asyncio.create_task(listen(stack.superuser_url, board))
        try:
            yield cls(stack, ours.shipped(), board, database)
        finally:
            listener.cancel()
            await database.close()

    async def consultations_per_s(self, plan: Plan) -> list[Line]:
        """All activities real, the outside in memory, both with our codec; and what a calm one leaves in history."""
        stage = RecordStage(self._database)
        client = await connect(self._stack.settings)
        mine, theirs = self._ours(client), self._bare(client, "snapshot")
        async with workers(self._stack, "ours", "real") as a, workers(self._stack, "bare", "real") as b:
            rounds = await self._rounds(((mine, a), (theirs, b)), stage, plan)
            calm, hurried = await self._casts(stage, 2)
            await play(mine, stage, calm, calm=lambda: history.rest(client, ours.workflows(calm)))
            counted, _ = await history.count(client, ours.workflows(calm))
            await play(theirs, stage, hurried)
            by_hand, _ = await history.count(client, [hurried.workflow])
        speeds = [median(plan.each / took.seconds for took in side) for side in rounds]
        return [
            Line("consultations_per_s", speeds[0], speeds[1], _spread(rounds, lambda took: plan.each / took.seconds)),
            Line("events_per_consultation", counted.events, counted.budget, f"bare is the budget: {counted}"),
            Line("bytes_per_consultation", counted.bytes, by_hand.bytes, f"bare by hand: {by_hand.events} events"),
        ]

    async def engine_cpu_ms(self, plan: Plan) -> Line:
        """Every effect one insert; ours with everything, the bare one with plain JSON."""
        mine = self._ours(await connect(self._stack.settings))
        theirs = self._bare(await plain(self._stack.settings), "row")
        async with await AsyncConnection.connect(self._stack.superuser_url, autocommit=True) as connection:
            await connection.execute(TABLES)
        async with workers(self._stack, "ours", "inserts") as a, workers(self._stack, "bare", "inserts") as b:
            rounds = await self._rounds(((mine, a), (theirs, b)), EmptyStage(), plan)
        costs = [median(1000 * took.cpu / plan.each for took in side) for side in rounds]
        return Line("engine_cpu_ms", costs[0], costs[1], _spread(rounds, lambda took: 1000 * took.cpu / plan.each))

    async def _rounds(
        self, sides: tuple[tuple[Side, list[Process]], ...], stage: Stage, plan: Plan
    ) -> tuple[list[Took], ...]:
        for side, _ in sides:
            await crowd(side, stage, await self._casts(stage, WARM_UP), WARM_UP)
        found: tuple[list[Took], ...] = tuple([] for _ in sides)
        for number in range(plan.rounds):
            # Who begins changes, so that what slows down with time slows down both.
            for place in sorted(range(len(sides)), reverse=bool(number % 2)):
                side, processes = sides[place]
                people = await self._casts(stage, plan.each)
                used, began = cpu(processes), time.perf_counter()
                await crowd(side, stage, people, plan.at_once)
                found[place].append(Took(time.perf_counter() - began, cpu(processes) - used))
        return found

    async def _casts(self, stage: Stage, number: int) -> list[Cast]:
        people = casts(self._stack.clinic, number)
        for cast in people:
            await stage.patient(cast)
        return people

    def _ours(self, client: Client) -> Side:
        return ours.Ours(client, self._board, self._pathway)

    def _bare(self, client: Client, record: str) -> Side:
        return Bare(client, self._board, self._pathway, record)


def _spread(rounds: tuple[list[Took], ...], value: Callable[[Took], float]) -> str:
    """The lowest and highest round of each side."""
    ranges = [sorted(map(value, side)) for side in rounds]
    return "rounds from .. to: " + ", ".join(f"{_figure(found[0])}..{_figure(found[-1])}" for found in ranges)
