"""The stepped clock: domain time as a straight line over real time."""

from datetime import datetime, timedelta

from domain.base import Moment, Value


class Clock(Value):
    """Domain time = ``anchor`` + (real - ``real_anchor``) x ``rate``.

    ``carepath clock advance`` moves the anchor; a workflow learns of it only by its start input and the fact
    ``clock``, so that a replay computes the same times. With ``rate`` 0 it stands: only who moves it lets time pass.
    """

    anchor: Moment
    real_anchor: Moment
    rate: float = 1.0

    def now(self, real: datetime) -> datetime:
        """The domain time at a real moment."""
        return self.anchor + (real - self.real_anchor) * self.rate

    def real_until(self, deadline: datetime, real_now: datetime) -> timedelta | None:
        """How long to wait, in real time, until a domain deadline; zero only when it has come, None where none will."""
        left = deadline - self.now(real_now)
        if self.rate == 0 and left > timedelta():
            return None
        # A fast clock would round the last instant to nothing, and whoever waits would ask again without end.
        return timedelta() if left <= timedelta() else max(timedelta.resolution, left / self.rate)

    def advanced(self, by: timedelta, real_now: datetime) -> "Clock":
        """The same clock moved forward."""
        return Clock(anchor=self.now(real_now) + by, real_anchor=real_now, rate=self.rate)
