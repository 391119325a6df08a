"""(j) Eight weeks of blood pressure: week three raises the alarm, two silent weeks send a nurse, and it goes on."""

from datetime import datetime
from typing import Any

from dev.client import PatientClient, StaffClient
from dev.stories import steps, waiting
from dev.stories.cases import BEFORE_MONITORING, MONITORING, reading
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Text

Json = Any
PATIENT, DOCTOR, NURSE = "orlov", "therapist1", "nurse"
ALARM, MISSED, LAST = 3, (5, 6), 8


async def play(scene: Scene) -> Told:
    """From the first meeting to the last reading; days pass by the clock."""
    patient, doctor = await scene.cast.patient(PATIENT), await scene.cast.employee(DOCTOR)
    protocol = await set_up(scene, patient, doctor)
    for week in range(1, LAST + 1):
        await next_turn(scene, patient, week)
        await patient.task(scene.consultation, "fill")
        if week in MISSED:
            scene.say(PATIENT, f"неделя {week}: показаний не присылает", f"week {week}: sends no reading")
            await scene.days_pass("6d")
            continue
        if week == MISSED[-1] + 1:
            await nurse_rings(scene)
        sent = reading(168, 104) if week == ALARM else reading(124 + week, 80)
        await steps.fill(scene, patient, PATIENT, sent)
        scene.say(
            PATIENT,
            f"неделя {week}: {sent['systolic']}/{sent['diastolic']}",
            f"week {week}: {sent['systolic']}/{sent['diastolic']}",
        )
        if week == ALARM:
            await doctor_looks(scene, doctor)
    view = await steps.ended(scene, patient)
    scene.must(view["messages"], "the clinic's last message stands in the patient's account")
    title = view["messages"][-1]["title"]
    scene.say(PATIENT, f"читает сообщение клиники: «{title}»", f"reads the clinic's message: '{title}'")
    await scene.nothing_twice()
    return Told(scene.consultation, view["end"], (protocol,))


async def set_up(scene: Scene, patient: PatientClient, doctor: StaffClient) -> Any:
    """The consents, the form, the meeting in which the doctor sets the monitoring, and his signature."""
    await steps.begin(scene, patient, PATIENT, "blood-pressure")
    await steps.prove(scene, patient, PATIENT)
    await steps.agree(scene, patient, PATIENT)
    await waiting.stands_at(scene, patient, "agree_record")
    asked = await patient.task(scene.consultation, "agree")
    await patient.do(asked, "consent/decline")
    scene.say(PATIENT, "не соглашается на запись, приём идёт без неё", "declines to be recorded; it goes on without")
    await steps.fill(scene, patient, PATIENT, BEFORE_MONITORING)
    await steps.wait_in_line(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.meet(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.submit(scene, doctor, DOCTOR, MONITORING)
    return await steps.sign(scene, doctor, DOCTOR)


async def next_turn(scene: Scene, patient: PatientClient, week: int) -> None:
    """Let time pass until the next reading is due."""

    def between(view: Json) -> Json:
        return next((stage["next_turn"] for stage in view["stages"] if stage["step"] == "weeks"), None)

    view = await patient.until(scene.consultation, f"the time of week {week}", between)
    await scene.time_comes(datetime.fromisoformat(between(view)))


async def doctor_looks(scene: Scene, doctor: StaffClient) -> None:
    """One bad reading is on the doctor's list at once."""
    asked = await doctor.work("decide", scene.consultation)
    scene.say(HOUSE, "плохие показания: задача врача открыта сразу", "a bad reading: the doctor's task is open at once")
    given = await doctor.get(f"/consultations/{scene.consultation}/answers")
    scene.must(any(form["answers"].get("systolic") == 168 for form in given), "the doctor reads the reading")
    await doctor.do(asked, "task/decide", {"choice": "no_change"})
    scene.say(DOCTOR, "созвонился с пациентом, лечение прежнее", "has called the patient, the treatment stays")


async def nurse_rings(scene: Scene) -> None:
    """Two weeks of silence are on a nurse's list."""
    nurse = await scene.cast.employee(NURSE)
    asked = await nurse.work("decide", scene.consultation, scope="shared")
    await nurse.do(asked, "task/decide", {"choice": "reached"})
    scene.say(NURSE, "две недели тишины: дозвонилась пациенту", "two silent weeks: reaches the patient by phone")


STORY = Story(
    "j",
    Text(
        ru="Восемь недель давления: тревога на третьей, две пропущены, звонит медсестра",
        en="Eight weeks of blood pressure: an alarm in week three, two missed, a nurse rings",
    ),
    "completed",
    play,
)
