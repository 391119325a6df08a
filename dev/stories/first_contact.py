"""(d) First contact: the law lets no diagnosis be made at a distance, and the patient is offered a visit in person."""

from dev.stories import steps
from dev.stories.content import ADVICE, BEFORE_FIRST_CONTACT, UNLAWFUL
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Text

PATIENT, DOCTOR = "gromov", "therapist2"


async def play(scene: Scene) -> Told:
    """From the form to the visit in person."""
    patient, doctor = await scene.cast.patient(PATIENT), await scene.cast.employee(DOCTOR)
    await steps.begin(scene, patient, PATIENT, "first-contact")
    await steps.prove(scene, patient, PATIENT)
    await steps.agree(scene, patient, PATIENT)
    await steps.fill(scene, patient, PATIENT, BEFORE_FIRST_CONTACT)
    await steps.pay(scene, patient, PATIENT)
    await steps.wait_in_line(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.meet(scene, patient, PATIENT, doctor, DOCTOR, end="needs_in_person")

    asked = await doctor.task(scene.consultation, "write")
    answer = await steps.refused("law", scene, doctor.do(asked, "protocol/submit", UNLAWFUL))
    article = answer.body["article"]
    scene.must(answer.status == 403 and article, "the refusal names the article")
    scene.say(HOUSE, f"диагноз не принят: {article}", f"the diagnosis is refused: {article}")
    await doctor.do(asked, "protocol/submit", ADVICE)
    scene.say(DOCTOR, "сдаёт совет и направление на очный приём", "submits advice and a referral in person")
    protocol = await steps.sign(scene, doctor, DOCTOR)

    confirm = await patient.task(scene.consultation, "confirm")
    await patient.do(confirm, "referral/accept")
    scene.say(PATIENT, "соглашается на очный приём", "accepts the visit in person")
    view = await steps.ended(scene, patient)
    scene.must(view["offer"] == "clinic_visit", "a visit in person is offered")
    scene.say(HOUSE, "предлагает очный приём", "offers a visit in person")
    await scene.once("mis", "request_visit")
    scene.say("mis", "запись на очный приём принята", "the visit in person is requested")
    await steps.registered(scene, doctor)
    await scene.nothing_twice()
    return Told(scene.consultation, view["end"], (protocol,))


STORY = Story(
    "d",
    Text(
        ru="Первичное обращение: диагноз дистанционно не ставится, нужен очный приём",
        en="First contact: no diagnosis at a distance, a visit in person is needed",
    ),
    "in_person_needed",
    play,
)
