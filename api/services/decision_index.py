"""The index of decisions follows the log, by a task of the service and before each search; so does what proofs need.

Nothing is derived while a pre-check is recorded. The task takes a small share of the time of its process, and holds
the writer for a few milliseconds a batch; it goes on where the last one stopped, in whatever process that was.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from api.ledger.database import StoreUnavailable
from api.ledger.log import Ledger
from api.ledger.preconditions import PoliciesSuperseded
from api.ledger.reader import newest_entry
from api.services.context import Context
from api.storage.decision_index import IndexBatch, read_batch, read_reach, store_batch

if TYPE_CHECKING:
    from sqlalchemy import Connection

BATCH = 50
"""So many entries are read and stored at once."""
SHARE = 0.02
"""This part of the time of its process is taken by the task."""
IDLE_SECONDS = 2.0
"""So long the task waits where there is nothing new; a process that was overtaken by another waits longer."""
OVERTAKEN_SECONDS = 30.0
ON_DEMAND_SECONDS = 0.02
"""So long a search takes at most to bring the index further."""

log = structlog.get_logger()


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


async def _advance(store: Ledger) -> _Advance:
    """Add a batch to the index. Raises StoreUnavailable."""
    spent = 0.0

    def read(connection: Connection) -> IndexBatch:
        nonlocal spent
        began = time.thread_time()
        batch = read_batch(connection, read_reach(connection), BATCH)
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
        advance = await _advance(context.store)
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
    stopping = asyncio.create_task(stop.wait())
    pause = IDLE_SECONDS
    while not (await asyncio.wait({stopping}, timeout=pause))[0]:
        pause = IDLE_SECONDS
        try:
            advance = await _advance(context.store)
        except (StoreUnavailable, PoliciesSuperseded) as error:
            log.warning("decisions_not_indexed", reason=str(error))
        except Exception:
            log.exception("decisions_not_indexed")
        else:
            if not advance.stored:
                pause = OVERTAKEN_SECONDS
            elif advance.entries == BATCH:
                pause = advance.seconds / SHARE
            elif spent := await _learn_block(context):
                pause = spent / SHARE
