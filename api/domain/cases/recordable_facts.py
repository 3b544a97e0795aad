"""The facts that can be recorded of a case: their names, and the body that states them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, ValidationError

from api.parsing.fields import Day, Mark, Strict, Text
from api.parsing.problems import FieldError
from api.parsing.validation_messages import describe_errors, group_errors
from engine import FactGroup, Request, Vocabulary, suggestion, withhold_unconfirmed

ITEM = "item."
COUNTRIES = "mission.countries"
WHAT_IT_IS = ("description", "unit", "kind")
IDENTITY = (*WHAT_IT_IS, "quantity")
"""The members of an item that identify it, and how much of it."""

AGREED_ON = frozenset({COUNTRIES, *(f"item.{name}" for name in IDENTITY)})
"""The facts that identify what the facts of others are about."""


class FactStatement(Strict):
    """A fact to be recorded; a value of null says that it was asked and is not known.

    `line` names the line of a fact that begins with `item.`. `supersedes` is the position of an earlier fact that was
    wrong from the start; a fact that has merely changed since needs none.
    """

    fact: Text
    line: Mark | None = None
    value: Any
    happened_on: Day
    evidence: Text
    supersedes: Annotated[int, Field(ge=1)] | None = None


class FactStatements(Strict):
    """Facts to be recorded together, all or none."""

    facts: Annotated[list[FactStatement], Field(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact before it is recorded; `value` is JSON, `line` the mark of its line as text."""

    line: str | None
    name: str
    value: str
    happened_on: dt.date
    evidence: str | None = None
    supersedes: int | None = None


def recordable_facts(vocabulary: Vocabulary) -> frozenset[str]:
    """The facts that can be recorded of a case: all but the office it belongs to, which it has for good."""
    return frozenset((*vocabulary.facts, COUNTRIES)) - {vocabulary.declarations.asking_office}


def owned_facts(vocabulary: Vocabulary) -> frozenset[str]:
    """The facts that some party owns."""
    return frozenset(vocabulary.owned_by_others(()))


def as_json(value: object) -> str:
    """Return the JSON of a fact's value, or of several with their names; a decimal keeps every digit."""
    match value:
        case Decimal():
            return str(value)
        case dict():
            return f"{{{', '.join(f'{as_json(name)}: {as_json(member)}' for name, member in value.items())}}}"
        case list():
            return f"[{', '.join(map(as_json, value))}]"
        case _:
            return json.dumps(value, ensure_ascii=False)


def find_statement_faults(
    vocabulary: Vocabulary, statements: Sequence[FactStatement], today: dt.date
) -> list[FieldError]:
    """Return every fault that can be seen without the case."""
    return [
        fault
        for index, stated in enumerate(statements)
        for fault in _faults(vocabulary, stated, index, today)
    ]


class CaseStatement(Strict):
    """The decision whose request a case is opened with."""

    decision_id: Text


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """What a case begins with: the facts, and for each line what was only claimed."""

    facts: tuple[NewFact, ...]
    claims: tuple[tuple[str, ...], ...]


def opening_of(
    vocabulary: Vocabulary, request: Request, value: Any, happened_on: dt.date, believed: Set[str]
) -> OpeningFacts:
    """Return what a request opens a case with; `value` is its JSON, with the texts as they were taken.

    What it states of facts that none of the `believed` parties owns are claims.
    """
    others = frozenset(vocabulary.owned_by_others(believed))
    stated = _stated(vocabulary, request, value, happened_on)
    facts = tuple(fact for fact in stated if fact.name not in others)
    return OpeningFacts(facts, withhold_unconfirmed(vocabulary, request, believed)[1])


def _stated(vocabulary: Vocabulary, request: Request, value: Any, happened_on: dt.date) -> Iterator[NewFact]:
    """Yield what the request states, each null among it."""
    for name, stated in _flat(
        {k: v for k, v in value.items() if k not in ("request_id", "as_of", "items")}, vocabulary.whole
    ):
        yield NewFact(None, name, as_json(stated), happened_on)
    for mark, item in zip(marks_of(request), value["items"], strict=True):
        for name, stated in _flat(
            {name: found for name, found in item.items() if name != "line"}, vocabulary.line
        ):
            yield NewFact(str(mark), ITEM + name, as_json(stated), happened_on)


def marks_of(request: Request) -> list[int | str]:
    """Return the mark of each line: as given, else its place in the list."""
    return [place if item.line is None else item.line for place, item in enumerate(request.items, 1)]


def nested(name: str, value: object, into: dict[str, Any]) -> None:
    """Put the value of a fact at its place in a request, or in an item if `name` begins with `item.`."""
    *parts, last = name.removeprefix(ITEM).split(".")
    for part in parts:
        into = into.setdefault(part, {})
    into[last] = value


def _flat(members: dict[str, Any], group: FactGroup, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The facts that are stated; a group that is null states nothing."""
    groups = dict(group.groups)
    for name, value in members.items():
        if name not in groups:
            yield prefix + name, value
        elif value is not None:
            yield from _flat(value, groups[name], f"{prefix}{name}.")


def _faults(
    vocabulary: Vocabulary, stated: FactStatement, index: int, today: dt.date
) -> Iterator[FieldError]:
    recordable = recordable_facts(vocabulary)
    place = f"/facts/{index}"
    if stated.happened_on > today:
        yield FieldError(pointer=f"{place}/happened_on", detail="must not lie after today")
    if stated.fact not in recordable:
        near = suggestion(stated.fact, recordable)
        yield FieldError(
            pointer=f"{place}/fact",
            detail="is no fact that can be recorded of a case" + (f"; {near}" if near else ""),
            suggestion=near.split("`")[1] if near else None,
        )
        return
    if stated.fact.startswith(ITEM) and stated.line is None:
        yield FieldError(pointer=f"{place}/line", detail="a fact of an item names its line")
    if not stated.fact.startswith(ITEM) and stated.line is not None:
        yield FieldError(pointer=f"{place}/line", detail="only a fact of an item names a line")
    yield from _value_faults(vocabulary, stated, f"{place}/value")


def _value_faults(vocabulary: Vocabulary, stated: FactStatement, place: str) -> Iterator[FieldError]:
    item: dict[str, Any] = {}
    request: dict[str, Any] = {"request_id": "x", "items": [item]}
    of_item = stated.fact.startswith(ITEM)
    nested(stated.fact, stated.value, item if of_item else request)
    path = "/" + stated.fact.removeprefix(ITEM).replace(".", "/")
    try:
        vocabulary.request.model_validate(request)
    except ValidationError as failure:
        for pointer, findings in group_errors(failure, request).items():
            inner = pointer.removeprefix("/items/0" if of_item else "").removeprefix(path)
            found = describe_errors(pointer, findings, vocabulary.request)
            yield found.model_copy(update={"pointer": place + inner})
