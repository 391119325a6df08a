"""A video provider: rooms, short-lived signed tickets, presence told by webhook, recordings.

Of a recording it keeps that it was made and when it was stopped (``GET /rooms/{room}``, ledger): no picture, no sound.
"""

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
        book.put("room", room["room"], {**room, "closed": False, "inside": {}, "recording": None})
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
        room = silent(book, room, call.key)
        for inside in room["inside"].values():
            tell(room, "left", **inside)
        book.put("room", room["room"], {**room, "closed": True, "inside": {}})
        tell(room, "closed")
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

    @stand.call("record", "POST", "/rooms/{room}/recordings")
    def record(book: Book, call: Call) -> dict[str, Json]:
        room = _room(book, call)
        if call.key is None:
            raise Refuse("no_key")
        if room["closed"]:
            raise Refuse("closed", 409)
        if room["recording"] is None:
            room = {**room, "recording": new_id("recording")}
            book.put("room", room["room"], room)
            book.effect("record", call.key, room=room["room"], recording=room["recording"])
        return {"recording": room["recording"]}

    @stand.call("stop_recording", "POST", "/rooms/{room}/recordings/stop")
    def stop_recording(book: Book, call: Call) -> dict[str, Json]:
        room = _room(book, call)
        if call.body.get("recording", room["recording"]) == room["recording"]:
            silent(book, room, call.key)
        return {}

    @stand.control("POST", "/rooms/{room}/join")
    def join(book: Book, call: Call) -> dict[str, Json]:
        room, claims = enter(book, call)
        if claims["exp"] < time.time():
            raise Refuse("ticket_expired", 401)
        if room["closed"]:
            raise Refuse("closed", 409)
        if claims["person"] not in room["inside"]:
            came = {"side": claims["side"], "participant": new_id("participant")}
            book.put("room", room["room"], {**room, "inside": {**room["inside"], claims["person"]: came}})
            tell(room, "joined", **came)
        return {"side": claims["side"]}

    @stand.control("POST", "/rooms/{room}/leave")
    def leave(book: Book, call: Call) -> dict[str, Json]:
        room, claims = enter(book, call)
        inside = dict(room["inside"])
        if claims["person"] in inside:
            left = inside.pop(claims["person"])
            book.put("room", room["room"], {**room, "inside": inside})
            tell(room, "left", **left)
        return {"side": claims["side"]}

    @stand.control("GET", "/rooms/{room}")
    def look(book: Book, call: Call) -> dict[str, Json]:
        room = _room(book, call)
        sides = sorted(inside["side"] for inside in room["inside"].values())
        return {**{name: room[name] for name in ("room", "closed", "recording")}, "inside": sides}

    def enter(book: Book, call: Call) -> tuple[dict[str, Json], dict[str, Json]]:
        room, claims = _room(book, call), _claims(_key(book), call.query.get("token") or str(call.body.get("token")))
        if claims["room"] != room["room"]:
            raise Refuse("bad_ticket", 401)
        return room, claims

    def silent(book: Book, room: dict[str, Json], key: str | None) -> dict[str, Json]:
        if room["recording"] is None:
            return room
        book.effect("stop_recording", key, room=room["room"], recording=room["recording"])
        room = {**room, "recording": None}
        book.put("room", room["room"], room)
        return room

    def tell(room: dict[str, Json], event: str, **inside: str) -> None:
        stand.notify(event, room["room"], reference=room["reference"], room=room["room"], **inside)

    return stand


if __name__ == "__main__":
    main(build)
