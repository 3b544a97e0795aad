"""One edition of a policy, compiled: facts -> what it makes of a line, as `evaluate_policy` finds it."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, overload

from engine.compiling.bounded_cache import BoundedCache
from engine.compiling.condition_index import ConditionIndex, Lookahead, TruthBits
from engine.compiling.index_building import build_index
from engine.compiling.settling import RuleTables, Statuses
from engine.contract.decision import Outcome
from engine.contract.vocabulary import Value
from engine.evaluation.default_logic import PolicyFinding
from engine.evaluation.reach import NOT_GOVERNING, Reach
from engine.language.expression_parts import fact_names
from engine.language.expressions import Facts, Truth
from engine.policy.model import Edition, Policy

MAX_STATUSES_WEIGHT = 4096
MAX_OUTCOMES_WEIGHT = 32_768


class ConditionTruths(Sequence[Truth]):
    """The values of conditions, held as two sets: those that are true, and those that are unknown."""

    __slots__ = ("true", "unknown")

    def __init__(self, true: int, unknown: int) -> None:
        self.true, self.unknown = true, unknown

    @overload
    def __getitem__(self, index: int) -> Truth: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Truth]: ...
    def __getitem__(self, index: int | slice) -> Truth | Sequence[Truth]:
        if isinstance(index, slice):
            return [self[position] for position in range(len(self))[index]]
        if self.true >> index & 1:
            return True
        return None if self.unknown >> index & 1 else False

    def __len__(self) -> int:
        return (self.true | self.unknown).bit_length()


NOT_GOVERNED = Statuses(0, 0, 0, Outcome.NOT_GOVERNED, 0, 0, 0, NOT_GOVERNING, 0, 0)


class EvaluatedEdition(NamedTuple):
    """What an edition makes of one line for one country, in bits.

    `scopes` are those of its scope rules that are true, and those that are unknown; `conditions` the same of all
    conditions.
    """

    compiled: CompiledEdition
    scope: Truth
    scopes: TruthBits
    conditions: TruthBits
    statuses: Statuses

    @property
    def outcome(self) -> Outcome:
        """What the policy answers if it governs the line."""
        return self.statuses.outcome

    def signature(self) -> tuple[CompiledEdition, TruthBits, Statuses, int]:
        """All that the answer depends on but for the values of facts that it quotes."""
        return self.compiled, self.scopes, self.statuses, self.conditions[0] & self.statuses.reported

    def finding(self, facts: Facts) -> PolicyFinding:
        """The same as the reference finds, given the facts of the line."""
        compiled, found = self.compiled, self.statuses
        edition = compiled.edition
        return _SettledFinding(
            compiled.policy,
            edition,
            {**edition.parameters, **facts},
            self.scope,
            () if self.scope is False else ConditionTruths(*self.conditions),
            found.applies,
            found.may,
            found.wins,
            found.outcome,
            found.certain,
            found.alone,
            found,
        )

    def outlook(self) -> EditionOutlook:
        """What it answers, and how far that is open."""
        return _outlook(self.scope, self.scopes, self.statuses)


@dataclass(frozen=True, slots=True)
class _SettledFinding(PolicyFinding):
    """A finding of which it is known what can apply and how far the answer can go."""

    statuses: Statuses

    @property
    def possible(self) -> int:
        return self.statuses.possible

    @property
    def reach(self) -> Reach:
        return self.statuses.reach


@dataclass(frozen=True, slots=True, eq=False)
class CompiledEdition:
    """An edition with the indexes of its conditions.

    `conditions` are those of its rules, and after them those under which its rules cite or say something:
    `tables` know which for each rule. Editions whose rules decide alike share both, and what is cached of them.
    """

    policy: Policy
    edition: Edition
    scope: ConditionIndex
    conditions: ConditionIndex
    tables: RuleTables
    rules: int
    _statuses: BoundedCache[Statuses] = field(default_factory=lambda: BoundedCache(MAX_STATUSES_WEIGHT))
    _outcomes: BoundedCache[Outcome] = field(default_factory=lambda: BoundedCache(MAX_OUTCOMES_WEIGHT))

    def governs(self, facts: Facts) -> Truth:
        """Whether the policy governs a line."""
        return any_of(self.scope.evaluate(facts))

    def evaluate(self, facts: Facts) -> EvaluatedEdition:
        """Evaluate the facts of one line for one country; they need not hold the parameters."""
        scopes = self.scope.evaluate(facts)
        scope = any_of(scopes)
        if scope is False:
            return EvaluatedEdition(self, False, scopes, (0, 0), NOT_GOVERNED)
        conditions = self.conditions.evaluate(facts)
        return EvaluatedEdition(self, scope, scopes, conditions, self.statuses(conditions))

    def live(self, conditions: TruthBits) -> TruthBits:
        """The conditions that are looked at: those of rules under one whose condition is not false."""
        true, unknown = conditions
        live = self.tables.live((true | unknown) & self.rules)
        return true & live, unknown & live

    def statuses(self, conditions: TruthBits) -> Statuses:
        """Which rules apply, and what follows."""
        key = self.live(conditions)
        found = self._statuses.get(key)
        if found is None:
            found = self.tables.settle(*key)
            # The eight sets of rules are that long.
            self._statuses.put(key, found, 1 + len(self.edition.rules) // 256)
        return found

    def outcome_of(self, conditions: TruthBits) -> Outcome:
        """What follows, where nothing else is to be known of the rules: for thousands of cases in a row."""
        true, unknown = conditions
        live = self.tables.live((true | unknown) & self.rules)
        key = (true & live, unknown & live)
        found = self._outcomes.get(key)
        if found is None:
            found = self.tables.outcome(*key)
            self._outcomes.put(key, found, 1 + len(self.edition.rules) // 1024)
        return found


class EditionOutlook(NamedTuple):
    """Whether a policy governs a line, what it answers if it does, and how far that is open: see `OpenFinding`."""

    scope: Truth
    outcome: Outcome
    reach: Reach
    open: int


def _outlook(scope: Truth, scopes: TruthBits, found: Statuses) -> EditionOutlook:
    open_ = found.open + (scopes[1].bit_count() if scope is None else 0)
    return EditionOutlook(scope, found.outcome, found.reach, open_)


_NOT_GOVERNING = _outlook(False, (0, 0), NOT_GOVERNED)


class Reevaluation:
    """What an edition that governs a line, or may, makes of it once an unknown fact is known.

    `unchanged` is what it makes of the line before.
    """

    __slots__ = ("_before", "_compiled", "_conditions", "_scopes", "unchanged")

    def __init__(self, before: EvaluatedEdition, facts: Facts) -> None:
        compiled = self._compiled = before.compiled
        self.unchanged = before.outlook()
        self._before = before
        self._scopes = Lookahead(compiled.scope, facts, before.scopes)
        self._conditions = Lookahead(compiled.conditions, facts, before.conditions)

    @property
    def policy(self) -> str:
        """The name of the policy."""
        return self._compiled.policy.name

    @property
    def scope_mentions(self) -> frozenset[str]:
        """The facts that its scope rules use."""
        return self._compiled.edition.scope_mentions

    def evaluate_each(self, changes: Sequence[dict[str, Value]]) -> Sequence[EditionOutlook]:
        """What the policy makes of the line with each of the changes, which are all of the same unknown facts."""
        count, before = len(changes), self._before
        scopes, conditions = self._scopes.evaluate_each(changes), self._conditions.evaluate_each(changes)
        if scopes is None and conditions is None:
            return [self.unchanged] * count
        found = zip(scopes or [before.scopes] * count, conditions or [before.conditions] * count, strict=True)
        statuses = self._compiled.statuses
        return [
            _NOT_GOVERNING if any_of(scope) is False else _outlook(any_of(scope), scope, statuses(now))
            for scope, now in found
        ]


def any_of(found: TruthBits) -> Truth:
    """Whether one of the conditions holds."""
    true, unknown = found
    return True if true else None if unknown else False


def compile_edition(
    policy: Policy, edition: Edition, alike: MutableMapping[object, CompiledEdition]
) -> CompiledEdition:
    """Return the edition with its conditions compiled.

    What follows from its rules it shares with one of those in `alike`, where the rules are the same but for their
    words: the countries that follow one directive are mostly so. It is put there otherwise.
    """
    words = policy.words
    scope = build_index([entry.when for entry in edition.scope], edition.parameters, words)
    key = _decides_by(policy, edition)
    if found := alike.get(key):
        return replace(found, policy=policy, edition=edition, scope=scope)
    count = len(edition.rules)
    worded = [(index, when) for index, rule in enumerate(edition.rules) for when in rule.word_conditions]
    worded_by: dict[int, int] = {}
    for position, (index, _) in enumerate(worded, count):
        worded_by[index] = worded_by.get(index, 0) | 1 << position
    conditions = [*(rule.when for rule in edition.rules), *(when for _, when in worded)]
    alike[key] = CompiledEdition(
        policy=policy,
        edition=edition,
        scope=scope,
        conditions=build_index(conditions, edition.parameters, words),
        tables=RuleTables(edition, worded_by),
        rules=(1 << count) - 1,
    )
    return alike[key]


def _decides_by(policy: Policy, edition: Edition) -> tuple[object, ...]:
    """All of the rules of an edition that its conditions and tables are made of; the conditions by their identity."""
    rules = [
        (rule.outcome, id(rule.when), *[id(when) for when in rule.word_conditions]) for rule in edition.rules
    ]
    read = frozenset[str]().union(
        *(fact_names(when) for rule in edition.rules for when in (rule.when, *rule.word_conditions))
    )
    values = [
        (name, policy.words[name], type(value), str(value))
        for name in sorted(read)
        if name.startswith("{")
        for value in (edition.parameters.get(name),)
    ]
    orders = edition.generals, edition.exceptions, edition.beaters, edition.tabled, edition.unruled
    return *rules, *values, *orders
