"""A consultation in writing at the facade: what is said, by whom, to whom it shows; photos and what becomes of them."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dev.clinic import compiled
from domain.acts import Act
from domain.pathway import Jump
from domain.people import Role
from domain.state import Answered, ConsultationState
from ports.consultations import NotConfirmed
from records import sweeping
from tests.api.bench import Bench, picture

SHIPPED = compiled().pathway("dermatology-chat").index["talk"]
CHAT = SHIPPED.model_copy(update={"then": dict.fromkeys(SHIPPED.then, Jump(to="end", target="in_person_needed"))})
Json = Any


class Room:
    """A chat with its doctor."""

    def __init__(self, bench: Bench, workflow: str, doctor: str) -> None:
        self.bench, self.workflow, self.doctor = bench, workflow, doctor
        self.reply = f"{workflow}/talk.1.reply"
        self.message = f"{workflow}/talk.1.message"

    async def say(self, who: dict[str, str], task: str, key: str | None = None, **body: Json) -> Json:
        return await self.bench.send(who, "POST", f"/tasks/{task}/chat/send", body, key)

    async def as_patient(self, text: str = "", *photos: str, key: str | None = None) -> Json:
        return await self.say(self.bench.as_patient(), self.message, key, text=text, photos=list(photos))

    async def as_doctor(self, text: str, *photos: str) -> Json:
        return await self.say(self.bench.headers(self.doctor), self.reply, text=text, photos=list(photos))

    async def photo(self, colour: str = "red") -> str:
        kept = await self.bench.upload(self.bench.as_patient(), self.message, picture(colour))
        assert kept.status_code == 201, kept.text
        return str(kept.json()["id"])

    async def read(self, who: dict[str, str], after: int = 0) -> Json:
        await self.bench.project(self.workflow)
        return await self.bench.send(who, "GET", f"/consultations/{self.workflow}/chat?after={after}")


async def a_chat(bench: Bench, **changes: Json) -> Room:
    doctor = await bench.employee(Role.DOCTOR, pools=("dermatologists",))
    return Room(bench, await bench.consultation(CHAT, doctor=doctor, **changes), doctor)


async def test_both_sides_read_what_each_said_with_its_photos_in_order(bench: Bench) -> None:
    room = await a_chat(bench)
    mother = await bench.represent(await bench.employee(Role.NURSE))
    near, far = await room.photo("red"), await room.photo("blue")
    for answer in (
        await room.as_patient("Пятно появилось неделю назад.", far, near),
        await room.as_doctor("Оно чешется?"),
        await room.say(mother, room.message, text="Нет."),
    ):
        assert answer.status_code == 200, answer.text
    for reader in (bench.as_patient(), mother, bench.headers(room.doctor)):
        thread = (await room.read(reader)).json()
        assert [(line["seq"], line["side"], line["author_role"], line["author_name"]) for line in thread] == [
            (1, "patient", "patient", None),
            (2, "doctor", "doctor", "Сотрудник"),
            (3, "patient", "representative", None),
        ]
        assert [line["text"] for line in thread] == ["Пятно появилось неделю назад.", "Оно чешется?", "Нет."]
        assert [[photo["id"] for photo in line["photos"]] for line in thread] == [[far, near], [], []]
        assert thread[0]["photos"][0] == {"id": far, "width": 40, "height": 30}
    assert [line["seq"] for line in (await room.read(bench.as_patient(), after=2)).json()] == [3]
    assert (await bench.actions()).count("chat.read") == 4, "every look is audited"
    sent = bench.runs.sent[0].body
    assert set(sent) == {"content", "sha256", "photos"}, "no word of it travels in an act"
    assert sent["photos"] == 2


async def test_the_desk_and_strangers_read_no_message_and_see_no_photo(bench: Bench) -> None:
    room = await a_chat(bench)
    photo = await room.photo()
    await room.as_patient("Личное.", photo)
    await bench.project(room.workflow)
    paths = [f"/consultations/{room.workflow}/chat", f"/consultations/{room.workflow}/chat/photos/{photo}"]
    for role in (Role.REGISTRAR, Role.CASHIER, Role.CALL_CENTRE, Role.CLINIC_ADMIN, Role.SHIFT_SUPERVISOR):
        who = bench.headers(await bench.employee(role))
        assert [(await bench.send(who, "GET", path)).status_code for path in paths] == [403, 403], role
    stranger = bench.headers(await bench.employee(Role.DOCTOR, pools=("dermatologists",)))
    assert [(await bench.send(stranger, "GET", path)).status_code for path in paths] == [404, 404]
    head = bench.headers(await bench.employee(Role.HEAD_DOCTOR))
    assert [(await bench.send(head, "GET", path)).status_code for path in paths] == [200, 200]


async def test_who_was_only_rung_reads_on_and_does_not_write(bench: Bench) -> None:
    room = await a_chat(bench)
    head = await bench.employee(Role.HEAD_DOCTOR, Role.DOCTOR)
    answer = await room.say(bench.headers(head), room.reply, text="Я отвечу.")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_task")
    patients_task = await room.say(bench.headers(room.doctor), room.message, text="За пациента.")
    assert patients_task.json()["code"] == "no_such_task"
    assert bench.runs.sent == []


async def test_a_message_has_words_or_photos_and_not_too_many_of_either(bench: Bench) -> None:
    room = await a_chat(bench)
    for text, code in (("", "empty_message"), (" \n", "empty_message"), ("x" * 4001, "not_well_formed")):
        answer = await room.as_patient(text)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    photos = [await room.photo() for _ in range(7)]
    many = await room.as_patient("", *photos)
    assert (many.json()["code"], many.json()["most"]) == ("too_many_photos", 6)
    twice = await room.as_patient("", photos[0], photos[0])
    assert twice.json()["code"] == "not_well_formed"
    assert bench.runs.sent == []
    assert (await room.as_patient("", *photos[:6])).status_code == 200
    assert (await room.as_patient("x" * 4000)).status_code == 200


async def test_a_photo_is_sent_once_by_who_took_it_in_the_consultation_it_was_taken_for(bench: Bench) -> None:
    room, other = await a_chat(bench), await a_chat(bench)
    photo = await room.photo()
    for answer in (
        await other.as_patient("не здесь", photo),
        await room.as_doctor("не моя", photo),
        await room.as_patient("такой нет", "ct-none"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "no_such_photo")
    key = secrets.token_hex(16)
    said = await room.as_patient("вот", photo, key=key)
    assert said.status_code == 200
    assert (await room.as_patient("вот", photo, key=key)).json() == said.json(), "a resend is the same message"
    assert (await room.as_patient("ещё раз", photo)).json()["code"] == "no_such_photo"
    assert len((await room.read(bench.as_patient())).json()) == 1


async def test_photos_of_a_message_that_was_refused_go_with_another_and_of_an_uncertain_one_do_not(
    bench: Bench,
) -> None:
    room = await a_chat(bench)
    photo = await room.photo()

    def paused(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        return Answered(revision=1, refusal={"code": "paused"}), bench.runs.states[workflow]

    def lost(workflow: str, act: Act) -> tuple[Answered, ConsultationState]:
        raise NotConfirmed

    bench.runs.script = [lost]
    key = secrets.token_hex(16)
    assert (await room.as_patient("вот", photo, key=key)).json()["code"] == "not_confirmed"
    assert (await room.as_patient("иначе", photo)).json()["code"] == "no_such_photo", "it may have been said"
    bench.runs.script = [paused]
    assert (await room.as_patient("вот", photo, key=key)).json()["code"] == "paused"
    assert (await room.as_patient("позже", photo)).status_code == 200
    assert (await room.as_patient("вот", photo, key=key)).json()["code"] == "paused", "the same key, the same answer"
    assert (await room.as_patient("вот", photo, photo[:-1] + "x", key=key)).json()["code"] == "key_reused"
    thread = (await room.read(bench.as_patient())).json()
    assert [(line["text"], len(line["photos"])) for line in thread] == [("позже", 1)]


async def test_a_photo_is_kept_encrypted_and_shown_with_headers_that_let_nothing_run(bench: Bench) -> None:
    room = await a_chat(bench)
    kept = await bench.upload(bench.as_patient(), room.message, picture(size=(64, 48)))
    shown = kept.json()
    assert (kept.status_code, shown["media_type"], shown["width"], shown["height"]) == (201, "image/jpeg", 64, 48)
    path = f"/consultations/{room.workflow}/chat/photos/{shown['id']}"
    own = await bench.send(bench.as_patient(), "GET", path)
    assert (own.status_code, own.headers["content-type"]) == (200, "image/jpeg")
    assert own.headers["cache-control"] == "no-store"
    assert own.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in own.headers["content-security-policy"]
    assert own.headers["etag"] == f'"{hashlib.sha256(own.content).hexdigest()}"'
    assert len(own.content) == shown["size"]
    doctor = bench.headers(room.doctor)
    assert (await bench.send(doctor, "GET", path)).status_code == 404, "it was not sent yet"
    await room.as_patient("", shown["id"])
    assert (await bench.send(doctor, "GET", path)).status_code == 404, "the process has not said it yet"
    await bench.project(room.workflow)
    assert (await bench.send(doctor, "GET", path)).content == own.content
    assert (await bench.actions())[0] == "chat.photo"
    assert not lies_open(own.content, bench.wiring.settings.storage_folder)


def lies_open(data: bytes, folder: Path) -> bool:
    """Whether any file under a folder holds these bytes as they are."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files, "there is something to look through"
    return any(data in file.read_bytes() for file in files)


