"""(a) A therapist's follow-up by video: prescription, laboratory order, its result, survey 9."""

from typing import Any

from dev.client import PatientClient, StaffClient
from dev.stories import steps
from dev.stories.content import BEFORE_FOLLOW_UP, FOLLOW_UP, HALF_WRITTEN
from dev.stories.scene import HOUSE, Scene, Story, Told
from domain.base import Text

Json = Any
PATIENT, DOCTOR, LAB = "orlov", "therapist1", "north"


async def play(scene: Scene) -> Told:
    """The whole way, from identity to survey."""
    patient, doctor = await scene.cast.patient(PATIENT), await scene.cast.employee(DOCTOR)
    await to_the_line(scene, patient)
    await steps.wait_in_line(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.meet(scene, patient, PATIENT, doctor, DOCTOR)
    await steps.write(scene, doctor, DOCTOR, HALF_WRITTEN, FOLLOW_UP)
    protocol = await steps.sign(scene, doctor, DOCTOR)
    prescription = await steps.sign(scene, doctor, DOCTOR, "prescription", "sign_0")
    end = (await steps.ended(scene, patient))["end"]
    await papers_reach_the_patient(scene, patient)
    await steps.registered(scene, doctor)
    await tests_and_result(scene, patient, doctor)
    await steps.score(scene, patient, PATIENT, 9)
    await each_effect_once(scene)
    return Told(scene.consultation, end, (protocol, prescription))


async def to_the_line(scene: Scene, patient: PatientClient) -> None:
    """Everything the patient does before a doctor sees him."""
    await steps.before_the_line(scene, patient, PATIENT, BEFORE_FOLLOW_UP)


async def papers_reach_the_patient(scene: Scene, patient: PatientClient) -> None:
    """The patient downloads what was signed."""
    address = f"/consultations/{scene.consultation}/documents"
    papers = await patient.get(address)
    scene.must({paper["paper"] for paper in papers} >= {"protocol", "prescription"}, "both papers are the patient's")
    for paper in papers:
        scene.must((await patient.read(f"{address}/{paper['id']}")).startswith(b"%PDF-"), "a paper is a PDF")
    scene.say(PATIENT, "скачивает протокол и рецепт", "downloads the protocol and the prescription")


async def tests_and_result(scene: Scene, patient: PatientClient, doctor: StaffClient) -> None:
    """The patient chooses a laboratory; days later the doctor reads the result and opens it to him."""
    choose = await patient.work("choose", scene.consultation)
    await patient.do(choose, "lab_order/choose", {"partner": LAB})
    lab = scene.cast.stand(LAB)

    async def ordered() -> Json:
        items = (await lab.get("/_orders"))["items"]
        return next((item for item in items if str(item["key"]).startswith(scene.consultation)), None)

    order = (await patient.wait("the order at the laboratory", ordered))["order"]
    scene.say(PATIENT, "выбирает лабораторию «Север»", "chooses Laboratory North")
    await scene.days_pass("1d")
    await lab.post(f"/orders/{order}/material")
    scene.say(LAB, "материал взят", "the material is taken")
    await lab.post(f"/orders/{order}/results", {"status": "final"})
    scene.say(LAB, "результат готов", "the result is there")
    read = await doctor.work("acknowledge", scene.consultation)
    await scene.moment("before_result")
    address = f"/consultations/{scene.consultation}/results"
    scene.must(not await patient.get(address), "no patient sees a result that no doctor has read")
    await doctor.do(read, "lab_order/acknowledge")
    scene.say(DOCTOR, "читает результат и открывает его пациенту", "reads the result and opens it to the patient")
    results = await patient.wait("the result", lambda: patient.get(address))
    values = len(results[0]["body"].get("observations", ()))
    scene.must(values > 0, "the result has values")
    scene.say(PATIENT, f"видит результат: показателей {values}", f"sees the result: {values} values")


async def each_effect_once(scene: Scene) -> None:
    """Whatever happened on the way, the outside saw each thing once."""
    await scene.cast.stand("payments").get("/healthz")
    patient = await scene.cast.patient(PATIENT)
    await patient.wait("the capture", lambda: scene.ledger("payments", "capture"))
    await scene.once("payments", "authorise", "capture")
    await scene.once("video", "open", "close")
    await scene.once(LAB, "place", "material_taken", "result")
    await scene.nothing_twice()
    amount = (await scene.ledger("payments", "capture"))[0]["effect"]["amount"] / 100
    scene.say("payments", f"списано один раз: {amount:.2f} ₽", f"captured once: {amount:.2f} RUB")
    scene.say(HOUSE, "каждое действие вовне сделано один раз", "each outside effect was done once")


STORY = Story(
    "a",
    Text(
        ru="Повторная консультация терапевта: рецепт, анализы, результат, оценка 9",
        en="Therapist follow-up: prescription, tests, result, survey 9",
    ),
    "completed",
    play,
)
