"""`carepath up` as a person meets it: it says how to walk in, time can be moved beside it, Ctrl-C leaves nothing."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("CAREPATH_")}


async def carepath(folder: Path, *words: str, **env: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli",
        *words,
        cwd=folder,
        env=PLAIN | {"PYTHONPATH": str(ROOT)} | env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await carepath(tmp_path, "up")
    yield process
    if process.returncode is None:
        process.terminate()
        await process.communicate()


@pytest.mark.timeout(300)
async def test_up_welcomes_lets_time_pass_and_stops_without_a_trace(
    tmp_path: Path, up: asyncio.subprocess.Process
) -> None:
    assert up.stdout is not None
    told = ""
    while "Ctrl-C stops" not in told:
        line = await up.stdout.readline()
        assert line, told
        told += line.decode()
    assert re.search(r"therapist1 +[0-9a-f]{40} +[A-Z2-7]{32}", told), "who can log in, with password and TOTP secret"
    assert "/auth/code" in told, "a first request"
    family = psutil.Process(up.pid).children(recursive=True)

    clock = await carepath(tmp_path, "clock", "advance", "7d")
    said, _ = await clock.communicate()
    assert clock.returncode == 0, said.decode()
    assert "It is " in said.decode()

    second = await carepath(tmp_path, "up")
    refused, _ = await second.communicate()
    assert second.returncode == 1
    assert f"Another Carepath (process {up.pid})" in refused.decode()

    up.send_signal(signal.SIGINT)
    rest, _ = await up.communicate()
    assert up.returncode == 0, rest.decode()
    assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert not (tmp_path / "data" / "run.env").exists()


@pytest.mark.parametrize("words", [("clock", "advance", "60m"), ("clock", "advance", "week"), ("worker", "tea")])
async def test_a_wrong_word_is_told_and_not_tried(tmp_path: Path, words: tuple[str, ...]) -> None:
    process = await carepath(tmp_path, *words)
    said, _ = await process.communicate()
    assert process.returncode == 2
    assert "Traceback" not in said.decode()


async def test_who_has_neither_settings_nor_a_stack_is_told_so(tmp_path: Path) -> None:
    process = await carepath(tmp_path, "audit", "verify")
    said, _ = await process.communicate()
    assert process.returncode == 2
    assert "no embedded stack" in said.decode()
    assert "Traceback" not in said.decode()


async def test_a_production_clock_is_never_moved(tmp_path: Path) -> None:
    process = await carepath(tmp_path, "clock", "advance", "7d", CAREPATH_ENVIRONMENT="production")
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert "never moved" in said.decode()


async def test_the_shipped_clinic_has_no_findings(tmp_path: Path) -> None:
    process = await carepath(tmp_path, "check", str(ROOT / "pathways" / "shipped"))
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert "No findings." in said.decode()
