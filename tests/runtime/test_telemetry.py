"""No log line can carry a patient: values that are not codes are withheld, messages of errors are never written."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from runtime.settings import Settings
from runtime.telemetry import WITHHELD, configure, get_logger, opaque

CANARIES = ("Канарейкина", "Kanareikina", "+79161234567", "79161234567", "боль в груди", "token-ABCdef", "a b")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    configure(Settings(log_level="debug"), "test")
    stream = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("canary", CANARIES)
def test_what_is_not_a_code_is_withheld_wherever_it_is_put(written: io.StringIO, canary: str) -> None:
    log = get_logger("tests.room")
    log.info("act.taken", name=canary, nested={"a": [canary]}, error=canary, frames=canary)
    log.info(canary)
    log.bind(patient=canary).warning("act.refused")
    logging.getLogger("library").warning("failed for %s", canary)
    logging.getLogger("library").error(f"failed: {canary}")
    logging.getLogger("library").info(canary, extra={"name_": canary})
    try:
        raise ValueError(canary)
    except ValueError:
        log.exception("act.failed")
        logging.getLogger("library").exception("failed")
    assert canary not in json.dumps(lines(written), ensure_ascii=False)
    assert canary.split(" ")[0] not in written.getvalue() or canary == "a b"


def test_ids_codes_and_numbers_are_written(written: io.StringIO) -> None:
    get_logger("tests.room").info("worker.started", queue="io", workflow="c-abc.labs.1", tries=3, whole=True)
    (line,) = lines(written)
    assert line["event"] == "worker.started"
    assert (line["queue"], line["workflow"], line["tries"], line["whole"]) == ("io", "c-abc.labs.1", 3, True)
    assert line["service"] == "test"


def test_an_error_is_told_by_type_and_place(written: io.StringIO) -> None:
    try:
        raise KeyError("Канарейкина")
    except KeyError:
        get_logger("tests.room").exception("act.failed")
    (line,) = lines(written)
    assert line["error"] == "KeyError"
    assert line["frames"][-1].startswith("test_telemetry.py:")


def test_a_long_number_is_withheld_as_a_number_and_as_digits() -> None:
    assert opaque(79161234567) == WITHHELD
    assert opaque("112-233-445 95") == WITHHELD
    assert opaque("11223344595") == WITHHELD
    assert opaque(42) == 42
