"""Steps that stories share: what a patient and a doctor do in one stage, through the API and their own devices."""

import asyncio
import base64
from hashlib import sha256
from pathlib import Path
from typing import Any

from dev import pki
from dev.client import Answer, Client, PatientClient, StaffClient, View
from dev.people import PATIENTS, STAFF
from dev.stories.content import HOME
from dev.stories.scene import HOUSE, Scene

Json = Any


async def begin(scene: Scene, patient: PatientClient, who: str, pathway: str) -> View:
    """Begin a consultation; from now on it is this scene's."""
    view = await patient.start(pathway)
    scene.consultation = view["workflow"]
    scene.say(who, f"начинает «{view['title']}»", f"begins '{view['title']}'")
    return view


async def before_the_line(
    scene: Scene, patient: PatientClient, who: str, answers: dict[str, Json], pathway: str = "therapist-follow-up"
) -> None:
    """Everything a patient does before a doctor sees him."""
    await begin(scene, patient, who, pathway)
    await prove(scene, patient, who)
    await agree(scene, patient, who)
    said = await fill(scene, patient, who, answers)
    scene.must(said["emergency"] is None, "nothing in these answers is a red flag")
    await pay(scene, patient, who)


async def prove(scene: Scene, patient: PatientClient, who: str) -> None:
    """Prove one's identity at the provider, where the clinic does not know it yet."""
    asked = await next_task(scene, patient, "prove", "agree")
    if asked["name"] != "prove":
        scene.say(HOUSE, "личность уже подтверждена", "identity is confirmed already")
        return
    session = await patient.do(asked, "identity/session")
    known = PATIENTS[who]
    attributes = {
        "surname": known.family_name,
        "name": known.given_name,
        "patronymic": known.patronymic,
        "birth_date": known.birth_date.isoformat(),
    }
    provider = scene.cast.stand("identity")
    await provider.post(f"/sessions/{session['session']}/confirm", {"attributes": attributes})
    await patient.do(asked, "identity/prove", {"method": "esia", "session": session["session"]})
    scene.say(who, "подтверждает личность через провайдера", "proves his identity at the provider")


async def agree(scene: Scene, patient: PatientClient, who: str) -> None:
    """Read and accept exactly the documents shown."""
    asked = await patient.task(scene.consultation, "agree")
    texts = await patient.get(f"/tasks/{asked['workflow']}/{asked['id']}/consent/texts")
    documents = [{name: text[name] for name in ("id", "version", "sha256")} for text in texts]
    await patient.do(asked, "consent/accept", {"documents": documents})
    titles = ", ".join(text["id"] for text in texts)
    scene.say(who, f"принимает документы: {titles}", f"accepts the documents: {titles}")


async def fill(scene: Scene, patient: PatientClient, who: str, answers: dict[str, Json]) -> Json:
    """Fill the form page by page and submit it; what the facade answered."""
    asked = await patient.task(scene.consultation, "fill")
    address = f"/tasks/{asked['workflow']}/{asked['id']}/intake/answers"
    first = {"present_address": HOME, "callback_phone": answers["callback_phone"]}
    await patient.put(address, {"answers": first})
    said = await patient.do(asked, "intake/submit", {"answers": {**answers, **first}})
    scene.say(who, "заполняет анкету", "fills the form")
    return said


async def pay(scene: Scene, patient: PatientClient, who: str, then: str = "wait") -> None:
    """Pay with a one-time token of one's means; ``then`` is the task that comes after it."""
    asked = await patient.task(scene.consultation, "pay")
    amount = asked["data"]["amount"]
    await patient.do(asked, "payment/pay", {"means": "tok_4111"})
    await patient.task(scene.consultation, then)
    holds = await scene.ledger("payments", "authorise")
    scene.must([hold["effect"]["amount"] for hold in holds] == [amount], "the amount is held once")
    scene.say(who, f"платит: удержано {amount / 100:.2f} ₽", f"pays: {amount / 100:.2f} RUB are held")


