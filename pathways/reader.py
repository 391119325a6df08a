"""The one reader of every YAML of ours: YAML 1.2 core, strict, and every node knows where it stands.

Clinics write these files by hand and one misread value is a wrong consultation. So: no tags, anchors, aliases, merge
keys or duplicate keys; one value has one spelling (``true``, never ``True``; ``15``, never ``0xF``); UTF-8, one
megabyte, twenty levels. ``on``, ``NO`` and ``20:00`` are the texts they look like.

It works on the parser's events and never builds what a file asks for, so nothing in it can expand.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from domain.base import Json
from pathways import codes
from pathways.findings import Finding

LARGEST = 1_000_000
DEEPEST = 20

INTEGER = re.compile(r"0|-?[1-9][0-9]{0,14}")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,9}")
WORDS: dict[str, Json] = {"true": True, "false": False}
NOTHING = frozenset({"", "null"})
"""There is no word for nothing: what is not there is not written."""
OTHER_SPELLINGS = re.compile(
    r"~|Null|NULL|True|TRUE|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
"""What YAML 1.2 core reads as a value, though we would write it otherwise."""


@dataclass
class Node:
    """One value of a file and where it begins (from 1). ``bad`` ones were reported: nothing more is said of them."""

    form: Literal["mapping", "list", "scalar"]
    line: int
    column: int
    value: Json = None
    style: str = ""
    keys: dict[str, "Node"] = field(default_factory=dict)
    entries: dict[str, "Node"] = field(default_factory=dict)
    items: list["Node"] = field(default_factory=list)
    bad: bool = False

    def plain(self) -> Json:
        """The value as JSON."""
        if self.form == "mapping":
            return {key: node.plain() for key, node in self.entries.items()}
        if self.form == "list":
            return [node.plain() for node in self.items]
        return self.value

    def at(self, *path: str | int) -> "Node":
        """The node a path leads to, or the last one on the way that exists."""
        here = self
        for word in path:
            if here.form == "mapping" and word in here.entries:
                here = here.entries[str(word)]
            elif here.form == "list" and isinstance(word, int) and 0 <= word < len(here.items):
                here = here.items[word]
            else:
                break
        return here

    def get(self, key: str) -> "Node | None":
        """The value of a key."""
        return self.entries.get(key)

    def place_in(self, line: int, column: int) -> tuple[int, int]:
        """The place in the file of a place in this text (both from 1)."""
        if self.style in ("|", ">"):
            return self.line + line, 1
        if line > 1:
            return self.line + line - 1, 1
        return self.line, self.column + column - 1 + (1 if self.style else 0)


@dataclass
class Source:
    """A file as read: its root (None where nothing can be made of it) and what is wrong with it."""

    file: str
    root: Node | None
    findings: list[Finding] = field(default_factory=list)

    def report(self, code: str, node: "Node | tuple[int, int]", what: str, mend: str | None = None) -> None:
        """Add a finding at a node; a node that is bad already gets no second one."""
        if isinstance(node, Node):
            if node.bad:
                return
            node = (node.line, node.column)
        self.findings.append(codes.finding(code, self.file, *node, what, mend))


def read(path: Path) -> Source:
    """Read a file; never raises for what stands in it."""
    source = Source(shown(path), None)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            # A pipe would be waited for, and a device has no end.
            source.report(codes.UNREADABLE, (1, 1), "this is not a file")
            return source
        if found.st_size > LARGEST:
            source.report(codes.TOO_LARGE, (1, 1), f"the file is larger than {LARGEST // 1_000_000} MB")
            return source
        raw = path.read_bytes()
    except OSError as error:
        source.report(codes.UNREADABLE, (1, 1), f"the file cannot be read: {error.strerror}")
        return source
    return read_bytes(raw, shown(path))


def shown(path: Path | str) -> str:
    """A path as it can be printed, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def read_bytes(raw: bytes, file: str) -> Source:
    """Read what a file holds; never raises for it."""
    source = Source(file, None)
    if len(raw) > LARGEST:
        source.report(codes.TOO_LARGE, (1, 1), f"the file is larger than {LARGEST // 1_000_000} MB")
        return source
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        source.report(codes.NOT_UTF8, (line, column), "the file is not UTF-8")
        return source
    try:
        source.root = _Builder(source, text).document()
    except _Stop:
        pass
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        # What was said of this line and the one above came from the same slip.
        source.findings = [finding for finding in source.findings if finding.line < place[0] - 1]
        source.report(codes.NOT_YAML, place, f"this is not YAML: {error.problem or error.context}")
    except (YAMLError, ValueError, OverflowError) as error:
        # The pure parser raises these bare for control characters and impossible \U escapes.
        position = getattr(error, "position", 0)
        place = (text.count("\n", 0, position) + 1, position - (text.rfind("\n", 0, position) + 1) + 1)
        source.report(codes.NOT_YAML, place, "this is not YAML: it holds a character that may not stand in a file")
    return source


