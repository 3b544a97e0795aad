"""The policies between two days on which something changes, compiled: a request's line -> its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.answering import compose_answer, countries_of
from engine.compiling.editions import CompiledEdition, Truths
from engine.compiling.keys import KeyMaker
from engine.compiling.lines import LineAnswer
from engine.compiling.memory import Memory
from engine.compiling.reasons import Reasons
from engine.decision import Missing, Outcome, PolicyStamp, WhyNot
from engine.explaining import distinct_why_not, list_missing
from engine.facts import Item, Request, Value, country_facts, flatten
from engine.policy import PolicySet, members
from engine.weighing import Assessment, Finding, Standing, combine

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
    by_name: Mapping[str, CompiledEdition]
    reasons: Reasons
    _candidates: dict[str | None, tuple[CompiledEdition, ...]] = field(default_factory=dict)
    _days: Memory[Days] = field(default_factory=lambda: Memory(KEPT_DAYS))
    _answers: Memory[LineAnswer] = field(default_factory=lambda: Memory(KEPT_ANSWERS))

    def answer(self, request: Request, as_of: dt.date) -> list[LineAnswer]:
        """Return the answers for the lines of a request, whose marks are still to be set."""
        shared, answers = self.keys.shared(request, as_of), []
        for item in request.items:
            key = self.keys.line(shared, item)
            found = self._answers.recall(key)
            if found is None:
                found = self._worked_out(request, item, as_of)
                self._answers.keep(key, found, found.weight + len(repr(key)) // 200)
            answers.append(found)
        return answers

    def days_of(self, as_of: dt.date, outcome: Outcome) -> Days:
        """The last day within the outcome's days on which the policies are still those of `as_of`."""
        key = as_of, outcome
        found = self._days.recall(key)
        if found is None:
            last = min(as_of.toordinal() + self.policies.valid_days[outcome], self.last_day)
            found = Days(as_of, dt.date.fromordinal(last))
            self._days.keep(key, found)
        return found

    def _worked_out(self, request: Request, item: Item, as_of: dt.date) -> LineAnswer:
        answers = self.assess(request, item, as_of)

        def missing() -> tuple[Missing, ...]:
            return list_missing(self.policies, request, item, answers, self.stamp.status, self._weigh_again)

        return LineAnswer(compose_answer(self.policies, 1, as_of, answers, self._why_not, missing))

    def assess(self, request: Request, item: Item, as_of: dt.date) -> list[Assessment]:
        """What the policies make of a line for each country; those that cannot govern it are left out."""
        stated = flatten(request, item, as_of)
        found = []
        for country in countries_of(request):
            facts = {**stated, **country_facts(country, self.listed)}
            findings = tuple([edition.weigh(facts) for edition in self._governing(country)])
            found.append(Assessment(facts, findings, combine(findings)))
        return found

    def forget_answers(self) -> None:
        """Forget the answers that were kept."""
        self._answers.forget()

    def _governing(self, country: str | None) -> tuple[CompiledEdition, ...]:
        """The editions that may govern a line for the country, whatever the other facts are."""
        found = self._candidates.get(country)
        if found is None:
            facts = country_facts(country, self.listed)
            found = tuple(edition for edition in self.editions if edition.governs(facts) is not False)
            self._candidates[country] = found
        return found

    def _weigh_again(
        self, before: Assessment, changes: Sequence[dict[str, Value]], policy: str | None
    ) -> list[Outcome]:
        """The same as `assess_again` finds for each of the changes."""
        if not changes:
            return []
        changed = changes[0].keys()

        def again(finding: Finding) -> Sequence[Standing]:
            if policy not in (None, finding.policy.name):
                return [finding] * len(changes)
            return self.by_name[finding.policy.name].weigh_each(finding, before.facts, changes)

        set_aside = [
            finding.scope is None and finding.edition.scope_mentions.isdisjoint(changed)
            for finding in before.findings
        ]
        weighed = [
            [finding] * len(changes) if aside else again(finding)
            for finding, aside in zip(before.findings, set_aside, strict=True)
        ]
        if any(set_aside) and any(s.scope and s.outcome.permits for found in weighed for s in found):
            whole = [again(finding) for finding in before.findings]
        else:
            whole = weighed
        return [
            combine(all_ if any(s.scope and s.outcome.permits for s in some) else some)
            for some, all_ in zip(zip(*weighed, strict=True), zip(*whole, strict=True), strict=True)
        ] or [combine(())] * len(changes)

    def _why_not(self, answer: Assessment) -> tuple[WhyNot, ...]:
        """The same as `list_why_not` lists."""
        if all(finding.scope is False for finding in answer.findings):
            return distinct_why_not(self._outside(answer.facts))
        return distinct_why_not(
            why_not for finding in answer.findings if finding.scope for why_not in self._lost(finding)
        )

    def _outside(self, facts: Mapping[str, Value]) -> Iterator[WhyNot]:
        for compiled in self.editions:
            known = {**compiled.edition.parameters, **facts}
            for entry in compiled.edition.scope:
                yield self.reasons.failed(entry, known)

    def _lost(self, finding: Finding) -> Iterator[WhyNot]:
        edition, truths = finding.edition, finding.truths
        assert isinstance(truths, Truths)
        tried = self.by_name[finding.policy.name].alone
        for index in members(finding.applies):
            tried |= edition.exceptions[index]
        for index in members(tried & ~finding.wins):
            if truths.true >> index & 1:
                yield self.reasons.overridden(edition, index, finding.applies)
            else:
                yield self.reasons.failed(edition.rules[index], finding.facts)
