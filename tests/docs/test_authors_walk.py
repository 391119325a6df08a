"""`docs/authors.md` leads a clinic's author to a pathway of his own: here somebody follows it word by word.

Every file of the page is written and every command typed, on the whole house; what the page shows is what is answered.
"""

import os
import shutil
from pathlib import Path

import pytest

from dev.stack import Stack
from pathways.reader import read_bytes
from tests.docs.test_api_walk import NEEDED, next_code
from tests.docs.walking import WRITE, Walk, blocks, commands, says, shell

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "authors.md"
BESIDE = frozenset({"make up"})
"""What runs in the second terminal: here the house of the tests."""


@pytest.mark.timeout(300)
@pytest.mark.skipif(any(shutil.which(tool) is None for tool in NEEDED), reason=f"needs {', '.join(NEEDED)}")
async def test_whoever_follows_the_guide_has_a_pathway_that_ran(house: Stack, tmp_path: Path) -> None:
    for name, place in {".venv": ROOT / ".venv", "pathways": ROOT / "pathways", "data": house.folder.path}.items():
        (tmp_path / name).symlink_to(place)
    await next_code(house.secrets.base32("TOTP_NURSE"))
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "no_proxy": "127.0.0.1"}
    async with shell(tmp_path, environment) as typing:
        walk = Walk(typing, tmp_path, BESIDE)
        await walk.through(PAGE.read_text(encoding="utf-8"))
    assert walk.done["sh"] >= 5
    assert walk.done["console"] >= 15
    assert walk.done["yaml"] >= 9
    assert walk.done["diff"] >= 5
    assert walk.done["mermaid"] == 1


def test_what_the_guide_shows_of_yaml_is_sound() -> None:
    examples = [
        block
        for block in blocks(PAGE.read_text(encoding="utf-8"))
        if block.kind == "yaml" and not WRITE.search(block.before)
    ]
    assert examples
    for block in examples:
        assert read_bytes(block.text.encode(), f"line {block.line}").findings == []


def test_a_walk_sees_when_the_page_says_otherwise() -> None:
    assert says("a…c\n…\ne", "abc\nd\ne\n")
    assert not says("a…c", "ab")
    assert not says("abc", "abcd")
    assert list(commands("$ one\n> two\nanswered\n$ three\n")) == [("one\ntwo", "answered"), ("three", "")]
