"""What of `docs/` is made from the code: whole pages, and blocks inside pages that people write.

A block stands between ``<!-- made: NAME -->`` and ``<!-- end: NAME -->``. `make docs` writes them all anew; a test
holds that they are up to date.
"""

import re
from collections.abc import Callable
from pathlib import Path

from dev.docs import access, pathways, problems, settings, words

ROOT = Path(__file__).resolve().parent.parent.parent
WHOLE: dict[str, Callable[[], str]] = {"docs/pathways.md": pathways.page}
BLOCKS: dict[str, dict[str, Callable[[], str]]] = {
    "docs/api.md": {"problems": problems.table, "routes": access.table},
    "docs/administrators.md": {"duties": words.duties, "ends": words.ends, "stages": words.stages},
    "docs/operators.md": {"settings": settings.table},
}


def made() -> dict[Path, str]:
    """Every page with something made in it, as it should be now."""
    found = {ROOT / name: make() for name, make in WHOLE.items()}
    for name, blocks in BLOCKS.items():
        text = (ROOT / name).read_text()
        for block, make in blocks.items():
            text = replaced(text, block, make())
        found[ROOT / name] = text
    return found


def replaced(text: str, block: str, content: str) -> str:
    """A page with one block's content.

    Raises:
        ValueError: The page has no such block, or more than one.
    """
    begin, end = f"<!-- made: {block} -->", f"<!-- end: {block} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"the page has no single block {block}")
    return pattern.sub(lambda _: f"{begin}\n{content.strip()}\n{end}", text)


def stale() -> list[Path]:
    """Pages that are not as they should be."""
    return [path for path, text in made().items() if not path.exists() or path.read_text() != text]


def write() -> list[Path]:
    """Write the stale pages; which ones they were."""
    found = stale()
    texts = made()
    for path in found:
        path.write_text(texts[path])
    return found
