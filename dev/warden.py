"""The last one standing: ends every process group of a stack whose parent died without saying goodbye.

Started by ``dev.process`` as ``python -I -S warden.py``, so it imports nothing of ours. Its standard input is the
lifeline: lines ``+PGID SIGNAL`` and ``-PGID`` tell which groups live; the end of input means that the parent is gone,
however it went (SIGKILL too). It also holds the lock of the data folder until all is ended, so that the next stack
waits for the last one's servers.
"""

import os
import select
import signal
import sys
import time

GRACE = 10.0
"""Seconds a group has to end by itself before it is killed."""


def alive(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def send(group: int, number: int) -> None:
    """Signal a group that may be gone already."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def end(groups: dict[int, int]) -> None:
    """Ask every group to end, then kill what is left."""
    for group, number in groups.items():
        send(group, number)
    until = time.monotonic() + GRACE
    left = set(groups)
    while left and time.monotonic() < until:
        select.select([], [], [], 0.05)
        left = {group for group in left if alive(group)}
    for group in left:
        send(group, signal.SIGKILL)


def main() -> None:
    """Watch the lifeline."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        words = line.split()
        if words[0].startswith("+"):
            groups[int(words[0])] = int(words[1])
        else:
            groups.pop(-int(words[0]), None)
    end(groups)


if __name__ == "__main__":
    main()
