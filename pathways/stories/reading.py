"""From a file to a story: strict, with a code and a line for everything that is wrong, all at once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from domain.base import Value
from domain.effects import load
from domain.pathway import Pathway, Step
from pathways import codes as common
from pathways.clinic import Clinic
from pathways.compile import Compiled
from pathways.core import own
from pathways.core.kind import Kind, fields_of, kinds
from pathways.findings import Finding, in_order
from pathways.grammar import STRUCTURE
from pathways.reader import Node, Source, read
from pathways.stories import codes
from pathways.stories import expectations as look
from pathways.stories import language as say
from pathways.stories.bodies import READERS, Moment, Unfit, body_of
from pathways.stories.expecting import SILENT
from pathways.stories.language import EXPECT, EXPECTATIONS, LINES, SAYS, Header, Line, Story
from pathways.stories.world import Setting, changed, usual
from pathways.strict import validate


@dataclass(frozen=True)
class Reading:
    """What became of a file: a story with its pathway, or what is wrong with it."""

    file: Path
    story: Story | None
    pathway: Pathway | None
    findings: list[Finding]


def read_story(path: Path, compiled: Compiled) -> Reading:
    """Read a story against the pathways of its clinic. Never raises for what stands in it."""
    source = read(path)
    if source.root is None:
        return Reading(path, None, None, source.findings)
    root = source.root
    if root.form != "mapping" or next(iter(root.entries), None) != "story":
        codes.report(source, codes.NO_STORY, root, "the file does not begin with 'story:'")
        return Reading(path, None, None, source.findings)
    header = validate(source, without(root, SAYS), Header, extra_words=(SAYS,))
    says = root.get(SAYS)
    if says is None:
        source.report(common.MISSING_KEY, root, f"'{SAYS}' is missing")
    written = _lines(source, says) if says is not None else []
    pathway = None
    if header is not None:
        pathway = _head(source, root, header, path, compiled)
    if header is not None and pathway is not None and compiled.folder is not None:
        judge = Judge(source, pathway, compiled.folder.clinic, header)
        for node, said in written:
            judge.line(node, said)
    if source.findings or header is None or pathway is None:
        return Reading(path, None, pathway, in_order(source.findings))
    lines = tuple(Line(at=node.line, said=said) for node, said in written)
    return Reading(path, Story(header=header, lines=lines, file=str(path)), pathway, [])


def without(node: Node, *keys: str) -> Node:
    """A mapping without some of its keys."""
    rest = {key: value for key, value in node.entries.items() if key not in keys}
    names = {key: value for key, value in node.keys.items() if key not in keys}
    return Node("mapping", node.line, node.column, keys=names, entries=rest, bad=node.bad)


def _head(source: Source, root: Node, header: Header, path: Path, compiled: Compiled) -> Pathway | None:
    if header.story != path.stem:
        what = f"'{header.story}' stands in a file called {path.name}"
        source.report(common.FILE_NAME, root.at("story"), what)
    if (header.ends is None) == (not header.open):
        node = root.keys.get("open", root.keys.get("ends", root))
        codes.report(source, codes.HOW_IT_ENDS, node, "say either how it ends or that it stays open")
    pathway = next((one for one in compiled.pathways if one.code == header.pathway), None)
    if pathway is None:
        known = ", ".join(one.code for one in compiled.pathways) or "none without findings"
        what = f"there is no pathway '{header.pathway}' here"
        codes.report(source, codes.NO_PATHWAY, root.at("pathway"), what, f"The pathways are: {known}.")
    elif header.ends is not None and header.ends not in pathway.ends:
        _no_end(source, root.at("ends"), header.ends, pathway)
    return pathway


def _no_end(source: Source, node: Node, end: str, pathway: Pathway) -> None:
    known = ", ".join(pathway.ends)
    codes.report(source, codes.NO_END, node, f"the pathway has no end '{end}'", f"Its ends are: {known}.")


def _lines(source: Source, says: Node) -> list[tuple[Node, Value]]:
    if says.form != "list":
        source.report(common.WRONG_TYPE, says, "'says' is a list of lines")
        return []
    return [(node, said) for node in says.items if (said := _line(source, node)) is not None]


def _line(source: Source, node: Node) -> Value | None:
    if node.form != "mapping":
        source.report(common.WRONG_TYPE, node, "a line is a mapping, such as {wait: 2h}")
        return None
    if EXPECT in node.entries:
        if len(node.entries) > 1:
            codes.report(source, codes.TWO_LINES, node, "beside 'expect' nothing else stands in a line")
            return None
        return _one_of(source, node.entries[EXPECT], EXPECTATIONS, codes.NO_EXPECTATION)
    return _one_of(source, node, LINES, codes.NO_LINE)


def _one_of(source: Source, node: Node, forms: dict[str, type[Value]], code: str) -> Value | None:
    """The one form whose word stands in a mapping."""
    if node.form != "mapping":
        source.report(common.WRONG_TYPE, node, "this is a mapping of words and values")
        return None
    words = [word for word in forms if word in node.entries]
    if not words:
        # `who` alone is an act that does nothing; `with` alone as well.
        codes.report(source, code, node, f"none of {', '.join(forms)} stands here")
        return None
    if len(words) > 1:
        codes.report(source, codes.TWO_LINES, node, f"'{words[0]}' and '{words[1]}' are two lines")
        return None
    return validate(source, node, forms[words[0]], extra_words=tuple(forms))


class Judge:
    """Whether each line can ever be meant: what it names is there, and what it writes fits."""

    def __init__(self, source: Source, pathway: Pathway, clinic: Clinic, header: Header) -> None:
        self.source = source
        self.pathway = pathway
        self.clinic = clinic
        seen = header.starts.date() - timedelta(seconds=header.doctor.seen.seconds)
        self.setting = Setting(diagnosis=header.doctor.diagnosis, seen=seen)
        self.starts = header.starts

    def line(self, node: Node, said: Value) -> None:
        """Judge one line."""
        here = node.entries.get(EXPECT, node)
        on = getattr(said, "on", None)
        step = said.step if isinstance(said, look.StepIs) else on
        known = step is None or self.step_known(here.at("step" if isinstance(said, look.StepIs) else "on"), step)
        match said:
            case say.Act() if known:
                self.act(here, said)
            case say.Answer():
                self.answer(here, said)
            case say.Fails() | say.Works() | look.Did():
                word = {say.Fails: "fails", say.Works: "works", look.Did: "did"}[type(said)]
                self.effect(here.at(word), str(getattr(said, word)))
            case look.EndIs() if said.end not in self.pathway.ends:
                _no_end(self.source, here.at("end"), said.end, self.pathway)
            case look.StepIs() if known and said.outcome is not None:
                self.outcome(here, said)

    def step_known(self, node: Node, step: str) -> bool:
        """Whether a step, one of an internal kind it leaves behind, or a task of the consultation is called so."""
        outer = step.split(".")[0]
        known = step in self.pathway.index or step in own.OWN_TASKS
        if known or (outer in self.pathway.index and outer != step and self.internal(step) is not None):
            return True
        codes.report(self.source, codes.NO_STEP, node, f"the pathway has no step '{step}'")
        return False

    def internal(self, step: str) -> Kind | None:
        """The internal kind of a step left behind by another one (``sign.registration``, ``rx.registration.0``)."""
        _, *rest = step.split(".")
        if not rest or len(rest) > 2 or not all(part.isdecimal() for part in rest[1:]):
            return None
        kind = kinds().get(rest[0])
        return kind if kind is not None and type(kind).internal else None

    def found(self, step: str) -> Step | None:
        """A step of the pathway."""
        return self.pathway.index.get(step)

    def kind(self, step: str) -> Kind | None:
        """The kind of a step; None for structure and the consultation's own tasks."""
        found = self.found(step)
        return kinds().get(found.kind) if found is not None else self.internal(step)

    def act(self, node: Node, said: say.Act) -> None:
        """The action exists, and what stands beside it fits."""
        model = self.body(said)
        if model is None:
            whose = f"of '{said.on}'" if said.on else "of the consultation itself"
            known = ", ".join(sorted(self.actions(said.on))) or "none"
            what = f"no action {whose} is called '{said.does}'"
            codes.report(self.source, codes.NO_ACTION, node.at("does"), what, f"There are: {known}.")
            return
        step = self.found(said.on) if said.on else None
        moment = Moment(self.pathway, self.clinic, self.setting, self.now, step)
        if said.with_ or said.refused is None or (step is not None and (step.kind, model.__name__) in READERS):
            try:
                body_of(model, said.with_, moment)
            except Unfit as unfit:
                where = node.at("with")
                codes.report(self.source, codes.BAD_WITH, where.keys.get(unfit.field, where), str(unfit))

    @property
    def now(self) -> datetime:
        """A moment to try bodies at."""
        return self.starts.replace(tzinfo=UTC)

    def body(self, said: say.Act) -> type[Value] | None:
        """The model of an act's body, None where there is no such act."""
        table = self.actions(said.on)
        return table.get(said.does)

    def actions(self, on: str | None) -> dict[str, type[Value]]:
        """Every action there may ever be with a step, a task of the consultation, or the consultation itself."""
        if on is None:
            return {name: row.body for name, row in own.OWN.items()}
        anybody = {name: row.body for name, row in own.ANY_TASK.items()}
        kind = self.kind(on)
        if kind is not None:
            return {**anybody, **{name: one.body for name, one in type(kind).actions().items()}}
        return {**anybody, **{name: row.body for name, row in own.OWN_TASKS.get(on, {}).items()}}

    def effect(self, node: Node, name: str) -> bool:
        """Whether there is such an effect."""
        if name in load():
            return True
        codes.report(self.source, codes.NO_EFFECT, node, f"there is no effect '{name}'")
        return False

    def answer(self, node: Node, said: say.Answer) -> None:
        """Every effect exists and can be answered so."""
        world = node.at("world")
        for name, written in said.world.items():
            if not self.effect(world.keys.get(name, world), name):
                continue
            try:
                changed(sample(name, self.setting), written)
            except ValidationError as error:
                first = error.errors()[0]
                field = ".".join(str(part) for part in first["loc"])
                place = world.at(name).keys.get(field, world.at(name))
                what = f"'{name}' is not answered so: {field}: {first['msg'].lower()}"
                codes.report(self.source, codes.NO_EFFECT, place, what)

    def outcome(self, node: Node, said: look.StepIs) -> None:
        """The step can end so."""
        step = self.found(said.step)
        kind = self.kind(said.step)
        if kind is not None:
            good, others = type(kind).outcomes(fields_of(step) if step is not None else None)
            known: tuple[str, ...] = (good, *others)
        else:
            known = ("done", *STRUCTURE[step.kind][1]) if step is not None and step.kind in STRUCTURE else ()
        if said.outcome not in (*known, *SILENT.values()):
            what = f"'{said.step}' does not end as '{said.outcome}'"
            codes.report(self.source, codes.NO_OUTCOME, node.at("outcome"), what, f"It ends as: {', '.join(known)}.")


def sample(effect: str, setting: Setting) -> Value:
    """A usual answer to an effect nobody asked: what a written answer is tried on."""
    kind = load()[effect]
    return usual(setting, kind.model_construct(**SAMPLE))


SAMPLE: dict[str, Any] = {
    "order": "order-1", "slot": "slot-20260302T070000Z", "documents": (), "consultation": "c", "workflow": "c",
    "at": datetime(2026, 3, 2, 7, tzinfo=UTC),
}  # fmt: skip
"""As much of an effect as the usual answers look at."""
