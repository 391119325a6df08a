"""An identity provider: sessions that a person confirms or gives up, by a page or by ``POST``."""

from html import escape

from dev.stands.base import (
    Book,
    Call,
    HTMLResponse,
    Json,
    Options,
    RedirectResponse,
    Refuse,
    Response,
    Stand,
    main,
    new_id,
)  # fmt: skip

FIELDS = ("surname", "name", "patronymic", "birth_date", "snils")
LEVELS = ("declared", "confirmed")
REFUSALS = ("denied", "not_trusted", "expired", "unavailable")
PAGE = """<!doctype html><meta charset="utf-8"><title>Stand of an identity provider</title>
<h1>Подтверждение личности (стенд)</h1><form method="post">{fields}
<p><button name="do" value="confirm">Подтвердить</button> <button name="do" value="refuse">Отказаться</button></form>"""


def _session(book: Book, id_: str) -> dict[str, Json]:
    session = book.get("session", id_)
    if session is None:
        raise Refuse("no_such_session", 404)
    return session


def _finish(book: Book, id_: str, **said: Json) -> dict[str, Json]:
    session = _session(book, id_)
    if session["level"] is not None or session["refused"] is not None:
        raise Refuse("finished", 409)
    book.put("session", id_, {**session, **said})
    book.effect("confirm" if said.get("level") else "refuse", None, session=id_)
    return {"session": id_}


def build(options: Options) -> Stand:
    """The stand."""
    stand = Stand("identity", options)

    @stand.call("begin", "POST", "/sessions")
    def begin(book: Book, call: Call) -> dict[str, Json]:
        id_ = new_id("session")
        session: dict[str, Json] = {
            "return_url": call.text("return_url"),
            "level": None,
            "refused": None,
            "attributes": {},
        }
        book.put("session", id_, session)
        book.effect("begin", call.key, session=id_)
        return {"session": id_, "url": f"{options.url}/sign-in/{id_}"}

    @stand.call("proved", "GET", "/proved")
    def proved(book: Book, call: Call) -> dict[str, Json]:
        session = _session(book, call.query.get("session", ""))
        return {name: session[name] for name in ("level", "refused", "attributes")}

    @stand.control("POST", "/sessions/{session}/confirm")
    def confirm(book: Book, call: Call) -> dict[str, Json]:
        attributes, level = call.body.get("attributes", {}), call.body.get("level", "confirmed")
        if not isinstance(attributes, dict) or level not in LEVELS:
            raise Refuse("malformed")
        said = {str(name): str(value) for name, value in attributes.items()}
        return _finish(book, call.path["session"], level=level, attributes=said)

    @stand.control("POST", "/sessions/{session}/refuse")
    def refuse(book: Book, call: Call) -> dict[str, Json]:
        code = call.body.get("code", "denied")
        if code not in REFUSALS:
            raise Refuse("no_such_refusal")
        return _finish(book, call.path["session"], refused=code)

    @stand.page("GET", "/sign-in/{session}")
    def page(book: Book, call: Call) -> Response:
        _session(book, call.path["session"])
        fields = "".join(f'<p><label>{escape(f)} <input name="{escape(f)}"></label>' for f in FIELDS)
        return HTMLResponse(PAGE.format(fields=fields))

    @stand.page("POST", "/sign-in/{session}")
    def signed_in(book: Book, call: Call) -> Response:
        id_ = call.path["session"]
        if call.form.get("do") == "refuse":
            _finish(book, id_, refused="denied")
        else:
            attributes = {name: call.form[name] for name in FIELDS if call.form.get(name)}
            _finish(book, id_, level="confirmed", attributes=attributes)
        return RedirectResponse(str(_session(book, id_)["return_url"]), status_code=303)

    return stand


if __name__ == "__main__":
    main(build)
