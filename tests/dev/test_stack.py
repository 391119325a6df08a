"""The stack on real servers: it comes back with yesterday's data, and says plainly why it cannot start."""

import asyncio
import os
import shutil
import signal
import socket
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
from redis.asyncio import Redis

from dev.environment import as_environment
from dev.ports import LOOPBACK
from dev.process import StackError
from dev.stack import SERVERS, Stack
from runtime.settings import Settings
from runtime.temporal import RETENTION, connect


async def test_the_next_start_finds_yesterdays_data_addresses_and_secrets(tmp_path: Path) -> None:
    async with Stack(tmp_path, {"postgres"}) as stack:
        before = stack.settings
        async with await psycopg.AsyncConnection.connect(stack.superuser_url) as connection:
            await connection.execute("CREATE TABLE yesterday (word text)")
            await connection.execute("INSERT INTO yesterday VALUES ('here')")
    async with Stack(tmp_path, {"postgres"}) as stack:
        assert stack.settings == before
        async with await psycopg.AsyncConnection.connect(stack.superuser_url) as connection:
            row = await (await connection.execute("SELECT word FROM yesterday")).fetchone()
            assert row == ("here",)


async def test_the_three_servers_are_real_and_closed_runs_are_kept_for_a_month(services: Stack) -> None:
    client = await connect(services.settings)
    found = await client.service_client.check_health()
    assert found
    assert RETENTION.days == 30
    async with Redis.from_url(services.settings.redis_url) as redis:
        assert await redis.ping()


async def test_two_stacks_never_share_a_folder(services: Stack) -> None:
    with pytest.raises(StackError, match=rf"Another Carepath \(process {os.getpid()}\)"):
        await Stack(services.folder.path, {"postgres"}).start()


async def test_a_port_asked_for_and_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=f"Port {port}, asked for api, is taken"):
            await Stack(tmp_path, {"postgres"}, ports={"api": port}).start()


async def test_a_remembered_port_taken_today_is_replaced_and_told(tmp_path: Path) -> None:
    async with Stack(tmp_path, {"redis"}, tell=print) as stack:
        url = stack.settings.redis_url
    told: list[str] = []
    with socket.create_server((LOOPBACK, int(url.rsplit(":")[-1].split("/")[0]))):
        async with Stack(tmp_path, {"redis"}, tell=told.append) as stack:
            assert stack.settings.redis_url != url
    assert "of redis is taken by another process today" in told[0]


async def test_a_full_disk_is_told_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 5 * 2**20

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Full)
    with pytest.raises(StackError, match="is full: 5 MB are free"):
        await Stack(tmp_path, {"postgres"}).start()


async def test_a_failed_start_leaves_no_process_and_no_lock(tmp_path: Path) -> None:
    async with Stack(tmp_path, {"postgres"}):
        pass
    (tmp_path / "postgres" / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(StackError, match="unrecognized configuration parameter"):
        await Stack(tmp_path, {"postgres"}).start()
    shutil.rmtree(tmp_path / "postgres")
    async with Stack(tmp_path, {"postgres"}):
        pass


async def test_after_a_sigkill_of_the_parent_no_server_is_left_and_the_next_start_works(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from dev.stack import SERVERS, Stack\n"
        "async def main():\n"
        f"    async with Stack(Path({str(tmp_path)!r}), SERVERS):\n"
        "        print('up', flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.getcwd()}
    )
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"up\n"
    family = psutil.Process(parent.pid).children(recursive=True)
    assert {"redis-server", "temporal", "postgres"} <= {process.name() for process in family}
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    async with Stack(tmp_path, SERVERS):
        assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []


def test_settings_survive_the_way_through_variables(services: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in as_environment(services.settings).items():
        monkeypatch.setenv(name, value)
    assert Settings() == services.settings
