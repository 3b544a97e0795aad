"""A policy set compiled: its eras, each made when a request first falls into it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator

from pydantic_core import to_json

from engine.compiling.answer_templates import Outlines
from engine.compiling.cache_keys import KeyMaker
from engine.compiling.editions import CompiledEdition, compile_edition
from engine.compiling.intervals import Era
from engine.compiling.reasons import Reasons
from engine.contract.decision import PolicyStamp
from engine.evaluation.answer import weighing_day
from engine.language.expression_parts import fact_names
from engine.language.expressions import Expression
from engine.policy.model import Edition, Policy, PolicySet


class CompiledPolicies:
    """The eras of a policy set. Nothing of what it keeps changes an answer; threads may share it."""

    __slots__ = ("_change_days", "_editions", "_eras", "_policies", "_reasons")

    def __init__(self, policies: PolicySet) -> None:
        self._policies = policies
        self._change_days = policies.change_days
        self._eras: dict[int, Era] = {}
        self._editions: dict[tuple[str, dt.date], CompiledEdition] = {}
        self._reasons = Reasons()

    def era_on(self, day: dt.date) -> Era:
        """The era that `day` falls into."""
        position = bisect_right(self._change_days, day)
        era = self._eras.get(position)
        if era is None:
            era = self._eras[position] = self._era(day)
        return era

    def forget_answers(self) -> None:
        """Forget the answers that were kept; for measuring."""
        for era in self._eras.values():
            era.forget_answers()

    def _era(self, as_of: dt.date) -> Era:
        policies = self._policies
        day = weighing_day(policies, as_of)
        editions = tuple(self._edition(policy, policy.edition_on(day)) for policy in policies.policies)
        stamp = PolicyStamp(name=policies.name, revision=policies.revision, status=policies.status_on(as_of))
        later = [change.toordinal() - 1 for change in self._change_days if change > as_of]
        return Era(
            last_day=min([dt.date.max.toordinal(), *later]),
            policies=policies,
            listed=policies.countries,
            stamp=stamp,
            stamp_json=to_json(stamp),
            editions=editions,
            keys=KeyMaker(frozenset().union(*(_reads(compiled.edition) for compiled in editions))),
            outlines=Outlines(policies, as_of, editions, self._reasons),
        )

    def _edition(self, policy: Policy, edition: Edition) -> CompiledEdition:
        key = (policy.name, edition.first_day)
        if key not in self._editions:
            self._editions[key] = compile_edition(policy, edition)
        return self._editions[key]


def _reads(edition: Edition) -> frozenset[str]:
    """Every fact that an answer under the edition can depend on."""
    return frozenset().union(*(fact_names(condition) for condition in _conditions(edition)))


def _conditions(edition: Edition) -> Iterator[Expression]:
    yield from (entry.when for entry in edition.scope)
    for rule in edition.rules:
        yield rule.when
        yield from (cited.when for cited in rule.cite_when if cited.when)


def compile_policies(policies: PolicySet) -> CompiledPolicies:
    """Return the compiled form of the set, which is made once and kept beside it."""
    kept = policies.beside.compiled
    if not isinstance(kept, CompiledPolicies):
        kept = policies.beside.compiled = CompiledPolicies(policies)
    return kept
