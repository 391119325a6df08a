"""A page for administrators: log in, and Temporal UI in this browser may decrypt for a quarter of an hour.

A plain form that runs no script and loads nothing; what is typed comes here and goes no further than the cookie.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, StringConstraints

from api.access import admit
from api.auth.tokens import LONGEST
from api.caller import ServicesOf, known
from api.catalogue import CATALOGUE
from api.codec import PATH, SESSION, opened, origin_of
from api.issuer.routes import Clinic, StaffLogin, log_in, mint
from api.problems import Problem, language_of
from api.services import Services
from domain.base import Text

router = APIRouter(prefix=PATH, tags=["administrators"], include_in_schema=False)


class TokenGiven(BaseModel):
    """A bearer token of any configured issuer."""

    token: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
    clinic: Clinic


@dataclass(frozen=True)
class Input:
    """One field of a form."""

    name: str
    label: Text
    type: str = "text"
    more: str = ""


MINUTES = SESSION // 60
CLINIC = Input("clinic", Text(ru="Клиника", en="Clinic"))
BY_PASSWORD = (
    CLINIC,
    Input("login", Text(ru="Логин", en="Login"), more='autocomplete="username"'),
    Input("password", Text(ru="Пароль", en="Password"), "password", 'autocomplete="current-password"'),
    Input(
        "totp",
        Text(ru="Одноразовый код", en="One-time code"),
        more='autocomplete="one-time-code" inputmode="numeric" pattern="[0-9]{6}"',
    ),
)
BY_TOKEN = (CLINIC, Input("token", Text(ru="Токен доступа", en="Access token"), "password", 'autocomplete="off"'))
TITLE = Text(ru="Расшифровка в Temporal UI", en="Decoding in Temporal UI")
LEAD = Text(
    ru=f"Войдите как администратор клиники: {MINUTES} минут этот браузер сможет расшифровывать; "
    "каждое чтение попадёт в аудит.",
    en=f"Log in as the clinic's administrator: this browser may decrypt for {MINUTES} minutes; "
    "each reading is audited.",
)
SEND = Text(ru="Открыть", en="Open")
DONE = Text(ru="Готово: обновите страницу процесса в Temporal UI.", en="Done: reload the run's page in Temporal UI.")

STYLE = "body{font:16px sans-serif;max-width:24em;margin:3em auto}input{display:block;width:100%;margin:.2em 0 1em}"
_STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    # A form's Origin is sent only where its Referrer may be.
    "Referrer-Policy": "same-origin",
}


@router.get("/session", operation_id="show_codec_login", response_class=HTMLResponse)
async def show(request: Request) -> Response:
    """The page where an administrator lets his browser's Temporal UI decrypt."""
    return page(request, forms(request))


@router.post("/login", operation_id="log_in_to_codec", response_class=HTMLResponse)
async def enter(request: Request, shared: ServicesOf) -> Response:
    """Take that page's form: login, password and one-time code, or a token; the cookie is set."""
    try:
        ours(request, shared)
        token, clinic = await given(request, shared)
        _, actor = await known(shared, token, clinic)
        admit("open_codec_session", actor)
    except Problem as problem:
        entry = CATALOGUE.get(problem.code) or CATALOGUE["refused"]
        language = language_of(request)
        said = paragraph(f"{entry.title.in_(language)}. {entry.mend.in_(language)}")
        return page(request, said + forms(request), entry.status)
    done = paragraph(DONE.in_(language_of(request)))
    return await opened(shared, actor, token, page(request, done))


def ours(request: Request, shared: Services) -> None:
    """Another site's form may not log its own account in here.

    Raises:
        Problem: ``forbidden``.
    """
    here = {origin_of(str(request.base_url)), origin_of(shared.wiring.settings.public_url)}
    if request.headers.get("origin") not in here:
        raise Problem("forbidden")


async def given(request: Request, shared: Services) -> tuple[str, str]:
    """The token given, or one for the login given; and the clinic.

    Raises:
        Problem: ``not_well_formed``, ``login_failed``, ``rate_limited``.
    """
    try:
        fields = dict(parse_qsl((await request.body()).decode()))
        if "token" in fields:
            typed = TokenGiven.model_validate(fields)
            return typed.token, typed.clinic
        body = StaffLogin.model_validate(fields)
    except ValueError:
        raise Problem("not_well_formed") from None
    return (await log_in(request, body, shared, mint(request))).access_token, body.clinic


def forms(request: Request) -> str:
    """A form a way to log in; the one by password where the issuer is our own."""
    ways = [BY_TOKEN] if request.app.state.mint is None else [BY_PASSWORD, BY_TOKEN]
    return paragraph(LEAD.in_(language_of(request))) + "<hr>".join(form(request, way) for way in ways)


def form(request: Request, inputs: Iterable[Input]) -> str:
    """One form."""
    language = language_of(request)
    fields = "".join(
        f'<label>{escape(each.label.in_(language))}<input name="{each.name}" type="{each.type}" required {each.more}>'
        "</label>"
        for each in inputs
    )
    # The path is relative: it holds behind a proxy that serves the API under a prefix.
    return f'<form method="post" action="login">{fields}<button>{escape(SEND.in_(language))}</button></form>'


def paragraph(text: str) -> str:
    """A paragraph."""
    return f"<p>{escape(text)}</p>"


def page(request: Request, content: str, status: int = 200) -> HTMLResponse:
    """The page."""
    language = language_of(request)
    title = escape(TITLE.in_(language))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    html = f'<!doctype html><html lang="{language}"><head>{head}</head><body><h1>{title}</h1>{content}</body></html>'
    return HTMLResponse(html, status, HEADERS | {"Content-Language": str(language)})
