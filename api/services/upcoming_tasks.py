"""What is known of the days ahead of the policies in force, and the computation that is under way, in one process."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from api.domain.upcoming import DayClasses, not_worked_out
from api.ledger.revisions import PolicyFiles
from api.runtime.child_process import ChildTooSlow
from api.runtime.loggers import get_logger
from api.services.upcoming_runs import UpcomingFailed, compute_classes

LIMIT_SECONDS = 300
"""For how long the requests that change on one day are looked for."""
BEING_COMPUTED = "it is being computed; call again later"
TOO_LONG = (
    "it took longer than {:.0f} seconds, and was ended; `channelgate policies upcoming` can be given more"
)
NOT_COMPUTED = (
    "computing it failed; see the log of the service, which tries again when it is started anew,"
    " or use `channelgate policies upcoming`"
)

Compute = Callable[[Mapping[str, bytes], dt.date, float], Awaitable[DayClasses]]

log = get_logger()


@dataclass(frozen=True, slots=True)
class _DaysAhead:
    """The days of one revision: what was found of each, and those that are still to be looked at, in order.

    Only days on which something in the policies changes come in, so that the text of the policies bounds both.
    """

    files: PolicyFiles
    found: dict[dt.date, DayClasses] = field(default_factory=dict)
    waiting: dict[dt.date, None] = field(default_factory=dict)


class UpcomingTasks:
    """Finds classes in the background; one for each application, so that one process runs at a time.

    A day is looked at once for a revision, whatever comes of it. Of another revision than the last nothing is stored.
    """

    def __init__(self, compute: Compute = compute_classes, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._compute = compute
        self._limit_seconds = limit_seconds
        self._turn = asyncio.Semaphore(1)
        self._ahead: _DaysAhead | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def find(self, files: PolicyFiles, day: dt.date) -> DayClasses:
        """Return what is known of a day; if nothing is, begin to compute it, unless that is under way."""
        ahead = self._ahead
        if ahead is None or ahead.files.revision != files.revision:
            self._cancel()
            ahead = self._ahead = _DaysAhead(files)
        if day in ahead.found:
            return ahead.found[day]
        if not ahead.waiting:
            task = asyncio.ensure_future(self._run(ahead))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        ahead.waiting[day] = None
        return not_worked_out(BEING_COMPUTED)

    async def stop(self) -> None:
        """End what is under way; it is computed again when somebody asks for it."""
        self._ahead = None
        await asyncio.gather(*self._cancel(), return_exceptions=True)

    def _cancel(self) -> list[asyncio.Task[None]]:
        running = [*self._tasks]
        for task in running:
            task.cancel()
        return running

    async def _run(self, ahead: _DaysAhead) -> None:
        async with self._turn:
            while ahead.waiting:
                day = next(iter(ahead.waiting))
                ahead.found[day] = await self._classes_of(ahead.files, day)
                del ahead.waiting[day]

    async def _classes_of(self, files: PolicyFiles, day: dt.date) -> DayClasses:
        try:
            return await self._compute(files.read(), day, self._limit_seconds)
        except ChildTooSlow:
            log.warning("upcoming_not_computed", day=day.isoformat(), seconds=self._limit_seconds)
            return not_worked_out(TOO_LONG.format(self._limit_seconds))
        except UpcomingFailed as failure:
            log.error("upcoming_not_computed", day=day.isoformat(), reason=str(failure))
        except Exception:
            log.exception("upcoming_not_computed", day=day.isoformat())
        return not_worked_out(NOT_COMPUTED)
