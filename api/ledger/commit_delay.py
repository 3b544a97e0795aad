"""How long the commit of a group is delayed for calls that are on their way.

Callers who wait for an answer make their next call once they have it. If the next group were passed on with the first
of these, the callers would be divided for good: while the calls of some are committed, all others wait.
"""

from __future__ import annotations

from collections.abc import Callable

LONGEST_SECONDS = 0.005
"""A group is delayed no longer, however long the one before took."""
TIMES_ALIKE = 3
"""So many times in a row as many calls as before have to wait, before they are taken to be of the same callers."""
MOST_TIMES_ALIKE = 63
"""So many at most, where they had been taken to be and did not come."""


class CommitDelay:
    """Delays a group until as many calls have come as had waited, at most for half as long as the group before took.

    Nothing is delayed unless as many calls wait time and again: of callers that come and go, others wait each time,
    and their number differs. Where calls arrive evenly it may not; then they do not come that soon, and it is tried
    less and less often.
    """

    __slots__ = ("_alike", "_awaited", "_clock", "_needed", "_passed_on", "_until", "_waiting")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._passed_on = self._until = 0.0
        self._waiting = self._awaited = 0
        self._alike, self._needed = 0, TIMES_ALIKE

    def pass_on(self) -> None:
        """Take note that a group is passed on to be committed."""
        self._passed_on = self._clock()

    def await_as_many(self, calls: int) -> None:
        """Take note that a group is committed and answered; so many calls waited for that, or wait on."""
        self._alike = self._alike + 1 if calls == self._waiting else 0
        self._waiting, self._awaited = calls, 0
        if self._alike >= self._needed:
            now = self._clock()
            self._awaited, self._until = calls, now + min((now - self._passed_on) / 2, LONGEST_SECONDS)

    def applies(self, pending: int) -> bool:
        """Whether a group of so many calls is to wait for others."""
        if not self._awaited:
            return False
        if pending < self._awaited and self._clock() < self._until:
            return True
        if pending >= self._awaited:
            self._needed = TIMES_ALIKE
        else:
            self._alike, self._needed = 0, min(2 * self._needed + 1, MOST_TIMES_ALIKE)
        self._awaited = 0
        return False
