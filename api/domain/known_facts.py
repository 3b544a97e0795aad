"""The owners' facts about a request, from the ledger; a pre-check takes them from here, not from claims."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from api.domain.cases.recordable_facts import COUNTRIES, IDENTITY, WHAT_IT_IS, marks_of, nested, owned_facts
from api.domain.present_words import lacks
from api.parsing.stated_texts import with_normal_texts
from engine import FactGroup, Item, PolicySet, Registers, Request, Vocabulary, withhold_unconfirmed

if TYPE_CHECKING:
    from api.domain.cases.case import Case, CaseKey
    from api.domain.registers.lists import RegisterItem, RegisterList
    from api.domain.registers.state import RegisterEvent, RegisterState


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """The owners' facts by the mark of the line, and those of the `whole` request.

    With them the case about the request and its version, if there is one.
    """

    facts: Mapping[str, Mapping[str, Any]]
    case_id: str | None = None
    version: int | None = None
    whole: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it for the log."""
        members = asdict(self)
        return members if self.whole else {name: members[name] for name in members if name != "whole"}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> KnownFacts:
        """Read it back from the log, where an amount is a text."""
        return cls(**data)

    def with_amounts(self, vocabulary: Vocabulary) -> KnownFacts:
        """Return it with numbers in the place of amounts that were written as texts."""

        def numbers(facts: Mapping[str, Any]) -> dict[str, Any]:
            return {
                name: Decimal(value)
                if isinstance(value, str) and name in words and words[name].is_amount
                else value
                for name, value in facts.items()
            }

        words = vocabulary.words
        lines = {mark: numbers(facts) for mark, facts in self.facts.items()}
        return replace(self, facts=lines, whole=numbers(self.whole))


class EstablishedFacts(NamedTuple):
    """A request as it may be decided, and for each line what was claimed and is not confirmed."""

    request: Request
    claimed: tuple[tuple[str, ...], ...]


def request_to_json(request: Request) -> bytes:
    """Return a request as it was decided, for the log; an amount is a text there, so that it keeps every digit."""
    return request.model_dump_json(exclude_unset=True).encode()


def request_from_json(content: bytes, vocabulary: Vocabulary) -> Request:
    """Read what `request_to_json` wrote. Raises ValueError."""
    data = json.loads(content)
    _with_amounts(data, vocabulary.whole)
    for item in data["items"]:
        _with_amounts(item, vocabulary.line)
    return vocabulary.request.model_validate(data)


def _with_amounts(members: dict[str, Any], group: FactGroup) -> None:
    """Put numbers in the place of amounts, which were written as texts."""
    for name in group.amounts:
        if members.get(name) is not None:
            members[name] = Decimal(members[name])
    for name, inner in group.groups:
        if members.get(name) is not None:
            _with_amounts(members[name], inner)


def establish_facts(
    vocabulary: Vocabulary, request: Request, known: KnownFacts | None, believed: Set[str]
) -> EstablishedFacts:
    """Return the request with the known facts, as the `believed` parties state it.

    What an owner itself states prevails, and what it leaves out is filled in. What others state of its facts is
    withheld, and the known fact stands in its place; a claim that differs from it is listed.
    """
    if vocabulary.owners <= believed:
        withheld, claimed = request, tuple[tuple[str, ...], ...]()
    else:
        withheld, claimed = withhold_unconfirmed(vocabulary, request, believed)
    if known is None:
        return EstablishedFacts(withheld, claimed)
    others = frozenset(vocabulary.owned_by_others(believed))
    lines = [
        _prevailing(vocabulary, known.facts.get(str(mark), {}), vocabulary.stated_of(item), others)
        for mark, item in zip(marks_of(request), withheld.items, strict=True)
    ]
    filled = _filled(vocabulary, withheld, lines)
    if known.whole:
        filled = _filled_whole(
            vocabulary,
            filled,
            _prevailing(vocabulary, known.whole, vocabulary.stated_in_whole(withheld), others),
        )
    return EstablishedFacts(filled, _unmet(vocabulary, request, filled, claimed))


def _prevailing(
    vocabulary: Vocabulary, known: Mapping[str, Any], stated: Mapping[str, object], others: Set[str]
) -> Mapping[str, Any]:
    """The known facts of the vocabulary but those of which a statement counts, even one that they are not known."""
    return {
        name: value
        for name, value in known.items()
        if (name in others or name not in stated) and lacks(vocabulary, name, value) is None
    }


