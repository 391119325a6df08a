"""(e) Chest pain in the form: 103 in the very answer; nobody takes the call back, so the head doctor is rung."""

from typing import Any

from dev.people import STAFF
from dev.stories import steps, waiting
from dev.stories.content import CHEST_PAIN, HOME, WHAT_WAS_DONE
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Text

Json = Any
PATIENT, FIRST, THEN = "kovaleva", "supervisor", "head"


async def play(scene: Scene) -> Told:
    """From the flag to the named person's record."""
    patient = await scene.cast.patient(PATIENT)
    await steps.begin(scene, patient, PATIENT, "on-call-therapist")
    before = {word: await waiting.rings(scene, word) for word in (FIRST, THEN)}
    said = await steps.fill(scene, patient, PATIENT, CHEST_PAIN)
    numbers = said["emergency"]["call"]
    scene.must({"103", "112"} <= set(numbers), "the very answer names the numbers to call")
    scene.say(HOUSE, f"в том же ответе: звоните {', '.join(numbers)}", f"in the same answer: call {', '.join(numbers)}")
    await waiting.rung(scene, patient, FIRST, before[FIRST])
    scene.say(HOUSE, f"звонит: {STAFF[FIRST].position}", "rings the shift supervisor")
    scene.must(await waiting.rings(scene, THEN) == before[THEN], "the head doctor is not rung yet")
    await scene.moment("nobody_calls")
    scene.say(FIRST, "не отвечает", "does not answer")
    await scene.days_pass("4m")
    await waiting.rung(scene, patient, THEN, before[THEN])
    scene.say(HOUSE, f"звонит: {STAFF[THEN].position}", "rings the head doctor")

    head = await scene.cast.employee(THEN)
    asked = await head.task(scene.consultation, "call_back")
    whom = await head.get(f"/tasks/{asked['workflow']}/{asked['id']}/emergency/contact")
    scene.must(whom["present_address"] == HOME, "who calls sees where the patient is now")
    scene.must(whom["callback_phone"] == CHEST_PAIN["callback_phone"], "who calls sees the phone of now")
    await head.do(asked, "emergency/acknowledge")
    scene.say(THEN, "берёт вызов, видит адрес и телефон", "takes the call, sees address and phone")
    await head.do(asked, "emergency/record", {"verdict": "real", "text": WHAT_WAS_DONE})
    scene.say(THEN, "записывает, что сделано", "writes what was done")
    view = await steps.ended(scene, patient)
    scene.must(not await scene.ledger("payments"), "nobody pays for an emergency")
    await scene.nothing_twice()
    return Told(scene.consultation, view["end"])


STORY = Story(
    "e",
    Text(
        ru="Боль в груди: 103 сразу, старший смены молчит, перезванивает главный врач",
        en="Chest pain: 103 at once, the supervisor is silent, the head doctor calls back",
    ),
    "emergency",
    play,
)
