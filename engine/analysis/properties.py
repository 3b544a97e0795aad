"""What is to hold of the answers: each property as a formula that no request must fulfil."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import assert_never

from engine.analysis.cases import ProofCase, Situation, when_bound
from engine.analysis.formulas import Assignment, Formula
from engine.analysis.obligations import Goal, Prover, Subject, WorkedFailure, name_rules, quote_outcome
from engine.analysis.proof import Obligation
from engine.analysis.worked import find_winners, is_bound, predicted, try_request
from engine.contract.decision import Outcome
from engine.policy.bitsets import members
from engine.policy.model import Invariant, Policy, Property, trees_of


def title_of(sort: Property) -> str:
    """The property as a sentence."""
    match sort:
        case Property.UNKNOWN_NEVER_PERMITS:
            return "Knowing less never turns a no into a yes."
        case Property.URGENCY_NEVER_PERMITS:
            return "Urgency alone never makes an answer less strict."
        case Property.DEVIATIONS_ONLY_TIGHTEN:
            return "A country departs from the shared rules only to tighten, unless it says so."
        case Property.A_RULE_DECIDES:
            return "Wherever the policies govern and enough is known, a rule decides."
        case _:
            assert_never(sort)


def exactly_one_outcome(prover: Prover) -> Iterator[Obligation]:
    """Every request of every case gets one outcome, and not two."""
    formulas = prover.requests.formulas
    for case in prover.requests.cases:
        answers = prover.requests.situation(case).answers
        none = formulas.all_of(-formula for formula in answers.values())
        two = [formulas.all_of(pair) for pair in combinations(answers.values(), 2)]

        def show(found: Assignment, case: ProofCase = case) -> WorkedFailure:
            tried = try_request(prover.requests, case, found)
            return WorkedFailure((tried,), "this request gets no outcome, or several", confirmed=False)

        country = case.country or "country not known"
        subject = Subject(
            f"one-outcome {country} {case.interval.status} from {case.interval.first}",
            "Every request gets exactly one outcome.",
        )
        yield prover.settle(subject, [Goal(case, formulas.any_of((none, *two)), show)])


def a_rule_decides(prover: Prover, subject: Subject) -> Obligation:
    """No governed request is left to the standing answer `not_settled`."""
    requests = prover.requests

    def goals() -> Iterator[Goal]:
        for case in requests.cases:

            def show(found: Assignment, case: ProofCase = case) -> WorkedFailure:
                tried = try_request(requests, case, found)
                because = "the policies govern this request, but no rule decides it"
                return WorkedFailure((tried,), because, tried.raw is Outcome.REFER and not tried.rules)

            yield Goal(case, _gap(prover, requests.situation(case)), show)

    return prover.settle(subject, goals())


def _gap(prover: Prover, situation: Situation) -> Formula:
    formulas = prover.requests.formulas
    decided = [
        formulas.all_of((one.governs, one.outcomes[Outcome.REFER], won))
        for one in situation.policies
        for won, rule in zip(one.wins, one.rules, strict=True)
        if rule.outcome is Outcome.REFER
    ]
    return formulas.all_of((situation.combined[Outcome.REFER], *(-won for won in decided)))


def hold_invariant(prover: Prover, invariant: Invariant) -> Obligation:
    """The outcomes of an invariant are never given where it holds."""
    requests = prover.requests
    formulas = requests.formulas
    subject = Subject(invariant.name, invariant.title, str(invariant.place), invariant.cited.clauses)

    def goals() -> Iterator[Goal]:
        for case in requests.cases:
            answers = requests.situation(case).answers
            given = formulas.any_of(answers[outcome] for outcome in Outcome if outcome in invariant.never)
            bad = formulas.all_of((when_bound(requests, invariant, case), given))

            def show(found: Assignment, case: ProofCase = case) -> WorkedFailure:
                tried = try_request(requests, case, found)
                expected = predicted(requests, requests.situation(case).answers, found)
                outcome = tried.worked.outcome
                because = f"this request is answered {quote_outcome(outcome)}"
                bound = is_bound(requests, case, tried, invariant)
                return WorkedFailure(
                    (tried,), because, bound and outcome in invariant.never and outcome is expected
                )

            yield Goal(case, bad, show)

    return prover.settle(subject, goals())


def no_clash(prover: Prover, policy: Policy) -> Obligation:
    """Of the rules of one tree, no two with different outcomes win together, unless the strictest is to count."""
    requests = prover.requests
    subject = Subject(f"no-clash {policy.name}", "No two rules of one tree clash.", policy.file)

    def goals() -> Iterator[Goal]:
        for case in requests.cases:
            for one in requests.situation(case).policies:
                if one.policy is not policy or one.scope[1] == 1:
                    continue
                trees = trees_of(one.edition)
                for first, second in combinations(range(len(one.rules)), 2):
                    rules = one.rules[first], one.rules[second]
                    if rules[0].is_settled_beside(rules[1]) or not trees[first] & trees[second]:
                        continue
                    parts = []
                    for index in (first, second):
                        above = [one.possible[i] for i in members(one.edition.exceptions[index])]
                        parts += [one.certain[index], *(-exception for exception in above)]
                    both = requests.formulas.all_of((*parts, -one.scope[1]))

                    def show(
                        found: Assignment,
                        case: ProofCase = case,
                        names: tuple[str, str] = (rules[0].name, rules[1].name),
                    ) -> WorkedFailure:
                        return _clashing(prover, policy, case, found, names)

                    yield Goal(case, both, show)

    return prover.settle(subject, goals())


def _clashing(
    prover: Prover, policy: Policy, case: ProofCase, found: Assignment, names: tuple[str, str]
) -> WorkedFailure:
    tried = try_request(prover.requests, case, found)
    both = set(names) <= find_winners(prover.requests, case, found, policy)
    because = f"the rules `{names[0]}` and `{names[1]}` both win, with different outcomes"
    return WorkedFailure((tried,), because, both, name_rules(prover.policies, names))
