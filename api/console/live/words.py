"""News in words of the console."""

from __future__ import annotations

from typing import assert_never

from api.console.frame.areas import marked
from api.domain.live.news import NewsItem, NewsKind


def words_of(item: NewsItem) -> str:
    """Return what has happened, in a few words of the templates' language."""
    match item.kind:
        case NewsKind.URGENT_REQUEST:
            return marked("New urgent request")
        case NewsKind.CASE_OPENED:
            return marked("New case")
        case NewsKind.CASE_CHANGED:
            return marked("Case changed")
        case NewsKind.POLICIES_CHANGED:
            return marked("Other policies in force")
        case _:
            assert_never(item.kind)
