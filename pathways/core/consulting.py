"""A doctor asks a colleague's opinion: the question and the answer are content, nothing waits for them."""

from typing import Any

from domain.acts import Act, Refusal
from domain.base import Value
from domain.people import Actor
from domain.tasks import Task
from pathways.core import who
from pathways.core.context import Context


class Question(Value):
    """The colleague, and the question by id and digest."""

    colleague: str
    content: str
    sha256: str


class Opinion(Value):
    """The answer by id and digest."""

    content: str
    sha256: str


def may_consult(c: Context, actor: Actor) -> None:
    """The assigned doctor, in a meeting that may consult."""
    who.treats(c, actor)
    if not who.meeting_may(c, "consult"):
        raise Refusal("consult_not_allowed")


def consult(c: Context, _: None, act: Act, body: Question) -> None:
    """Ask one colleague, one question at a time."""
    if body.colleague == act.actor.person:
        raise Refusal("same_doctor")
    if body.colleague == c.state.payer:
        raise Refusal("own_consultation")
    asked = c.person(body.colleague)
    if any(task.owner == asked for task in open_questions(c)):
        raise Refusal("already_asked")
    step = who.meeting_may(c, "consult")[0]
    occurrence = c.state.runs[step].occurrence
    data = {"content": body.content, "sha256": body.sha256, "step": step, "occurrence": occurrence}
    c.own_task("opinion", asked, ("give", "decline"), **data)
    c.note("opinion.asked", actor=act.actor.person, colleague=body.colleague, content=body.content)
    c.tell(asked, "opinion_asked", urgent=True)


def may_answer(c: Context, actor: Actor) -> None:
    """Not who is, stands for, or pays for the patient."""
    if actor.patient == c.state.patient or actor.person == c.state.payer:
        raise Refusal("own_consultation")


def give(c: Context, task: Task, act: Act, body: Opinion) -> None:
    """The colleague's opinion is there."""
    answered(c, task, act, "opinion.given", question=task.data["content"], content=body.content)


def decline(c: Context, task: Task, act: Act, _: Any) -> None:
    """The colleague has none."""
    answered(c, task, act, "opinion.declined", question=task.data["content"])


def answered(c: Context, task: Task, act: Act, code: str, **detail: Any) -> None:
    """Close the question and tell the doctor."""
    c.close_own_task(task.id)
    c.note(code, actor=act.actor.person, **detail)
    if c.state.doctor is not None:
        c.tell(c.person(c.state.doctor), code.replace(".", "_"))


def tidy(c: Context) -> None:
    """A question asked in a step that is over is withdrawn."""
    for task in open_questions(c):
        run = c.state.runs.get(str(task.data["step"]))
        if run is None or run.occurrence != task.data["occurrence"]:
            c.close_own_task(task.id)


def open_questions(c: Context) -> list[Task]:
    """The questions nobody has answered."""
    return [task for task in c.state.tasks.values() if task.step is None and task.name == "opinion"]
