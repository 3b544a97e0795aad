"""A formula that no request must fulfil -> proved, refuted by a worked request, or not decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.analysis.cases import ProofCase, Requests, common_vocabulary
from engine.analysis.formulas import Assignment, Formula
from engine.analysis.proof import Involved, Obligation, Verdict
from engine.analysis.solving import Solver, Undecided
from engine.analysis.worked import TriedRequest, costs, wishes
from engine.contract.decision import Outcome
from engine.policy.model import PolicySet


@dataclass(frozen=True, slots=True)
class Subject:
    """What an obligation is about."""

    name: str
    title: str
    at: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkedFailure:
    """A failure worked out: the requests tried, what is wrong, and whether `decide` bears it out."""

    tried: tuple[TriedRequest, ...]
    because: str
    confirmed: bool
    involved: tuple[Involved, ...] = ()


Show = Callable[[Assignment], WorkedFailure]


@dataclass(frozen=True, slots=True)
class Goal:
    """What no request of a case must fulfil; `show` makes a worked example of a solution.

    `fewest` are further things of which there are to be as few as can be in it.
    """

    case: ProofCase
    formula: Formula
    show: Show
    fewest: Sequence[Formula] = ()


class Prover:
    """All requests of a policy set, and the solver that is queried about them.

    What is proved is what the policies would answer if no floor stopped it.
    """

    def __init__(self, policies: PolicySet) -> None:
        self.policies = replace(policies, floor=())
        self.requests = Requests(self.policies, vocabulary=common_vocabulary(policies))
        self.solver = Solver(self.requests.formulas, self.requests.domains)

    def settle(self, subject: Subject, goals: Iterable[Goal]) -> Obligation:
        """Prove that no request fulfils any of the goals, or show the smallest that does."""
        gave_up: str | None = None
        fulfilled: list[Goal] = []
        goals = list(goals)
        if self._none_can_hold(goals):
            return _obligation(subject, Verdict.PROVED)
        for goal in goals:
            try:
                if self.solver.find(goal.formula) is not None:
                    fulfilled.append(goal)
            except Undecided as reason:
                gave_up = f"the solver gave up: {reason}"
        if fulfilled:
            return self._refuted(subject, fulfilled)
        return _obligation(subject, Verdict.NOT_DECIDED if gave_up else Verdict.PROVED, gave_up)

    def _none_can_hold(self, goals: Sequence[Goal]) -> bool:
        """Whether no goal at all can be fulfilled, in one query."""
        try:
            return self.solver.find(self.requests.formulas.any_of(goal.formula for goal in goals)) is None
        except Undecided:
            return False

    def not_decided(self, subject: Subject, because: str) -> Obligation:
        """An obligation about which nothing is proved."""
        return _obligation(subject, Verdict.NOT_DECIDED, because)

    def refuted(self, subject: Subject, because: str) -> Obligation:
        """An obligation that fails in a way no request can show."""
        return _obligation(subject, Verdict.REFUTED, because)

    def _refuted(self, subject: Subject, goals: Sequence[Goal]) -> Obligation:
        try:
            goal, found = self._smallest(goals)
            failure = goal.show(found)
        except Undecided as reason:
            return _obligation(subject, Verdict.NOT_DECIDED, f"no example could be worked out: {reason}")
        because = failure.because
        if not failure.confirmed:
            because = f"internal error: the proof and `decide` do not agree on this request. {because}"
        return Obligation(
            name=subject.name,
            title=subject.title,
            at=subject.at,
            clauses=subject.clauses,
            verdict=Verdict.REFUTED if failure.confirmed else Verdict.NOT_DECIDED,
            because=because,
            worked=tuple(tried.worked for tried in failure.tried),
            involved=failure.involved or involved_rules(self.policies, failure.tried),
        )

    def _smallest(self, goals: Sequence[Goal]) -> tuple[Goal, Assignment]:
        """The solution with the fewest known facts, the country among them; of equals, the first."""
        known = costs(self.requests)
        best: tuple[int, Goal, Assignment] | None = None
        tried: set[Formula] = set()
        for goal in goals:
            if goal.formula in tried:
                continue
            tried.add(goal.formula)
            wished = [*wishes(self.requests), [self.requests.on_its_day(goal.case)]]
            found = self.solver.find_smallest(goal.formula, [known, goal.fewest], wished)
            assert found is not None
            size = sum(self.requests.formulas.holds(fact, found) for fact in known)
            size += goal.case.country is not None
            if best is None or size < best[0]:
                best = size, goal, found
        assert best is not None
        return best[1], best[2]


def _obligation(subject: Subject, verdict: Verdict, because: str | None = None) -> Obligation:
    return Obligation(
        name=subject.name,
        title=subject.title,
        at=subject.at,
        clauses=subject.clauses,
        verdict=verdict,
        because=because,
    )


def involved_rules(policies: PolicySet, tried: Iterable[TriedRequest]) -> tuple[Involved, ...]:
    """The rules that decide the requests, each with its place and clauses."""
    return name_rules(policies, [name for one in tried for name in one.rules])


def name_rules(policies: PolicySet, names: Iterable[str]) -> tuple[Involved, ...]:
    """Each rule with its place and clauses."""
    rules = {rule.name: rule for policy in policies.policies for rule in policy.rules}
    return tuple(
        Involved(rule=name, at=str(rules[name].place), clauses=rules[name].cited.clauses)
        for name in dict.fromkeys(names)
        if name in rules
    )


def quote_outcome(outcome: Outcome) -> str:
    """An outcome as a message names it."""
    return f"`{outcome.value}`"