async def test_an_upload_sent_again_is_the_same_photo_and_another_under_its_key_is_refused(bench: Bench) -> None:
    room = await a_chat(bench)
    key, red = secrets.token_hex(16), picture("red")
    first, again = [await bench.upload(bench.as_patient(), room.message, red, key=key) for _ in range(2)]
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    other = await bench.upload(bench.as_patient(), room.message, picture("blue"), key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_an_upload_whose_answer_was_lost_half_way_is_finished_by_its_resend(
    bench: Bench, monkeypatch: Any
) -> None:
    room, key = await a_chat(bench), secrets.token_hex(16)
    storage = bench.wiring.storage
    put = storage.put

    async def full(clinic: str, name: str, data: bytes) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(storage, "put", full)
    assert (await bench.upload(bench.as_patient(), room.message, picture(), key=key)).status_code == 500
    monkeypatch.setattr(storage, "put", put)
    kept = await bench.upload(bench.as_patient(), room.message, picture(), key=key)
    assert kept.status_code == 201
    path = f"/consultations/{room.workflow}/chat/photos/{kept.json()['id']}"
    assert (await bench.send(bench.as_patient(), "GET", path)).status_code == 200


async def test_what_is_no_photo_is_refused_before_anything_is_kept(bench: Bench) -> None:
    room = await a_chat(bench)
    doctor = bench.headers(await bench.employee(Role.DOCTOR, pools=("dermatologists",)))
    for data, media, status, code in (
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 422, "not_an_image"),
        (picture(), "application/octet-stream", 422, "not_an_image"),
        (b"", "image/png", 422, "not_an_image"),
        (b"GIF89a" + b"\0" * 64, "image/gif", 415, "image_unsupported"),
        (b"\xff" * 10_000_001, "image/jpeg", 413, "too_large"),
    ):
        answer = await bench.upload(bench.as_patient(), room.message, data, media)
        assert (answer.status_code, answer.json()["code"]) == (status, code), media
    for who, task in ((doctor, room.reply), (bench.headers(room.doctor), f"{room.workflow}/talk.1.other")):
        assert (await bench.upload(who, task, picture())).status_code == 404
    assert (await bench.upload(bench.as_patient(), room.message, b"\xff" * 9_999_999, "image/jpeg")).status_code == 422


