"""Whether two policy sets answer every request alike; if not, the smallest request that they answer differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from engine.analysis.cases import ProofCase, Requests, Situation, common_vocabulary
from engine.analysis.formulas import FALSE, TRUE, Formula, Formulas
from engine.analysis.intervals import ProofInterval
from engine.analysis.mutation.visible import Sight, sights_in, sights_of
from engine.analysis.solving import Solver, Undecided
from engine.analysis.symbols import Domain, Range, SymbolVocabulary
from engine.analysis.translating import TooManyWays
from engine.analysis.worked import costs, try_request, wishes
from engine.contract.decision import LineDecision, is_in_force
from engine.policy.model import PolicySet

PLAIN = ("outcome", "rule")
"""What a reader looks at first; a difference in these makes the better example."""


class NotDecided(Exception):
    """The solver gave up; its reason is the text."""


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """A request that is answered differently: as it is posted, in words, and the line by each of the two sets."""

    request: dict[str, Any]
    words: tuple[str, ...]
    before: LineDecision
    after: LineDecision


class Sameness:
    """Compares changed policy sets with one that stays; raises ProverMissing if z3 is not installed."""

    def __init__(self, policies: PolicySet) -> None:
        self.policies = policies
        self._stays: _StayingSet | None = None

    def difference(self, changed: PolicySet) -> AnswerDifference | None:
        """Return the smallest request that is seen to be answered differently; None if there is provably none.

        What can be seen of an answer is listed in `visible`. Raises NotDecided.
        """
        try:
            return None if self._is_alike(changed) else _ComparedSets(self.policies, changed).difference()
        except (Undecided, TooManyWays, RecursionError) as error:
            raise NotDecided(str(error) or "a condition is too involved") from error

    def _is_alike(self, changed: PolicySet) -> bool:
        """Whether it is proved, by what is cached of the set that stays, that no request is answered differently.

        Which request it is otherwise is not found so: it may turn on what was compared before.
        """
        if self.policies.several_countries != changed.several_countries:
            return False
        vocabulary = common_vocabulary(self.policies, changed)
        stays = self._stays
        if stays is None or stays.is_full or stays.requests.vocabulary != vocabulary:
            stays = self._stays = _StayingSet(self.policies, vocabulary)
        try:
            return stays.is_alike(changed)
        except Undecided:
            return False


MAX_NODES = 500_000
"""So many formulas are cached of the sets that one set was compared with."""


class _StayingSet:
    """What is visible in the answers of one policy set, over formulas to which those of others are added."""

    def __init__(self, policies: PolicySet, vocabulary: SymbolVocabulary) -> None:
        self.requests = Requests(policies, vocabulary=vocabulary)
        self._sights: dict[int, tuple[Situation, Mapping[Sight, Formula]]] = {}

    @property
    def is_full(self) -> bool:
        """Whether the formulas have become too many."""
        return len(self.requests.formulas.nodes) > MAX_NODES

    def is_alike(self, changed: PolicySet) -> bool:
        """Whether the other set answers every request alike. Raises Undecided."""
        one, formulas = self.requests, self.requests.formulas
        other = Requests(changed, formulas=formulas, vocabulary=one.vocabulary)
        cases = tuple(_aligned(one, other))
        unlike: list[Formula] = []
        for mine, theirs in cases:
            before, after = self._sights_of(mine), _governed_sights(other, other.situation(theirs), theirs)
            for sight in {**before, **after}:
                was, becomes = before.get(sight, FALSE), after.get(sight, FALSE)
                if was != becomes:
                    unlike += [formulas.all_of((was, -becomes)), formulas.all_of((-was, becomes))]
        anything = formulas.any_of(unlike)
        return anything == FALSE or Solver(formulas, _domains(one, other, cases)).find(anything) is None

    def _sights_of(self, case: ProofCase) -> Mapping[Sight, Formula]:
        situation = self.requests.situation(case)
        if id(situation) not in self._sights:
            self._sights[id(situation)] = situation, _governed_sights(self.requests, situation, case)
        return self._sights[id(situation)][1]


def _governed_sights(requests: Requests, situation: Situation, case: ProofCase) -> Mapping[Sight, Formula]:
    """The same as `sights_of` finds, but for what is never visible: of policies that never govern, nothing is."""
    governing = tuple(one for one in situation.policies if one.scope[1] != TRUE)
    return sights_in(requests, replace(situation, policies=governing), case.interval.status)


def _aligned(one: Requests, other: Requests) -> Iterator[tuple[ProofCase, ProofCase]]:
    """The cases of both in pairs, over the days that a stretch of either has in common."""
    for mine in one.intervals:
        for theirs in other.intervals:
            first, last = max(mine.first, theirs.first), min(mine.last, theirs.last)
            if first <= last:
                pair = (_cut(mine, first, last), _cut(theirs, first, last))
                for country in (*one.vocabulary.countries, None):
                    yield ProofCase(pair[0], country), ProofCase(pair[1], country)


def _domains(
    one: Requests, other: Requests, cases: Sequence[tuple[ProofCase, ProofCase]]
) -> dict[str, Domain]:
    days: dict[str, Domain] = {
        case.interval.as_of: Range(
            Fraction(case.interval.first.toordinal()), Fraction(case.interval.last.toordinal()), whole=True
        )
        for case, _ in cases
    }
    return {**one.domains, **other.domains, **days}


class _ComparedSets:
    """Two policy sets over the same symbols."""

    def __init__(self, one: PolicySet, other: PolicySet) -> None:
        formulas, vocabulary = Formulas(), common_vocabulary(one, other)
        self.formulas = formulas
        self.one = Requests(one, formulas=formulas, vocabulary=vocabulary)
        self.other = Requests(other, formulas=formulas, vocabulary=vocabulary)
        self.cases = tuple(_aligned(self.one, self.other))
        self.solver = Solver(formulas, _domains(self.one, self.other, self.cases))

    def difference(self) -> AnswerDifference | None:
        """A smallest request that is answered differently."""
        if self.one.policies.several_countries != self.other.policies.several_countries:
            return self._joint()
        goals = [(case, *self._unlike(case, other)) for case, other in self.cases]
        anything = self.formulas.any_of(formula for _, *tiers in goals for formula in tiers)
        if self.solver.find(anything) is None:
            return None
        ordered = sorted(goals, key=lambda goal: _oddness(goal[0]))
        plain = [(case, formula) for case, formula, _ in ordered]
        for case, formula in (*plain, *((case, formula) for case, _, formula in ordered)):
            if formula != FALSE and self.solver.find(formula) is not None:
                return self._example(case, formula)
        raise AssertionError("some goal can be fulfilled")

    def _unlike(self, case: ProofCase, other: ProofCase) -> tuple[Formula, Formula]:
        """When the answers differ in what is decided and to be done, and when they differ in anything."""
        before, after = sights_of(self.one, case), sights_of(self.other, other)
        formulas = self.formulas
        plain: list[Formula] = []
        unlike: list[Formula] = []
        for sight in {**before, **after}:
            was, becomes = before.get(sight, FALSE), after.get(sight, FALSE)
            if was != becomes:
                differs = [formulas.all_of((was, -becomes)), formulas.all_of((-was, becomes))]
                unlike += differs
                plain += differs if sight[0] in PLAIN else []
        return formulas.any_of(plain), formulas.any_of(unlike)

    def _example(self, case: ProofCase, formula: Formula) -> AnswerDifference:
        wished = [*wishes(self.one), [self.one.on_its_day(case)]]
        found = self.solver.find_smallest(formula, [costs(self.one)], wished)
        assert found is not None
        before = try_request(self.one, case, found)
        after = try_request(self.one, case, found, policies=self.other.policies)
        return AnswerDifference(before.worked.request, before.worked.words, before.line, after.line)

    def _joint(self) -> AnswerDifference:
        """Any governed mission of two countries shows what is cited for several."""
        case, _ = self.cases[0]
        countries = sorted(self.one.policies.countries)[:2]
        worked = try_request(self.one, case, {})
        request = {**worked.worked.request, "mission": {"countries": countries}}
        return AnswerDifference(request, (), worked.line, worked.line)


def _oddness(case: ProofCase) -> tuple[bool, bool]:
    """Requests that nothing special is about come first: of a known country, with the directive in force."""
    return not is_in_force(case.interval.status), case.country is None


def _cut(interval: ProofInterval, first: Any, last: Any) -> ProofInterval:
    return replace(interval, first=first, last=last)
