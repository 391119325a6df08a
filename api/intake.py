"""Intake: the form, its answers saved page by page, and their submission.

A red flag never ends contact: 103 or 112 stands in the very answer, computed here from the compiled form, and the flag
is stored in one transaction with the answers as a fact of the inbox. Neither needs Temporal to be up.
"""

from typing import Annotated

from fastapi import APIRouter, Body, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api.acts import ANSWERS, CallOf, Result, perform
from api.bodies import Sound
from api.caller import Caller, CallerOf, ServicesOf
from api.problems import Problem, mend_of, of_failure
from api.red_flag import EmergencyAdvice, Page, advice, raise_flags, told
from api.states import Case, TaskId, WorkflowId, open_case
from domain.base import Json, Language
from pathways.forms import Answers, form_of, read_answers
from pathways.kinds.intake import Intake, Submit
from pathways.view import View
from records import content
from records.database import Session

router = APIRouter(tags=["intake"])

KIND = "answers"

EXAMPLE = {
    "answers": {
        "present_address": {"city": "Москва", "street": "Лесная", "house": "5"},
        "callback_phone": "+79990000001",
        "alarming": ["none"],
        "complaints": "Давление по утрам выше обычного",
        "since": "weeks",
        "severity": 3,
        "as_prescribed": True,
        "allergies": "нет",
        "pregnancy": "no",
    }
}


class AnswersBody(BaseModel):
    """Answers by field id; a page may be saved alone."""

    answers: Sound = Field(max_length=500)


class WrongAnswer(BaseModel):
    """An answer that cannot be taken yet."""

    field: str
    code: str
    params: dict[str, Json] = {}


class AnswersSaved(BaseModel):
    """Answers saved as a draft."""

    sha256: str
    problems: list[WrongAnswer]
    emergency: EmergencyAdvice | None = None


class Submitted(BaseModel):
    """What became of submitted answers. ``view`` is None while the act is not confirmed: send again, same key."""

    emergency: EmergencyAdvice | None
    view: View | None
    act: str


class FormOut(BaseModel):
    """The form as pinned in the pathway."""

    id: str
    version: int
    sha256: str
    content: dict[str, Json]
    takes: list[str]


def page_of(case: Case, task: str) -> Page:
    """What the pathway says of an intake task.

    Raises:
        Problem: ``no_such_task``.
    """
    step, occurrence, *_ = task.rsplit(".", 2)
    found = case.pathway.index.get(step)
    if found is None or found.kind != Intake.name or not occurrence.isdigit():
        raise Problem("no_such_task")
    fields = found.fields
    form = form_of(case.pathway, str(fields["form"]))
    return Page(step, int(occurrence), form, [str(name) for name in fields.get("takes", ())])


def must_be_patient(caller: Caller, case: Case) -> None:
    """A flag opens an emergency: nobody raises one for somebody else's consultation by its form."""
    if caller.actor.patient != case.state.patient:
        raise Problem("not_yours")


def as_problem(read: Answers, emergency: EmergencyAdvice | None, language: Language) -> Problem:
    """What is wrong with the answers, by field, never by a name the caller invented; an emergency is told as well."""
    errors = [
        {
            "at": f"body/answers/{'*' if wrong.code == 'unknown_field' else wrong.field}",
            "code": wrong.code,
            "mend": mend_of(wrong.code, language, wrong.params),
        }
        for wrong in read.problems
    ]
    return Problem("bad_answers", errors=errors, **told(emergency))


async def keep(
    session: Session, case: Case, task: str, read: Answers, id_: str | None = None
) -> content.ContentVersion:
    """Write the answers as an immutable version of content."""
    return await content.write(
        session,
        KIND,
        case.state.consultation,
        case.state.workflow,
        task,
        case.caller.actor.person,
        read.clean,
        case.now,
        draft=id_ is None,
        id=id_,
    )


