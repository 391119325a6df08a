"""A clinic's folder while it is read: every file that lies in it, and what came of each.

Nothing that lies in a folder stops the reading: what cannot be read is a finding like any other.
"""

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import BaseModel

from domain.pathway import Pathway, Pinned
from pathways import codes
from pathways.checks import jumps, paths, references, roles, safety, steps, turns
from pathways.checks.context import Case, Papers
from pathways.checks.papers import check_clinic, check_form
from pathways.clinic import Clinic, Consent, Words, WrittenClinic, opened, pin
from pathways.findings import Finding, in_order
from pathways.forms import WrittenForm, checked
from pathways.outline import outline
from pathways.pinned import frozen
from pathways.reader import Node, Source, read, shown
from pathways.strict import validate

CLINIC = "clinic.yaml"
SHELVES = {"form": "forms", "consent": "consents", "text": "texts", "pathway": "pathways"}
"""The word a file begins with, and the folder it lies in."""
RULES = (steps.check, turns.check, jumps.check, references.check, roles.check, safety.check, paths.check)


@dataclass
class Folder:
    """A folder while it is read."""

    root: Path
    on: date
    sources: list[Source] = field(default_factory=list)
    papers: Papers = field(default_factory=Papers)
    clinic: Clinic | None = None

    def open(self, path: Path, word: str | None = None) -> tuple[Source, Node | None]:
        """Read one file and see that it is what its folder says."""
        source = read(path)
        self.sources.append(source)
        found = word_of(source)
        if source.root is None or (found is not None and found == word):
            return source, source.root
        if found is None or word is None:
            words = ", ".join([*SHELVES, "clinic"])
            source.report(codes.WHAT_FILE, (1, 1), f"the file does not begin with what it is ({words})")
        else:
            source.report(codes.WHAT_FILE, source.root, f"this is a {found}, not a {word}")
        return source, None

    def listed(self, folder: Path) -> list[str]:
        """The names of the files in a folder, in order; hidden ones are not a clinic's. Empty where it has none.

        A folder that cannot be looked into is told.
        """
        try:
            return sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))
        except OSError as error:
            source = Source(shown(folder), None)
            source.report(codes.UNREADABLE, (1, 1), f"the folder cannot be read: {error.strerror}")
            self.sources.append(source)
            return []

    def read_clinic(self) -> None:
        """clinic.yaml."""
        path = self.root / CLINIC
        if not os.path.lexists(path):
            source = Source(shown(path), None)
            source.report(codes.NO_CLINIC, (1, 1), f"there is no {CLINIC} in this folder")
            self.sources.append(source)
            return
        source, root = self.open(path, "clinic")
        written = validate(source, root, WrittenClinic) if root is not None else None
        if root is not None and written is not None:
            check_clinic(source, root, written)
            if not source.findings:
                self.clinic = opened(written)

    def read_papers(self) -> None:
        """forms/, consents/ and texts/."""
        for path in self.files("form"):
            self.paper(path, "form", WrittenForm, self.papers.forms)
        for path in self.files("consent"):
            self.paper(path, "consent", Consent, self.papers.consents)
        for path in self.files("text"):
            self.paper(path, "text", Words, self.papers.texts)

    def files(self, word: str) -> list[Path]:
        """The YAML files of a shelf, in order of name."""
        folder = self.root / SHELVES[word]
        names = self.listed(folder) if os.path.lexists(folder) else []
        for name in names:
            if name.lower().endswith((".yml", ".yaml")) and not name.endswith(".yaml"):
                source = Source(shown(folder / name), None)
                mend = f"Rename it to {shown(Path(name).stem)}.yaml."
                source.report(codes.FILE_NAME, (1, 1), "our files are called *.yaml", mend)
                self.sources.append(source)
        return [folder / name for name in names if name.endswith(".yaml")]

    def paper(self, path: Path, word: str, model: type[BaseModel], shelf: dict[str, Pinned]) -> None:
        """One form, consent or text; a broken one is known by its file's name."""
        source, root = self.open(path, word)
        written = validate(source, root, model) if root is not None else None
        if root is not None and written is not None:
            name = str(getattr(written, word))
            if name != path.stem:
                source.report(codes.FILE_NAME, root.at(word), f"'{name}' stands in a file called {shown(path.name)}")
            if isinstance(written, WrittenForm):
                check_form(source, root, written)
            if not source.findings:
                value = checked(written) if isinstance(written, WrittenForm) else written
                assert not isinstance(value, WrittenForm)
                shelf[name] = pin(name, written.version, value)  # type: ignore[attr-defined, arg-type]
                return
            self.papers.broken.add((word, name))
        self.papers.broken.add((word, path.stem))

    def pathway(self, path: Path) -> Pathway | None:
        """One pathway, checked and compiled; None where it has findings."""
        source, root = self.open(path, "pathway")
        if root is None:
            return None
        written = outline(source, root)
        if written.header is not None and path.parent.name == "pathways" and path.stem != written.header.pathway:
            what = f"'{written.header.pathway}' stands in a file called {shown(path.name)}"
            source.report(codes.FILE_NAME, root.at("pathway"), what)
        case = Case(written, self.clinic, self.papers, self.on)
        for rule in RULES:
            rule(case)
        if source.findings or written.header is None or self.clinic is None:
            return None
        try:
            return frozen(written, written.header, self.clinic, self.papers)
        except KeyError:
            return None  # It names a broken paper: told in that paper's file.

    @property
    def findings(self) -> list[Finding]:
        """Everything that was found."""
        return in_order(finding for source in self.sources for finding in source.findings)


def word_of(source: Source) -> str | None:
    """What a file says it is: the word its first key is."""
    if source.root is None or source.root.form != "mapping":
        return None
    first = next(iter(source.root.entries), None)
    return first if first in (*SHELVES, "clinic") else None
