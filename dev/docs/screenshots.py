"""`make screenshots`: the pictures of `docs/pictures/`, taken of a house that really runs, by a real browser.

Terminal and papers come of `carepath demo`; Temporal UI and the OpenAPI page of a stack with a consultation in its
video meeting; editor and flowchart of libraries that npm fetches. Needs the Debian packages `chromium`, `npm` and
`poppler-utils`, which nothing else here needs.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from dev.docs import browser, screenshots_editor
from dev.people import STAFF
from dev.process import StackError
from dev.stack import Stack
from dev.stories import follow_up, steps
from dev.stories.scene import Cast, Scene
from pathways.kinds.video import Video

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "docs" / "pictures"
PATIENT, DOCTOR, ADMIN = "orlov", "therapist1", "admin"
DUTY = Video.task_titles["meet"].ru
"""What the doctor has to do during a call, as the page of a run says it."""
STORIES = "ae"
"""Two stories fill a picture; all of them would make a poster."""
PAPERS = {"protocol": "protocol", "prescription": "prescription"}
WIDTH = "640"
"""Pixels of a paper."""
PARTS = ("terminal", "pages", "editor")
SHOWN_AT = Path("data/demo")
"""Where `make demo` runs: what a picture says in place of the folder it was taken in."""


def main() -> int:
    """Take them all; the exit code."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--only", choices=PARTS, help="take only these")
    asked = words.parse_args()
    missing = [package for command, package in browser.NEEDED.items() if shutil.which(command) is None]
    if missing:
        print(f"Pictures need: apt-get install {' '.join(missing)}", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="carepath-pictures-") as scratch:
        try:
            for part in (asked.only,) if asked.only else PARTS:
                TAKE[part](Path(scratch))
        except (StackError, subprocess.CalledProcessError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def terminal(scratch: Path) -> None:
    """What a person sees of the demo, and the papers it made."""
    folder = scratch / "demo"
    variables = {name: value for name, value in os.environ.items() if not name.startswith("CAREPATH_")}
    played = subprocess.run(
        [sys.executable, "-m", "cli", "demo", "--data", str(folder), "--only", STORIES],
        cwd=ROOT,
        env=variables | {"FORCE_COLOR": "1", "COLUMNS": "110"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.replace(str(folder), str(SHOWN_AT))
    shown = Text.from_ansi(played.strip())
    width = max(line.cell_len for line in shown.split())
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=width, file=nowhere, force_terminal=True, color_system="truecolor")
        console.print(shown, soft_wrap=True)
    drawn = console.export_svg(title=f"carepath demo --only {STORIES}")
    # Rich has browsers fetch its font from elsewhere; ours must need nothing but itself.
    (PICTURES / "demo.svg").write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL))
    print(PICTURES / "demo.svg")
    for name, paper in PAPERS.items():
        (file,) = (folder / "papers").glob(f"*-{paper}.pdf")
        target = PICTURES / name
        subprocess.run(
            ["pdftoppm", "-png", "-singlefile", "-scale-to-x", WIDTH, "-scale-to-y", "-1", str(file), str(target)],
            check=True,
        )
        print(target.with_suffix(".png"))


def pages(scratch: Path) -> None:
    """What an administrator and a developer see in a browser."""
    asyncio.run(_pages(scratch))


def editor(scratch: Path) -> None:
    """What an author sees in his editor, and his pathway drawn."""
    asyncio.run(_editor())


async def _editor() -> None:
    async with browser.opened() as shown:
        await screenshots_editor.take_all(shown, PICTURES)


async def _pages(scratch: Path) -> None:
    """What an administrator and a developer see in a browser while doctor and patient are in their call."""
    async with Stack(scratch / "stack", durable=False) as stack:
        cast = Cast(stack)
        try:
            scene = Scene(stack, cast, scratch / "papers", lambda line: None)
            await into_the_call(scene)
            token = (await cast.employee(ADMIN)).http.headers["Authorization"]
            async with browser.opened() as shown:
                await browser.open_session(shown, stack.settings, token)
                await browser.allow_decoding(shown, stack.settings, PICTURES / "temporal-ui-codec.png")
                await browser.take_run(shown, stack.settings, scene.consultation, DUTY, PICTURES / "temporal-ui.png")
                await browser.take_openapi(shown, stack.settings, PICTURES / "openapi.png")
        finally:
            await cast.close()


async def into_the_call(scene: Scene) -> None:
    """Play the follow-up until both have met in the video room."""
    patient, doctor = await scene.cast.patient(PATIENT), await scene.cast.employee(DOCTOR)
    await follow_up.to_the_line(scene, patient)
    await steps.wait_in_line(scene, patient, PATIENT, doctor, DOCTOR)
    for client, task in ((doctor, "meet"), (patient, "join")):
        await steps.join(scene, client, task)
    await doctor.until(scene.consultation, f"{STAFF[DOCTOR].name} and the patient have met", steps.met_in)


TAKE: dict[str, Callable[[Path], None]] = {"terminal": terminal, "pages": pages, "editor": editor}


if __name__ == "__main__":
    sys.exit(main())
