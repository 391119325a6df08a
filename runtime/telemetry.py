"""Logs that cannot carry patient data: an event is a word of ours, a value is an opaque code or a number.

Redaction is by construction, not by a list of forbidden keys: whatever is not surely a code is withheld. Messages
of exceptions are never written (a validation error quotes its input), only their types and where they were raised.
Records of foreign loggers keep their place in the source, and their template where it surely is one (it has arguments,
which are dropped): many libraries format before they log.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import structlog

from runtime.settings import Settings

WITHHELD = "[withheld]"
# Ids, codes, digests, addresses of services. No capitals, spaces or Cyrillic: no name, sentence or token matches.
_OPAQUE = re.compile(r"[a-z0-9_.:/+=<>#-]{1,160}\Z")
_LONG_NUMBER = re.compile(r"\d{7,}")
_EVENT = re.compile(r"[a-z][a-z0-9_.]{0,80}\Z")
_TEMPLATE = re.compile(r"[A-Za-z0-9_.,/ -]{1,160}\Z")
_SPOKEN = ("temporal.core",)
"""Loggers whose whole message is a constant: the native core writes data into fields only, and those are off."""
_STRUCTURAL = frozenset({"event", "level", "timestamp", "logger", "exc_info", "stack_info"})

Event = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def opaque(value: object) -> object:
    """The value where it is surely a code, a number or a list of such; else ``[withheld]``."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10_000_000 else WITHHELD
    if isinstance(value, str):
        if _OPAQUE.match(value) is None:
            return WITHHELD
        # A run of digits alone may be a phone or a document number; inside an id it is part of a random code.
        return WITHHELD if _LONG_NUMBER.fullmatch(value.lstrip("+")) else value
    if isinstance(value, list | tuple | set | frozenset):
        return [opaque(item) for item in value]
    if isinstance(value, dict):
        return {str(opaque(key)): opaque(item) for key, item in value.items()}
    return WITHHELD


def frames(error: BaseException) -> list[str]:
    """Where an error was raised and through what it passed: file, line and function, innermost last."""
    found = traceback.extract_tb(error.__traceback__)[-12:]
    return [f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in found]


def _errors(_: Any, __: str, event: Event) -> Event:
    raised = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        event["frames"] = frames(error)
        code = getattr(error, "code", None)
        if isinstance(code, str):
            event["code"] = opaque(code)
    return event


def _withhold(_: Any, __: str, event: Event) -> Event:
    foreign = event.get("_from_structlog") is False
    words = str(event.get("event", ""))
    event["event"] = words if foreign or _EVENT.match(words) else WITHHELD
    for key in list(event):
        if key not in _STRUCTURAL and not key.startswith("_"):
            event[key] = opaque(event[key])
    return event


class _Foreign(logging.Filter):
    """Makes a record of a foreign logger harmless before anything can format it. Ours are event dictionaries."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, the foreign ones without what may be data."""
        if not isinstance(record.msg, dict):
            record.msg, record.args = _harmless(record), None
        return True


def _harmless(record: logging.LogRecord) -> str:
    place = f"{Path(record.pathname).name}:{record.lineno}"
    if not record.args and not record.name.startswith(_SPOKEN):
        return place
    words = re.split(r"[%{\"'\[(:=\n]", str(record.msg), maxsplit=1)[0].strip()
    return f"{words} at {place}" if _TEMPLATE.match(words) and not _LONG_NUMBER.search(words) else place


def configure(settings: Settings, service: str) -> None:
    """Set up logging of this process, standard library included, to stderr."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _withhold,
        _errors,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=True)
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.addFilter(_Foreign())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # These write whole requests or queries at info.
    for name in ("httpx", "httpcore", "sqlalchemy", "uvicorn.access", "weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger of ours: ``log.info("worker.started", queue="io")``. The event is a word, the rest codes and numbers."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name).bind(logger=name))
