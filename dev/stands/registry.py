"""РЭМД in our port's shape: takes a request at once, decides later, tells by a signed callback.

It rejects by itself what the real one would (a document number used again, no signature, one that is no CMS) and what
it is told to: ``POST /_behave {"reject": ["NO_SNILS"], "times": 1, "after": 0.5}``. Errors are mnemonics of НСИ
1.2.643.5.1.13.13.99.2.305. ``POST /documents/{request}/decide`` decides now.
"""

import base64
import binascii

from dev.stands.base import Book, Call, Json, Options, Refuse, Stand, main, new_id

AFTER = 0.5
"""Seconds until a decision, unless told otherwise."""
SEQUENCE = 0x30


def build(options: Options) -> Stand:
    """The stand."""
    stand = Stand("registry", options)

    @stand.call("register", "POST", "/documents")
    def register(book: Book, call: Call) -> dict[str, Json]:
        reference, metadata = call.text("reference"), call.body.get("metadata")
        if not isinstance(metadata, dict) or call.key is None:
            raise Refuse("validation_error")
        behave = book.get("behave", "") or {"reject": [], "times": 0, "after": AFTER}
        told = list(behave["reject"]) if behave["times"] > 0 else []
        if told:
            book.put("behave", "", {**behave, "times": behave["times"] - 1})
        request = new_id("emd")
        errors = told or _errors(book, metadata, str(call.body.get("signature", "")))
        document = {
            "request": request,
            "key": call.key,
            "reference": reference,
            "local_uid": metadata.get("local_uid"),
            "status": "pending",
            "number": None,
            "errors": errors,
        }
        book.put("document", request, document)
        book.effect("register", call.key, request=request, metadata=metadata)
        book.later("decide", request, {"request": request}, float(behave["after"]))
        return {"request": request}

    @stand.call("find", "GET", "/documents")
    def find(book: Book, call: Call) -> dict[str, Json]:
        found = book.all("document", key=call.query.get("key", ""))
        return {"items": [_shown(document) for document in found]}

    @stand.control("POST", "/documents/{request}/decide")
    def decide_now(book: Book, call: Call) -> dict[str, Json]:
        if book.get("document", call.path["request"]) is None:
            raise Refuse("no_such_document", 404)
        book.hurry("decide", call.path["request"])
        return {}

    @stand.control("POST", "/_behave")
    def behave(book: Book, call: Call) -> dict[str, Json]:
        reject = [str(code) for code in call.body.get("reject", [])]
        times = int(call.body.get("times", 1 if reject else 0))
        book.put("behave", "", {"reject": reject, "times": times, "after": float(call.body.get("after", AFTER))})
        return {}

    def decide(book: Book, body: dict[str, Json]) -> None:
        document = book.get("document", str(body["request"]))
        if document is None or document["status"] != "pending":
            return
        if document["errors"]:
            decided = {**document, "status": "rejected"}
        else:
            number = f"77.26.0042.{book.count('registered') + 1:09d}"
            decided = {**document, "status": "registered", "number": number}
        book.put("document", document["request"], decided)
        book.effect(decided["status"], document["key"], request=document["request"], number=decided["number"])
        said = _shown(decided)
        named = {"reference": document["reference"], "local_uid": document["local_uid"]}
        stand.notify(said.pop("status"), document["request"], **named, **said)

    stand.job("decide", decide)
    return stand


def _errors(book: Book, metadata: dict[str, Json], signature: str) -> list[str]:
    uid = metadata.get("local_uid")
    # One that was rejected may be sent again; one that stands or is being looked at may not.
    if uid is not None and any(known["status"] != "rejected" for known in book.all("document", local_uid=str(uid))):
        return ["NOT_UNIQUE_PROVIDED_ID"]
    try:
        raw = base64.b64decode(signature, validate=True)
    except binascii.Error:
        return ["SIGNATURE_DECODING_ERROR"]
    if not raw:
        return ["NO_SIGNATURE"]
    return [] if raw[0] == SEQUENCE else ["WRONG_SIGNATURE_FORMAT"]


def _shown(document: dict[str, Json]) -> dict[str, Json]:
    errors = [] if document["status"] == "pending" else document["errors"]
    return {"status": document["status"], "number": document["number"], "errors": errors}


if __name__ == "__main__":
    main(build)
