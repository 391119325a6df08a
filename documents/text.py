"""Words and numbers as they stand on a Russian paper."""

import re
import unicodedata
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pydantic import BaseModel

FONTS = Path(__file__).parent / "fonts"
FALLBACK = "DejaVuSans.ttf"
"""Has every sign that the text fonts have, and thousands more."""
UNKNOWN = "\ufffd"
"""Stands for a sign that no font of ours has: one missing glyph makes a PDF/A invalid."""

LONG = re.compile(r"(\S{40})(?=\S)")
BREAK = "\\1\u200b"
"""A run without blanks may be broken after so many signs: looking for a place in it costs the square of its length."""

MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
SEX = {"male": "мужской", "female": "женский"}
CONDITION = {"satisfactory": "удовлетворительное", "moderate": "средней тяжести", "severe": "тяжёлое"}
NOSOLOGY = {"main": "Основное", "complication": "Осложнение", "comorbid": "Сопутствующее"}
VISIT = {"first": "первичное", "repeat": "повторное"}


@cache
def _covered() -> frozenset[int]:
    with TTFont(FONTS / FALLBACK, lazy=True) as font:
        return frozenset(font.getBestCmap())


def printable(text: str) -> str:
    """What people typed, as it can be printed: composed, without control characters, every sign with a glyph."""
    kept = []
    for sign in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        if sign == "\n" or (unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn") and sign != "\t"):
            kept.append(sign if sign == "\n" or ord(sign) in _covered() else UNKNOWN)
        elif sign == "\t":
            kept.append(" ")
    return LONG.sub(BREAK, "".join(kept))


def clean(value: Any) -> Any:
    """``printable`` through a whole value: its JSON with every string made fit to print."""
    if isinstance(value, BaseModel):
        return type(value).model_construct(**{name: clean(field) for name, field in value})
    if isinstance(value, tuple):
        return tuple(clean(item) for item in value)
    # A StrEnum is a string too, and one of ours.
    return printable(value) if type(value) is str else value


def day(value: date | None) -> str:
    """``25.11.2026``."""
    return "" if value is None else value.strftime("%d.%m.%Y")


def long_day(value: date) -> str:
    """``25 ноября 2026 г.``."""
    return f"{value.day}\u00a0{MONTHS[value.month - 1]} {value.year}\u00a0г."


def month_of(value: date) -> str:
    """The month in the genitive."""
    return MONTHS[value.month - 1]


def local(value: datetime, zone: str) -> datetime:
    """A moment on the clinic's clock."""
    return value.astimezone(ZoneInfo(zone))


def clock_time(value: datetime) -> str:
    """``15:30``."""
    return value.strftime("%H:%M")


def age(born: date, on: date) -> str:
    """``65 лет``; under a year in months."""
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if years < 1:
        months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
        return f"{months}\u00a0мес."
    return f"{years}\u00a0{plural(years, 'год', 'года', 'лет')}"


def plural(number: int, one: str, few: str, many: str) -> str:
    """The Russian form of a noun after a number."""
    if number % 10 == 1 and number % 100 != 11:
        return one
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return few
    return many


def short_name(name: str) -> str:
    """``Сельченков М. В.`` of a whole name."""
    family, *given = name.split()
    return "\u00a0".join([family, *(f"{part[0]}." for part in given)])


def phone(number: str) -> str:
    """``+7 495 000-00-00`` of ``+74950000000``; any other number as it is."""
    found = re.fullmatch(r"\+7(\d{3})(\d{3})(\d{2})(\d{2})", number)
    return "+7\u00a0{} {}-{}-{}".format(*found.groups()) if found else number
