"""A client generated from our OpenAPI page walks a follow-up whole, from login to survey."""

import asyncio
import base64
import importlib
import inspect
import re
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pyotp
import pytest
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from dev import pki
from dev.client import STEP, PatientClient, StaffClient
from dev.people import PATIENTS, STAFF, password_of, totp_of
from dev.stack import Stack
from dev.stories.content import BEFORE_FOLLOW_UP, FOLLOW_UP, HOME

PACKAGE = "carepath_generated"


class Person:
    """Somebody at the API with the generated client, typed from end to end."""

    def __init__(self, operations: dict[str, Any], client: Any, **headers: str) -> None:
        self._operations = operations
        self._client = client
        self._headers = headers

    async def __call__(self, operation: str, **given: Any) -> Any:
        """Do one operation; its parsed answer."""
        return (await self.detailed(operation, **given)).parsed

    async def detailed(self, operation: str, **given: Any) -> Any:
        do = self._operations[operation]
        takes = inspect.signature(do.asyncio_detailed).parameters
        given |= {name: value for name, value in self._headers.items() if name in takes}
        if "idempotency_key" in takes:
            given.setdefault("idempotency_key", secrets.token_hex(16))
        answer = await do.asyncio_detailed(client=self._client, **given)
        assert answer.status_code < HTTPStatus.BAD_REQUEST, f"{operation}: {answer.content.decode()}"
        return answer

    async def task(self, workflow: str, name: str) -> Any:
        """Wait for a task of this person's, by name."""

        async def look() -> Any:
            view = await self("get_consultation", workflow=workflow)
            return next((task for task in view.tasks if task.name == name and task.yours), None)

        return await seen(look)


