"""Which atomic conditions have been seen true, false and unknown, and which can never be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from engine.analysis.cases import Requests
from engine.analysis.formulas import Formula, Formulas
from engine.analysis.mutation.variants import atoms_of
from engine.analysis.solving import Solver
from engine.contract.request import Request
from engine.contract.vocabulary import country_facts, flatten
from engine.evaluation.default_logic import assess
from engine.language.expression_text import describe
from engine.language.expressions import Expression, evaluate
from engine.policy.model import Edition, PolicySet


class AtomTruth(StrEnum):
    """The three values of a condition."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Sighting:
    """One atomic condition of a rule or scope rule, with one of its values."""

    rule: str
    condition: str
    truth: AtomTruth


_TRUTHS = {True: AtomTruth.TRUE, False: AtomTruth.FALSE, None: AtomTruth.UNKNOWN}


def see_truths(policies: PolicySet, request: Request, today: dt.date) -> Iterator[Sighting]:
    """The values that a request gives to the conditions of the policies that govern it, or may."""
    as_of = request.as_of or today
    start = policies.instruction.start if policies.instruction else None
    countries = request.mission.countries if request.mission else None
    for item in request.items:
        for country in countries or (None,):
            facts = {**flatten(request, item, as_of), **country_facts(country, policies.countries)}
            for finding in assess(policies, max(as_of, start) if start else as_of, facts).findings:
                known = {**finding.edition.parameters, **facts}
                for rule, atom in _atoms(finding.edition, scope_only=finding.scope is False):
                    value = evaluate(atom, known)
                    truth = value if isinstance(value, bool) else None
                    yield Sighting(rule, describe(atom), _TRUTHS[truth])


def impossible_truths(policies: PolicySet, sightings: Iterable[Sighting]) -> frozenset[Sighting]:
    """Those of the sightings that no request can give, with the parameters as they stand.

    Raises ProverMissing if z3 is not installed, and Undecided.
    """
    requests = Requests(policies)
    solver = Solver(requests.formulas, requests.domains)
    formulas = requests.formulas
    when: dict[Sighting, list[int]] = {sighting: [] for sighting in sightings}
    for case in requests.cases:
        for one in requests.situation(case).policies:
            for governed, scope_only in ((-one.scope[1], False), (1, True)):
                for rule, atom in _atoms(one.edition, scope_only=scope_only):
                    sides = one.translator.truth(atom)
                    for truth in AtomTruth:
                        sighting = Sighting(rule, describe(atom), truth)
                        if sighting in when:
                            formula = _where(truth, *sides, formulas)
                            when[sighting].append(formulas.all_of((governed, formula)))
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
    found: dict[Sighting, tuple[str, int, int]] = {}
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
        conditions = (rule.when, *(cited.when for cited in rule.cite_when if cited.when is not None))
        for condition in conditions:
            yield from ((rule.name, atom) for atom in atoms_of(condition))
