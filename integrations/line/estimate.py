"""The predicted wait as a range. Pure: from the place, the doctors on duty and how long recent meetings took."""

from collections.abc import Sequence
from math import ceil, floor, sqrt
from statistics import fmean, pstdev

from ports.line import Place

SPREAD = 1.28
"""Standard deviations to each side: about eight of ten waits should fall inside the range."""
ENOUGH = 5
"""Fewer recent meetings than this say less than the plan does."""
PLAN = 1200.0
"""Seconds a meeting is expected to take while nobody has been measured."""
VARIATION = 0.5
"""The plan's standard deviation, as a part of it."""
RUNNING = 0.4
"""The part of a running meeting that is over when one looks at it, less what long ones are seen oftener."""
ROUND = 60


def predict(position: int, doctors: int, durations: Sequence[float], free: int = 0) -> Place:
    """The wait of the patient at ``position``.

    With ``doctors`` seats busy, the patient starts when ``position`` (less the free seats) meetings have ended; ends
    come ``doctors`` times as fast as one doctor makes them.

    Args:
        position: Place in line, from 1.
        doctors: Doctors on duty in the pool; none is predicted as one who has yet to come.
        durations: Seconds of recent meetings of the pool.
        free: Doctors on duty without a patient now.
    """
    mean, deviation = PLAN, PLAN * VARIATION
    if len(durations) >= ENOUGH:
        mean, deviation = fmean(durations), pstdev(durations)
    ends = max(0, position - free)
    if ends == 0:
        return Place(position=position, low=0, high=ROUND)
    seats = max(1, doctors)
    pace = mean / seats
    # Those who are with a doctor now have been for a while, which only few doctors make felt.
    middle = (ends - RUNNING / seats) * pace
    # Ends of many doctors mix at random, however even one doctor's meetings are; a long line evens them out again.
    variation = (deviation / mean) ** 2
    mixed = (seats - 1) / (seats - 1 + ends)
    spread = SPREAD * pace * sqrt(ends * (variation + (1 - variation) * mixed) + 1 / 12)
    absent = mean if doctors == 0 else 0.0
    low = max(0.0, middle - spread)
    high = middle + spread + absent
    return Place(position=position, low=floor(low / ROUND) * ROUND, high=ceil(high / ROUND) * ROUND)