async def wait_in_line(
    scene: Scene, patient: PatientClient, who: str, doctor: StaffClient, doctor_is: str, pool: str = "therapists"
) -> None:
    """Watch one's place by SSE until a doctor of the pool takes one; the doctor reads the answers before the call."""
    await doctor.put("/duty", {"pools": [pool], "capacity": 5})
    await patient.task(scene.consultation, "wait")
    async with patient.events(f"/consultations/{scene.consultation}/place") as places:
        place = await anext(places)
        scene.say(
            who,
            f"стоит в очереди: {place['position']}-й, ждать {place['low'] // 60}-{place['high'] // 60} мин",
            f"stands in line: place {place['position']}, wait {place['low'] // 60}-{place['high'] // 60} min",
        )
        await scene.moment("in_line")
        offer = await doctor.wait("the offer", lambda: offered(doctor, scene.consultation))
        await take(doctor, offer)
        async with asyncio.timeout(patient.patience):
            async for _ in places:
                """Until the stream says that it is over: he stands in no line any more."""
    scene.say(doctor_is, "принимает пациента из очереди", "takes the patient from the line")
    given = await doctor.get(f"/consultations/{scene.consultation}/answers")
    scene.must(given and given[0]["answers"]["complaints"], "the doctor reads the answers before the call")
    scene.say(doctor_is, "читает анкету до звонка", "reads the answers before the call")


async def offered(doctor: StaffClient, consultation: str) -> Json:
    """The offer of a consultation among those that wait, None when it is not there."""
    items = (await doctor.get("/queue/offers"))["items"]
    return next((item for item in items if item["workflow"] == consultation), None)


async def take(doctor: StaffClient, offer: Json) -> View:
    """Accept an offer."""
    view: View = await doctor.post(f"/tasks/{offer['workflow']}/{offer['task']}/queue/accept")
    return view


async def meet(
    scene: Scene, patient: PatientClient, who: str, doctor: StaffClient, doctor_is: str, end: str = "finish"
) -> None:
    """Both enter the room with tickets of their own; the doctor ends the meeting."""
    for client, name, task in ((doctor, doctor_is, "meet"), (patient, who, "join")):
        await join(scene, client, task)
        scene.say(name, "входит в видеокомнату", "enters the video room")
    met = await doctor.until(scene.consultation, "they have met", lambda view: met_in(view))
    await scene.moment("in_call")
    asked = next(task for task in met["tasks"] if task["name"] == "meet")
    await doctor.do(asked, f"video/{end}")
    if end == "finish":
        scene.say(doctor_is, "завершает приём", "ends the meeting")
    else:
        scene.say(doctor_is, "говорит: нужен очный приём", "says that an in-person visit is needed")


async def join(scene: Scene, client: Client, task: str) -> None:
    """Get a ticket and enter the room with it."""
    asked = await client.wait(f"a room to {task}", lambda: with_room(client, scene.consultation, task))
    ticket = await client.get(f"/tasks/{asked['workflow']}/{asked['id']}/video/ticket")
    await scene.cast.stand("video").post(f"/rooms/{asked['data']['room']}/join", {"token": ticket["token"]})


async def with_room(client: Client, consultation: str, name: str) -> Json:
    """A task of a meeting whose room is open."""
    view = await client.view(consultation)
    return next((t for t in view["tasks"] if t["name"] == name and t["data"].get("room")), None)


def met_in(view: View) -> bool:
    """Whether the view says that they have met."""
    return any(task["name"] == "meet" and task["data"].get("met") for task in view["tasks"])


