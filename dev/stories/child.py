"""(h) A child, its mother and an interpreter at an agreed time; the doctor is called away, a colleague takes over."""

from datetime import datetime, timedelta
from typing import Any

from dev.client import Client, PatientClient, StaffClient
from dev.people import STAFF
from dev.stories import steps
from dev.stories.cases import BEFORE_CHILD, CHILD
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Text

Json = Any
CHILD_IS, MOTHER, DOCTOR, COLLEAGUE, POOL = "lebedev", "lebedeva", "paediatrician1", "paediatrician2", "paediatricians"
EARLY = timedelta(minutes=5)


async def play(scene: Scene) -> Told:
    """From the mother's consent to the colleague's signature."""
    mother = await scene.cast.patient(MOTHER, acts_for=CHILD_IS)
    doctor, colleague = await scene.cast.employee(DOCTOR), await scene.cast.employee(COLLEAGUE)
    await free_times(scene)
    await steps.begin(scene, mother, MOTHER, "child-follow-up")
    await steps.prove(scene, mother, MOTHER)
    await steps.agree(scene, mother, MOTHER)
    await steps.fill(scene, mother, MOTHER, BEFORE_CHILD)
    await steps.pay(scene, mother, MOTHER, then="choose")
    await at_the_agreed_time(scene, mother)
    await with_an_interpreter(scene, mother, doctor)
    await handed_over(scene, mother, doctor, colleague)
    await steps.submit(scene, colleague, COLLEAGUE, CHILD)
    protocol = await steps.sign(scene, colleague, COLLEAGUE)
    view = await steps.ended(scene, mother)
    await scene.once("mis", "book")
    await scene.once("payments", "authorise")
    await scene.nothing_twice()
    return Told(scene.consultation, view["end"], (protocol,))


async def free_times(scene: Scene) -> None:
    """The clinic's MIS has times of the doctor who saw the child in person, tomorrow and the day after."""
    day = (await scene.now()).replace(hour=9, minute=0, second=0, microsecond=0)
    starts = [day + timedelta(days=days, hours=hour) for days in (1, 2) for hour in (0, 1)]
    slots = [
        {
            "doctor": STAFF[DOCTOR].person,
            "pool": POOL,
            "starts": start.isoformat(),
            "ends": (start + timedelta(minutes=20)).isoformat(),
        }
        for start in starts
    ]
    await scene.cast.stand("mis").post("/_schedule", {"slots": slots})


async def at_the_agreed_time(scene: Scene, mother: PatientClient) -> None:
    """The mother chooses a time, and it comes."""
    asked = await mother.task(scene.consultation, "choose")
    times = await mother.get(f"/tasks/{asked['workflow']}/{asked['id']}/appointment/slots")
    scene.must(times and times[0]["doctor"] == STAFF[DOCTOR].person, "the times are those of the child's doctor")
    await mother.do(asked, "appointment/choose", {"slot": times[0]["slot"]})
    come = await mother.task(scene.consultation, "come")
    starts = datetime.fromisoformat(come["data"]["starts"])
    when = f"{starts:%d.%m %H:%M} UTC"
    scene.say(MOTHER, f"выбирает время: {when}", f"chooses a time: {when}")
    await scene.time_comes(starts - EARLY)


async def with_an_interpreter(scene: Scene, mother: PatientClient, doctor: StaffClient) -> None:
    """Doctor and mother enter; the mother invites an interpreter, who comes in by a secret and nothing else."""
    await steps.join(scene, doctor, "meet")
    await steps.join(scene, mother, "join")
    scene.say(MOTHER, "входит с ребёнком в видеокомнату", "enters the video room with the child")
    asked = await mother.task(scene.consultation, "join")
    invited = await mother.do(asked, "video/invite", {"guest": "interpreter"})
    async with Client(scene.stack.settings.public_url) as guest:
        ticket = await guest.post("/invitations/ticket", {"token": invited["token"]})
    room = asked["data"]["room"]
    await scene.cast.stand("video").post(f"/rooms/{room}/join", {"token": ticket["token"]})
    scene.say(HOUSE, "впускает переводчика по приглашению матери", "lets the interpreter in on the mother's invitation")
    await doctor.until(scene.consultation, "they have met", steps.met_in)


async def handed_over(scene: Scene, mother: PatientClient, doctor: StaffClient, colleague: StaffClient) -> None:
    """The doctor offers, the colleague accepts, the mother agrees; until then the first one answers for the child."""
    body = {"to": STAFF[COLLEAGUE].person, "reason": "urgent_call"}
    await doctor.post(f"/consultations/{scene.consultation}/hand_over", body)
    scene.say(DOCTOR, "вызвана срочно, передаёт приём коллеге", "is called away and offers it to a colleague")
    offered = await colleague.task(scene.consultation, "take_over")
    await colleague.do(offered, "hand_over/accept")
    view = await mother.view(scene.consultation)
    scene.must(view["doctor"] == STAFF[DOCTOR].person, "the first doctor answers until the mother has agreed")
    told = await mother.task(scene.consultation, "new_doctor")
    scene.must(told["data"]["care"] == "advice", "the mother reads what the new doctor may lawfully do")
    await mother.do(told, "new_doctor/agree")
    scene.say(MOTHER, "знает, что новый врач может только советовать, и соглашается", "knows it and agrees")
    mine = await colleague.until(scene.consultation, "his", lambda view: view["doctor"] == STAFF[COLLEAGUE].person)
    await steps.join(scene, colleague, "meet")
    scene.say(COLLEAGUE, "входит в видеокомнату", "enters the video room")
    asked = next(task for task in mine["tasks"] if task["name"] == "meet")
    await colleague.do(asked, "video/finish")
    scene.say(COLLEAGUE, "завершает приём", "ends the meeting")


STORY = Story(
    "h",
    Text(
        ru="Ребёнок, мать, переводчик; врача вызвали, приём принял коллега",
        en="A child, its mother and an interpreter; the doctor hands over to a colleague",
    ),
    "completed",
    play,
)
