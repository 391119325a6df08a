"""(f) The doctor does not come, another does, and the patient kept the head of the line; then a patient does not."""

from dataclasses import replace

from dev.stories import steps, waiting
from dev.stories.cases import BEFORE_CHECK_UP, CHECK_UP
from dev.stories.content import BEFORE_FOLLOW_UP
from dev.stories.scene import Scene, Story, Told
from domain.base import Text

PATIENT, ABSENT, DOCTOR, NEXT = "zotov", "therapist3", "therapist1", "kovaleva"


async def play(scene: Scene) -> Told:
    """Two consultations: one whose doctor is missing, and the one behind it, whose patient is."""
    patient, absent = await scene.cast.patient(PATIENT), await scene.cast.employee(ABSENT)
    await steps.before_the_line(scene, patient, PATIENT, BEFORE_CHECK_UP)
    await steps.wait_in_line(scene, patient, PATIENT, absent, ABSENT)
    await steps.join(scene, patient, "join")
    scene.say(PATIENT, "входит в видеокомнату и ждёт", "enters the video room and waits")

    behind, after = await scene.cast.patient(NEXT), replace(scene, consultation="")
    await steps.before_the_line(after, behind, NEXT, {**BEFORE_FOLLOW_UP, "callback_phone": "+79990000005"})
    await waiting.place_is(after, behind, NEXT, 1)

    await waiting.nobody_came(scene, patient, PATIENT, "join", ABSENT)
    await waiting.place_is(scene, patient, PATIENT, 1)
    await waiting.place_is(after, behind, NEXT, 2)
    doctor = await scene.cast.employee(DOCTOR)
    await steps.wait_in_line(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.meet(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.submit(scene, doctor, DOCTOR, CHECK_UP)
    protocol = await steps.sign(scene, doctor, DOCTOR)
    view = await steps.ended(scene, patient)
    scene.must(view["end"] == "completed", "the second doctor's consultation is completed")
    await patient.wait("the capture", lambda: scene.ledger("payments", "capture"))
    await scene.once("payments", "authorise", "capture")
    await scene.nothing_twice()
    scene.say("payments", "удержано и списано один раз", "held and captured once")

    await steps.wait_in_line(after, behind, NEXT, doctor, DOCTOR)
    await steps.join(after, doctor, "meet")
    after.say(DOCTOR, "входит в видеокомнату и ждёт", "enters the video room and waits")
    await waiting.nobody_came(after, doctor, DOCTOR, "meet", NEXT)
    missed = await steps.ended(after, behind)
    await behind.wait("the costs", lambda: after.ledger("payments", "capture"))
    await after.once("payments", "authorise", "capture")
    (held,), (taken,) = await after.ledger("payments", "authorise"), await after.ledger("payments", "capture")
    after.must(0 < taken["effect"]["amount"] < held["effect"]["amount"], "only the costs are kept")
    costs = taken["effect"]["amount"] / 100
    after.say("payments", f"удержаны только расходы: {costs:.2f} ₽", f"only the costs are kept: {costs:.2f} RUB")
    await after.nothing_twice()
    return Told(after.consultation, missed["end"], (protocol,))


STORY = Story(
    "f",
    Text(
        ru="Врач не пришёл, пришёл другой, место в очереди и деньги сохранены; затем не пришёл пациент",
        en="The doctor does not come and another one does: place and money are kept; then a patient does not come",
    ),
    "no_show",
    play,
    alone=True,
)
