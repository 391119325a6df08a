"""A clinic's MIS: in-person visits on record, requests for new ones.

``POST /_visits {"patient_number", "visits": [{"id", "doctor"?, "diagnosis", "on", "speciality"}]}`` puts visits on
record.
"""

from dev.stands.base import Book, Call, Json, Options, Refuse, Stand, main, new_id


def build(options: Options) -> Stand:
    """The stand."""
    stand = Stand("mis", options)

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

    return stand


if __name__ == "__main__":
    main(build)
