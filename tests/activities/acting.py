"""What several tests of effects share."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from activities.lab_order import LabOrders
from domain.effects.lab_order import PlaceOrder
from tests.activities.conftest import Case

Stands = dict[str, Any]
Act = Callable[[], Awaitable[Any]]


async def fails(act: Act) -> ApplicationError:
    """The failure of an effect, which tells a code and nothing of what was sent."""
    with pytest.raises(ApplicationError) as caught:
        await act()
    assert " " not in caught.value.message
    return caught.value


async def ordered(case: Case) -> Act:
    written = await case.write()
    effect = case.effect(
        PlaceOrder,
        patient=case.patient.id,
        doctor=case.doctor,
        partner="north",
        content=written.id,
        sha256=written.sha256,
    )
    return lambda: LabOrders(case.wiring.database, case.wiring.labs).place(effect)
