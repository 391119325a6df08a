"""From a clinic's folder to frozen values: read, strict models, checks, compile. One way for CLI, API and tests.

Every stage looks at all there is and says all that is wrong; what is broken is left out of the next stage, so that one
error is told once.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import BaseModel

from domain.pathway import Pathway
from pathways import codes
from pathways.checks.bound import Bound, bound
from pathways.clinic import ClinicFolder, Consent, Words
from pathways.findings import Finding, in_order
from pathways.folder import CLINIC, Folder, word_of
from pathways.forms import WrittenForm
from pathways.reader import read, shown

PAPERS: dict[str, type[BaseModel]] = {"form": WrittenForm, "consent": Consent, "text": Words}
"""The words of papers, and the models that read them."""


class BrokenFolder(Exception):
    """The folder has findings, so there is nothing to use."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


@dataclass(frozen=True)
class Compiled:
    """What a folder became. Pathways and papers with findings are left out."""

    pathways: tuple[Pathway, ...]
    findings: list[Finding]
    bounds: tuple[Bound, ...] = ()
    folder: ClinicFolder | None = None

    @property
    def clinic(self) -> ClinicFolder:
        """The clinic with its papers.

        Raises:
            BrokenFolder: clinic.yaml itself has findings.
        """
        if self.folder is None:
            raise BrokenFolder(self.findings)
        return self.folder

    def sound(self) -> "Compiled":
        """Itself, where nothing was found.

        Raises:
            BrokenFolder: Something was.
        """
        if self.findings:
            raise BrokenFolder(self.findings)
        return self

    def pathway(self, code: str) -> Pathway:
        """A pathway by its code.

        Raises:
            KeyError: There is none, or it has findings.
        """
        return {pathway.code: pathway for pathway in self.pathways}[code]


def compile_folder(folder: Path | str, *, on: date | None = None) -> Compiled:
    """Check and compile a clinic's folder. ``on`` is the day the law is read for, today by default."""
    work = Folder(Path(folder), on or date.today())
    work.listed(work.root)
    if work.findings:
        return Compiled((), work.findings)
    work.read_clinic()
    work.read_papers()
    pathways = [found for path in work.files("pathway") if (found := work.pathway(path)) is not None]
    return _compiled(work, pathways, work.findings)


def compile_path(path: Path | str, *, on: date | None = None) -> Compiled:
    """Check and compile a folder or a single file; a file is read with the nearest clinic.yaml above it."""
    if os.path.isdir(path):
        return compile_folder(path, on=on)
    return _compile_file(Path(path), on or date.today())


def check_paths(paths: Iterable[Path | str], *, on: date | None = None) -> list[Finding]:
    """Findings of folders and files."""
    return in_order(finding for path in paths for finding in compile_path(path, on=on).findings)


def _compiled(work: Folder, pathways: list[Pathway], findings: list[Finding]) -> Compiled:
    live = None
    if work.clinic is not None:
        papers = work.papers
        live = ClinicFolder(clinic=work.clinic, forms=papers.forms, consents=papers.consents, texts=papers.texts)
    return Compiled(tuple(pathways), findings, tuple(map(bound, pathways)), live)


def _compile_file(path: Path, on: date) -> Compiled:
    source = read(path)
    if source.root is None:
        return Compiled((), source.findings)
    word = word_of(source)
    above = Path(os.path.realpath(path)).parents
    root = next((folder for folder in above if os.path.isfile(folder / CLINIC)), None)
    work = Folder(root or path.parent, on)
    if word == "clinic":
        work.root = path.parent
        work.read_clinic() if path.name == CLINIC else work.open(path, None)
        return _compiled(work, [], work.findings)
    if root is None:
        source.report(codes.NO_CLINIC, (1, 1), f"no {CLINIC} stands beside this file or above it")
        return Compiled((), source.findings)
    work.read_clinic()
    work.read_papers()
    around = work.findings
    work.sources.clear()
    found = None
    if word in PAPERS:
        work.paper(path, word, PAPERS[word], {})
    elif word == "pathway":
        found = work.pathway(path)
    elif next(iter(source.root.entries), None) == "story":
        source.report(codes.WHAT_FILE, (1, 1), "this is a story", "Stories are checked and played by 'carepath test'.")
        work.sources.append(source)
    else:
        work.open(path, None)
    kept = [one for one in around if work.clinic is None and one.file == shown(work.root / CLINIC)]
    if word == "pathway" and found is None and not work.findings:
        kept = around  # Nothing is wrong with the file itself: a paper it uses is broken.
    return _compiled(work, [found] if found is not None else [], in_order([*kept, *work.findings]))
