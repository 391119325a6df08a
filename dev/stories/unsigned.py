"""(k) A protocol stays unsigned: the doctor is reminded, the head doctor is rung, and it is signed after all."""

from dev.stories import steps, waiting
from dev.stories.cases import BEFORE_CHECK_UP, CHECK_UP
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Text

PATIENT, DOCTOR, HEAD = "orlov", "therapist1", "head"


async def play(scene: Scene) -> Told:
    """Twenty hours of silence, which pass by the clock."""
    patient, doctor = await scene.cast.patient(PATIENT), await scene.cast.employee(DOCTOR)
    await steps.before_the_line(scene, patient, PATIENT, BEFORE_CHECK_UP)
    await steps.wait_in_line(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.meet(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.submit(scene, doctor, DOCTOR, CHECK_UP)
    await doctor.task(scene.consultation, "sign")
    scene.say(DOCTOR, "протокол не подписывает", "does not sign the protocol")

    before = {word: await waiting.rings(scene, word) for word in (DOCTOR, HEAD)}
    await scene.days_pass("4h")
    await waiting.rung(scene, doctor, DOCTOR, before[DOCTOR])
    scene.say(HOUSE, "напоминает врачу о подписи", "reminds the doctor of the signature")
    scene.must(await waiting.rings(scene, HEAD) == before[HEAD], "the head doctor is not rung yet")
    await scene.days_pass("16h")
    await waiting.rung(scene, doctor, HEAD, before[HEAD])
    scene.say(HOUSE, "звонит главному врачу", "rings the head doctor")

    head = await scene.cast.employee(HEAD)
    await head.work("sign", scene.consultation, scope="shared")
    seen = [task for task in (await head.view(scene.consultation))["tasks"] if task["name"] == "sign"]
    scene.must(seen and not seen[0]["actions"], "the head doctor sees the task and may not sign it")
    scene.say(HEAD, "видит задачу; подписать за врача не может, звонит ему", "sees the task, may not sign, calls him")
    protocol = await steps.sign(scene, doctor, DOCTOR)
    view = await steps.ended(scene, patient)
    await scene.nothing_twice()
    return Told(scene.consultation, view["end"], (protocol,))


STORY = Story(
    "k",
    Text(
        ru="Протокол не подписан, пока не позвонили главному врачу",
        en="A protocol stays unsigned until the head doctor is rung",
    ),
    "completed",
    play,
)
