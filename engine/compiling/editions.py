"""One edition of a policy, compiled: facts -> what it makes of a line, as `weigh` finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, overload

from engine.compiling.memory import Memory
from engine.compiling.tables import Found, Table, build_table
from engine.decision import Outcome
from engine.expressions import Truth
from engine.facts import Value
from engine.policy import Edition, Policy, members, to_bits
from engine.weighing import Finding, Standing, apply_rules, settle, without_exception_in

KEPT_STATUSES = 4096


class Truths(Sequence[Truth]):
    """The values of conditions, kept as two sets: those that are true, and those that are unknown."""

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


class Verdict(NamedTuple):
    """Whether a policy governs a line, and what it answers if it does."""

    scope: Truth
    outcome: Outcome


OUTSIDE = Verdict(False, Outcome.NOT_GOVERNED)


class Statuses(NamedTuple):
    """Which rules apply, which may apply and win, which win, and what follows."""

    applies: int
    may: int
    wins: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CompiledEdition:
    """An edition with its tables; `alone` are the rules that are an exception to no other."""

    policy: Policy
    edition: Edition
    scope: Table
    rules: Table
    alone: int
    _statuses: Memory[Statuses] = field(default_factory=lambda: Memory(KEPT_STATUSES), compare=False)

    def governs(self, facts: Mapping[str, Value]) -> Truth:
        """Whether the policy governs a line."""
        return _any(self.scope.weigh(facts))

    def weigh(self, facts: Mapping[str, Value]) -> Finding:
        """Weigh the facts of one line for one country, which need not hold the parameters."""
        scope = self.governs(facts)
        edition = self.edition
        known = {**edition.parameters, **facts}
        if scope is False:
            return Finding(self.policy, edition, known, False, (), 0, 0, 0, Outcome.NOT_GOVERNED)
        true, unknown = self.rules.weigh(facts)
        return Finding(self.policy, edition, known, scope, Truths(true, unknown), *self._apply(true, unknown))

    def weigh_each(
        self, before: Finding, facts: Mapping[str, Value], changes: Sequence[dict[str, Value]]
    ) -> Sequence[Standing]:
        """What the policy makes of the line with each of the changes, which are all of the same facts."""
        changed, edition = changes[0].keys(), self.edition
        in_scope = not edition.scope_mentions.isdisjoint(changed)
        if not in_scope and (before.scope is False or edition.mentions.keys().isdisjoint(changed)):
            return [before] * len(changes)
        scopes = [before.scope] * len(changes)
        if in_scope:
            scopes = [_any(found) for found in self.scope.weigh_each(facts, changes)]
        weighed = self.rules.weigh_each(facts, changes)
        return [
            OUTSIDE if scope is False else Verdict(scope, self._apply(*found).outcome)
            for scope, found in zip(scopes, weighed, strict=True)
        ]

    def _apply(self, true: int, unknown: int) -> Statuses:
        key = (true, unknown)
        found = self._statuses.recall(key)
        if found is None:
            found = self._worked_out(true, unknown)
            # The five sets of rules are that long.
            self._statuses.keep(key, found, 1 + len(self.edition.rules) // 256)
        return found

    def _worked_out(self, true: int, unknown: int) -> Statuses:
        edition = self.edition
        applies, may, certain = apply_rules(edition, Truths(true, unknown), members(true | unknown))
        wins = without_exception_in(applies, edition, applies)
        may_win = without_exception_in(certain, edition, applies | may)
        return Statuses(applies, may & may_win, wins, settle(edition, wins, may_win))


def _any(found: Found) -> Truth:
    true, unknown = found
    return True if true else None if unknown else False


def compile_edition(policy: Policy, edition: Edition) -> CompiledEdition:
    """Return the edition with its conditions compiled."""
    words = policy.words
    return CompiledEdition(
        policy=policy,
        edition=edition,
        scope=build_table([entry.when for entry in edition.scope], edition.parameters, words),
        rules=build_table([rule.when for rule in edition.rules], edition.parameters, words),
        alone=to_bits(index for index, generals in enumerate(edition.generals) if not generals),
    )
