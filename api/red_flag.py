"""A red flag: whom to call, told in the very answer, and the fact that opens the call back."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, Field

from api.states import Case
from domain.acts import Fact
from domain.base import Json, Language
from pathways.forms import Answers, Form
from records import content, inbox
from records.database import Session


class EmergencyAdvice(BaseModel):
    """What to do now. Shown whatever else the answer says."""

    call: list[str] = Field(description="Numbers to call at once: 103, 112.", examples=[["103"]])
    text: str
    flags: list[str]
    ask: list[str] = Field(description="Fields to ask for at once, so that help finds the patient.")


@dataclass(frozen=True)
class Page:
    """An intake task by its id, open or not: a resend meets a closed one, and a flag is answered all the same."""

    step: str
    occurrence: int
    form: Form
    takes: list[str]


def advice(page: Page, read: Answers, language: Language) -> EmergencyAdvice | None:
    """What a raised flag says, from the compiled form alone."""
    if not read.flags:
        return None
    flags = [page.form.flag(flag) for flag in read.flags]
    numbers = sorted({flag.call for flag in flags} | {"103", "112"})
    return EmergencyAdvice(
        call=numbers,
        text=" ".join(flag.text.in_(language) for flag in flags),
        flags=list(read.flags),
        ask=[field for field in page.takes if field not in read.clean],
    )


async def raise_flags(session: Session, case: Case, page: Page, read: Answers, kept: content.ContentVersion) -> None:
    """Put each raised flag into the inbox, once an occurrence, in the transaction of its answers."""
    for flag in read.flags:
        fact = Fact(
            source="intake",
            id=f"flag:{case.state.workflow}:{page.step}:{page.occurrence}:{flag}",
            step=page.step,
            occurrence=page.occurrence,
            body={"flag": flag, "content": kept.id, "sha256": kept.sha256},
        )
        await inbox.put(
            session,
            case.state.workflow,
            fact,
            b"",
            datetime.now(UTC),
            clinic=case.state.clinic,
            ring=case.pathway.emergency.call_back,
        )


def told(emergency: EmergencyAdvice | None) -> dict[str, Json]:
    """The extension member of a problem that carries an emergency."""
    return {} if emergency is None else {"emergency": emergency.model_dump()}
