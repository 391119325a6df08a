"""Makes the environment of a clone: ``.venv`` from ``requirements.lock``, system libraries, the command ``carepath``.

Run by every ``make`` target with whatever ``python3`` the machine has, so it uses the standard library alone and no
syntax that an old Python could not at least read far enough to be told that it is too old. Where nothing changed since
the last time it takes a few hundredths of a second.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "dev" / "uv.lock"
OLDEST = (3, 11)

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
"""What WeasyPrint opens, and the Debian package it comes in."""
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
FONT_PACKAGE = "fonts-dejavu-core"

LAUNCHER = """#!{python}
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from cli import main

main()
"""


class SetupError(Exception):
    """Why it stops, for the person at the terminal."""


def missing_packages() -> list[str]:
    """Debian packages this machine lacks."""
    missing = []
    for library, package in LIBRARIES.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(package)
    if not FONT.exists():
        missing.append(FONT_PACKAGE)
    return missing


def root_prefix() -> list[str] | None:
    """What stands before a command to run it as root; None where we may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) == 0:
        return ["sudo", "-n"]
    return None


def install_packages(packages: list[str]) -> None:
    """Install Debian packages, or say exactly which are missing.

    Raises:
        SetupError: We may not install, or it failed.
    """
    if not packages:
        return
    by_hand = "apt-get install --no-install-recommends " + " ".join(packages)
    prefix = root_prefix()
    if prefix is None or shutil.which("apt-get") is None:
        raise SetupError(
            "These system packages are missing and I may not install them: {}.\n"
            "Ask an administrator to run (or run by sudo):\n    {}".format(" ".join(packages), by_hand)
        )
    print("Installing system packages: " + " ".join(packages), flush=True)
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    for command in (["apt-get", "update", "-qq"], install):
        if subprocess.call([*prefix, *quiet, *command], stdout=subprocess.DEVNULL) != 0:
            raise SetupError("`{}` failed; run it by hand to see why:\n    {}".format(" ".join(command), by_hand))


def check_python() -> None:
    """Refuse a Python that is too old or has no ``venv``.

    Raises:
        SetupError: It is.
    """
    if sys.version_info < OLDEST:
        raise SetupError(
            "Carepath needs Python {}.{} or newer, this is {}.{} ({}). Name another: make PYTHON=python3.12".format(
                *OLDEST, *sys.version_info[:2], sys.executable
            )
        )


def fingerprint() -> str:
    """What the environment depends on."""
    parts = [LOCK.read_bytes(), Path(__file__).read_bytes(), sys.version.encode(), str(VENV).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def find_uv(python: Path) -> str | None:
    """uv of this machine, else from PyPI (hash-checked) into the environment's own folder; None where neither works.

    It takes seconds where pip takes minutes. The pip used is the environment's: a bare machine has no other.
    """
    found = shutil.which("uv")
    if found:
        return found
    private = VENV / "uv"
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    command = [*pip, "install", "-q", "--require-hashes", "--no-deps", "--target", str(private), "-r", str(UV_LOCK)]
    if subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) != 0:
        return None
    return str(private / "bin" / "uv")


def make_environment() -> None:
    """Make ``.venv`` exactly as the lock says, every file checked against its hash.

    Raises:
        SetupError: It could not be made.
    """
    stamp = VENV / ".fingerprint"
    wanted = fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Making the environment from requirements.lock (once)...", flush=True)
    stamp.unlink(missing_ok=True)
    python = VENV / "bin" / "python"
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        raise SetupError(f"`{sys.executable} -m venv` failed: install the package python3-venv.")
    uv = find_uv(python)
    if uv:
        command = [
            uv,
            "pip",
            "sync",
            "-q",
            "--require-hashes",
            "--compile-bytecode",
            "--python",
            str(python),
            str(LOCK),
        ]
    else:
        command = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "--no-deps", "-r", str(LOCK)]
    if subprocess.call(command) != 0:
        raise SetupError("The packages of requirements.lock could not be installed; the lines above say why.")
    launcher = VENV / "bin" / "carepath"
    launcher.write_text(LAUNCHER.format(python=python))
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    stamp.write_text(wanted)


def main() -> int:
    """Set up; the exit code."""
    try:
        check_python()
        make_environment()
        install_packages(missing_packages())
    except SetupError as error:
        print(f"\nCarepath cannot be set up.\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
