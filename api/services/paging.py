"""Paging of lists: how many entries a page holds, and behind which one it begins. A larger limit is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.parsing.parameters import name_parameter, number_parameter, wrong_parameter

PAGING = frozenset({"limit", "after"})
"""The parameters of every paged list."""

MAX_SEQUENCE = 2**62


@dataclass(frozen=True, slots=True)
class PageBound:
    """How many entries a page holds at most, and by default."""

    maximum: int
    default: int


CASES = PageBound(maximum=1000, default=1000)
HANDOVERS = PageBound(maximum=200, default=50)
REGISTER_ITEMS = PageBound(maximum=1000, default=100)
PROPOSALS = PageBound(maximum=200, default=50)
LOG_ENTRIES = PageBound(maximum=1000, default=100)
DECISIONS = PageBound(maximum=200, default=50)


def read_limit(query: Mapping[str, str], bound: PageBound) -> int:
    """Return the number of entries of a page. Raises `ProblemError`."""
    limit = number_parameter(query, "limit", 1, bound.maximum)
    return bound.default if limit is None else limit


def read_after(query: Mapping[str, str]) -> str | None:
    """Return the id behind which the page begins, None for the first page. Raises `ProblemError`.

    Whether the list holds it is for the caller to check.
    """
    return name_parameter(query, "after")


def read_sequence_after(query: Mapping[str, str]) -> int | None:
    """Return the place in the log behind which the page begins, None for the first page. Raises `ProblemError`."""
    return number_parameter(query, "after", 0, MAX_SEQUENCE)


def wrong_after(named: str) -> Exception:
    """Return the problem of an `after` that the list does not hold."""
    return wrong_parameter("after", f"is {named}, such as `next` of the page before; begin again without it")
