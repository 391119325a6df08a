"""What the OpenAPI page shows as an example is true of the clinic that ships: sent as it stands, it is well-formed."""

import base64
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from dev.clinic import compiled
from domain.protocol import ProtocolContent
from pathways.forms import form_of, read_answers

CLINIC = compiled()
FOLLOW_UP = CLINIC.pathway("therapist-follow-up")
Json = Any


def examples(app: FastAPI) -> dict[str, list[Json]]:
    """The examples of each operation's body."""
    found = {}
    page = app.openapi()
    for path in page["paths"].values():
        for operation in path.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            found[operation["operationId"]] = body.get("schema", {}).get("examples", [])
    return found


def values(example: Json, name: str) -> Iterator[Json]:
    """Everything that stands under a name."""
    if isinstance(example, dict):
        yield from (value for key, value in example.items() if key == name)
    for inside in example.values() if isinstance(example, dict) else example if isinstance(example, list) else ():
        yield from values(inside, name)


def test_every_operation_that_takes_words_shows_which(bare_app: FastAPI) -> None:
    shown = examples(bare_app)
    for operation in ("start_consultation", "submit_answers", "submit_protocol", "accept_consents", "choose_lab"):
        assert shown[operation], operation


def test_the_pathway_of_the_example_ships(bare_app: FastAPI) -> None:
    for example in examples(bare_app)["start_consultation"]:
        assert CLINIC.pathway(example["pathway"])


def test_the_answers_of_the_example_fill_the_shipped_form(bare_app: FastAPI) -> None:
    form = form_of(FOLLOW_UP, "therapy")
    for operation in ("submit_answers", "save_answers"):
        for example in examples(bare_app)[operation]:
            read = read_answers(form, example["answers"])
            assert (read.problems, read.flags) == ((), ()), operation


def test_the_documents_laboratories_and_decisions_of_the_examples_are_the_shipped_ones(bare_app: FastAPI) -> None:
    shown = examples(bare_app)
    pinned = {(one.id, one.version) for one in FOLLOW_UP.consents.values()}
    for example in shown["accept_consents"]:
        assert {(one["id"], one["version"]) for one in example["documents"]} <= pinned
    for example in shown["choose_lab"]:
        assert example["partner"] in CLINIC.clinic.clinic.labs
    for example in shown["decide_task"]:
        assert example["choice"] in FOLLOW_UP.index["papers"].fields["choices"]


def test_the_protocol_and_the_signature_of_the_examples_are_well_formed(bare_app: FastAPI) -> None:
    shown = examples(bare_app)
    for example in shown["submit_protocol"]:
        ProtocolContent.model_validate(example)
    for operation in ("sign_document", "sign_prescription"):
        for example in shown[operation]:
            base64.b64decode(example["signature"], validate=True)


def operations(app: FastAPI) -> list[dict[str, Json]]:
    return [operation for path in app.openapi()["paths"].values() for operation in path.values()]


def test_every_operation_says_in_words_of_its_own_what_it_does(bare_app: FastAPI) -> None:
    summaries = [operation["summary"] for operation in operations(bare_app)]
    assert len(set(summaries)) == len(summaries)
    for summary in summaries:
        assert " " in summary, summary
        assert not summary.istitle(), f"{summary} is the name of a function"
        assert len(summary) <= 90, summary


def test_the_page_goes_from_the_login_over_the_patients_way_to_the_machines(bare_app: FastAPI) -> None:
    tags = [tag["name"] for tag in bare_app.openapi()["tags"]]
    assert tags[:3] == ["login", "me", "consultations"]
    assert tags.index("intake") < tags.index("duty") < tags.index("pathways") < tags.index("administrators")
    assert tags[-2:] == ["webhooks", "health"]
    assert list(dict.fromkeys(tag for each in operations(bare_app) for tag in each["tags"])) == tags