def _unmet(
    vocabulary: Vocabulary, request: Request, filled: Request, claimed: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """The claims, without those that are what is known."""
    if not any(claimed):
        return claimed
    whole, known_whole = vocabulary.stated_in_whole(request), vocabulary.stated_in_whole(filled)
    return tuple(
        tuple(
            name
            for name in names
            if {**known_whole, **vocabulary.stated_of(found)}.get(name)
            != {**whole, **vocabulary.stated_of(item)}.get(name)
        )
        for names, item, found in zip(claimed, request.items, filled.items, strict=True)
    )


def _filled(vocabulary: Vocabulary, request: Request, lines: Sequence[Mapping[str, Any]]) -> Request:
    if not any(lines):
        return request
    items = [_filled_item(vocabulary, item, facts) for item, facts in zip(request.items, lines, strict=True)]
    return request.model_copy(update={"items": items})


def _filled_item(vocabulary: Vocabulary, item: Item, facts: Mapping[str, Any]) -> Item:
    if not facts:
        return item
    members = _with_facts(item.model_dump(exclude_unset=True), facts, vocabulary.line)
    return type(item).model_validate(members)


def _filled_whole(vocabulary: Vocabulary, request: Request, facts: Mapping[str, Any]) -> Request:
    members = request.model_dump(exclude_unset=True, exclude={"items"})
    filled = _with_facts(members, facts, vocabulary.whole)
    return vocabulary.request.model_validate({**filled, "items": request.items})


def _with_facts(members: dict[str, Any], facts: Mapping[str, Any], group: FactGroup) -> dict[str, Any]:
    for name, _ in group.groups:
        if members.get(name) is None:
            members.pop(name, None)
    for name, value in facts.items():
        nested(name, value, members)
    return members


@dataclass(frozen=True, slots=True)
class CaseRecords:
    """The newest case about each of some requests; the listed items of some numbers, and what became of them."""

    cases: Mapping[CaseKey, Case] = field(default_factory=dict)
    items: Mapping[str, RegisterItem] = field(default_factory=dict)
    lists: Mapping[str, RegisterList] = field(default_factory=dict)
    events: Sequence[RegisterEvent] = ()

    def known_at(self, moment: dt.datetime | None) -> CaseRecords:
        """Return the records with the events that had been recorded by then; with all of them for None."""
        if moment is None:
            return self
        return replace(self, events=[event for event in self.events if event.recorded_at <= moment])


NO_RECORDS = CaseRecords()


def known_of(
    policies: PolicySet, request: Request, department: str | None, records: CaseRecords, day: dt.date
) -> KnownFacts | None:
    """Return the owners' facts about a request that are known by now and held on `day`, if there are any.

    A line whose mark is the number of a listed item is that item. What was recorded of the case itself comes first,
    but only for the item that the case is about, and for a mission from the same countries.
    """
    if records is NO_RECORDS:
        return None
    facts = {
        mark: dict(found) for mark, found in listed_facts(policies.registers, request, records, day).items()
    }
    case = records.cases.get((department, request.request_id)) if department else None
    if case is None:
        return KnownFacts(facts) if facts else None
    of_case = _case_facts(policies.vocabulary, request, case, day)
    for mark, found in of_case.facts.items():
        facts.setdefault(mark, {}).update(found)
    if not (facts or of_case.whole):
        return None
    return KnownFacts(facts, case.case_id, case.version, of_case.whole)


def _case_facts(vocabulary: Vocabulary, request: Request, case: Case, day: dt.date) -> KnownFacts:
    """Return the owners' facts of each line whose item is the one its case is about.

    Those of the whole request are taken where each of its lines is such an item, and the visitor the same.
    """
    from api.domain.cases.case import Moment, state_at

    recorded: dict[str | None, dict[str, Any]] = {}
    for fact in state_at(case, Moment(day, None)).facts:
        recorded.setdefault(fact.line, {})[fact.name] = fact.value
    countries = request.mission.countries if request.mission else None
    if countries is not None and set(countries) != set(recorded.get(None, {}).get(COUNTRIES) or ()):
        return KnownFacts({})
    facts: dict[str, Mapping[str, Any]] = {}
    for mark, item in zip(map(str, marks_of(request)), request.items, strict=True):
        known = recorded.get(mark, {})
        if is_same_item(item, {name: known.get(f"item.{name}") for name in IDENTITY}):
            facts[mark] = _owned(vocabulary, known)
    of_all = recorded.get(None, {})
    visitor = vocabulary.declarations.visitor
    named = vocabulary.text_of(request, visitor)
    same_visitor = named is None or named == of_all.get(visitor or "")
    about_all = same_visitor and len(facts) == len(request.items)
    whole = _owned(vocabulary, of_all) if about_all else {}
    return KnownFacts(facts, whole=whole)


def _owned(vocabulary: Vocabulary, recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the recorded facts that others than who asks own, as far as the vocabulary has words for them."""
    owned = owned_facts(vocabulary)
    return {
        name: value
        for name, value in recorded.items()
        if name in owned and lacks(vocabulary, name, value) is None
    }


def is_same_item(item: Item, known: Mapping[str, Any]) -> bool:
    """Whether an item is the known one: every stated part of its identity agrees, and the quantity is no larger."""
    if any(getattr(item, name, None) not in (None, known[name]) for name in WHAT_IT_IS):
        return False
    return item.quantity is None or (known["quantity"] is not None and item.quantity <= known["quantity"])


def listed_facts(
    registers: Registers | None, request: Request, records: CaseRecords, day: dt.date
) -> dict[str, Mapping[str, Any]]:
    """Return the registers' facts about the lines of a request, by their marks; none where a directive has none."""
    if registers is None or not records.items:
        return {}
    from api.domain.registers.state import state_on

    countries = request.mission.countries if request.mission else None
    facts: dict[str, Mapping[str, Any]] = {}
    state = state_on(records.events, day)
    for mark, item in zip(map(str, marks_of(request)), request.items, strict=True):
        listed = records.items.get(mark)
        if listed and _is_listed(item, listed):
            on = records.lists[listed.list_id]
            if on.country in (countries or ()) and on.legacy_list in registers.list_words:
                facts[mark] = _facts_of(listed, on, state, registers)
    return facts


def _is_listed(item: Item, listed: RegisterItem) -> bool:
    """Whether a line is the item that its mark names; it has to be described, since a number is easily guessed."""
    known = with_normal_texts({name: getattr(listed, name) for name in IDENTITY})
    return item.description is not None and is_same_item(item, known)


def _facts_of(
    listed: RegisterItem, on: RegisterList, state: RegisterState, registers: Registers
) -> dict[str, Any]:
    """What the registers say of an item; one that was delivered counts to those that have been provided."""
    if on.legacy_list != registers.to_confirm.name:
        return {registers.entry_fact: on.legacy_list}
    found = state.item(listed.item_no)
    sort = registers.to_include if found.delivered else registers.to_confirm
    return {registers.entry_fact: sort.name, registers.confirmation_fact: found.confirmation.value}
