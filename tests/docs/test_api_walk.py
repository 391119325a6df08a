"""`docs/api.md` walks a whole consultation in a shell; these very lines are run here against the whole house."""

import asyncio
import os
import re
import shutil
import time
from pathlib import Path

import pytest

from dev.client import STEP, StaffClient
from dev.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("bash", "curl", "jq", "openssl")
DOCTOR = "TOTP_THERAPIST1"


def lines() -> str:
    """The walk's blocks as one script."""
    section = (ROOT / "docs/api.md").read_text().split("## A whole consultation by hand")[1].split("\n## ")[0]
    return "set -euo pipefail\n" + "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))


async def next_code(secret: str) -> None:
    """A one-time code serves once: wait, as a person would, for one that nobody of this run has used."""
    await asyncio.sleep(max(0.0, (StaffClient._spent.get(secret, 0) + 1) * STEP - time.time()))
    StaffClient._spent[secret] = int(time.time()) // STEP + 1


@pytest.mark.skipif(any(shutil.which(tool) is None for tool in NEEDED), reason=f"needs {', '.join(NEEDED)}")
async def test_the_walk_in_the_docs_ends_as_it_says(house: Stack) -> None:
    await next_code(house.secrets.base32(DOCTOR))
    shell = await asyncio.create_subprocess_exec(
        "bash", "-c", lines(),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA": str(house.folder.path), "no_proxy": "127.0.0.1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, complained = await asyncio.wait_for(shell.communicate(), 110)
    assert shell.returncode == 0, complained.decode()[-2000:]
    assert said.decode().startswith("completed: ")
