"""From a clinic's folder to frozen values: read, strict models, checks, compile. One way for CLI, API and tests.

Every stage looks at all there is and says all that is wrong; what is broken is left out of the next stage, so that one
error is told once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import BaseModel

from domain.pathway import EmergencyPlan, Pathway, People, Pinned
from pathways import codes
from pathways.checks import jumps, paths, references, safety, steps
from pathways.checks.bound import Bound, bound
from pathways.checks.context import Case, Papers
from pathways.checks.papers import check_clinic, check_form
from pathways.clinic import Clinic, ClinicFolder, Consent, Words, WrittenClinic, opened, pin
from pathways.findings import Finding, in_order
from pathways.forms import WrittenForm, checked
from pathways.outline import Header, Outline, outline
from pathways.reader import Node, Source, read
from pathways.strict import validate

CLINIC = "clinic.yaml"
SHELVES = {"form": "forms", "consent": "consents", "text": "texts", "pathway": "pathways"}
"""The word a file begins with, and the folder it lies in."""
RULES = (steps.check, jumps.check, references.check, safety.check, paths.check)


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


@dataclass
class _Folder:
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

    def read_clinic(self) -> None:
        """clinic.yaml."""
        path = self.root / CLINIC
        if not path.is_file():
            source = Source(str(path), None)
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
        for path in sorted(folder.glob("*.yml")) if folder.is_dir() else []:
            source = Source(str(path), None)
            source.report(codes.FILE_NAME, (1, 1), "our files are called *.yaml", f"Rename it to {path.stem}.yaml.")
            self.sources.append(source)
        return sorted(folder.glob("*.yaml")) if folder.is_dir() else []

    def paper(self, path: Path, word: str, model: type[BaseModel], shelf: dict[str, Pinned]) -> None:
        """One form, consent or text; a broken one is known by its file's name."""
        source, root = self.open(path, word)
        written = validate(source, root, model) if root is not None else None
        if root is not None and written is not None:
            name = str(getattr(written, word))
            if name != path.stem:
                source.report(codes.FILE_NAME, root.at(word), f"'{name}' stands in a file called {path.name}")
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
            what = f"'{written.header.pathway}' stands in a file called {path.name}"
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


def compile_folder(folder: Path | str, *, on: date | None = None) -> Compiled:
    """Check and compile a clinic's folder. ``on`` is the day the law is read for, today by default."""
    work = _Folder(Path(folder), on or date.today())
    work.read_clinic()
    work.read_papers()
    pathways = [found for path in work.files("pathway") if (found := work.pathway(path)) is not None]
    live = None
    if work.clinic is not None:
        papers = work.papers
        live = ClinicFolder(clinic=work.clinic, forms=papers.forms, consents=papers.consents, texts=papers.texts)
    return Compiled(tuple(pathways), work.findings, tuple(bound(p) for p in pathways), live)


def check_paths(paths: Iterable[Path | str], *, on: date | None = None) -> list[Finding]:
    """Findings of folders and files; a single file is checked against the nearest clinic.yaml above it."""
    found: list[Finding] = []
    for path in map(Path, paths):
        found += compile_folder(path, on=on).findings if path.is_dir() else _check_file(path, on or date.today())
    return in_order(found)


def _check_file(path: Path, on: date) -> list[Finding]:
    source = read(path)
    if source.root is None:
        return source.findings
    word = word_of(source)
    root = next((folder for folder in path.resolve().parents if (folder / CLINIC).is_file()), None)
    work = _Folder(root or path.parent, on)
    if word == "clinic":
        work.root = path.parent
        work.read_clinic() if path.name == CLINIC else work.open(path, None)
        return work.findings
    if root is None:
        source.report(codes.NO_CLINIC, (1, 1), f"no {CLINIC} stands beside this file or above it")
        return source.findings
    work.read_clinic()
    work.read_papers()
    clinic_is_broken = work.clinic is None
    kept = [finding for finding in work.findings if clinic_is_broken and finding.file == str(work.root / CLINIC)]
    work.sources.clear()
    shelves: dict[str, type[BaseModel]] = {"form": WrittenForm, "consent": Consent, "text": Words}
    if word in shelves:
        work.paper(path, word, shelves[word], {})
    elif word == "pathway":
        work.pathway(path)
    else:
        work.open(path, None)
    return in_order([*kept, *work.findings])


def word_of(source: Source) -> str | None:
    """What a file says it is: the word its first key is."""
    if source.root is None or source.root.form != "mapping":
        return None
    return next((word for word in source.root.entries if word in (*SHELVES, "clinic")), None)


def frozen(written: Outline, header: Header, clinic: Clinic, papers: Papers) -> Pathway:
    """A checked outline as the value that goes into a consultation, with its papers pinned.

    Raises:
        KeyError: It uses a paper that is broken.
    """
    used: dict[str, set[str]] = {"form": set(), "consent": set(), "text": set(), "service": set()}
    for step in written.walk():
        for word in ("form", "text", "service"):
            value = getattr(step.fields, word, None)
            if isinstance(value, str):
                used[word].add(value)
        used["consent"] |= {document.id for document in getattr(step.fields, "documents", ())}
    used["text"] |= {end.offer for end in header.ends.values() if end.offer is not None}
    return Pathway(
        code=header.pathway,
        version=header.version,
        title=header.title,
        speciality=header.speciality,
        care=header.care,
        people=People(
            patient_age=header.people.patient,
            payer=header.people.payer,
            doctor=header.people.doctor,
            invited=header.people.invited,
        ),
        emergency=EmergencyPlan(
            call_back=header.emergency.call_back,
            within=header.emergency.within,
            otherwise=header.emergency.otherwise,
        ),
        ends=header.ends,
        steps=tuple(step.compiled() for step in written.steps),
        forms={name: papers.forms[name] for name in sorted(used["form"])},
        consents={name: papers.consents[name] for name in sorted(used["consent"])},
        texts={name: papers.texts[name] for name in sorted(used["text"])},
        services={name: clinic.service(name) for name in sorted(used["service"])},
        calendar=clinic.calendar,
    )
