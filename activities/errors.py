"""How an effect is declared, and the three words in which every failure reaches a workflow."""

import re
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from documents.papers import DoesNotFit
from documents.press import PressBroke
from domain.effects import Effect
from ports import PortError, Refused
from records.content import ContentChanged

S = TypeVar("S")
E = TypeVar("E", bound=Effect)
R = TypeVar("R")
T = TypeVar("T")

CODE = re.compile(r"[a-z][a-z0-9_.-]{0,63}")

Method = Callable[[S, E], Awaitable[R]]


def does(effect: type[E]) -> Callable[[Method[S, E, R]], Method[S, E, R]]:
    """Declare a method as the activity of an effect, its failures told by ``told``."""

    def declare(method: Method[S, E, R]) -> Method[S, E, R]:
        return activity.defn(name=effect.activity)(told(method))

    return declare


def told(method: Callable[..., Awaitable[R]]) -> Callable[..., Awaitable[R]]:
    """Tell failures by type name and code alone: messages of libraries may hold data, and history keeps them."""

    @wraps(method)
    async def inner(*args: Any, **kwargs: Any) -> R:
        try:
            return await method(*args, **kwargs)
        except PortError as error:
            # Exactly one of Refused, Uncertain, Unavailable: the workflow's retry policy knows names, not bases.
            raise _failure(type(error).__name__, error.code) from None
        except ContentChanged:
            raise _failure(Refused.__name__, "content_changed") from None
        except DoesNotFit:
            raise _failure(Refused.__name__, "does_not_fit") from None
        except PressBroke:
            raise _failure("Unavailable", "press") from None
        except SQLAlchemyError:
            # A broken rule of the database too: what it refers to may be projected a moment later.
            raise _failure("Unavailable", "database") from None

    return inner


def _failure(name: str, code: str) -> ApplicationError:
    return ApplicationError(code, type=name, non_retryable=name == Refused.__name__)


def word(said: str) -> str:
    """What a partner said as a code of ours; anything of another shape may hold data and becomes ``other``."""
    return said.lower() if CODE.fullmatch(said.lower()) else "other"


def ours(what: T | None, code: str) -> T:
    """What an effect names must be there.

    Raises:
        Refused: It is not.
    """
    if what is None:
        raise Refused(code)
    return what
