"""(b) Dermatology in writing: two photos, advice, and a visit in person."""

from dev.client import PatientClient, StaffClient
from dev.stories import steps, waiting
from dev.stories.cases import BEFORE_DERMATOLOGY, DERMATOLOGY
from dev.stories.pictures import MAKER, skin
from dev.stories.scene import Scene, Story, Told
from domain.base import Json, Text

PATIENT, DOCTOR, POOL = "safina", "dermatologist1", "dermatologists"


async def play(scene: Scene) -> Told:
    """From the form to the signed protocol."""
    patient, doctor = await scene.cast.patient(PATIENT), await scene.cast.employee(DOCTOR)
    await waiting.opening_hours(scene, POOL)
    await steps.begin(scene, patient, PATIENT, "dermatology-chat")
    await steps.fill(scene, patient, PATIENT, BEFORE_DERMATOLOGY)
    await steps.prove(scene, patient, PATIENT)
    await steps.agree(scene, patient, PATIENT)
    await steps.pay(scene, patient, PATIENT)
    await steps.wait_in_line(scene, patient, PATIENT, doctor, DOCTOR, POOL)
    await in_writing(scene, patient, doctor)
    await steps.submit(scene, doctor, DOCTOR, DERMATOLOGY)
    protocol = await steps.sign(scene, doctor, DOCTOR)
    confirm = await patient.task(scene.consultation, "confirm")
    await patient.do(confirm, "referral/accept")
    scene.say(PATIENT, "соглашается на очный приём", "accepts the visit in person")
    view = await steps.ended(scene, patient)
    await scene.nothing_twice()
    return Told(scene.consultation, view["end"], (protocol,))


async def in_writing(scene: Scene, patient: PatientClient, doctor: StaffClient) -> None:
    """The doctor asks, the patient sends two photos, the doctor sees them and answers."""
    asked = await doctor.task(scene.consultation, "reply")
    question = "Здравствуйте. Пришлите, пожалуйста, два фото при дневном свете: общий план и крупно."
    await doctor.do(asked, "chat/send", {"text": question})
    scene.say(DOCTOR, "просит два фото", "asks for two photos")
    answer = await patient.task(scene.consultation, "message")
    photos = [await patient.upload(answer, skin(number)) for number in (1, 2)]
    await patient.do(answer, "chat/send", {"text": "Вот локти.", "photos": [photo["id"] for photo in photos]})
    scene.say(PATIENT, "отвечает и прикладывает два фото", "answers with two photos")

    async def with_photos() -> Json:
        thread = await doctor.get(f"/consultations/{scene.consultation}/chat")
        return thread if thread and thread[-1]["photos"] else None

    thread = await doctor.wait("the photos", with_photos)
    scene.must(thread[0]["text"] == question, "the thread begins with the question")
    sent = thread[-1]["photos"]
    scene.must(len(sent) == len(photos), "both photos came")
    for photo in sent:
        data = await doctor.read(f"/consultations/{scene.consultation}/chat/photos/{photo['id']}")
        scene.must(data.startswith(b"\xff\xd8"), "a photo is a JPEG")
        scene.must(MAKER.encode() not in data, "nothing of the patient's phone is left in it")
    scene.say(DOCTOR, "видит оба фото", "sees both photos")
    reply = await doctor.task(scene.consultation, "reply")
    await doctor.do(reply, "chat/send", {"text": "Спасибо, видно хорошо. Напишу заключение, нужен очный осмотр."})
    await doctor.do(reply, "chat/finish")
    scene.say(DOCTOR, "отвечает и завершает переписку", "answers and ends the chat")


STORY = Story(
    "b",
    Text(ru="Дерматовенеролог в переписке: два фото и очный приём", en="Dermatology by chat with two photos"),
    "completed",
    play,
)
