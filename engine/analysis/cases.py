"""The cases a proof goes through: intervals of days on which nothing changes, and the countries distinguished.

A line is decided country by country, and the strictest answer wins; so what no single country's answer is, the
answer for several is not either. A country is one of those the conditions name, any other, or not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.analysis.formulas import FALSE, TRUE, Formula, Formulas, Linear
from engine.analysis.intervals import ProofInterval, cut, intervals_of
from engine.analysis.symbolic_logic import (
    Outcomes,
    PolicyFormulas,
    TruthFormulas,
    answer,
    build_policy_formulas,
    combine,
)
from engine.analysis.symbols import (
    Domain,
    Range,
    SymbolVocabulary,
    conditions_of,
    country_terms,
    fact_terms,
    parameter_domain,
    read_vocabulary,
    readable_terms,
    standing_answer_conditions,
)
from engine.analysis.translating import Amount, Amounts, SymbolicTerm, Translator, no_earlier, value_term
from engine.contract.vocabulary import AS_OF, PLANNED_ON, Value, Vocabulary
from engine.evaluation.floor import parameters_in
from engine.language.expression_parts import fact_names
from engine.language.expressions import Expression
from engine.policy.model import Invariant, Policy, PolicySet


@dataclass(frozen=True, slots=True)
class ProofCase:
    """Requests of one stretch of days, for one country; None where the country is not known."""

    interval: ProofInterval
    country: str | None


@dataclass(frozen=True, slots=True)
class Situation:
    """What the policies make of all requests of a case, over some facts.

    `combined` is what they answer together, `answers` what is answered, given the status of the directive.
    """

    facts: Mapping[str, SymbolicTerm]
    policies: tuple[PolicyFormulas, ...]
    combined: Outcomes
    answers: Outcomes


class Requests:
    """All requests that can be put to a policy set, as cases over symbolic facts.

    What another set distinguishes, `beside` this one, is distinguished as well, and the days are cut where either
    changes; so the cases of the two, in their order, are of the same requests. To compare them, give both the same
    `formulas`, and the `vocabulary` of both (`common_vocabulary`) where the days are not to be cut. What is not in
    the words it `reads` is not known to it. All are of the days `within`.
    """

    def __init__(
        self,
        policies: PolicySet,
        beside: PolicySet | None = None,
        formulas: Formulas | None = None,
        vocabulary: SymbolVocabulary | None = None,
        reads: Vocabulary | None = None,
        within: tuple[dt.date, dt.date] | None = None,
    ) -> None:
        self.policies = policies
        self.formulas = formulas or Formulas()
        sets = [policies, beside] if beside else [policies]
        self.vocabulary: SymbolVocabulary = vocabulary or common_vocabulary(*sets)
        self.intervals = intervals_of(policies)
        if beside:
            self.intervals = cut(self.intervals, [(one.first, one.last) for one in intervals_of(beside)])
        if within:
            self.intervals = cut(self.intervals, [within])
        read = [
            *standing_answer_conditions(policies),
            *(
                condition
                for interval in self.intervals
                for _, edition in (*interval.editions, *interval.undeviated)
                for condition in conditions_of(edition)
            ),
        ]
        self._day_matters = any({AS_OF, PLANNED_ON} & fact_names(condition) for condition in read)
        words = reads.words if reads else {}
        self.facts = readable_terms(self.formulas, self.vocabulary.domains, words)
        countries: tuple[str | None, ...] = (*self.vocabulary.countries, None)
        self.cases = tuple(ProofCase(s, country) for s in self.intervals for country in countries)
        self._situations: dict[object, Situation] = {}
        self._held_facts: list[Mapping[str, SymbolicTerm]] = []

    @property
    def domains(self) -> dict[str, Domain]:
        """The domain of every symbol, the days of the stretches among them."""
        days = {
            one.as_of: Range(Fraction(one.first.toordinal()), Fraction(one.last.toordinal()), whole=True)
            for one in self.intervals
        }
        facts = self.vocabulary.domains
        changed = {
            f"{name} later": domain
            for name, domain in facts.items()
            if self.policies.vocabulary.is_urgency(name)
        }
        parameters = {
            f"{policy.name} {name}": domain
            for policy in self.policies.policies
            for name, domain in self._parameter_domains(policy).items()
        }
        return {**facts, **changed, **days, **parameters}

    def _open(self, policy: Policy) -> dict[str, SymbolicTerm]:
        """The parameters of a policy as symbols: each may have any value, or not be found."""
        domains = self._parameter_domains(policy)
        terms = fact_terms(
            self.formulas, {f"{policy.name} {name}": domain for name, domain in domains.items()}
        )
        return {name: terms[f"{policy.name} {name}"] for name in domains}

    def _parameter_domains(self, policy: Policy) -> dict[str, Domain]:
        return {
            f"{{{name}}}": parameter_domain(word, self.vocabulary)
            for name, word in policy.declared.items()
            if f"{{{name}}}" in self.vocabulary.parameters
        }

    def situation(
        self,
        case: ProofCase,
        facts: Mapping[str, SymbolicTerm] | None = None,
        *,
        undeviated: bool = False,
        open_parameters: bool = False,
    ) -> Situation:
        """What the policies make of the requests of a case, over these facts or all; or the shared rules alone.

        With `open_parameters`, whatever the countries state as their parameters.
        """
        interval = case.interval
        editions = interval.undeviated if undeviated else interval.editions
        # Where no rule reads the day, stretches differ in their editions and in the status alone.
        key = (
            interval.status,
            tuple(id(edition) for _, edition in editions),
            case.country,
            id(facts) if facts is not None else None,
            interval.first if self._day_matters else None,
            open_parameters,
        )
        if key not in self._situations:
            stated = self._on_days_of(case, self.facts if facts is None else facts)
            evaluated = tuple(
                build_policy_formulas(
                    self.formulas, policy, edition, stated, self._open(policy) if open_parameters else None
                )
                for policy, edition in editions
            )
            combined = combine(self.formulas, evaluated)
            answers = answer(self.formulas, combined, interval.status)
            if facts is not None:
                self._held_facts.append(facts)  # its identity is part of the key
            self._situations[key] = Situation(stated, evaluated, combined, answers)
        return self._situations[key]

    def given(self, case: ProofCase) -> dict[str, SymbolicTerm]:
        """The facts that the case settles: the country's, and the day."""
        return {**country_terms(case.country, case.interval.listed), AS_OF: Amounts(((TRUE, _day_of(case)),))}

    def on_its_day(self, case: ProofCase) -> Formula:
        """That the request is of the day that stands for its stretch."""
        day = Fraction(case.interval.day.toordinal())
        return self.formulas.atom(Linear(((case.interval.as_of, Fraction(1)),), -day, "=="))

    def parameters(self, case: ProofCase) -> dict[str, Value]:
        """The known parameters of the country of a case."""
        return parameters_in((edition for _, edition in case.interval.editions), case.country)

    def truth(self, condition: Expression | None, case: ProofCase) -> TruthFormulas:
        """When a condition is known to hold, and when known not to; if there is none, it holds."""
        if condition is None:
            return TRUE, FALSE
        known = {name: value_term(value) for name, value in self.parameters(case).items()}
        return Translator(self.formulas, {**known, **self._on_days_of(case, self.facts)}).truth(condition)

    def _on_days_of(self, case: ProofCase, facts: Mapping[str, SymbolicTerm]) -> dict[str, SymbolicTerm]:
        """The facts with those that the case settles; the planned day as `Vocabulary.as_counted` has it."""
        planned = facts.get(PLANNED_ON)
        counted = {PLANNED_ON: no_earlier(self.formulas, planned, _day_of(case))} if planned else {}
        return {**facts, **counted, **self.given(case)}