@router.get("/tasks/{workflow}/{task}/intake/form", operation_id="get_form")
async def get_form(who: CallerOf, shared: ServicesOf, workflow: WorkflowId, task: TaskId) -> FormOut:
    """The form to fill."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "intake.form")
    page = page_of(case, task)
    pinned = case.pathway.forms[page.form.form]
    return FormOut(id=pinned.id, version=pinned.version, sha256=pinned.sha256, content=pinned.content, takes=page.takes)


@router.put("/tasks/{workflow}/{task}/intake/answers", operation_id="save_answers", responses=ANSWERS)
async def save(
    who: CallerOf,
    shared: ServicesOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[AnswersBody, Body(examples=[EXAMPLE])],
) -> AnswersSaved:
    """Save what was answered so far. A red flag is acted on at once."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "intake.save", task=task)
        must_be_patient(who, case)
        case.task(task)
        page = page_of(case, task)
        read = read_answers(page.form, body.answers)
        kept = await keep(session, case, task, read)
        await raise_flags(session, case, page, read, kept)
    return AnswersSaved(
        sha256=kept.sha256,
        problems=[WrongAnswer(field=p.field, code=p.code, params=p.params) for p in read.problems],
        emergency=advice(page, read, who.language),
    )


@router.post(
    "/tasks/{workflow}/{task}/intake/submit",
    operation_id="submit_answers",
    response_model=Submitted,
    responses=ANSWERS | {202: {"model": Submitted, "description": "A flag is stored; the act is not confirmed"}},
)
async def submit(
    call: CallOf,
    workflow: WorkflowId,
    task: TaskId,
    body: Annotated[AnswersBody, Body(examples=[EXAMPLE])],
) -> Response:
    """Submit the form. A red flag answers with the numbers to call, even where the act is not confirmed yet."""
    shared, who = call.shared, call.caller
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "intake.submit")
        must_be_patient(who, case)
        page = page_of(case, task)
        read = read_answers(page.form, body.answers)
        emergency = advice(page, read, who.language)
        if read.problems and read.flags:
            # Committed before the answer tells what is wrong: an alarm never waits for a phone number.
            await raise_flags(session, case, page, read, await keep(session, case, task, read))
    if read.problems:
        raise as_problem(read, emergency, who.language)

    async def prepare(session: Session, case: Case) -> dict[str, Json]:
        kept = await keep(session, case, task, read, call.id("ct"))
        await raise_flags(session, case, page, read, kept)
        act = Submit(content=kept.id, sha256=kept.sha256, facts=read.facts, flags=read.flags)
        return act.model_dump(mode="json")

    try:
        result = await perform(call, workflow, task, "submit", body, prepare=prepare)
    except Exception as error:
        # Whatever broke behind us, who is in danger hears whom to call.
        if emergency is None:
            raise
        problem = of_failure(error)
        if problem.code != "not_confirmed":
            raise Problem(problem.code, **problem.extra, **told(emergency)) from None
        result = Result(call.hash, None)
    answer = {
        "emergency": None if emergency is None else emergency.model_dump(),
        "view": result.view,
        "act": result.act,
    }
    return JSONResponse(answer, 200 if result.view is not None else 202, {"Cache-Control": "no-store"})


class GivenAnswers(BaseModel):
    """Submitted answers of one form."""

    step: str
    form: str
    answers: dict[str, Json]
    flags: list[str]


@router.get("/consultations/{workflow}/answers", operation_id="get_answers")
async def get_answers(who: CallerOf, shared: ServicesOf, workflow: WorkflowId) -> list[GivenAnswers]:
    """What the patient answered: for himself and for the doctor who has taken him, before the call."""
    async with shared.wiring.database.clinic(who.actor.clinic) as session:
        case = await open_case(shared, session, who, workflow, "intake.read", clinical=True)
        found = []
        for step, outputs in case.state.outputs.items():
            if case.pathway.index[step].kind != Intake.name or "content" not in outputs:
                continue
            kept = await content.read(session, outputs["content"], outputs["content_sha256"])
            if kept is not None:
                form = str(case.pathway.index[step].fields["form"])
                flags = [str(flag) for flag in outputs.get("flags", ())]
                found.append(GivenAnswers(step=step, form=form, answers=kept.body, flags=flags))
    return found
