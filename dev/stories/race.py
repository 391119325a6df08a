"""(c) On call: ten doctors reach for one patient at once, one gets him, nine read that a colleague has taken him."""

import asyncio
from functools import partial

from dev.client import Answer, StaffClient
from dev.people import ON_CALL_DOCTORS
from dev.stories import steps
from dev.stories.cases import BEFORE_ON_CALL, ON_CALL
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Json, Text

PATIENT = "gromov"


async def play(scene: Scene) -> Told:
    """From the form to the winner's signature."""
    patient = await scene.cast.patient(PATIENT)
    doctors = [await scene.cast.employee(word) for word in ON_CALL_DOCTORS]
    for doctor in doctors:
        await doctor.put("/duty", {"pools": ["on_call"], "capacity": 1})
    await steps.begin(scene, patient, PATIENT, "on-call-therapist")
    await steps.fill(scene, patient, PATIENT, BEFORE_ON_CALL)
    await steps.prove(scene, patient, PATIENT)
    await steps.agree(scene, patient, PATIENT)
    await steps.pay(scene, patient, PATIENT)
    winner = await race(scene, doctors)
    await steps.meet(scene, patient, PATIENT, winner, winner.name)
    await steps.submit(scene, winner, winner.name, ON_CALL)
    protocol = await steps.sign(scene, winner, winner.name)
    view = await steps.ended(scene, patient)
    for doctor in doctors:
        await doctor.delete("/duty")
    await scene.nothing_twice()
    return Told(scene.consultation, view["end"], (protocol,))


async def race(scene: Scene, doctors: list[StaffClient]) -> StaffClient:
    """All of them see the offer, all of them reach for it in one moment; who got the patient."""
    looks = [doctor.wait("the offer", partial(steps.offered, doctor, scene.consultation)) for doctor in doctors]
    offers: list[Json] = await asyncio.gather(*looks)
    scene.say(HOUSE, f"предлагает пациента врачам: {len(offers)}", f"offers the patient to {len(offers)} doctors")
    takes = [steps.take(doctor, offer) for doctor, offer in zip(doctors, offers, strict=True)]
    answers = await asyncio.gather(*takes, return_exceptions=True)
    won = [doctor for doctor, answer in zip(doctors, answers, strict=True) if isinstance(answer, dict)]
    lost = [answer for answer in answers if isinstance(answer, Answer)]
    scene.must(len(won) == 1, f"one doctor has the patient, not {len(won)}")
    scene.must(len(lost) == len(doctors) - 1, "all the others were answered")
    scene.must({answer.code for answer in lost} <= {"taken", "colleague_taking"}, "they read who was faster")
    scene.say(won[0].name, "успевает первым", "is the fastest")
    scene.say(HOUSE, f"остальным отвечает «уже взят»: {len(lost)}", f"tells {len(lost)} others: taken")
    return won[0]


STORY = Story(
    "c",
    Text(ru="Дежурный терапевт: десять врачей тянутся, один успевает", en="On call: ten doctors race, one wins"),
    "completed",
    play,
)
