"""How long the commit of a group is delayed for calls that are on their way.

Callers who wait for an answer make their next call once they have it. If the next group were passed on with the first
of these, the callers would be divided for good: while the calls of some are committed, all others wait.
"""

from __future__ import annotations

from collections.abc import Callable

LONGEST_SECONDS = 0.005
"""A group is delayed no longer, however long the one before took."""
LONGEST_PAUSE = 31
"""After so many groups at most it is tried again, where as many calls did not come."""


class CommitDelay:
    """Delays a group until as many calls have come as had waited, at most for as long as the group before took.

    A longer delay would cost each call more than being divided does. Where as many do not come, the callers are
    others each time: then the next group is not delayed, after the second time in a row the next three, and so on.
    """

    __slots__ = ("_awaited", "_clock", "_not_delayed", "_passed_on", "_pause", "_until")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._passed_on = self._until = 0.0
        self._awaited = 0
        self._pause = self._not_delayed = 0

    def pass_on(self) -> None:
        """Take note that a group is passed on to be committed."""
        self._passed_on = self._clock()
        self._awaited = 0

    def await_as_many(self, calls: int) -> None:
        """Take note that a group is committed and answered; so many calls waited for that, or wait on."""
        if self._not_delayed:
            self._not_delayed -= 1
            return
        now = self._clock()
        self._awaited, self._until = calls, now + min(now - self._passed_on, LONGEST_SECONDS)

    def applies(self, pending: int) -> bool:
        """Whether a group of so many calls is to wait for others."""
        if not self._awaited:
            return False
        if pending < self._awaited and self._clock() < self._until:
            return True
        self._pause = 0 if pending >= self._awaited else min(2 * self._pause + 1, LONGEST_PAUSE)
        self._not_delayed, self._awaited = self._pause, 0
        return False
