"""A message gateway whose outbox can be read: ``GET /outbox?to=+7...``."""

from dev.stands.base import Book, Call, Json, Options, Refuse, Stand, main, new_id

CHANNELS = ("sms", "voice")


def build(options: Options) -> Stand:
    """The stand."""
    stand = Stand("sms", options)

    @stand.call("send", "POST", "/messages")
    def send(book: Book, call: Call) -> dict[str, Json]:
        if call.key is None:
            raise Refuse("no_key")
        if call.text("channel") not in CHANNELS:
            raise Refuse("no_such_channel")
        message = {"id": new_id("msg"), "key": call.key, "to": call.text("address"), "text": call.text("text")}
        book.put("message", message["id"], {**message, "channel": call.text("channel")})
        book.effect("send", call.key, id=message["id"], channel=call.text("channel"))
        return {"id": message["id"]}

    @stand.call("find", "GET", "/messages")
    def find(book: Book, call: Call) -> dict[str, Json]:
        return {"items": [{"id": m["id"]} for m in book.all("message", key=call.query.get("key", ""))]}

    @stand.control("GET", "/outbox")
    def outbox(book: Book, call: Call) -> dict[str, Json]:
        like = {"to": call.query["to"]} if "to" in call.query else {}
        return {"items": book.all("message", **like)}

    return stand


if __name__ == "__main__":
    main(build)