async def test_a_photo_that_was_never_sent_is_gone_with_its_bytes_and_a_sent_one_stays(bench: Bench) -> None:
    room = await a_chat(bench)
    sent, left = await room.photo("red"), await room.photo("blue")
    await room.as_patient("вот", sent)
    await bench.project(room.workflow)
    names: list[str] = []

    async def forget(clinic: str, name: str) -> None:
        if clinic == bench.clinic:
            names.append(name)
            await bench.wiring.storage.delete(clinic, name)

    await sweeping.sweep(bench.db, datetime.now(UTC) - timedelta(days=1), forget)
    assert names == [], "a day is not over"
    await sweeping.sweep(bench.db, datetime.now(UTC) + timedelta(minutes=1), forget)
    assert len(names) == 1
    paths = {photo: f"/consultations/{room.workflow}/chat/photos/{photo}" for photo in (sent, left)}
    assert (await bench.send(bench.as_patient(), "GET", paths[sent])).status_code == 200
    assert (await bench.send(bench.as_patient(), "GET", paths[left])).status_code == 404
    assert (await room.as_patient("позже", left)).json()["code"] == "no_such_photo"


async def test_the_doctor_finishes_the_chat_or_goes_on_otherwise_once_he_has_answered(bench: Bench) -> None:
    for action, outcome in (("finish", "done"), ("needs_video", "done"), ("needs_in_person", "in_person_needed")):
        room = await a_chat(bench)
        doctor = bench.headers(room.doctor)
        path = f"/tasks/{room.reply}/chat/{action}"
        early = await bench.send(doctor, "POST", path)
        assert (early.status_code, early.json()["code"]) == (409, "not_met"), action
        await room.as_doctor("Здравствуйте.")
        done = await bench.send(doctor, "POST", path)
        assert done.status_code == 200, done.text
        outputs = bench.runs.states[room.workflow].outputs["talk"]
        assert (outputs["outcome"], outputs["video"]) == (outcome, action == "needs_video")
