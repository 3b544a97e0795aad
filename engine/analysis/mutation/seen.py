"""Which atomic conditions have been seen true, false and unknown, and which can never be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from engine.analysis.cases import Requests
from engine.analysis.formulas import TRUE, Formula, Formulas
from engine.analysis.mutation.variants import atoms_of
from engine.analysis.solving import Solver
from engine.analysis.translating import Translator
from engine.contract.request import Request
from engine.contract.vocabulary import country_facts
from engine.diagnostics import Place
from engine.evaluation.answer import effective_day
from engine.evaluation.default_logic import assess
from engine.language.expression_text import describe
from engine.language.expressions import Expression, Facts, evaluate
from engine.policy.model import Edition, PolicySet


class AtomTruth(StrEnum):
    """The three values of a condition."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """One atomic condition of a rule, scope rule or standing answer, with one of its values."""

    rule: str
    condition: str
    truth: AtomTruth


_TRUTHS = {True: AtomTruth.TRUE, False: AtomTruth.FALSE, None: AtomTruth.UNKNOWN}


def see_truths(policies: PolicySet, request: Request, today: dt.date) -> Iterator[Sighting]:
    """The values that a request gives to the conditions of the policies that govern it, or may."""
    as_of = request.as_of or today
    day = effective_day(policies, as_of)
    listed = policies.listed_on(day)
    countries = request.mission.countries if request.mission else None
    for item in request.items:
        for country in countries or (None,):
            facts = {**policies.vocabulary.flatten(request, item, as_of), **country_facts(country, listed)}
            for finding in assess(policies, day, facts).findings:
                known = {**finding.edition.parameters, **facts}
                for rule, atom in _atoms(finding.edition, scope_only=finding.scope is False):
                    yield _seen(rule, atom, known)
            yield from (_seen(name, atom, facts) for name, _, atom in _standing_answer_atoms(policies))


def _seen(name: str, atom: Expression, facts: Facts) -> Sighting:
    value = evaluate(atom, facts)
    return Sighting(name, describe(atom), _TRUTHS[value if isinstance(value, bool) else None])


def impossible_truths(policies: PolicySet, sightings: Iterable[Sighting]) -> frozenset[Sighting]:
    """Those of the sightings that no request can give, with the parameters as they stand.

    Raises ProverMissing if z3 is not installed, and Undecided.
    """
    requests = Requests(policies)
    solver = Solver(requests.formulas, requests.domains)
    formulas = requests.formulas
    when: dict[Sighting, list[int]] = {sighting: [] for sighting in sightings}
    for case in requests.cases:
        situation = requests.situation(case)
        whole = Translator(formulas, situation.facts)
        read = [(name, atom, whole, TRUE) for name, _, atom in _standing_answer_atoms(policies)]
        for one in situation.policies:
            for governed, scope_only in ((-one.scope[1], False), (TRUE, True)):
                atoms = _atoms(one.edition, scope_only=scope_only)
                read += [(rule, atom, one.translator, governed) for rule, atom in atoms]
        for name, atom, translator, given in read:
            sides = translator.truth(atom)
            for truth in AtomTruth:
                sighting = Sighting(name, describe(atom), truth)
                if sighting in when:
                    formula = _where(truth, *sides, formulas)
                    when[sighting].append(formulas.all_of((given, formula)))
    return frozenset(
        sighting for sighting, ways in when.items() if solver.find(formulas.any_of(ways)) is None
    )


def _where(truth: AtomTruth, true: Formula, false: Formula, formulas: Formulas) -> Formula:
    match truth:
        case AtomTruth.TRUE:
            return true
        case AtomTruth.FALSE:
            return false
        case AtomTruth.UNKNOWN:
            return formulas.all_of((-true, -false))
        case _:
            assert_never(truth)


def all_sightings(policies: PolicySet) -> tuple[Sighting, ...]:
    """Every value that every atomic condition of the policies might have, in the order of the text."""
    found = {
        Sighting(name, describe(atom), truth): (place.file, place.line, atom.span[0])
        for name, place, atom in _standing_answer_atoms(policies)
        for truth in AtomTruth
    }
    for policy in policies.policies:
        for edition in policy.editions:
            places = {rule.name: rule.place for rule in edition.rules}
            places |= {entry.name: entry.place for entry in edition.scope}
            for rule, atom in _atoms(edition):
                for truth in AtomTruth:
                    place = places[rule]
                    found.setdefault(
                        Sighting(rule, describe(atom), truth), (place.file, place.line, atom.span[0])
                    )
    return tuple(sorted(found, key=lambda sighting: (found[sighting], list(AtomTruth).index(sighting.truth))))


def _atoms(edition: Edition, *, scope_only: bool = False) -> Iterator[tuple[str, Expression]]:
    for entry in edition.scope:
        yield from ((entry.name, atom) for atom in atoms_of(entry.when))
    for rule in () if scope_only else edition.rules:
        for condition in (rule.when, *rule.word_conditions):
            yield from ((rule.name, atom) for atom in atoms_of(condition))


def _standing_answer_atoms(policies: PolicySet) -> Iterator[tuple[str, Place, Expression]]:
    for case, answer in policies.standing_answers.items():
        for entry in answer.say_when:
            yield from ((case.value, entry.place, atom) for atom in atoms_of(entry.when))
