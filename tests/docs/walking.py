"""Walking through a page of `docs/`: what it has one type is typed, what it has one write is written.

What a page may hold, block by block:

- ``sh``: lines for the shell, which has to be content with each block;
- ``console``: commands after ``$`` (going on after ``>``), each with what is answered; ``…`` stands for anything;
- ``yaml`` after *Write `FILE`* or *Add to the end of `FILE`*: a file;
- ``diff`` after a paragraph that names a file *In `FILE`*: lines taken out of it and lines put in;
- ``mermaid``: what the last command answered.

Every other block is for reading only.
"""

import asyncio
import re
import secrets
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^(?P<indent> *)```(?P<kind>\w+)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE)
WRITE = re.compile(r"\b(Write|Add to the end of)\s+`([^`]+\.yaml)`[^`]*:\s*$")
IN = re.compile(r"\bIn `([^`]+\.yaml)`[^`]*:\s*$")
ANYTHING = "…"
PATIENCE = 60.0


@dataclass(frozen=True)
class Block:
    """A block of a page, and what was said before it."""

    line: int
    kind: str
    text: str
    before: str


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page, in order."""
    end = 0
    for found in BLOCK.finditer(page):
        line = page.count("\n", 0, found.start()) + 1
        yield Block(line, found["kind"], found["text"], page[end : found.start()])
        end = found.end()


def commands(text: str) -> Iterator[tuple[str, str]]:
    """What is typed in a ``console`` block, and what is answered."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        first, *rest = part.split("\n")
        more = 0
        while more < len(rest) and rest[more].startswith("> "):
            more += 1
        yield "\n".join([first, *(line[2:] for line in rest[:more])]), "\n".join(rest[more:]).strip("\n")


def says(shown: str, answered: str) -> bool:
    """Whether an answer is the one that is shown."""
    pattern = ".*?".join(map(re.escape, shown.split(ANYTHING)))
    return re.fullmatch(pattern, answered.strip("\n"), re.DOTALL) is not None


class Shell:
    """A shell that lives as long as the walk; what it says on either stream is one text."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._mark = secrets.token_hex(16)

    async def types(self, lines: str) -> tuple[str, int]:
        """Type something and wait for its end: what was said, and the exit code."""
        into, out = self._process.stdin, self._process.stdout
        assert into is not None
        assert out is not None
        # The code stays readable as $? for what is typed next.
        into.write(f"{lines}\n_code=$?; printf '\\n%s %s\\n' {self._mark} $_code; (exit $_code)\n".encode())
        await into.drain()
        said = (await asyncio.wait_for(out.readuntil(f"\n{self._mark} ".encode()), PATIENCE)).decode()
        return said.removesuffix(f"\n{self._mark} "), int(await out.readline())


@asynccontextmanager
async def shell(folder: Path, environment: Mapping[str, str]) -> AsyncIterator[Shell]:
    """A shell in a folder."""
    process = await asyncio.create_subprocess_exec(
        *("bash", "--noprofile", "--norc", "-o", "pipefail"),
        cwd=folder, env=dict(environment), stdin=PIPE, stdout=PIPE, stderr=STDOUT, limit=2**22,
    )  # fmt: skip
    try:
        yield Shell(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


class Walk:
    """A reader who does what the page says.

    Args:
        shell: Where commands are typed.
        folder: Where files are written.
        skip: Lines for the shell that are not for this one.
    """

    def __init__(self, shell: Shell, folder: Path, skip: frozenset[str] = frozenset()) -> None:
        self.done: dict[str, int] = {}
        self._shell = shell
        self._folder = folder
        self._skip = skip
        self._answered = ""
        self._file: Path | None = None

    async def through(self, page: str) -> None:
        """Do all of it; the first thing that goes otherwise fails the test."""
        for block in blocks(page):
            if await self.take(block):
                self.done[block.kind] = self.done.get(block.kind, 0) + 1

    async def take(self, block: Block) -> bool:
        """Do one block; whether there was something to do."""
        match block.kind:
            case "sh" if block.text.strip() not in self._skip:
                # Each line of it has to be content, not the last one alone.
                every = f"_failed=0; trap '_failed=$?' ERR\n{block.text}\ntrap - ERR; (exit $_failed)"
                said, code = await self._shell.types(every)
                assert code == 0, f"line {block.line}: exit {code}\n{said}"
            case "console":
                for typed, shown in commands(block.text):
                    self._answered, _ = await self._shell.types(typed)
                    where = f"line {block.line}: $ {typed}\n--- shown:\n{shown}\n--- answered:\n{self._answered}"
                    assert not shown or says(shown, self._answered), where
            case "mermaid":
                assert block.text.strip() == self._answered.strip(), f"line {block.line}: {self._answered}"
            case "yaml" if found := WRITE.search(block.before):
                self.write(self._folder / found[2], block.text, add=found[1] != "Write")
            case "diff":
                if found := IN.search(block.before):
                    self._file = self._folder / found[1]
                assert self._file is not None, f"line {block.line}: in which file?"
                self.change(self._file, block)
            case _:
                return False
        return True

    def write(self, file: Path, text: str, *, add: bool) -> None:
        """Write a file, or add to its end."""
        assert file.exists() == add, f"{file} is there: {file.exists()}"
        with file.open("a", encoding="utf-8") as lines:
            lines.write(text)

    def change(self, file: Path, block: Block) -> None:
        """Take lines out and put others in."""
        lines = block.text.splitlines(keepends=True)
        out, put = ("".join(line[1:] for line in lines if line.startswith(sign)) for sign in "-+")
        text = file.read_text(encoding="utf-8")
        assert text.count(out) == 1, f"line {block.line}: stands {text.count(out)} times in {file}"
        file.write_text(text.replace(out, put), encoding="utf-8")
