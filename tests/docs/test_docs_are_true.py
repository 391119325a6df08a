"""What `docs/` and the README say exists, exists; what is made from the code is up to date."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

import cli
from dev.docs import pages, settings
from runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
NAMED = re.compile(r"`([a-z_]+(?:/[\w.-]+)*/?(?:\.(?:py|md|yml|yaml|toml|lock)))`|`([a-z_]+/(?:[\w-]+/)*)`")
CAREPATH = re.compile(r"carepath ((?:[a-z]+ ?)+)")
MAKE = re.compile(r"(?:^|`|\$ )make ([a-z]+)", re.MULTILINE)
NO_FILES = ("data/", "ruamel.yaml")
"""What is there only once something ran, and a library that is called like a file."""
ROOMS_OF = ("", "docs/", "pathways/", "pathways/shipped/")
"""What a page may name a file from."""


@pytest.fixture(params=PAGES, ids=lambda page: page.name)
def page(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)


def code(page: Path) -> str:
    """A page's blocks and spans of code."""
    text = page.read_text()
    return "\n".join([*re.findall(r"```.*?```", text, re.DOTALL), *re.findall(r"`[^`\n]+`", text)])


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_what_is_made_from_the_code_is_up_to_date() -> None:
    stale = [str(path.relative_to(ROOT)) for path in pages.stale()]
    assert not stale, "run `make docs`"


def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(prose(page)):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_file_that_is_named_is_there(page: Path) -> None:
    for file, folder in NAMED.findall(prose(page)):
        name = file or folder
        if "NAME" in name or "PORT" in name or name.startswith(NO_FILES):
            continue
        assert any((ROOT / room / name).exists() for room in ROOMS_OF), name


def test_every_command_of_carepath_is_one(page: Path) -> None:
    group = typer.main.get_command(cli.app)
    for words in CAREPATH.findall(code(page)):
        first, *rest = words.split()
        command = group.commands.get(first)  # type: ignore[attr-defined]
        assert command is not None, words
        inner = getattr(command, "commands", None)
        assert inner is None or (rest and rest[0] in inner), words


def test_every_target_of_make_is_one(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(MAKE.findall(code(page))) <= targets


def test_every_setting_says_what_it_is() -> None:
    told = settings.docstrings()
    assert not [name for name in Settings.model_fields if name not in told]


def test_every_library_taken_is_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    depended = {re.split(r"[\[<>=~ ]", line)[0] for line in lines}
    libraries = (ROOT / "docs/decisions.md").read_text().split("## Libraries")[1]
    taken = [cell for row in libraries.splitlines()[4:] for cell in re.findall(r"`([^`]+)`", row.split("|")[2])]
    assert taken
    assert set(taken) - depended <= {"chromium"}
