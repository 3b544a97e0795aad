"""Requests of the contract as rows of a table, one for each item."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from engine.bulk.cases import fits
from engine.bulk.reading import LINE, REQUEST_ID
from engine.contract.request import Request, line_marks
from engine.contract.vocabulary import AS_OF, COUNTRIES, Value, Vocabulary

RequestRow = dict[str, Value | list[str]]


def request_rows(vocabulary: Vocabulary, request: Request) -> Iterator[RequestRow]:
    """Yield the rows of a request: the known facts of each item by name, its mark, the request's id.

    Raises ValueError, naming the fact, for a number that a table cannot hold exactly.
    """
    shared: RequestRow = {REQUEST_ID: request.request_id}
    if request.as_of is not None:
        shared[AS_OF] = request.as_of
    if request.mission and request.mission.countries:
        shared[COUNTRIES] = list(request.mission.countries)
    for item, mark in zip(request.items, line_marks(request.items), strict=True):
        facts = {
            name: value
            for name, value in vocabulary.flatten(request, item, dt.date.min).items()
            if name != AS_OF
        }
        for name, value in facts.items():
            if isinstance(value, int | Decimal) and not isinstance(value, bool) and not fits(value):
                raise ValueError(f"{name}: the number is too long for a table")
        yield {**shared, **facts, LINE: str(mark)}