def _day_of(case: ProofCase) -> Amount:
    return Amount(((case.interval.as_of, Fraction(1)),), Fraction(0))


def when_bound(requests: Requests, invariant: Invariant, case: ProofCase) -> Formula:
    """When the outcomes of an invariant are never given: `Invariant.binds`, as a formula."""
    lifted = [-requests.truth(invariant.unless, case)[0]] if invariant.unless else []
    return requests.formulas.all_of((requests.truth(invariant.when, case)[0], *lifted))


def common_vocabulary(*sets: PolicySet) -> SymbolVocabulary:
    """What the conditions of some policy sets can distinguish, taken together."""
    together = replace(sets[0], policies=tuple(policy for one in sets for policy in one.policies))
    return read_vocabulary(together, [condition for one in sets for condition in _conditions(one)])


def _conditions(policies: PolicySet) -> list[Expression]:
    conditions: list[Expression] = []
    for policy in policies.policies:
        for edition in (*policy.editions, *policy.undeviated):
            conditions += conditions_of(edition)
        conditions += [loosening.when for loosening in policy.may_loosen]
    conditions += standing_answer_conditions(policies)
    for invariant in (*policies.invariants, *policies.floor, *policies.former):
        conditions += [when for when in (invariant.when, invariant.unless) if when is not None]
    return conditions
