"""problem+json (RFC 9457): one catalogue of everything the facade may answer instead of what was asked.

``type`` is stable for machines, ``title`` is for people (ru, en). A problem names where and how to mend, never
what was sent: no value of a request and no patient data stands in an error.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from api.catalogue import CATALOGUE, Entry
from domain.acts import Refusal
from domain.base import Json, Language
from ports import PortError
from ports.consultations import NoSuchConsultation, NotConfirmed
from records.content import ContentChanged
from records.pages import BadCursor
from runtime.telemetry import frames, get_logger

_log = get_logger(__name__)

MEDIA = "application/problem+json"
BASE = "https://carepath.dev/problems/"


class WrongPlace(BaseModel):
    """One place of a request that is not well-formed."""

    at: str = Field(description="JSON Pointer into the request, prefixed by body, query, path or header.")
    code: str = Field(description="Stable word of what is wrong there.")
    mend: str = Field(description="What to send instead; never repeats what was sent.")


class ProblemBody(BaseModel):
    """The body of every answer that is not what was asked for (RFC 9457)."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "example": {
                "type": BASE + "too_late",
                "title": "Это действие уже выполнено или его срок прошёл",
                "status": 409,
                "code": "too_late",
                "mend": "Запросите состояние консультации: оно покажет, что можно сделать теперь.",
            }
        },
    )

    type: str
    title: str
    status: int
    code: str
    mend: str
    errors: list[WrongPlace] | None = None
    article: str | None = Field(None, description="The article of the law that does not allow it.")
    act: str | None = Field(None, description="The act's id, where one was sent.")


class Problem(Exception):
    """Answer with the catalogue's entry ``code``. ``extra`` holds codes and ids only.

    ``retry_after`` is how many seconds to wait, where that is known better than the catalogue knows it.
    """

    def __init__(
        self, code: str, *, headers: Mapping[str, str] | None = None, retry_after: int | None = None, **extra: Json
    ) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.headers = dict(headers or {})
        self.extra = extra


def language_of(request: Request) -> Language:
    """The language of ``Accept-Language``: the first of ru and en by weight; Russian where neither is named."""
    best, weight = Language.RU, 0.0
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, q = part.strip().partition(";q=")
        try:
            value = float(q) if q else 1.0
        except ValueError:
            continue
        short = tag.strip().lower()[:2]
        if short in (Language.RU, Language.EN) and value > weight:
            best, weight = Language(short), value
    return best


_OURS = frozenset({"code", "type", "title", "status", "mend", "headers", "retry_after"})
"""Of a refusal's parameters, those that are ours to say."""


def of_refusal(refusal: Mapping[str, Json], act: str | None = None) -> Problem:
    """The problem of a refused act; its parameters (codes and ids) become extension members."""
    params = {k: v for k, v in refusal.items() if k not in _OURS}
    if act is not None:
        params["act"] = act
    return Problem(str(refusal["code"]), **params)


def render(request: Request, problem: Problem) -> Response:
    """The answer of a problem in the caller's language."""
    entry = CATALOGUE.get(problem.code) or CATALOGUE["refused"]
    language = language_of(request)
    body: dict[str, Any] = {
        "type": BASE + problem.code,
        "title": entry.title.in_(language),
        "status": entry.status,
        "code": problem.code,
        "mend": entry.mend.in_(language),
        **problem.extra,
    }
    headers = {"Content-Language": str(language), "Cache-Control": "no-store", **problem.headers}
    if entry.status == HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    wait = entry.retry_after if problem.retry_after is None else problem.retry_after
    if wait is not None:
        headers.setdefault("Retry-After", str(wait))
    return JSONResponse(body, entry.status, headers, MEDIA)


def failed(error: Exception) -> Problem:
    """What nobody foresaw. Its message may quote a statement's values: only the type and the places are logged."""
    _log.error("request.failed", error=type(error).__name__, frames=frames(error))
    return Problem("failed")


_MENDS = {
    "missing": Entry.both("это поле обязательно", "this field is required"),
    "extra_forbidden": Entry.both("такого поля нет, уберите его", "there is no such field, remove it"),
    "unknown_field": Entry.both("такого поля нет, уберите его", "there is no such field, remove it"),
    "json_invalid": Entry.both("тело должно быть правильным JSON", "the body must be valid JSON"),
}
_MEND = Entry.both("см. схему этого поля в /openapi.json", "see this field's schema in /openapi.json")


def mend_of(code: str, language: Language, params: Mapping[str, Json] | None = None) -> str:
    """How to mend one place of a request; ``params`` are limits of ours, never what was sent."""
    limits = ", ".join(f"{name}: {limit}" for name, limit in (params or {}).items())
    return limits or _MENDS.get(code, _MEND).in_(language)


def _places(errors: list[Any], language: Language) -> list[dict[str, str]]:
    """Where a request is wrong. Pydantic's own messages are not passed on: they may quote what was sent.

    A key the caller invented may hold data as well, so it is not repeated either.
    """
    places = []
    for error in errors:
        kind, loc = error["type"], list(error["loc"])
        if kind == "extra_forbidden":
            loc = [*loc[:-1], "*"]
        at = "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in loc)
        places.append({"at": at, "code": kind, "mend": mend_of(kind, language)})
    return places


OUTAGES: dict[type[Exception], str] = {
    NotConfirmed: "not_confirmed",
    NoSuchConsultation: "no_such_consultation",
    PortError: "unavailable",
    RPCError: "unavailable",
    OperationalError: "unavailable",
    InterfaceError: "unavailable",
    PoolTimeout: "unavailable",
    ContentChanged: "bad_content",
    BadCursor: "bad_cursor",
}
"""What is not of the request's making, by the error's type."""


def of_failure(error: Exception) -> Problem:
    """The problem that the app would answer this error with."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        return of_refusal({"code": error.code, **error.params})
    code = next((code for kind, code in OUTAGES.items() if isinstance(error, kind)), None)
    return failed(error) if code is None else Problem(code)


def _outage(code: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, _: Exception) -> Response:
        return render(request, Problem(code))

    return answer


_BY_STATUS = {
    400: "not_well_formed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_well_formed",
}


def install(app: FastAPI) -> None:
    """Answer every failure of the app with a problem; nothing of a stack trace leaves the process."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return render(request, error)

    @app.exception_handler(Refusal)
    async def refusal(request: Request, error: Refusal) -> Response:
        return render(request, of_refusal({"code": error.code, **error.params}))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        places = _places(list(error.errors()), language_of(request))
        return render(request, Problem("not_well_formed", errors=places))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> Response:
        return render(request, failed(error))

    for kind, code in OUTAGES.items():
        app.add_exception_handler(kind, _outage(code))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return render(request, Problem(_BY_STATUS.get(error.status_code, "failed")))
