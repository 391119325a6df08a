"""A video provider: rooms, short-lived signed tickets, presence told by webhook."""

import base64
import hmac
import json
import secrets
import time
from datetime import UTC, datetime
from hashlib import sha256

from dev.stands.base import Book, Call, Json, Options, Refuse, Stand, main, new_id

TICKET = 600
"""Seconds a ticket is good for."""
SIDES = ("doctor", "patient", "invited")


def _room(book: Book, call: Call) -> dict[str, Json]:
    room = book.get("room", call.path["room"])
    if room is None:
        raise Refuse("no_such_room", 404)
    return room


def _key(book: Book) -> bytes:
    kept = book.get("key", "tickets")
    if kept is None:
        kept = {"key": secrets.token_hex(32)}
        book.put("key", "tickets", kept)
    return bytes.fromhex(str(kept["key"]))


def _sealed(key: bytes, claims: dict[str, Json]) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
    return f"{body}.{hmac.new(key, body.encode(), sha256).hexdigest()}"


def _claims(key: bytes, token: str) -> dict[str, Json]:
    body, _, mark = token.partition(".")
    if not hmac.compare_digest(mark.encode(), hmac.new(key, body.encode(), sha256).hexdigest().encode()):
        raise Refuse("bad_ticket", 401)
    claims: dict[str, Json] = json.loads(base64.urlsafe_b64decode(body))
    return claims


def build(options: Options) -> Stand:
    """The stand."""
    stand = Stand("video", options)

    @stand.call("open", "POST", "/rooms")
    def open_(book: Book, call: Call) -> dict[str, Json]:
        reference = call.text("reference")
        for known in book.all("room", reference=reference):
            if not known["closed"]:
                return {"room": known["room"]}
        room = {"room": new_id("room"), "reference": reference, "until": call.text("until")}
        book.put("room", room["room"], {**room, "closed": False, "inside": {}})
        book.effect("open", call.key, **room)
        return {"room": room["room"]}

    @stand.call("find", "GET", "/rooms")
    def find(book: Book, call: Call) -> dict[str, Json]:
        rooms = book.all("room", reference=call.query.get("reference", ""))
        return {"items": [{"room": room["room"], "closed": room["closed"]} for room in rooms]}

    @stand.call("close", "POST", "/rooms/{room}/close")
    def close(book: Book, call: Call) -> dict[str, Json]:
        room = _room(book, call)
        if room["closed"]:
            return {}
        book.effect("close", call.key, room=room["room"])
        for side in room["inside"].values():
            tell(room, "left", side)
        book.put("room", room["room"], {**room, "closed": True, "inside": {}})
        tell(room, "closed", None)
        return {}

    @stand.call("ticket", "POST", "/rooms/{room}/tickets")
    def ticket(book: Book, call: Call) -> dict[str, Json]:
        room = _room(book, call)
        if room["closed"]:
            raise Refuse("closed", 409)
        if call.text("side") not in SIDES:
            raise Refuse("no_such_side")
        until = time.time() + TICKET
        claims = {"room": room["room"], "person": call.text("person"), "side": call.text("side"), "exp": until}
        return {
            "url": f"{options.url}/rooms/{room['room']}",
            "token": _sealed(_key(book), claims),
            "expires_at": datetime.fromtimestamp(until, UTC).isoformat(),
        }

    @stand.control("POST", "/rooms/{room}/join")
    def join(book: Book, call: Call) -> dict[str, Json]:
        room, claims = enter(book, call)
        if claims["exp"] < time.time():
            raise Refuse("ticket_expired", 401)
        if room["closed"]:
            raise Refuse("closed", 409)
        if claims["person"] not in room["inside"]:
            book.put("room", room["room"], {**room, "inside": {**room["inside"], claims["person"]: claims["side"]}})
            tell(room, "joined", claims["side"])
        return {"side": claims["side"]}

    @stand.control("POST", "/rooms/{room}/leave")
    def leave(book: Book, call: Call) -> dict[str, Json]:
        room, claims = enter(book, call)
        inside = dict(room["inside"])
        if inside.pop(claims["person"], None) is not None:
            book.put("room", room["room"], {**room, "inside": inside})
            tell(room, "left", claims["side"])
        return {"side": claims["side"]}

    @stand.control("GET", "/rooms/{room}")
    def look(book: Book, call: Call) -> dict[str, Json]:
        room = _room(book, call)
        return {"room": room["room"], "closed": room["closed"], "inside": sorted(room["inside"].values())}

    def enter(book: Book, call: Call) -> tuple[dict[str, Json], dict[str, Json]]:
        room, claims = _room(book, call), _claims(_key(book), call.query.get("token") or str(call.body.get("token")))
        if claims["room"] != room["room"]:
            raise Refuse("bad_ticket", 401)
        return room, claims

    def tell(room: dict[str, Json], event: str, side: str | None) -> None:
        said = {} if side is None else {"side": side}
        stand.notify(event, room["room"], reference=room["reference"], room=room["room"], **said)

    return stand


if __name__ == "__main__":
    main(build)
