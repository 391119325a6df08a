"""Protocols of the outside, with their value types. No Temporal, no vendor.

Every call that changes something takes our idempotency ``key`` and has a ``find`` beside it that tells what a
lost answer did. Adapters raise ``Refused`` (never retried), ``Uncertain`` (ask ``find`` before sending again) or
``Unavailable`` (nothing was done, try again).
"""


class PortError(Exception):
    """An outside system did not do what was asked. ``code`` is a stable word, never a message with data in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(PortError):
    """The other side understood and will not do it; sending again changes nothing."""


class Uncertain(PortError):
    """The answer was lost: it may or may not have been done. Ask ``find`` before sending again."""


class Unavailable(PortError):
    """Nothing was done: not reached, or refused for now (429, 503)."""
