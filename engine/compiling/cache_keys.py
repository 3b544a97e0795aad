"""Everything of a request that an answer can depend on, as a key: the exact values of the facts that are read.

The function that makes the keys is written here for the facts that are read, so that it reads these and nothing
else. The names in its code are those of the engine's own facts; no word of a policy is among them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine.contract.request import Request
from engine.contract.vocabulary import AS_OF, COUNTRY, COUNTRY_LISTED, WORDS, WORDS_OF, Kind, Value

CacheKey = tuple[Any, ...]
"""The values of the facts in the order of their names, then what distinguishes requests that they leave equal."""

QUANTITY = "item.quantity"

_HEAD = """def keys(request, as_of):
    nulls, shared = 0, request.__dict__
    countries, part = None, shared["mission"]
    if part is not None:
        countries = part.__dict__["countries"]
        if countries is not None:
            countries = tuple(countries)
        elif "countries" in part.__pydantic_fields_set__:
            nulls = 1
"""
_LINES = """    shared_nulls, found = nulls, []
    for item in shared["items"]:
        nulls, own = shared_nulls, item.__dict__
"""
_PART = """{indent}part = {part}
{indent}if part is None:
{indent}    {nothing} = None
{indent}else:
{indent}    values = part.__dict__
"""
_VALUE = """{indent}    v{number} = values["{name}"]
{indent}    if v{number} is None and "{name}" in part.__pydantic_fields_set__:
{indent}        nulls |= {bit}
"""
_FOUND = """        found.append(({values}))
    return found
"""
_SHARED = {
    "": "request",
    "department.": 'shared["department"]',
    "mission.": 'shared["mission"]',
    "visit.": 'shared["visit"]',
    "urgency.": 'shared["urgency"]',
    "handover.": 'shared["handover"]',
}
_OWN = {"item.": "item", "item.channel.": 'own["channel"]'}
"""Where the parts of a request are that all its lines share, and those of each line, by their prefix."""


class KeyMaker:
    """Makes keys for the policies that read certain facts. Lines with equal keys get equal answers.

    A key distinguishes amounts that are equal but are not written alike, and facts stated as not known (null)
    from those that were not stated. `of_lines` gives the keys of the lines of a request.
    """

    __slots__ = ("_names", "_texts", "of_lines")

    def __init__(self, reads: frozenset[str]) -> None:
        stated = [name for name in WORDS if name in reads and name not in (AS_OF, COUNTRY, COUNTRY_LISTED)]
        self._names = [*stated, AS_OF] if AS_OF in reads else stated
        self._texts = [number for number, name in enumerate(stated) if WORDS[name].kind is Kind.TEXT]
        namespace: dict[str, Any] = {"__builtins__": {"str": str, "tuple": tuple}}
        exec(compile("".join(_source(stated, AS_OF in reads)), "<keys>", "exec"), namespace)
        self.of_lines: Callable[[Request, dt.date], list[CacheKey]] = namespace["keys"]

    def facts(self, key: CacheKey) -> dict[str, Value | None]:
        """The facts that the policies read, unknown ones among them as None; those of the country are left out."""
        return dict(zip(self._names, key))  # noqa: B905

    def weight(self, key: CacheKey) -> int:
        """How much a key weighs in a cache, beside an answer: it may hold long texts of the caller."""
        return sum([len(key[number] or "") for number in self._texts]) // 200


def countries_in(key: CacheKey) -> tuple[str, ...] | None:
    """The countries of the mission as the key holds them; None if they are not known."""
    countries: tuple[str, ...] | None = key[-2]
    return countries


def _source(names: Sequence[str], with_day: bool) -> Iterator[str]:
    numbers = {name: number for number, name in enumerate(names)}
    yield _HEAD
    for prefix, part in _SHARED.items():
        yield from _part(prefix, part, numbers, " " * 4)
    yield _LINES
    for prefix, part in _OWN.items():
        yield from _part(prefix, part, numbers, " " * 8)
    values = [f"v{number}" for number in numbers.values()]
    day = ["as_of"] if with_day else []
    amount = [f"str(v{numbers[QUANTITY]})"] if QUANTITY in numbers else []
    yield _FOUND.format(values=", ".join([*values, *day, *amount, "countries", "nulls"]))


def _part(prefix: str, part: str, numbers: Mapping[str, int], indent: str) -> Iterator[str]:
    read = {name: numbers[prefix + name] for name in WORDS_OF[prefix] if prefix + name in numbers}
    if read:
        nothing = " = ".join(f"v{number}" for number in read.values())
        yield _PART.format(indent=indent, part=part, nothing=nothing)
        for name, number in read.items():
            yield _VALUE.format(indent=indent, name=name, number=number, bit=2 << number)
