"""Setting up: what it installs, when it does nothing, and how it says what it may not do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dev import setup


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands it would run; none is."""
    made: list[list[str]] = []

    def note(command: list[str], **_: object) -> int:
        made.append(command)
        return 0

    monkeypatch.setattr(subprocess, "call", note)
    return made


def test_without_rights_it_names_the_missing_packages_and_stops(
    monkeypatch: pytest.MonkeyPatch, calls: list[list[str]]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    with pytest.raises(setup.SetupError) as error:
        setup.install_packages(["libpango-1.0-0", "fonts-dejavu-core"])
    assert "apt-get install --no-install-recommends libpango-1.0-0 fonts-dejavu-core" in str(error.value)
    assert calls == []


def test_with_a_password_on_sudo_it_does_not_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "call", lambda command, **_: 1)
    with pytest.raises(setup.SetupError, match=r"I may not install them: libpango-1\.0-0"):
        setup.install_packages(["libpango-1.0-0"])


def test_root_installs_what_is_missing(monkeypatch: pytest.MonkeyPatch, calls: list[list[str]]) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    setup.install_packages(["libpango-1.0-0"])
    assert [command[-1] for command in calls] == ["-qq", "libpango-1.0-0"]


def test_nothing_missing_installs_nothing(calls: list[list[str]]) -> None:
    setup.install_packages([])
    assert calls == []


def test_an_old_python_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(setup.SetupError, match=r"needs Python 3\.11 or newer, this is 3\.9"):
        setup.check_python()


def test_a_library_that_cannot_be_opened_is_missed_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "LIBRARIES", {"libno-such-thing.so.9": "libno-such-thing9"})
    assert "libno-such-thing9" in setup.missing_packages()


def test_every_requirement_is_pinned_with_its_hash_and_names_no_index() -> None:
    for lock in (setup.LOCK, setup.UV_LOCK):
        lines = [line.strip() for line in lock.read_text().splitlines() if not line.strip().startswith("#")]
        names = [line for line in lines if "==" in line]
        assert names
        assert sum("--hash=sha256:" in line for line in lines) >= len(names)
        assert not any("://" in line or "index" in line.split("==")[0] for line in lines)


def test_the_environment_is_made_again_only_when_the_lock_changed(
    monkeypatch: pytest.MonkeyPatch, calls: list[list[str]], tmp_path: Path
) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    (tmp_path / "bin").mkdir()
    setup.make_environment()
    first = len(calls)
    assert first > 0
    assert "--require-hashes" in calls[-1]
    setup.make_environment()
    assert len(calls) == first
    monkeypatch.setattr(setup, "LOCK", setup.UV_LOCK)
    setup.make_environment()
    assert len(calls) > first
