"""A clinic's folder as text by path: how it travels to the catalogue, lies there, and is compared."""

import tempfile
from collections.abc import Iterable, Mapping
from difflib import unified_diff
from pathlib import Path, PurePosixPath

from pathways.compile import Compiled, compile_folder


def files_of(folder: Path) -> dict[str, str]:
    """What is written in a checked folder: the files a clinic's folder has, no deeper ones."""
    files = sorted([*folder.glob("*.yaml"), *folder.glob("*/*.yaml")])
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in files}


def compile_files(files: Mapping[str, str]) -> Compiled:
    """Check and compile a folder that came as text."""
    with tempfile.TemporaryDirectory(prefix="carepath-") as name:
        root = Path(name)
        for path, text in files.items():
            place = root / PurePosixPath(path)
            place.parent.mkdir(exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return compile_folder(root)


def named(files: Iterable[str], found: str) -> str:
    """A file as its sender named it; a finding names it by where it lay while it was checked."""
    return next((name for name in files if PurePosixPath(found).match(name)), PurePosixPath(found).name)


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    """What was written otherwise, as a unified diff; empty where nothing was."""
    lines: list[str] = []
    for path in sorted(old.keys() | new.keys()):
        was, is_ = old.get(path, "").splitlines(), new.get(path, "").splitlines()
        lines += unified_diff(was, is_, f"old/{path}", f"new/{path}", lineterm="")
    return "\n".join(lines)
