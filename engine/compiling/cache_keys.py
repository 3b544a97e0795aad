"""Everything of a request that an answer can depend on, as a key: the exact values of the facts that are read.

The function that makes the keys is written here for the facts that are read, so that it reads these and nothing
else. The names in its code are those of facts, whose spelling the vocabulary was checked for; it holds no other text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from engine.contract.request import Request
from engine.contract.vocabulary import AS_OF, COUNTRIES, Kind, Part, Value, Vocabulary

CacheKey = tuple[Any, ...]
"""The values of the facts in the order of their names, then what distinguishes requests that they leave equal."""

OutcomeKey = tuple[Any, ...]
"""The values of the facts in the order of their names, then the countries of the mission, None if not known."""

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
_OUTCOME_HEAD = """def keys(request, as_of):
    shared = request.__dict__
    countries, part = None, shared["mission"]
    if part is not None:
        countries = part.__dict__["countries"]
        if countries is not None:
            countries = tuple(countries)
"""
_OUTCOME_LINES = """    found = []
    for item in shared["items"]:
        own = item.__dict__
"""
_PART = """{indent}if part is None:
{indent}    {nothing} = None
{indent}else:
{indent}    values = part.__dict__
"""
_VALUE = """{indent}v{number} = values["{name}"]
{indent}if v{number} is None and "{name}" in part.__pydantic_fields_set__:
{indent}    nulls |= {bit}
"""
_OUTCOME_VALUE = """{indent}v{number} = values["{name}"]
"""
_FOUND = """        found.append(({values}))
    return found
"""


class _KeyForm(NamedTuple):
    """The parts of a function that makes keys; an exact one distinguishes nulls and how amounts are written."""

    head: str
    lines: str
    value: str
    is_exact: bool


_OF_LINES = _KeyForm(_HEAD, _LINES, _VALUE, is_exact=True)
_OF_OUTCOMES = _KeyForm(_OUTCOME_HEAD, _OUTCOME_LINES, _OUTCOME_VALUE, is_exact=False)


class KeyMaker:
    """Makes keys for the policies that read certain facts. Lines with equal keys get equal answers.

    A key distinguishes amounts that are equal but are not written alike, and facts stated as not known (null)
    from those that were not stated. `of_lines` gives the keys of the lines of a request. `of_outcomes` gives keys
    that distinguish neither: lines for which they are equal get equal outcomes. `nulls` has, for each fact, the bit
    of the number that a key ends with, which is set where the fact was stated as not known.
    """

    __slots__ = ("_names", "_texts", "nulls", "of_lines", "of_outcomes")

    def __init__(self, vocabulary: Vocabulary, reads: frozenset[str]) -> None:
        words = vocabulary.words
        stated = [name for name in vocabulary.facts if name in reads]
        self._names = [*stated, AS_OF] if AS_OF in reads else stated
        self.nulls = {COUNTRIES: 1, **{name: 2 << number for number, name in enumerate(stated)}}
        self._texts = [number for number, name in enumerate(stated) if words[name].kind is Kind.TEXT]
        self.of_lines: Callable[[Request, dt.date], list[CacheKey]] = _made(
            _source(vocabulary, stated, AS_OF in reads, _OF_LINES)
        )
        self.of_outcomes: Callable[[Request, dt.date], list[OutcomeKey]] = _made(
            _source(vocabulary, stated, AS_OF in reads, _OF_OUTCOMES)
        )

    def facts(self, key: CacheKey | OutcomeKey) -> dict[str, Value | None]:
        """The facts that the policies read, unknown ones among them as None; those of the country are left out."""
        return dict(zip(self._names, key))  # noqa: B905

    def weight(self, key: CacheKey | OutcomeKey) -> int:
        """How much a key weighs in a cache, beside an answer: it may hold long texts of the caller."""
        return sum([len(key[number] or "") for number in self._texts]) // 200


def countries_in(key: CacheKey) -> tuple[str, ...] | None:
    """The countries of the mission as the key holds them; None if they are not known."""
    countries: tuple[str, ...] | None = key[-2]
    return countries


def _made(source: Iterator[str]) -> Any:
    namespace: dict[str, Any] = {"__builtins__": {"str": str, "tuple": tuple}}
    exec(compile("".join(source), "<keys>", "exec"), namespace)
    return namespace["keys"]


def _source(vocabulary: Vocabulary, names: Sequence[str], with_day: bool, form: _KeyForm) -> Iterator[str]:
    numbers = {name: number for number, name in enumerate(names)}
    yield form.head
    for part in vocabulary.shared:
        yield from _part(part, "request", "shared", numbers, " " * 4, form.value)
    yield form.lines
    for part in vocabulary.own:
        yield from _part(part, "item", "own", numbers, " " * 8, form.value)
    values = [*_values(numbers, with_day)]
    if form.is_exact:
        values += [f"str(v{number})" for name, number in numbers.items() if vocabulary.words[name].is_amount]
    yield _FOUND.format(values=", ".join([*values, "countries", "nulls" if form.is_exact else ""]))


def _values(numbers: Mapping[str, int], with_day: bool) -> list[str]:
    return [*(f"v{number}" for number in numbers.values()), *(["as_of"] if with_day else [])]


def _part(
    part: Part, root: str, members: str, numbers: Mapping[str, int], indent: str, value: str
) -> Iterator[str]:
    read = {name: numbers[part.prefix + name] for name in part.names if part.prefix + name in numbers}
    if not read:
        return
    if part.way:
        first, *rest = part.way
        yield f"{indent}part = {members}[{first!r}]\n"
        for step in rest:
            yield f"{indent}part = None if part is None else part.__dict__[{step!r}]\n"
        yield _PART.format(indent=indent, nothing=" = ".join(f"v{number}" for number in read.values()))
        indent += "    "
    else:
        yield f"{indent}part, values = {root}, {members}\n"
    for name, number in read.items():
        yield value.format(indent=indent, name=name, number=number, bit=2 << number)
