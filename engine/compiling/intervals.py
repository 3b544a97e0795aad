"""The policies between two days on which something changes, compiled: a request's line -> its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from engine.compiling.answer_templates import Case, Outline, Outlines
from engine.compiling.bounded_cache import Memory
from engine.compiling.cache_keys import Key, KeyMaker, countries_in
from engine.compiling.editions import CompiledEdition, Reweighing, Verdict
from engine.compiling.encoded_lines import LineAnswer
from engine.contract.decision import Missing, Outcome, PolicyStamp
from engine.contract.request import COUNTRY, COUNTRY_LISTED, Item, Request, Value, country_facts
from engine.contract.trusted_models import with_members
from engine.evaluation.answer import countries_of
from engine.evaluation.default_logic import combine
from engine.evaluation.missing_facts import list_missing
from engine.policy.model import PolicySet

KEPT_DAYS = 10_000
KEPT_ANSWERS = 100_000
"""How much is kept of answers in an era: some seven thousand of the usual ones, or sixty megabytes."""


class Days:
    """The last day of an answer; how it and the day that was asked about stand in JSON."""

    __slots__ = ("asked", "last", "valid_until")

    def __init__(self, as_of: dt.date, valid_until: dt.date) -> None:
        self.valid_until = valid_until
        self.asked = b',"as_of":"%b","evaluated_at":' % as_of.isoformat().encode()
        self.last = valid_until.isoformat().encode()


@dataclass(frozen=True, slots=True)
class Era:
    """The policies as they stand on some days in a row, with what was answered of late."""

    policies: PolicySet
    stamp: PolicyStamp
    stamp_json: bytes
    last_day: int
    listed: frozenset[str]
    editions: tuple[CompiledEdition, ...]
    keys: KeyMaker
    outlines: Outlines
    _candidates: dict[str | None, tuple[CompiledEdition, ...]] = field(default_factory=dict)
    _days: Memory[Days] = field(default_factory=lambda: Memory(KEPT_DAYS))
    _answers: Memory[LineAnswer] = field(default_factory=lambda: Memory(KEPT_ANSWERS))

    def answer(self, request: Request, as_of: dt.date) -> list[LineAnswer]:
        """Return the answers for the lines of a request, whose marks are still to be set."""
        keys, recall = self.keys.of_lines(request, as_of), self._answers.recall
        return [
            recall(key) or self._first(request, item, key)
            for item, key in zip(request.items, keys)  # noqa: B905
        ]

    def days_of(self, as_of: dt.date, outcome: Outcome) -> Days:
        """The last day within the outcome's days on which the policies are still those of `as_of`."""
        key = as_of, outcome
        found = self._days.recall(key)
        if found is None:
            last = min(as_of.toordinal() + self.policies.valid_days[outcome], self.last_day)
            found = Days(as_of, dt.date.fromordinal(last))
            self._days.keep(key, found)
        return found

    def weigh(self, key: Key) -> list[Case]:
        """What the policies make of a line for each country; those that cannot govern it are left out."""
        stated, cases = self.keys.facts(key), []
        for country in countries_of(countries_in(key)):
            facts = {
                **stated,
                COUNTRY: country,
                COUNTRY_LISTED: None if country is None else country in self.listed,
            }
            cases.append(Case(facts, tuple([edition.weigh(facts) for edition in self._governing(country)])))
        return cases

    def forget_answers(self) -> None:
        """Forget the answers that were kept."""
        self._answers.forget()

    def _first(self, request: Request, item: Item, key: Key) -> LineAnswer:
        """The answer for a line whose key was not met of late."""
        found = self._worked_out(request, item, key)
        self._answers.keep(key, found, found.weight + self.keys.weight(key))
        return found

    def _worked_out(self, request: Request, item: Item, key: Key) -> LineAnswer:
        cases = self.weigh(key)
        outline = self.outlines.of(cases)
        if outline.line.if_in_force:
            return LineAnswer(outline.line)
        missing = self._missing(request, item, outline, cases) if outline.is_open else ()
        return LineAnswer(with_members(outline.line, why_not=outline.why_not(cases), missing=missing))

    def _governing(self, country: str | None) -> tuple[CompiledEdition, ...]:
        """The editions that may govern a line for the country, whatever the other facts are."""
        found = self._candidates.get(country)
        if found is None:
            facts = country_facts(country, self.listed)
            found = tuple(edition for edition in self.editions if edition.governs(facts) is not False)
            self._candidates[country] = found
        return found

    def _missing(
        self, request: Request, item: Item, outline: Outline, cases: Sequence[Case]
    ) -> tuple[Missing, ...]:
        again = [
            [Reweighing(weighed, case.facts) for weighed in case.weighed if weighed.scope is not False]
            for case in cases
        ]
        return list_missing(
            self.policies,
            request,
            item,
            outline.outcomes,
            outline.opened(cases),
            self.stamp.status,
            lambda changes, policy: [_combined_again(found, changes, policy) for found in again],
        )


def _combined_again(
    before: Sequence[Reweighing], changes: Sequence[dict[str, Value]], policy: str | None
) -> list[Outcome]:
    """The same as `assess_again` finds for each of the changes."""
    count, changed = len(changes), changes[0].keys()

    def again(found: Reweighing) -> Sequence[Verdict]:
        return found.weigh_each(changes) if policy in (None, found.policy) else [found.verdict] * count

    # As in `assess_again`, a policy that only may govern the line is weighed again only where the others permit.
    aside = [found.verdict.scope is None and found.scope_mentions.isdisjoint(changed) for found in before]
    weighed = [
        [found.verdict] * count if left else again(found) for found, left in zip(before, aside, strict=True)
    ]
    some = list(zip(*weighed, strict=True)) or [()] * count
    if any(aside) and any(map(_permit, set(some))):
        whole = zip(*map(again, before), strict=True)
        some = [all_ if _permit(verdicts) else verdicts for verdicts, all_ in zip(some, whole, strict=True)]
    return [_combined(verdicts) for verdicts in some]


_combined = lru_cache(maxsize=4096)(combine)
"""The few combinations that there are come again with every answer to every question."""


def _permit(verdicts: Sequence[Verdict]) -> bool:
    return any(verdict.scope and verdict.outcome.permits for verdict in verdicts)