async def write(
    scene: Scene, doctor: StaffClient, doctor_is: str, half: dict[str, Json], whole: dict[str, Json]
) -> None:
    """The page saves the draft by itself; the finished protocol is submitted."""
    asked = await doctor.task(scene.consultation, "write")
    draft = f"/tasks/{asked['workflow']}/{asked['id']}/protocol/draft"
    await doctor.put(draft, {"body": half})
    await scene.moment("half_written")
    kept = await doctor.get(draft)
    scene.must(kept["body"] == half, "the draft is kept")
    scene.say(doctor_is, "пишет протокол, черновик сохранён", "writes the protocol, the draft is kept")
    if not await scene.moment("written"):
        await doctor.do(asked, "protocol/submit", whole)
    scene.say(doctor_is, "сдаёт протокол: закон допускает", "submits the protocol: lawful")


async def submit(scene: Scene, doctor: StaffClient, doctor_is: str, protocol: dict[str, Json]) -> None:
    """Write the protocol in one go."""
    asked = await doctor.task(scene.consultation, "write")
    await doctor.do(asked, "protocol/submit", protocol)
    scene.say(doctor_is, "сдаёт протокол: закон допускает", "submits the protocol: lawful")


async def sign(scene: Scene, doctor: StaffClient, doctor_is: str, kind: str = "signature", task: str = "sign") -> Path:
    """Download the exact bytes, sign them with one's own key; where the paper is kept."""
    asked = await doctor.task(scene.consultation, task)
    data = await doctor.read(f"/tasks/{asked['workflow']}/{asked['id']}/{kind}/document")
    path = scene.keep({"signature": "protocol"}.get(kind, kind), data)
    await scene.moment(f"before_{kind}")
    made = pki.sign(scene.stack.folder.path, STAFF[doctor_is].person, data)
    body = {"signature": base64.b64encode(made).decode(), "sha256": sha256(data).hexdigest()}
    await doctor.do(asked, f"{kind}/sign", body)
    await scene.moment(f"after_{kind}")
    ru, en = {"signature": ("протокол", "protocol"), "prescription": ("рецепт", "prescription")}[kind]
    scene.say(doctor_is, f"подписывает {ru} своим ключом: {path.name}", f"signs the {en} with his key: {path.name}")
    return path


async def registered(scene: Scene, doctor: StaffClient) -> None:
    """РЭМД decides and calls back: the steps that were left behind for it are over."""

    async def look() -> Json:
        done = await scene.ledger("registry", "registered")
        return done if len(done) == len(await scene.ledger("registry", "register")) > 0 else None

    done = await doctor.wait("the registrations", look)
    for name in [name for name in (await doctor.view(scene.consultation))["left_behind"] if ".registration" in name]:
        await doctor.until(name, "the registration", lambda view: view["status"] == "closed")
    for item in done:
        number = item["effect"]["number"]
        scene.say("registry", f"регистрирует документ: {number}", f"registers a document: {number}")


async def score(scene: Scene, patient: PatientClient, who: str, points: int) -> None:
    """Answer the survey, which runs on its own."""
    asked = await patient.work("score", scene.consultation)
    await patient.do(asked, "survey/score", {"score": points})
    scene.say(who, f"ставит оценку {points}", f"scores {points}")


async def ended(scene: Scene, client: Client) -> View:
    """Wait until the consultation is closed; the last view."""
    view = await client.until(scene.consultation, "the end", lambda view: view["status"] == "closed")
    scene.say(HOUSE, f"итог: {view['end_title']} ({view['end']})", f"end: {view['end_title']} ({view['end']})")
    return view


async def next_task(scene: Scene, client: Client, *names: str) -> Json:
    """Wait for one of several tasks."""

    async def look() -> Json:
        view = await client.view(scene.consultation)
        return next((task for task in view["tasks"] if task["name"] in names), None)

    return await client.wait(f"one of {', '.join(names)}", look)


async def refused(code: str, scene: Scene, work: Any) -> Answer:
    """Do something that must be refused with this code; the answer."""
    try:
        await work
    except Answer as answer:
        scene.must(answer.code == code, f"refused as {answer.code}, not {code}")
        return answer
    raise AssertionError(f"not refused as {code}")
