"""A payment provider: holds, captures, cancellations; to the kopeck, once a key.

Means beginning with ``tok_declined`` are declined; what follows is the code (``tok_declined_insufficient_funds``).
"""

from dev.stands.base import Book, Call, Json, Options, Refuse, Stand, main, new_id

DECLINED = "tok_declined"


def _amount(call: Call) -> int:
    amount = call.body.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        raise Refuse("bad_amount")
    return amount


def _hold(book: Book, call: Call) -> dict[str, Json]:
    hold = book.get("hold", call.path["hold"])
    if hold is None:
        raise Refuse("no_such_hold", 404)
    return hold


def build(options: Options) -> Stand:
    """The stand."""
    stand = Stand("payments", options)

    @stand.call("authorise", "POST", "/holds")
    def authorise(book: Book, call: Call) -> dict[str, Json]:
        if call.key is None:
            raise Refuse("no_key")
        amount, payer, means = _amount(call), call.text("payer"), call.text("means")
        if means.startswith(DECLINED):
            code = means.removeprefix(DECLINED).lstrip("_") or "declined"
            book.put("declined", call.key, {"key": call.key, "declined": code})
            return {"declined": code}
        hold = {"hold": new_id("hold"), "key": call.key, "amount": amount, "payer": payer, "status": "held"}
        book.put("hold", str(hold["hold"]), hold)
        book.effect("authorise", call.key, hold=hold["hold"], amount=amount)
        return {"hold": hold["hold"]}

    @stand.call("find_hold", "GET", "/holds")
    def find_hold(book: Book, call: Call) -> dict[str, Json]:
        key = call.query.get("key", "")
        holds = [{"hold": hold["hold"]} for hold in book.all("hold", key=key)]
        return {"items": holds + [{"declined": no["declined"]} for no in book.all("declined", key=key)]}

    @stand.call("capture", "POST", "/holds/{hold}/capture")
    def capture(book: Book, call: Call) -> dict[str, Json]:
        hold, amount = _hold(book, call), _amount(call)
        if hold["status"] != "held":
            raise Refuse(str(hold["status"]), 409)
        if amount > int(hold["amount"]):
            raise Refuse("amount_too_large")
        receipt = {"receipt": new_id("receipt"), "key": call.key, "hold": hold["hold"], "amount": amount}
        book.put("capture", str(receipt["receipt"]), receipt)
        book.put("hold", hold["hold"], {**hold, "status": "captured"})
        book.effect("capture", call.key, hold=hold["hold"], amount=amount, receipt=receipt["receipt"])
        return {"receipt": receipt["receipt"]}

    @stand.call("find_capture", "GET", "/captures")
    def find_capture(book: Book, call: Call) -> dict[str, Json]:
        found = book.all("capture", key=call.query.get("key", ""))
        return {"items": [{"receipt": capture["receipt"]} for capture in found]}

    @stand.call("cancel", "POST", "/holds/{hold}/cancel")
    def cancel(book: Book, call: Call) -> dict[str, Json]:
        hold = _hold(book, call)
        if hold["status"] == "captured":
            raise Refuse("captured", 409)
        if hold["status"] == "held":
            book.put("hold", hold["hold"], {**hold, "status": "cancelled"})
            book.effect("cancel", call.key, hold=hold["hold"])
        return {}

    return stand


if __name__ == "__main__":
    main(build)
