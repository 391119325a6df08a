"""The OpenAPI page: every refusal is a problem, whichever route it comes from; in the order of the access table."""

import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.access import TABLE, Owner
from api.problems import MEDIA, ProblemBody

REF = "#/components/schemas/ProblemBody"
ALWAYS = {"401": "Not logged in", "403": "Not allowed", "503": "Not now: safe to send again"}
"""What every route behind the gate may answer."""
KEY = "Idempotency-Key"
KEY_SCHEMA = {"type": "string", "minLength": 8, "maxLength": 128, "title": KEY}
_GONE = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI) -> None:
    """Have the app describe itself so that a generated client reads its problems."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                separate_input_output_schemas=False,
            )
            mend(made)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def mend(made: dict[str, Any]) -> None:
    """Order the page; say what each operation does; name the problem as the body of what was not asked for."""
    order(made)
    schemas = made["components"]["schemas"]
    schemas["ProblemBody"] = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= schemas["ProblemBody"].pop("$defs", {})
    for path in made["paths"].values():
        for operation in path.values():
            operation["summary"] = summary_of(operation["description"])
            answers = operation["responses"]
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == KEY:
                    # Not required of FastAPI, so that its absence has a problem of its own; required all the same.
                    parameter |= {"required": True, "schema": KEY_SCHEMA}
            if TABLE[operation["operationId"]].owner is not Owner.ANYONE:
                for status, what in ALWAYS.items():
                    answers.setdefault(status, {"description": what})
            for status, answer in answers.items():
                if status >= "400":
                    answer["content"] = {MEDIA: {"schema": {"$ref": REF}}}
    for name in _GONE:
        schemas.pop(name, None)


def order(made: dict[str, Any]) -> None:
    """Paths and their words in the order of the access table, whichever module they come from."""
    place = {operation: n for n, operation in enumerate(TABLE)}

    def first(path: dict[str, Any]) -> int:
        return min(place[operation["operationId"]] for operation in path.values())

    made["paths"] = dict(sorted(made["paths"].items(), key=lambda item: first(item[1])))
    operations = [operation for path in made["paths"].values() for operation in path.values()]
    made["tags"] = [{"name": tag} for tag in dict.fromkeys(tag for each in operations for tag in each["tags"])]


def summary_of(description: str) -> str:
    """The first clause of an operation's description: what stands beside its path."""
    return re.split(r"[.:;](?:\s|$)", " ".join(description.split()), maxsplit=1)[0].replace("`", "")
