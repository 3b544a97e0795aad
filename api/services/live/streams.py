"""Streams of news to those who wait for it: one reader of the log for all of a process.

The log is read on at an interval, as long as there is a stream: what other processes record in the same database
appears too. A stream that takes nothing is ended, and takes up again behind the last place that it was sent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from api.domain.identity import Caller, IssuerUnavailable, NotIdentified
from api.domain.live.news import NewsItem
from api.domain.permissions import may_call
from api.domain.sign_ins import SignIn
from api.ledger.database import StoreUnavailable
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.services.sign_ins import find_holding
from api.storage.live.news import NewsSpan, load_news, newest_place

if TYPE_CHECKING:
    from sqlalchemy import Connection

POLL_SECONDS = 1.0
CHECK_SECONDS = 5.0
"""At this interval it is looked whether the sign-ins of the streams still hold."""
MOST_AT_ONCE = 500
MOST_MISSED = 500
"""So much news is sent that was missed; who has missed more reads the pages anew."""
MOST_WAITING = 2000
"""So much news may wait for a stream to take it."""
READING = "GET /v1/cases"
"""The call that everybody with a stream may make."""

log = get_logger()


class StreamEnd(StrEnum):
    """Why a stream is at its end."""

    SIGN_IN_ENDED = "sign_in_ended"
    STOPPING = "stopping"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class NewsReader:
    """Who reads news, and by what: a sign-in, or the value of the header Authorization; by neither where nobody is
    identified.
    """

    caller: Caller
    sign_in: SignIn | None = None
    authorization: str | None = None


class NewsStream:
    """The news for one who waits for it, from a place of the log on."""

    def __init__(self, visitor: NewsReader, place: int) -> None:
        self.visitor = visitor
        self.begins_at = place
        self.gap_until: int | None = None
        """Set where too much was missed to be sent: all before this place is left out."""
        self.end: StreamEnd | None = None
        self._waiting: deque[NewsItem] = deque()
        self._changed = asyncio.Event()

    def put(self, items: Sequence[NewsItem]) -> None:
        """Add what its reader may have; one that has taken nothing for too long is ended instead."""
        department = self.visitor.caller.department
        self._waiting.extend(
            one for one in items if department is None or one.department in (None, department)
        )
        if len(self._waiting) > MOST_WAITING:
            self._waiting.clear()
            self.finish(StreamEnd.BEHIND)
        self._changed.set()

    def finish(self, end: StreamEnd) -> None:
        """End it, once what waits has been taken."""
        self.end = self.end or end
        self._changed.set()

    async def take(self, seconds: float) -> list[NewsItem]:
        """Return the news that waits; nothing if none comes for some seconds, or ever again."""
        if not (self._waiting or self.end):
            self._changed.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
            except TimeoutError:
                return []
        taken = [*self._waiting]
        self._waiting.clear()
        return taken


class NewsStreams:
    """The streams of one process. They are all of one event loop."""

    def __init__(self, context: Context, most: int) -> None:
        """So many streams may be open at once: `most`."""
        self._context = context
        self._most = most
        self._streams: set[NewsStream] = set()
        self._opening = 0
        self._place = 0
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = False

    async def open(self, visitor: NewsReader, after: int | None) -> NewsStream:
        """Return a stream, to be left with `leave`; of the news behind a place of the log, else from now on.

        Raises `ProblemError` where there are too many, `StoreUnavailable`.
        """
        if self._is_stopping or len(self._streams) + self._opening >= self._most:
            detail = "As many streams of news are open as may be. Open the page anew in a while."
            raise ProblemError(make_problem(ProblemKind.NOT_TAKEN, detail))
        self._opening += 1
        try:
            newest = await self._context.store.read(newest_place)
        finally:
            self._opening -= 1
        if self._task is None or self._task.done():
            self._place = newest
            self._task = asyncio.create_task(self._follow())
        place = self._place
        stream = NewsStream(visitor, place if after is None else min(after, place))
        self._streams.add(stream)
        if stream.begins_at < place:
            try:
                await self._catch_up(stream, NewsSpan(stream.begins_at, place))
            except BaseException:
                self.leave(stream)
                raise
        return stream

    async def _catch_up(self, stream: NewsStream, missed: NewsSpan) -> None:
        """Put what a stream has missed before what has come meanwhile."""
        department = stream.visitor.caller.department
        items = await self._context.store.read(
            lambda connection: load_news(connection, missed, MOST_MISSED + 1, department)
        )
        came_meanwhile = await stream.take(0)
        if len(items) > MOST_MISSED:
            stream.gap_until, items = missed.until, ()
        stream.put([*items, *came_meanwhile])

    def leave(self, stream: NewsStream) -> None:
        """Give the place of a stream back."""
        self._streams.discard(stream)
        if not self._streams and self._task is not None:
            self._task.cancel()
            self._task = None

    def stop(self) -> None:
        """End every stream at once, and open none any more."""
        self._is_stopping = True
        for stream in self._streams:
            stream.finish(StreamEnd.STOPPING)

    async def _follow(self) -> None:
        checked = self._now()
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self._read_on()
                if self._now() - checked >= CHECK_SECONDS:
                    checked = self._now()
                    await self._check_visitors()
            except StoreUnavailable as error:
                log.warning("news_not_read", reason=str(error))
            except Exception:
                log.exception("news_not_read")

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _read_on(self) -> None:
        place = self._place
        until, items = await self._context.store.read(lambda connection: _news_behind(connection, place))
        self._place = until
        if items:
            for stream in self._streams:
                stream.put(items)

    async def _check_visitors(self) -> None:
        """End the streams of those who may read them no longer."""
        visitors = {stream: stream.visitor for stream in self._streams}
        sign_ins = [visitor.sign_in for visitor in visitors.values() if visitor.sign_in]
        holding = await find_holding(self._context, sign_ins) if sign_ins else {}
        for stream, visitor in visitors.items():
            if visitor.sign_in is not None:
                caller = holding.get(visitor.sign_in.token_hash)
            else:
                caller = await self._caller_by(visitor.authorization)
            is_same = caller is not None and caller.department == visitor.caller.department
            if caller is None or not is_same or not may_call(caller.role, READING):
                stream.finish(StreamEnd.SIGN_IN_ENDED)

    async def _caller_by(self, authorization: str | None) -> Caller | None:
        try:
            return await self._context.authenticator.look_up_caller(authorization)
        except (NotIdentified, IssuerUnavailable):
            return None


def _news_behind(connection: Connection, place: int) -> tuple[int, Sequence[NewsItem]]:
    """The news behind a place of the log, and the place up to which that is."""
    newest = newest_place(connection)
    if newest <= place:
        return place, ()
    items = load_news(connection, NewsSpan(place, newest), MOST_AT_ONCE)
    return (items[-1].sequence if len(items) == MOST_AT_ONCE else newest), items
