"""A recorded decision with all that is read of it to look into it: the request, by whom, and where it leads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from api.domain.decision_record import DecisionRecord
from api.domain.identity import Caller
from api.ledger.entries import DECISION, REQUEST, Entry
from api.ledger.erasure import has_erased
from api.ledger.reader import find_stored_decision
from api.ledger.revisions import PolicyFiles, find_revision
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.parsing.strict_json import read_value
from api.services.context import Context
from api.services.decision_queries import visible_decision
from api.services.explainer import Explainer
from api.services.recorded_words import words_of_entry
from api.storage.cases import find_case_id
from api.storage.handovers import find_clearance_of
from engine import Explanation, PolicyFaults, PolicySet, Vocabulary, load_recorded_policies

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ITEMS = "items"
_ITEM = "item."


@dataclass(frozen=True, slots=True)
class RequestedFact:
    """A fact as it was stated, with the question that asks for it where the policies have one.

    `line` counts the lines from 1, None for a fact of the whole request. `value` is in words where it is a choice;
    it is None where the fact was stated as not known, or its text was erased.
    """

    name: str
    ask: str
    value: str | None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision at its place in the log.

    `answer` is the answer as it was given, which need not have the members of today; `stated` is the request,
    `known` what the records of the owners stated then. `has_erased` says whether a text of it was erased since.
    """

    sequence: int
    leaf: bytes
    entry: Entry
    record: DecisionRecord
    answer: Mapping[str, Any]
    stated: Sequence[RequestedFact]
    known: Sequence[RequestedFact]
    has_erased: bool
    case_id: str | None
    clearance_id: str | None


async def read_decision_page(context: Context, decision_id: str, caller: Caller) -> DecisionPage:
    """Return what there is to read of a decision. Raises `ProblemError`, StoreUnavailable."""
    policies = context.policies.current.policies

    def read(connection: Connection) -> DecisionPage:
        entry, record = visible_decision(connection, decision_id, caller)
        stored = find_stored_decision(connection, decision_id)
        assert stored is not None, "what was found once is not taken out of the log"
        vocabulary = words_of_entry(connection, entry, policies)
        key = (record.department, record.request_id) if record.department else None
        clearance = find_clearance_of(connection, decision_id)
        return DecisionPage(
            sequence=stored.sequence,
            leaf=stored.leaf,
            entry=entry,
            record=record,
            answer=json.loads(entry.payloads[DECISION]),
            stated=[*_stated(read_value(entry.payloads[REQUEST]), vocabulary)],
            known=[*_known(record, vocabulary)],
            has_erased=has_erased(connection, entry),
            case_id=find_case_id(connection, key) if key else None,
            clearance_id=clearance.clearance.clearance_id if clearance else None,
        )

    return await context.store.read(read)


def _stated(request: Any, vocabulary: Vocabulary) -> Iterator[RequestedFact]:
    """The facts of a request as it was received, whatever it holds: those of the whole, then those of each line."""
    if not isinstance(request, dict):
        return
    for name, value in _flat({name: value for name, value in request.items() if name != _ITEMS}, ""):
        yield _fact(vocabulary, name, value, None)
    items = request.get(_ITEMS)
    for line, item in enumerate(items if isinstance(items, list) else (), 1):
        for name, value in _flat(item, _ITEM):
            yield _fact(vocabulary, name, value, line)


def _flat(members: Any, before: str) -> Iterator[tuple[str, Any]]:
    for name, value in members.items() if isinstance(members, dict) else ():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _known(record: DecisionRecord, vocabulary: Vocabulary) -> Iterator[RequestedFact]:
    if record.known is None:
        return
    for name, value in record.known.whole.items():
        yield _fact(vocabulary, name, value, None)
    for mark, facts in record.known.facts.items():
        for name, value in facts.items():
            yield _fact(vocabulary, name, value, int(mark) if mark.isdecimal() else None)


def _fact(vocabulary: Vocabulary, name: str, value: Any, line: int | None) -> RequestedFact:
    word = vocabulary.words.get(name)
    choices = word.choices_in_words if word else {}
    return RequestedFact(name, word.ask if word else "", _in_words(value, choices), line)


def _in_words(value: Any, choices: Mapping[str, str]) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(_in_words(one, choices) or "" for one in value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return choices.get(text, text)


async def explain_decision(
    context: Context,
    explainer: Explainer,
    decision_id: str,
    caller: Caller,
    leaves: Callable[[], Coroutine[Any, Any, None]],
    most_lines: int | None = None,
) -> Explanation | None:
    """Return how a decision came about, by the policies of its day; None once the caller `leaves`.

    What would have changed it is not looked for: that takes longer. The lines after the first `most_lines` are only
    counted.

    Raises `ProblemError`, also where those policies cannot be read any more.
    """
    active = context.policies.current.policies

    def read(connection: Connection) -> tuple[Entry, PolicyFiles | None]:
        entry, record = visible_decision(connection, decision_id, caller)
        own = record.revision == active.revision
        return entry, None if own else find_revision(connection, record.revision)

    entry, files = await context.store.read(read)
    with explainer.place():
        policies = active if files is None else await asyncio.to_thread(_load, files)
        try:
            explained = await explainer.explain(entry, policies, leaves, 0, most_lines)
        except ValueError as error:
            raise _unreadable(str(error)) from error
    return None if explained is None else Explanation.model_validate_json(explained)


@lru_cache(maxsize=4)
def _load(files: PolicyFiles) -> PolicySet:
    try:
        return load_recorded_policies(files.read())
    except PolicyFaults as faults:
        raise _unreadable(str(faults)) from faults


def _unreadable(why: str) -> ProblemError:
    detail = f"The decision cannot be taken again as it was: {why}"
    return ProblemError(make_problem(ProblemKind.NOT_FOUND, detail))
