"""A laboratory: takes orders, then material, then measures; tells by signed notices that something is there.

An order is ``{"patient_number", "birth_date", "tests": [{"code", "name"?}], ...}``. What happens in the laboratory is
told to the stand: ``POST /orders/{order}/material``, ``/results {"status", "critical"?, "observations"?, ...}``,
``/reject {"code"}``. Results without observations are made up from the order's tests.
"""

from datetime import UTC, datetime

from dev.stands.analytes import observe
from dev.stands.base import Book, Call, Json, Options, Refuse, Stand, main, new_id

STATUSES = ("partial", "final")


def _order(book: Book, call: Call) -> dict[str, Json]:
    order = book.get("order", call.path["order"])
    if order is None:
        raise Refuse("no_such_order", 404)
    return order


def build(options: Options) -> Stand:
    """The stand."""
    stand = Stand("labs", options)

    @stand.call("place", "POST", "/orders")
    def place(book: Book, call: Call) -> dict[str, Json]:
        reference, asked = call.text("reference"), call.body.get("order")
        if not isinstance(asked, dict) or call.key is None:
            raise Refuse("malformed")
        for name in ("patient_number", "birth_date"):
            if not isinstance(asked.get(name), str) or not asked[name]:
                raise Refuse(f"no_{name}")
        tests = asked.get("tests")
        if not isinstance(tests, list) or not all(isinstance(t, dict) and t.get("code") for t in tests) or not tests:
            raise Refuse("no_tests")
        order = {"order": new_id("lab"), "key": call.key, "reference": reference, "asked": asked, "status": "placed"}
        book.put("order", str(order["order"]), {**order, "result": None})
        book.effect("place", call.key, order=order["order"], tests=[test["code"] for test in tests])
        return {"order": order["order"]}

    @stand.call("find", "GET", "/orders")
    def find(book: Book, call: Call) -> dict[str, Json]:
        found = book.all("order", key=call.query.get("key", ""))
        return {"items": [{"order": order["order"]} for order in found]}

    @stand.call("cancel", "POST", "/orders/{order}/cancel")
    def cancel(book: Book, call: Call) -> dict[str, Json]:
        order = _order(book, call)
        if order["status"] == "placed":
            book.put("order", order["order"], {**order, "status": "cancelled"})
            book.effect("cancel", call.key, order=order["order"])
        return {"cancelled": order["status"] in ("placed", "cancelled")}

    @stand.call("results", "GET", "/orders/{order}/results")
    def results(book: Book, call: Call) -> dict[str, Json]:
        order = _order(book, call)
        nothing = {"id": f"{order['order']}-0", "status": "none", "observations": [], **_whose(order)}
        return {"order": order["order"], **(order["result"] or nothing)}

    @stand.control("POST", "/orders/{order}/material")
    def material(book: Book, call: Call) -> dict[str, Json]:
        order = _order(book, call)
        if order["status"] != "placed":
            raise Refuse(str(order["status"]), 409)
        move(book, order, "material", "material_taken")
        return {}

    @stand.control("POST", "/orders/{order}/results")
    def measured(book: Book, call: Call) -> dict[str, Json]:
        order = _order(book, call)
        status = call.body.get("status", "final")
        if status not in STATUSES or order["status"] in ("cancelled", "rejected"):
            raise Refuse("no_results_now", 409)
        version = int(order.get("version", 0)) + 1
        critical = bool(call.body.get("critical", False))
        result: dict[str, Json] = {
            "id": f"{order['order']}-{version}",
            "status": status,
            "at": datetime.now(UTC).isoformat(),
            "observations": call.body.get("observations") or observe(order["asked"]["tests"], critical),
            **_whose(order),
            # Another patient's attributes under our order: how results come to the wrong record.
            **{name: call.body[name] for name in ("patient_number", "birth_date") if name in call.body},
        }
        move(book, {**order, "result": result, "version": version}, status, "result")
        return {"id": result["id"]}

    @stand.control("POST", "/orders/{order}/reject")
    def reject(book: Book, call: Call) -> dict[str, Json]:
        order = _order(book, call)
        move(book, order, "rejected", "refused", code=str(call.body.get("code", "unsatisfactory")))
        return {}

    @stand.control("GET", "/_orders")
    def orders(book: Book, call: Call) -> dict[str, Json]:
        shown = ("order", "key", "reference", "status")
        return {"items": [{name: order[name] for name in shown} for order in book.all("order")]}

    def move(book: Book, order: dict[str, Json], status: str, event: str, **said: Json) -> None:
        book.put("order", order["order"], {**order, "status": status})
        book.effect(event, order["key"], order=order["order"], status=status)
        stand.notify(event, order["order"], reference=order["reference"], order=order["order"], **said)

    return stand


def _whose(order: dict[str, Json]) -> dict[str, Json]:
    return {name: order["asked"][name] for name in ("patient_number", "birth_date")}


if __name__ == "__main__":
    main(build)
