"""Rules that never decide and whose being there changes nothing, and which other rules shadow them.

A rule is dead if for no request it is among the rules that decide, and no request is answered otherwise without it.
A shared rule is dead only if it is dead in every country, whatever the countries state as their parameters: a rule
that waits for a parameter to be found, or for a switch to be turned, is not dead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.analysis.cases import ProofCase, Situation
from engine.analysis.formulas import FALSE, TRUE, Assignment, Formula
from engine.analysis.obligations import Goal, Prover, Subject, WorkedFailure, name_rules
from engine.analysis.proof import Obligation
from engine.analysis.solving import Undecided
from engine.analysis.symbolic_logic import Outcomes, PolicyFormulas, build_formulas_of_truths, combine
from engine.analysis.worked import try_request
from engine.contract.decision import Outcome
from engine.policy.bitsets import members
from engine.policy.rules import Rule, ScopeRule


@dataclass(frozen=True, slots=True)
class _RulePlace:
    """A rule within one situation: of the policy at `position`, the rule at `index`."""

    case: ProofCase
    situation: Situation
    position: int
    index: int

    @property
    def formulas(self) -> PolicyFormulas:
        return self.situation.policies[self.position]


def no_dead_rules(prover: Prover) -> Iterator[Obligation]:
    """Every rule decides some request, or changes the answer to one."""
    places, whatever = _places(prover), _places(prover, open_parameters=True)
    alive = _deciding(prover, places)
    for rule in _rules(prover):
        subject = Subject(
            f"no-dead-rule {rule.name}",
            f"The rule `{rule.name}` decides something.",
            str(rule.place),
            rule.cited.clauses,
        )
        found = places.get(rule.name, [])
        if rule.name in alive:
            yield prover.settle(subject, [])
            continue
        try:
            there = (*found, *whatever.get(rule.name, ()))
            is_alive = any(_matters(prover, place, everything=True) for place in there)
            verdict = prover.settle(subject, []) if is_alive else _dead(prover, subject, rule, found)
        except Undecided as reason:
            verdict = prover.not_decided(subject, f"the solver gave up: {reason}")
        yield verdict


def no_dead_scope(prover: Prover) -> Iterator[Obligation]:
    """Every scope rule is known to hold for some request."""
    entries: dict[str, list[tuple[ScopeRule, ProofCase, Formula]]] = {}
    for case in prover.requests.cases:
        for one in prover.requests.situation(case).policies:
            for entry in one.edition.scope:
                holds = one.translator.truth(entry.when)[0]
                entries.setdefault(entry.name, []).append((entry, case, holds))
    for name, found in sorted(entries.items()):
        entry = found[0][0]
        subject = Subject(
            f"no-dead-scope {name}",
            f"The scope `{name}` catches something.",
            str(entry.place),
            entry.cited.clauses,
        )
        try:
            caught = any(prover.solver.find(holds) is not None for _, _, holds in found)
        except Undecided as reason:
            yield prover.not_decided(subject, f"the solver gave up: {reason}")
            continue
        yield (
            prover.settle(subject, [])
            if caught
            else prover.refuted(subject, "its condition holds for no request")
        )


def _rules(prover: Prover) -> list[Rule]:
    """Every rule of every policy, in the order of the files."""
    rules = {rule.name: rule for policy in prover.policies.policies for rule in policy.rules}
    return sorted(rules.values(), key=lambda rule: rule.place)


def _places(prover: Prover, *, open_parameters: bool = False) -> dict[str, list[_RulePlace]]:
    found: dict[str, list[_RulePlace]] = {}
    seen: set[int] = set()
    for case in prover.requests.cases:
        situation = prover.requests.situation(case, open_parameters=open_parameters)
        if id(situation) in seen:
            continue
        seen.add(id(situation))
        for position, one in enumerate(situation.policies):
            if one.scope[1] == TRUE:
                continue
            for index, rule in enumerate(one.rules):
                found.setdefault(rule.name, []).append(_RulePlace(case, situation, position, index))
    return found


def _decides(prover: Prover, one: PolicyFormulas, combined: Outcomes, index: int) -> Formula:
    outcome = one.rules[index].outcome
    return prover.requests.formulas.all_of(
        (one.governs, one.wins[index], one.outcomes[outcome], combined[outcome])
    )


def _deciding(prover: Prover, places: dict[str, list[_RulePlace]]) -> set[str]:
    """The rules that decide some request; each solution is looked through for other rules that decide it."""
    formulas = prover.requests.formulas
    decides = {
        name: [_decides(prover, place.formulas, place.situation.combined, place.index) for place in found]
        for name, found in places.items()
    }
    alive: set[str] = set()
    for name, goals in decides.items():
        for goal, place in zip(goals, places[name], strict=True):
            if name in alive:
                break
            try:
                found = prover.solver.find(goal)
            except Undecided:
                continue
            if found is None:
                continue
            there = {
                formula: other
                for other, theirs in places.items()
                for formula, its in zip(decides[other], theirs, strict=True)
                if other not in alive and its.situation is place.situation
            }
            alive |= {there[formula] for formula in formulas.holding(there, found)}
            alive.add(name)
    return alive


def _matters(
    prover: Prover, place: _RulePlace, *, everything: bool, remaining: frozenset[int] = frozenset()
) -> bool:
    """Whether a rule decides, or changes the answer to, a request; among the `remaining` of its policy, or all."""
    formulas = prover.requests.formulas
    own = [
        truth if everything or index in remaining or index == place.index else (FALSE, TRUE)
        for index, truth in enumerate(place.formulas.truths)
    ]
    without = [(FALSE, TRUE) if index == place.index else truth for index, truth in enumerate(own)]
    combined = _combined(prover, place, own)
    other = _combined(prover, place, without)
    changes = [formulas.all_of((combined[1][outcome], -other[1][outcome])) for outcome in Outcome]
    decides = _decides(prover, combined[0], combined[1], place.index)
    return prover.solver.find(formulas.any_of((decides, *changes))) is not None


def _combined(
    prover: Prover, place: _RulePlace, truths: Sequence[tuple[Formula, Formula]]
) -> tuple[PolicyFormulas, Outcomes]:
    """The policy with other truths of its rules, and what all policies then answer together."""
    one = place.formulas
    again = build_formulas_of_truths(one.policy, one.edition, one.translator, one.scope, truths)
    evaluated = list(place.situation.policies)
    evaluated[place.position] = again
    return again, combine(prover.requests.formulas, evaluated)


def _dead(prover: Prover, subject: Subject, rule: Rule, places: Sequence[_RulePlace]) -> Obligation:
    """The rule is dead: show a request for which its condition holds, and what stands in its way."""
    for reached in (_reached, _held):
        for place in places:
            formula = reached(prover, place)
            if prover.solver.find(formula) is None:
                continue
            shadow = _shadow(prover, place, [p for p in places if p.formulas.policy is place.formulas.policy])

            def show(
                found: Assignment, place: _RulePlace = place, shadow: tuple[str, ...] = shadow
            ) -> WorkedFailure:
                return _shadowed(prover, rule, place, found, shadow)

            return prover.settle(subject, [Goal(place.case, formula, show)])
    where = "its condition holds for no request" if places else "it stands on no day that counts"
    return prover.refuted(subject, f"the rule decides nothing: {where}")


def _reached(prover: Prover, place: _RulePlace) -> Formula:
    """Its condition holds and it is governed, under a rule that it is an exception to, if it is one."""
    one, index = place.formulas, place.index
    generals = members(one.edition.generals[index])
    above = prover.requests.formulas.any_of(one.applies[g] for g in generals) if generals else TRUE
    return prover.requests.formulas.all_of((one.governs, one.truths[index][0], above))


def _held(prover: Prover, place: _RulePlace) -> Formula:
    """Its condition holds and it is governed."""
    return prover.requests.formulas.all_of((place.formulas.governs, place.formulas.truths[place.index][0]))


def _shadow(prover: Prover, place: _RulePlace, places: Sequence[_RulePlace]) -> tuple[str, ...]:
    """A smallest set of rules of the policy that shadows the rule; taking any one of them out revives it."""
    rules = place.formulas.rules
    above = _above(place)
    names = [rule.name for rule in rules]

    def dead_among(remaining: frozenset[str]) -> bool:
        return not any(
            _matters(prover, p, everything=False, remaining=_positions(p, remaining | above)) for p in places
        )

    remaining = frozenset(names) - above - {names[place.index]}
    if not dead_among(remaining):
        return ()
    size = len(remaining)
    while size > 1:
        size = (size + 1) // 2
        # Half of the rest at a time, then a quarter, and so on; in the end one rule after another.
        for part in _parts(sorted(remaining), size):
            if dead_among(remaining - part):
                remaining -= part
    return tuple(sorted(remaining))


def _positions(place: _RulePlace, names: frozenset[str]) -> frozenset[int]:
    return frozenset(index for index, rule in enumerate(place.formulas.rules) if rule.name in names)


def _parts(names: Sequence[str], size: int) -> list[frozenset[str]]:
    return [frozenset(names[start : start + size]) for start in range(0, len(names), size)]


def _above(place: _RulePlace) -> frozenset[str]:
    """The rules that the rule is an exception to, near or far."""
    edition = place.formulas.edition
    found, todo = set[int](), [place.index]
    while todo:
        for general in members(edition.generals[todo.pop()]):
            if general not in found:
                found.add(general)
                todo.append(general)
    return frozenset(edition.rules[index].name for index in found)


def _shadowed(
    prover: Prover, rule: Rule, place: _RulePlace, found: Assignment, shadow: tuple[str, ...]
) -> WorkedFailure:
    tried = try_request(prover.requests, place.case, found)
    quoted = [f"`{name}`" for name in shadow]
    by = " and ".join((", ".join(quoted[:-1]), quoted[-1])) if len(quoted) > 1 else "".join(quoted)
    if shadow:
        because = f"the rule decides nothing; where its condition holds, it is shadowed by {by}"
    else:
        because = "the rule decides nothing: it never holds where a rule applies that it is an exception to"
    names = (rule.name, *shadow, *(name for name in tried.rules if name not in shadow))
    return WorkedFailure((tried,), because, rule.name not in tried.rules, name_rules(prover.policies, names))
