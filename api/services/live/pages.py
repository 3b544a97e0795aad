"""News a page at a time, the newest first: for a page of the console, and for feeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from api.domain.identity import Caller
from api.domain.live.news import NewsItem, NewsKind, news_id
from api.ledger.preconditions import NOTHING
from api.services.context import Context
from api.services.subjects import RequestSubject, subjects_of_cases, subjects_of_decisions
from api.storage.live.news import NewsSpan, first_entry, load_news, newest_place
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE_ITEMS = 40


@dataclass(frozen=True, slots=True)
class NewsPage:
    """A page of news, with the `subjects` of requests and cases by their ids.

    `place` is the end of the log when it was read: what comes behind it is newer.

    Older news stands before the place `before`; None on the last page. `feed` is the id of all news of this log that
    the caller may have. `changed_at` is when the newest of it came, or else when the log began.
    """

    items: Sequence[NewsItem]
    subjects: Mapping[str, RequestSubject]
    place: int
    before: int | None
    feed: UUID
    changed_at: dt.datetime


async def read_news(context: Context, caller: Caller, before: int | None) -> NewsPage:
    """Return the newest news that a caller may have, before a place of the log. Raises `StoreUnavailable`."""
    policies = context.policies.current.policies
    day = policies.day_at(context.clock())

    def read(connection: Connection) -> NewsPage:
        place = newest_place(connection)
        until = place if before is None else min(before - 1, place)
        span = NewsSpan(NOTHING, until, newest_first=True)
        found = load_news(connection, span, PAGE_ITEMS + 1, caller.department)
        items = found[:PAGE_ITEMS]
        more = len(found) > PAGE_ITEMS
        leaf, began_at = first_entry(connection) or (b"", context.clock())
        feed = news_id(leaf, caller.department or "")
        changed_at = items[0].at if items else began_at
        subjects = _subjects(connection, items, policies, day)
        return NewsPage(items, subjects, place, items[-1].sequence if more else None, feed, changed_at)

    return await context.store.read(read)


def _subjects(
    connection: Connection, items: Sequence[NewsItem], policies: PolicySet, day: dt.date
) -> Mapping[str, RequestSubject]:
    cases = {item.subject for item in items if item.kind in (NewsKind.CASE_OPENED, NewsKind.CASE_CHANGED)}
    requested = [item.sequence for item in items if item.kind is NewsKind.URGENT_REQUEST]
    return {
        **subjects_of_cases(connection, cases, policies, day),
        **subjects_of_decisions(connection, requested, policies),
    }


async def end_of_log(context: Context) -> int:
    """Return the place of the newest entry: news of what a page that is made now does not show comes behind it.

    Raises `StoreUnavailable`.
    """
    return await context.store.read(newest_place)