class _Stop(Exception):
    """Nothing after this place can be made sense of; the finding is already there."""


class _Builder:
    """Turns the parser's events into nodes."""

    def __init__(self, source: Source, text: str) -> None:
        self.source = source
        self.text = text
        yaml = YAML(typ="safe", pure=True)
        yaml.version = (1, 2)
        self.events: Iterator[Any] = iter(yaml.parse(text))

    def document(self) -> Node | None:
        """The one document of the file."""
        root: Node | None = None
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self.directives(event)
                if documents > 1:
                    self.report(codes.DOCUMENTS, event, "a second document begins here")
                    raise _Stop
            elif isinstance(event, NodeEvent):
                root = self.node(event, 1)
        if root is None or (root.form == "scalar" and root.style == "" and root.value is None):
            self.source.findings.clear()
            self.source.report(codes.EMPTY, (1, 1), "the file is empty")
            return None
        return root

    def report(self, code: str, event: Any, what: str, mend: str | None = None) -> None:
        self.source.report(code, (event.start_mark.line + 1, event.start_mark.column + 1), what, mend)

    def directives(self, event: Any) -> None:
        if event.version is not None or event.tags:
            before = self.text[: event.start_mark.index].split("\n")
            line = next((n for n, words in enumerate(before, 1) if words.startswith("%")), 1)
            self.source.report(codes.DIRECTIVE, (line, 1), "a directive changes how the file is read")

    def node(self, event: Any, depth: int) -> Node:
        make = partial(Node, line=event.start_mark.line + 1, column=event.start_mark.column + 1)
        if depth > DEEPEST:
            self.report(codes.TOO_DEEP, event, f"more than {DEEPEST} levels stand in each other")
            raise _Stop
        if isinstance(event, AliasEvent):
            self.report(codes.ALIAS, event, f"'*{event.anchor}' repeats another place")
            return make("scalar", bad=True)
        bad = self.decorated(event)
        if isinstance(event, ScalarEvent):
            return self.scalar(event, make("scalar", style=event.style or "", bad=bad))
        if isinstance(event, SequenceStartEvent):
            node = make("list", bad=bad)
            while not isinstance(inner := next(self.events), SequenceEndEvent):
                node.items.append(self.node(inner, depth + 1))
            return node
        node = make("mapping", bad=bad)
        while not isinstance(inner := next(self.events), MappingEndEvent):
            self.entry(node, inner, depth)
        return node

    def decorated(self, event: Any) -> bool:
        """Report an anchor or a tag; a tag changes what the value is, so nothing more is said of it."""
        if event.anchor is not None:
            self.report(codes.ANCHOR, event, f"'&{event.anchor}' names a place to repeat it")
        tagged = getattr(event, "tag", None) is not None
        if tagged:
            self.report(codes.TAG, event, f"the tag '{event.tag}' says what the value is")
        return tagged

    def entry(self, node: Node, event: Any, depth: int) -> None:
        key = self.node(event, depth + 1)
        inner = next(self.events)
        if isinstance(inner, ScalarEvent) and not inner.style and inner.value in NOTHING and not key.bad:
            # An empty value stands nowhere: its key is what a person looks at.
            self.report(codes.NO_VALUE, event, "a value is missing here")
            value = Node("scalar", key.line, key.column, bad=True)
            key.bad = True
            node.keys.setdefault(str(key.value), key)
            node.entries.setdefault(str(key.value), value)
            return
        value = self.node(inner, depth + 1)
        if isinstance(event, ScalarEvent) and event.value == "<<" and not event.style:
            self.report(codes.MERGE, event, "'<<' merges another mapping into this one")
        elif key.bad:
            return
        elif not isinstance(key.value, str) or key.form != "scalar" or isinstance(event, MappingStartEvent):
            self.report(codes.KEY, event, "a key is a word, not a number, a list or nothing")
        elif key.value in node.entries:
            first = node.keys[key.value]
            self.report(codes.DUPLICATE, event, f"'{key.value}' stands in line {first.line} already")
        else:
            node.keys[key.value], node.entries[key.value] = key, value

    def scalar(self, event: Any, node: Node) -> Node:
        text = event.value
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            self.report(codes.NOT_YAML, event, "half of a character stands here (a surrogate written as an escape)")
            node.bad = True
        elif event.style:
            node.value = text
        elif text in WORDS:
            node.value = WORDS[text]
        elif INTEGER.fullmatch(text):
            node.value = int(text)
        elif DECIMAL.fullmatch(text):
            node.value = float(text)
        elif text in NOTHING:
            if not node.bad:
                self.report(codes.NO_VALUE, event, "a value is missing here")
            node.bad = True
        elif OTHER_SPELLINGS.fullmatch(text):
            self.report(codes.SPELLING, event, f"'{text}' is not how we write this value")
            node.bad = True
        else:
            node.value = text
        return node