async def seen(look: Callable[[], Awaitable[Any]]) -> Any:
    """Look until there is something."""
    until = time.monotonic() + 40
    while not (found := await look()):
        assert time.monotonic() < until, "it did not come"
        await asyncio.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def generated(house: Stack, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The generated package; nothing of the document may be beyond the generator."""
    folder: Path = tmp_path_factory.mktemp("generated")
    binary = dict.fromkeys(("application/pdf", "image/jpeg", "image/png", "image/webp"), "application/octet-stream")
    settings = ConfigFile(content_type_overrides=binary, post_hooks=[], http_timeout=30)
    config = Config.from_sources(
        settings, MetaType.NONE, f"{house.settings.public_url}/openapi.json", "utf-8", True, folder / PACKAGE
    )
    problems = generate(config=config)
    assert not problems, [f"{problem.header} {problem.detail}" for problem in problems]
    sys.path.insert(0, str(folder))
    return importlib.import_module(PACKAGE)


@pytest.fixture(scope="module")
def operations(generated: Any) -> dict[str, Any]:
    """Every operation by its id."""
    folder = Path(generated.__file__).parent / "api"
    names = {path.stem: path.parent.name for path in folder.glob("*/*.py") if path.stem != "__init__"}
    return {name: importlib.import_module(f"{PACKAGE}.api.{tag}.{name}") for name, tag in names.items()}


async def test_a_generated_client_walks_a_follow_up_whole(
    house: Stack, generated: Any, operations: dict[str, Any]
) -> None:
    models = importlib.import_module(f"{PACKAGE}.models")
    url = house.settings.public_url

    def nobody() -> Person:
        return Person(operations, generated.Client(base_url=url))

    def person(tokens: Any, **headers: str) -> Person:
        client = generated.AuthenticatedClient(base_url=url, token=tokens.access_token)
        return Person(operations, client, **headers)

    async def patient_of(word: str) -> Person:
        phone = house.patient(word)
        before = len(await phone.messages())
        await nobody()("request_code", body=models.CodeRequest(phone=phone.phone))
        code = await seen(lambda: newest_code(phone, before))
        body = models.CodeExchange(phone=phone.phone, code=code, clinic=house.clinic)
        return person(await nobody()("exchange_code", body=body), carepath_patient=PATIENTS[word].patient)

    async def employee(word: str) -> Person:
        # A one-time code serves once, and other tests log in too: the next step not spent yet.
        secret = totp_of(house.secrets, word)
        step = max(int(time.time()) // STEP - 1, StaffClient._spent.get(secret, 0) + 1)
        StaffClient._spent[secret] = step
        body = models.StaffLogin(
            login=word,
            password=password_of(house.secrets, word),
            totp=pyotp.TOTP(secret).generate_otp(step),
            clinic=house.clinic,
        )
        return person(await nobody()("log_in", body=body))

    patient, doctor = await patient_of("orlov"), await employee("therapist1")
    offered = [pathway.code for pathway in await patient("list_pathways")]
    assert "therapist-follow-up" in offered
    assert PATIENTS["orlov"].patient in [one.patient for one in await patient("list_my_patients")]

    begun = await patient("start_consultation", body=models.Begin(pathway="therapist-follow-up"))
    id_ = begun.consultation

    async def first() -> Any:
        view = await patient("get_consultation", workflow=id_)
        return next((task for task in view.tasks if task.name in ("prove", "agree", "fill")), None)

    task = await seen(first)
    if task.name == "prove":
        session = await patient("begin_identity", workflow=id_, task=task.id)
        orlov = PATIENTS["orlov"]
        passport = {
            "surname": orlov.family_name,
            "name": orlov.given_name,
            "patronymic": orlov.patronymic,
            "birth_date": orlov.birth_date.isoformat(),
        }
        provider = house.stand("identity")
        await provider.post(f"/sessions/{session.session}/confirm", {"attributes": passport})
        proof = models.Prove(method=models.ProveMethod.ESIA, session=session.session)
        await patient("prove_identity", workflow=id_, task=task.id, body=proof)

    async def after_identity() -> Any:
        view = await patient("get_consultation", workflow=id_)
        return next((task for task in view.tasks if task.name in ("agree", "fill")), None)

    task = await seen(after_identity)
    assert task.name == "agree"
    texts = await patient("get_consent_texts", workflow=id_, task=task.id)
    documents = [models.ConsentDocument(id=t.id, version=t.version, sha256=t.sha256) for t in texts]
    await patient("accept_consents", workflow=id_, task=task.id, body=models.Accept(documents=documents))

    task = await patient.task(id_, "fill")
    form = await patient("get_form", workflow=id_, task=task.id)
    assert form.takes == ["present_address", "callback_phone"]
    answers = models.AnswersBody.from_dict({"answers": {**BEFORE_FOLLOW_UP, "present_address": HOME}})
    saved = await patient("save_answers", workflow=id_, task=task.id, body=answers)
    assert (saved.problems, saved.emergency) == ([], None)
    submitted = await patient("submit_answers", workflow=id_, task=task.id, body=answers)
    assert submitted.emergency is None

    task = await patient.task(id_, "pay")
    await patient("pay", workflow=id_, task=task.id, body=models.Pay(means="tok_4111"))
    await patient.task(id_, "wait")

    await doctor("go_on_duty", body=models.GoOnDuty(pools=["therapists"], capacity=5))

    async def offer_of() -> Any:
        return next((o for o in (await doctor("list_offers")).items if o.workflow == id_), None)

    offer = await seen(offer_of)
    taken = await doctor("accept_offer", workflow=id_, task=offer.task)
    assert taken.doctor == STAFF["therapist1"].person
    given = await doctor("get_answers", workflow=id_)
    assert given[0].answers.to_dict()["complaints"] == BEFORE_FOLLOW_UP["complaints"]

    for who, name in ((doctor, "meet"), (patient, "join")):

        async def room(who: Person = who, name: str = name) -> Any:
            task = await who.task(id_, name)
            return task if task.data.to_dict().get("room") else None

        task = await seen(room)
        ticket = await who("get_join_ticket", workflow=id_, task=task.id)
        await house.stand("video").post(f"/rooms/{task.data.to_dict()['room']}/join", {"token": ticket.token})

    async def met() -> Any:
        task = await doctor.task(id_, "meet")
        return task if task.data.to_dict().get("met") else None

    task = await seen(met)
    await doctor("finish_video", workflow=id_, task=task.id)

    task = await doctor.task(id_, "write")
    draft = models.ProtocolDraft.from_dict({"body": {"complaints": "Дискомфорт"}})
    await doctor("save_protocol_draft", workflow=id_, task=task.id, body=draft)
    kept = await doctor("get_protocol_draft", workflow=id_, task=task.id)
    assert kept.body.to_dict() == {"complaints": "Дискомфорт"}
    protocol = models.ProtocolContent.from_dict(FOLLOW_UP)
    await doctor("submit_protocol", workflow=id_, task=task.id, body=protocol)

    for name, read, sign in (
        ("sign", "get_document_to_sign", "sign_document"),
        ("sign_0", "get_prescription_to_sign", "sign_prescription"),
    ):
        task = await doctor.task(id_, name)
        paper = (await doctor.detailed(read, workflow=id_, task=task.id)).content
        signature = pki.sign(house.folder.path, STAFF["therapist1"].person, paper)
        body = models.SignBody(signature=base64.b64encode(signature).decode(), sha256=task.data.to_dict()["sha256"])
        await doctor(sign, workflow=id_, task=task.id, body=body)

    async def over() -> Any:
        view = await patient("get_consultation", workflow=id_)
        return view if view.status == models.Status.CLOSED else None

    assert (await seen(over)).end == "completed"
    papers = await patient("list_documents", workflow=id_)
    assert {paper.paper for paper in papers} >= {"protocol", "prescription"}
    for paper in papers:
        pdf = await patient.detailed("download_document", workflow=id_, document=paper.id)
        assert pdf.content.startswith(b"%PDF-")

    async def work(who: Person, name: str) -> Any:
        items = (await who("list_tasks", scope=models.ListTasksScope.MINE)).items
        return next((item for item in items if item.name == name and item.consultation == id_), None)

    task = await seen(lambda: work(patient, "choose"))
    choice = models.Choose(partner="north")
    await patient("choose_lab", workflow=task.workflow, task=task.id, body=choice)
    lab = house.stand("north")

    async def ordered() -> Any:
        items = (await lab.get("/_orders"))["items"]
        return next((item["order"] for item in items if str(item["key"]).startswith(id_)), None)

    order = await seen(ordered)
    await lab.post(f"/orders/{order}/material")
    await lab.post(f"/orders/{order}/results", {"status": "final"})
    task = await seen(lambda: work(doctor, "acknowledge"))
    assert await patient("list_results", workflow=id_) == []
    await doctor("acknowledge_lab_order", workflow=task.workflow, task=task.id)
    results = await seen(lambda: patient("list_results", workflow=id_))
    assert results[0].body.to_dict()["observations"]

    task = await seen(lambda: work(patient, "score"))
    score = models.Score(score=9, comment="Спасибо")
    await patient("score_survey", workflow=task.workflow, task=task.id, body=score)


async def newest_code(phone: PatientClient, before: int) -> str | None:
    """The code among the messages that came since."""
    found = [re.search(r"\b\d{6}\b", text) for text in (await phone.messages())[before:]]
    codes = [match[0] for match in found if match]
    return codes[-1] if codes else None
