"""The index of decisions follows the log, by a task of the service and before each search; so does what proofs need.

Nothing is derived while a pre-check is recorded. How much of the time of its process the task takes depends on how
fast the log grows (`LogGrowth`): while nothing comes it fills what is behind, while much comes it all but waits. It
goes on where the last one stopped, in whatever process that was.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.ledger.database import StoreUnavailable
from api.ledger.log import Ledger
from api.ledger.preconditions import PoliciesSuperseded
from api.ledger.reader import newest_entry
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.storage.decision_index import IndexBatch, read_batch, read_reach, store_batch

if TYPE_CHECKING:
    from sqlalchemy import Connection

BATCH = 50
"""So many entries are read and stored at once, while somebody may wait."""
IDLE_SECONDS = 2.0
"""So long the task waits where there is nothing new; a process that was overtaken by another waits longer."""
OVERTAKEN_SECONDS = 30.0
ON_DEMAND_SECONDS = 0.02
"""So long a search takes at most to bring the index further."""

BUSY_ENTRIES_A_SECOND = 20.0
"""Where the log grows faster than this, the task takes so little time that it falls behind."""
QUIET_SECONDS = 1.0
"""Nobody waits where the log has not grown for so long."""

log = get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """So many entries are read and stored at once, and this part of the time of its process is taken by the task."""

    batch: int
    share: float


QUIET, CALM, BUSY = Pace(512, 0.6), Pace(BATCH, 0.02), Pace(BATCH, 0.003)
"""Of the calls that come while the log grows fast, three in a thousand meet a batch: fewer than a p99 is made of."""


class LogGrowth:
    """How fast the log grows, whichever process records: by its size at moments on the clock, in seconds."""

    def __init__(self) -> None:
        self._size: int | None = None
        self._seen_at = self._grew_at = 0.0

    def pace(self, size: int, at: float) -> Pace:
        """Return the pace at which the index is brought further at that moment."""
        grown = 0 if self._size is None else size - self._size
        since = at - self._seen_at
        if grown or self._size is None:
            self._grew_at = at
        self._size, self._seen_at = size, at
        if grown > BUSY_ENTRIES_A_SECOND * since:
            return BUSY
        return QUIET if at - self._grew_at >= QUIET_SECONDS else CALM


@dataclass(frozen=True, slots=True)
class IndexReach:
    """How far the index holds the log: all before the entry `entries`, of `size` there are."""

    entries: int
    size: int

    @property
    def is_complete(self) -> bool:
        """Whether every decision can be found."""
        return self.entries >= self.size


def reach_of(connection: Connection) -> IndexReach:
    """Return how far the index is."""
    newest = newest_entry(connection)
    return IndexReach(read_reach(connection), 0 if newest is None else newest + 1)


@dataclass(frozen=True, slots=True)
class _Advance:
    """What became of a batch: how many entries it held, what it cost in seconds, whether it was the next one."""

    entries: int
    seconds: float
    stored: bool


async def _advance(store: Ledger, most: int) -> _Advance:
    """Add a batch of at most so many entries to the index. Raises StoreUnavailable."""
    spent = 0.0

    def read(connection: Connection) -> IndexBatch:
        nonlocal spent
        began = time.thread_time()
        batch = read_batch(connection, read_reach(connection), most)
        spent += time.thread_time() - began
        return batch

    def write(connection: Connection, _: int) -> tuple[tuple[()], bool]:
        nonlocal spent
        began = time.thread_time()
        stored = store_batch(connection, batch)
        spent += time.thread_time() - began
        return (), stored

    batch = await store.read(read)
    entries = batch.end - batch.start
    return _Advance(entries, spent, entries == 0 or await store.work(write))


async def catch_up(context: Context) -> None:
    """Bring the index further, for a moment. Raises StoreUnavailable."""
    until = time.monotonic() + ON_DEMAND_SECONDS
    while True:
        advance = await _advance(context.store, BATCH)
        if advance.entries < BATCH or time.monotonic() >= until:
            return


async def _learn_block(context: Context) -> float:
    """Prepare proofs by another block of the log; returns what it cost in seconds, 0 where there was none left."""

    def learn(connection: Connection) -> float:
        began = time.thread_time()
        learned = context.proof_blocks.learn(connection)
        return time.thread_time() - began if learned else 0.0

    return await context.store.read(learn)


async def keep_index(context: Context, stop: asyncio.Event) -> None:
    """Bring the index further, little by little, until `stop` is set."""
    stopping, growth = asyncio.create_task(stop.wait()), LogGrowth()
    pause = IDLE_SECONDS
    while not (await asyncio.wait({stopping}, timeout=pause))[0]:
        pause = IDLE_SECONDS
        try:
            newest = await context.store.read(newest_entry)
            pace = growth.pace(0 if newest is None else newest + 1, time.monotonic())
            advance = await _advance(context.store, pace.batch)
        except (StoreUnavailable, PoliciesSuperseded) as error:
            log.warning("decisions_not_indexed", reason=str(error))
        except Exception:
            log.exception("decisions_not_indexed")
        else:
            if not advance.stored:
                pause = OVERTAKEN_SECONDS
            elif advance.entries == pace.batch:
                pause = advance.seconds / pace.share
            elif spent := await _learn_block(context):
                pause = spent / pace.share
