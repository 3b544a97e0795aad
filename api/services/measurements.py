"""What is measured at intervals, by a task of the service: the state of the log, the policies, the queue.

Nothing here waits in the way of a call. What needs the database is read in a thread, and less often.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from api.ledger.database import StoreUnavailable
from api.ledger.reader import newest_entry, recorded_at, signing_since
from api.runtime.loggers import get_logger
from api.runtime.metrics import REVISION_DIGITS, Gauged, Metrics
from api.services.context import Context
from engine import AgeKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

SERVICE_SECONDS, LOG_SECONDS, CASES_SECONDS = 1.0, 5.0, 60.0
"""At these intervals is measured what is at hand, what the log says, and what of the cases has to be decided for."""

log = get_logger()


class _LogMeasures(NamedTuple):
    entries: int
    checkpoint: datetime
    signing_key: datetime | None


class _CaseMeasures(NamedTuple):
    waiting: int
    overdue: int


class Measurements:
    """Measures the service of `context` for its metrics."""

    def __init__(self, context: Context, metrics: Metrics) -> None:
        self._context = context
        self._metrics = metrics
        self._signing_since: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Measure until `stop` is set; a database that does not answer holds up only what is read from it."""
        stopping = asyncio.create_task(stop.wait())
        await asyncio.gather(
            _repeat(self.measure_service, SERVICE_SECONDS, stopping),
            _repeat(self.measure_log, LOG_SECONDS, stopping),
            _repeat(self.measure_cases, CASES_SECONDS, stopping),
        )
        self._metrics.publish(self._context.counters)

    async def measure_service(self) -> None:
        """Measure what is at hand: the queue, the policies, the issuer's keys, and the counters."""
        context, metrics = self._context, self._metrics
        metrics.publish(context.counters)
        metrics.set(Gauged.QUEUE, context.store.waiting)
        active = context.policies.current
        at, status = context.moment(active)
        now = int(at.timestamp())
        too_old = {past.kind for past in status.too_old}
        for kind in AgeKind:
            age = status.ages.get(kind)
            metrics.set(Gauged.POLICY_AGE, 0 if age is None else now - age, kind.value)
            metrics.set(Gauged.POLICY_TOO_OLD, kind in too_old, kind.value)
        metrics.set(Gauged.POLICY_FAULTS, len(context.policies.faults))
        metrics.set(Gauged.POLICY_REVISION, int(active.policies.revision[:REVISION_DIGITS], 16))
        if trust := context.authenticator.key_trust:
            metrics.set(Gauged.ISSUER_KEYS, now - trust.age_seconds)

    async def measure_log(self) -> None:
        """Measure the log. Raises StoreUnavailable."""
        measured = await self._context.store.read(self._read_log)
        if measured is None:
            return
        self._metrics.set(Gauged.LOG_ENTRIES, measured.entries)
        self._metrics.set(Gauged.CHECKPOINT, measured.checkpoint.timestamp())
        if measured.signing_key is not None:
            self._metrics.set(Gauged.SIGNING_KEY, measured.signing_key.timestamp())

    async def measure_cases(self) -> None:
        """Measure the cases that wait. Raises StoreUnavailable."""
        measured = await self._context.store.read(self._read_cases)
        self._metrics.set(Gauged.CASES, measured.waiting)
        self._metrics.set(Gauged.CASES_OVERDUE, measured.overdue)

    def _read_log(self, connection: Connection) -> _LogMeasures | None:
        newest = newest_entry(connection)
        if newest is None:
            return None
        if self._signing_since is None:
            self._signing_since = signing_since(connection, self._context.store.signing_key.verifying)
        return _LogMeasures(newest + 1, recorded_at(connection, newest), self._signing_since)

    def _read_cases(self, connection: Connection) -> _CaseMeasures:
        context = self._context
        active = context.policies.current
        decided, policies = context.moment(active), active.policies
        day = policies.day_at(decided.at)
        places = context.board.places(connection, policies, decided)
        deadlines = [place.deadline for place in places if place.waiting_for]
        return _CaseMeasures(len(deadlines), sum(one is not None and one < day for one in deadlines))


async def _repeat(
    measure: Callable[[], Awaitable[None]], seconds: float, stopping: asyncio.Task[Literal[True]]
) -> None:
    while not stopping.done():
        try:
            await measure()
        except StoreUnavailable as error:
            log.warning("not_measured", reason=str(error))
        except Exception:
            log.exception("not_measured")
        await asyncio.wait({stopping}, timeout=seconds)
