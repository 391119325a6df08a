"""(i) The clinic's MIS is down: nobody knows of a visit in person, until a registrar has seen the patient's papers."""

from datetime import timedelta

from dev.people import HYPERTENSION, PATIENTS, STAFF
from dev.stories import steps, waiting
from dev.stories.cases import BEFORE_CHECK_UP, CHECK_UP
from dev.stories.scene import Scene, Story, Told
from domain.base import Text
from runtime.clock import real_now

PATIENT, DOCTOR, REGISTRAR = "nikitina", HYPERTENSION.doctor, "registrar"
CALLS = 1000
"""More often than a silent MIS is asked in one story."""


async def play(scene: Scene) -> Told:
    """From the silence to a protocol whose diagnosis rests on paper."""
    patient, mis = await scene.cast.patient(PATIENT), scene.cast.stand("mis")
    registrar = await scene.cast.employee(REGISTRAR)
    await mis.fail("visits", "fail_before", CALLS, only=PATIENTS[PATIENT].number)
    try:
        scene.say("mis", "не отвечает", "does not answer")
        await steps.begin(scene, patient, PATIENT, "therapist-follow-up")
        await steps.prove(scene, patient, PATIENT)
        await steps.agree(scene, patient, PATIENT)
        await waiting.stands_at(scene, patient, "gate")
        await scene.days_pass("3m")
        asked = await registrar.work("decide", scene.consultation, scope="shared")
    finally:
        await mis.post("/_heal")
    on = (real_now() - timedelta(days=20)).date().isoformat()
    paper = {"doctor": STAFF[DOCTOR].person, "diagnosis": HYPERTENSION.diagnosis, "on": on}
    await registrar.do(asked, "task/decide", {"choice": "confirmed", "paper": paper})
    scene.say(REGISTRAR, "видит бумаги и подтверждает очный приём", "sees the papers and confirms the visit in person")

    phone = {"callback_phone": PATIENTS[PATIENT].phone}
    await steps.fill(scene, patient, PATIENT, {**BEFORE_CHECK_UP, **phone})
    await steps.pay(scene, patient, PATIENT)
    doctor = await scene.cast.employee(DOCTOR)
    await steps.wait_in_line(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.meet(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.submit(scene, doctor, DOCTOR, CHECK_UP)
    protocol = await steps.sign(scene, doctor, DOCTOR)
    view = await steps.ended(scene, patient)
    await steps.registered(scene, doctor)
    await scene.nothing_twice()
    return Told(scene.consultation, view["end"], (protocol,))


STORY = Story(
    "i",
    Text(
        ru="МИС не отвечает: очный приём подтверждает регистратор по бумагам",
        en="The MIS is down: a registrar confirms the visit in person on paper",
    ),
    "completed",
    play,
)
