"""A policy set compiled: its intervals, each compiled when a request first falls into it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from weakref import ReferenceType

from engine.compiling.answer_templates import AnswerTemplates
from engine.compiling.cache_keys import KeyMaker
from engine.compiling.editions import CompiledEdition, compile_edition
from engine.compiling.intervals import Interval, Stamp
from engine.compiling.reasons import Reasons
from engine.contract.decision import Outcome
from engine.contract.request import Item, Request
from engine.contract.serving_status import Approval
from engine.contract.vocabulary import AS_OF, PLANNED_ON
from engine.evaluation.answer import effective_day
from engine.language.expression_parts import fact_names
from engine.language.expressions import Expression
from engine.policy.model import Edition, Policy, PolicySet

Lists = tuple[list[Item], list[str] | None]
KnownOutcome = tuple[ReferenceType[Request], Lists, Lists, dt.date | None, Outcome]
"""A request, its lists, of lines and of countries, and copies of these; the day if the request states none; the
outcome.
"""


class CompiledPolicies:
    """The intervals of a policy set. Nothing that it caches changes an answer; threads may share it.

    `known` are outcomes of requests met twice of late, and the ids of others, by the identity of the request: see
    `outcome_of`.
    """

    __slots__ = ("_alike", "_change_days", "_editions", "_intervals", "_policies", "_reasons", "known")

    def __init__(self, policies: PolicySet) -> None:
        self._policies = policies
        self.known: dict[int, KnownOutcome | str] = {}
        self._change_days = policies.change_days
        self._intervals: dict[int, Interval] = {}
        self._editions: dict[tuple[str, dt.date], CompiledEdition] = {}
        self._alike: dict[object, CompiledEdition] = {}
        self._reasons = Reasons()

    def interval_on(self, day: dt.date) -> Interval:
        """The interval that `day` falls into."""
        position = bisect_right(self._change_days, day)
        interval = self._intervals.get(position)
        if interval is None:
            interval = self._intervals[position] = self._compile_interval(day)
        return interval

    def forget_answers(self) -> None:
        """Forget the cached answers; for measuring."""
        self.known.clear()
        for interval in self._intervals.values():
            interval.forget_answers()

    def _compile_interval(self, as_of: dt.date) -> Interval:
        policies = self._policies
        day = effective_day(policies, as_of)
        editions = tuple(self._edition(policy, policy.edition_on(day)) for policy in policies.policies)
        later = [change.toordinal() - 1 for change in self._change_days if change > as_of]
        return Interval(
            last_day=min([dt.date.max.toordinal(), *later]),
            policies=policies,
            listed=policies.listed_on(day),
            status=policies.status_on(as_of),
            stamps={approval: Stamp.of(policies.stamp_on(as_of, approval)) for approval in Approval},
            editions=editions,
            holds_dates=any(_is_dated(compiled.edition) for compiled in editions),
            keys=KeyMaker(policies.vocabulary, _reads(policies, [compiled.edition for compiled in editions])),
            templates=AnswerTemplates(policies, as_of, editions, self._reasons),
        )

    def _edition(self, policy: Policy, edition: Edition) -> CompiledEdition:
        key = (policy.name, edition.first_day)
        if key not in self._editions:
            self._editions[key] = compile_edition(policy, edition, self._alike)
        return self._editions[key]


def _reads(policies: PolicySet, editions: Sequence[Edition]) -> frozenset[str]:
    """Every fact that an answer under the editions can depend on."""
    conditions = [
        *_conditions_of_all(policies),
        *(when for edition in editions for when in _conditions(edition)),
    ]
    read = frozenset[str]().union(*map(fact_names, conditions))
    return read | {AS_OF} if PLANNED_ON in read or any(map(_is_dated, editions)) else read


def unread_facts(policies: PolicySet) -> frozenset[str]:
    """Return the facts that no answer under the policies can depend on, whichever day it is of."""
    read = _reads(policies, [edition for policy in policies.policies for edition in policy.editions])
    return frozenset(policies.vocabulary.facts) - read


def _is_dated(edition: Edition) -> bool:
    return bool(edition.dated_rules or edition.dated_scope)


def _conditions_of_all(policies: PolicySet) -> Iterator[Expression]:
    """The conditions that belong to no edition: of the floor, and of what standing answers say."""
    yield from (when for held in policies.floor for when in (held.when, held.unless) if when is not None)
    yield from (when for answer in policies.standing_answers.values() for when in answer.word_conditions)


def _conditions(edition: Edition) -> Iterator[Expression]:
    yield from (entry.when for entry in edition.scope)
    for rule in edition.rules:
        yield rule.when
        yield from rule.word_conditions


def compile_policies(policies: PolicySet) -> CompiledPolicies:
    """Return the compiled form of the set, which is made once and stored in its slot."""
    compiled = policies.slot.compiled
    if not isinstance(compiled, CompiledPolicies):
        compiled = policies.slot.compiled = CompiledPolicies(policies)
    return compiled
