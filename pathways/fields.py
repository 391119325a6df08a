"""The fields of a form: each type reads its answer into the one way it is kept, or says why it cannot."""

import re
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field as Setting

from domain.base import Json, Value
from pathways.written import Both, Id

PHONE = re.compile(r"\+[1-9][0-9]{9,14}")
ADDRESS_PARTS = ("region", "city", "street", "house", "flat", "entrance", "note")
ADDRESS_NEEDED = ("city", "house")


class Wrong(Exception):
    """An answer that cannot be taken; a stable word and the form's limits, never the answer."""

    def __init__(self, code: str, **params: Json) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Field(Value):
    """Base of all fields: what is asked and whether it must be answered."""

    cel: ClassVar[str]
    """The type a condition reads it as; empty where no condition may (free text is never decided on)."""

    id: Id
    """The field's name."""
    label: Both
    """The question."""
    help: Both | None = None
    """A hint under the question."""
    required: bool = False
    """Whether it must be answered."""

    def read(self, value: Json) -> Json:
        """The answer as it is kept.

        Raises:
            Wrong: It cannot be taken.
        """
        raise NotImplementedError


class Option(Value):
    """One answer to choose."""

    id: Id
    """The answer's name, which conditions compare with."""
    label: Both
    """What people read."""


class Choice(Field):
    """One of some options."""

    cel = "string"
    type: Literal["choice"]
    """One of some options."""
    options: tuple[Option, ...] = Setting(min_length=2)
    """The answers to choose from."""

    def read(self, value: Json) -> Json:
        """One option's id."""
        if value not in [option.id for option in self.options]:
            raise Wrong("not_an_option")
        return value


class Choices(Field):
    """Any number of some options; required means at least one."""

    cel = "list(string)"
    type: Literal["choices"]
    """Any number of some options."""
    options: tuple[Option, ...] = Setting(min_length=2)
    """The answers to choose from."""

    def read(self, value: Json) -> Json:
        """Options' ids in the form's order, each once."""
        known = [option.id for option in self.options]
        if not isinstance(value, list) or any(item not in known for item in value):
            raise Wrong("not_an_option")
        if self.required and not value:
            raise Wrong("missing")
        return [item for item in known if item in value]


class Integer(Field):
    """A whole number within limits."""

    cel = "int"
    type: Literal["integer"]
    """A whole number."""
    min: int
    """The smallest number taken."""
    max: int
    """The largest number taken."""
    unit: Both | None = None
    """What the number is counted in."""

    def read(self, value: Json) -> Json:
        """The number itself."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong("wrong_type")
        return _within(value, self.min, self.max)


class Decimal(Field):
    """A number with a fraction, like a temperature."""

    cel = "double"
    type: Literal["decimal"]
    """A number with a fraction."""
    min: float
    """The smallest number taken."""
    max: float
    """The largest number taken."""
    unit: Both | None = None
    """What the number is counted in."""

    def read(self, value: Json) -> Json:
        """The number as a float."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Wrong("wrong_type")
        return _within(float(value), self.min, self.max)


class Boolean(Field):
    """Yes or no; a required one must be answered, either way."""

    cel = "bool"
    type: Literal["boolean"]
    """Yes or no."""

    def read(self, value: Json) -> Json:
        """True or False."""
        if not isinstance(value, bool):
            raise Wrong("wrong_type")
        return value


class FreeText(Field):
    """The patient's own words."""

    cel = ""
    type: Literal["text"]
    """The patient's own words."""
    longest: int = Setting(default=2000, ge=1, le=10_000)
    """How many characters are taken."""

    def read(self, value: Json) -> Json:
        """The text without blanks around it."""
        if not isinstance(value, str) or "\x00" in value:
            raise Wrong("wrong_type")
        text = value.strip()
        if len(text) > self.longest:
            raise Wrong("too_long", longest=self.longest)
        if self.required and not text:
            raise Wrong("missing")
        return text


class Day(Field):
    """A date."""

    cel = "string"
    type: Literal["date"]
    """A date."""
    min: date | None = None
    """The earliest date taken."""
    max: date | None = None
    """The latest date taken."""

    def read(self, value: Json) -> Json:
        """The date, ISO 8601."""
        try:
            day = date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "")
        except ValueError:
            raise Wrong("bad_date") from None
        if (self.min and day < self.min) or (self.max and day > self.max):
            raise Wrong("bad_date")
        return day.isoformat()


class Phone(Field):
    """A telephone number at which the patient is reached now."""

    cel = ""
    type: Literal["phone"]
    """A telephone number."""

    def read(self, value: Json) -> Json:
        """The number in E.164; a Russian 8 in front becomes +7."""
        if not isinstance(value, str):
            raise Wrong("wrong_type")
        digits = re.sub(r"[ ()\-]", "", value)
        if re.fullmatch(r"8[0-9]{10}", digits):
            digits = "+7" + digits[1:]
        if not PHONE.fullmatch(digits):
            raise Wrong("bad_phone")
        return digits


class Address(Field):
    """The place where the patient is right now: where an ambulance would go."""

    cel = ""
    type: Literal["address"]
    """The place where the patient is now."""

    def read(self, value: Json) -> Json:
        """The parts that were given."""
        if not isinstance(value, dict) or any(not isinstance(part, str) for part in value.values()):
            raise Wrong("wrong_type")
        if any(part not in ADDRESS_PARTS or len(text) > 200 for part, text in value.items()):
            raise Wrong("bad_address")
        clean = {part: value[part].strip() for part in ADDRESS_PARTS if value.get(part, "").strip()}
        lacking = [part for part in ADDRESS_NEEDED if part not in clean]
        if lacking:
            raise Wrong("bad_address", lacking=lacking)
        return clean


AnyField = Annotated[
    Choice | Choices | Integer | Decimal | Boolean | FreeText | Day | Phone | Address, Setting(discriminator="type")
]


def _within(value: Any, least: Any, most: Any) -> Any:
    """A number within limits, else Wrong."""
    if value < least:
        raise Wrong("too_small", least=least)
    if value > most:
        raise Wrong("too_large", most=most)
    return value
