"""A clinic's MIS: in-person visits on record, requests for new ones, and the doctors' schedule.

``POST /_visits {"patient_number", "visits": [{"id", "doctor"?, "diagnosis", "on", "speciality"}]}`` puts visits on
record; ``POST /_schedule {"slots": [{"id"?, "doctor", "pool", "starts", "ends"}]}`` puts times on record, free ones.
The clinic's desk: ``POST /_schedule/{slot}/take`` gives a time to somebody else, ``POST /bookings/{reference}/back``
takes it from a patient of ours.

Its clock stands still until ``POST /_clock {"now"}`` sets it going: from then on no time that has begun is to be had.
"""

import time
from datetime import UTC, datetime, timedelta

from dev.stands.base import Book, Call, Json, Options, Refuse, Stand, main, new_id

SHOWN = ("id", "doctor", "starts", "ends")
DESK = "desk"
"""Who has a time that no booking of ours took."""


def _moment(said: Json) -> datetime:
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        raise Refuse("malformed") from None
    if moment.tzinfo is None:
        raise Refuse("malformed")
    return moment.astimezone(UTC)


def _shown(slot: dict[str, Json]) -> dict[str, Json]:
    return {name: slot[name] for name in SHOWN}


def _slot(book: Book, id_: str) -> dict[str, Json]:
    slot = book.get("slot", id_)
    if slot is None:
        raise Refuse("no_such_slot", 404)
    return slot


def _over(book: Book, slot: dict[str, Json]) -> bool:
    clock = book.get("clock", "")
    if clock is None:
        return False
    now = datetime.fromtimestamp(time.time(), UTC) + timedelta(seconds=float(clock["ahead"]))
    return _moment(slot["starts"]) <= now


def build(options: Options) -> Stand:
    """The stand."""
    stand = Stand("mis", options)
    _visits(stand)
    _schedule(stand)
    _bookings(stand)
    return stand


def _visits(stand: Stand) -> None:
    @stand.call("visits", "POST", "/visits/search")
    def visits(book: Book, call: Call) -> dict[str, Json]:
        number, speciality, since = call.text("patient_number"), call.text("speciality"), call.text("since")
        found = book.all("visit", patient_number=number, speciality=speciality)
        found = sorted((v for v in found if v["on"] >= since), key=lambda v: str(v["on"]), reverse=True)
        return {"items": [{k: v for k, v in visit.items() if k != "patient_number"} for visit in found]}

    @stand.call("request_visit", "POST", "/visit-requests")
    def request_visit(book: Book, call: Call) -> dict[str, Json]:
        if call.key is None:
            raise Refuse("no_key")
        request = {"reference": new_id("visit"), "key": call.key, "to": call.text("to")}
        book.put("request", request["reference"], {**request, "patient_number": call.text("patient_number")})
        book.effect("request_visit", call.key, reference=request["reference"], to=request["to"])
        return {"reference": request["reference"]}

    @stand.call("find_visit", "GET", "/visit-requests")
    def find_visit(book: Book, call: Call) -> dict[str, Json]:
        found = book.all("request", key=call.query.get("key", ""))
        return {"items": [{"reference": request["reference"]} for request in found]}

    @stand.control("POST", "/_visits")
    def record(book: Book, call: Call) -> dict[str, Json]:
        number = call.text("patient_number")
        for visit in call.body.get("visits", []):
            kept = {name: visit.get(name) for name in ("id", "doctor", "diagnosis", "on", "speciality")}
            if not all(isinstance(kept[name], str) for name in ("id", "diagnosis", "on", "speciality")):
                raise Refuse("malformed")
            book.put("visit", str(kept["id"]), {**kept, "patient_number": number})
        return {}


def _schedule(stand: Stand) -> None:
    @stand.call("slots", "POST", "/slots/search")
    def slots(book: Book, call: Call) -> dict[str, Json]:
        since, until = _moment(call.text("since")), _moment(call.text("until"))
        found = [
            slot
            for slot in book.all("slot", pool=call.text("pool"))
            if slot["taken"] is None and since <= _moment(slot["starts"]) < until and not _over(book, slot)
        ]
        return {"items": [_shown(slot) for slot in sorted(found, key=lambda slot: _moment(slot["starts"]))]}

    @stand.control("POST", "/_schedule")
    def schedule(book: Book, call: Call) -> dict[str, Json]:
        made = []
        for said in call.body.get("slots", []):
            slot = {name: str(said.get(name) or "") for name in ("doctor", "pool", "starts", "ends")}
            if not all(slot.values()) or _moment(slot["starts"]) >= _moment(slot["ends"]):
                raise Refuse("malformed")
            id_ = str(said.get("id") or new_id("slot"))
            # Put on record again it is moved or given another doctor; who has it keeps it.
            known = book.get("slot", id_)
            made.append({**slot, "id": id_, "taken": None if known is None else known["taken"]})
            book.put("slot", id_, made[-1])
        return {"items": made}

    @stand.control("GET", "/_schedule")
    def look(book: Book, call: Call) -> dict[str, Json]:
        like = {"pool": call.query["pool"]} if "pool" in call.query else {}
        return {"items": book.all("slot", **like)}

    @stand.control("POST", "/_schedule/{slot}/take")
    def take(book: Book, call: Call) -> dict[str, Json]:
        slot = _slot(book, call.path["slot"])
        if slot["taken"] is not None:
            raise Refuse("slot_taken", 409)
        book.put("slot", slot["id"], {**slot, "taken": DESK})
        return {}

    @stand.control("POST", "/_clock")
    def clock(book: Book, call: Call) -> dict[str, Json]:
        book.put("clock", "", {"ahead": _moment(call.text("now")).timestamp() - time.time()})
        return {}


def _bookings(stand: Stand) -> None:
    @stand.call("book", "POST", "/bookings")
    def take(book: Book, call: Call) -> dict[str, Json]:
        if call.key is None:
            raise Refuse("no_key")
        number, slot = call.text("patient_number"), _slot(book, call.text("slot"))
        if slot["taken"] is not None:
            raise Refuse("slot_taken", 409)
        if _over(book, slot):
            raise Refuse("slot_over", 409)
        reference = new_id("booking")
        booking = {"reference": reference, "key": call.key, "slot": slot["id"], "patient_number": number}
        book.put("slot", slot["id"], {**slot, "taken": reference})
        book.put("booking", reference, {**booking, "cancelled": False})
        book.effect("book", call.key, reference=reference, slot=slot["id"])
        return {"reference": reference, "slot": _shown(slot), "cancelled": False}

    @stand.call("find_booking", "GET", "/bookings")
    def find(book: Book, call: Call) -> dict[str, Json]:
        return {
            "items": [
                {
                    "reference": booking["reference"],
                    "slot": _shown(_slot(book, booking["slot"])),
                    "cancelled": booking["cancelled"],
                }
                for booking in book.all("booking", key=call.query.get("key", ""))
            ]
        }

    @stand.call("cancel_booking", "POST", "/bookings/{reference}/cancel")
    def cancel(book: Book, call: Call) -> dict[str, Json]:
        free(book, call.path["reference"], call.key)
        return {}

    @stand.control("POST", "/bookings/{reference}/back")
    def back(book: Book, call: Call) -> dict[str, Json]:
        free(book, call.path["reference"], DESK)
        return {}

    @stand.control("GET", "/_bookings")
    def look(book: Book, call: Call) -> dict[str, Json]:
        like = {"patient_number": call.query["patient_number"]} if "patient_number" in call.query else {}
        return {"items": book.all("booking", **like)}

    def free(book: Book, reference: str, key: str | None) -> None:
        booking = book.get("booking", reference)
        if booking is None:
            raise Refuse("no_such_booking", 404)
        if booking["cancelled"]:
            return
        slot = _slot(book, booking["slot"])
        book.put("booking", reference, {**booking, "cancelled": True})
        book.put("slot", slot["id"], {**slot, "taken": None})
        book.effect("cancel_booking", key, reference=reference, slot=slot["id"])


if __name__ == "__main__":
    main(build)
