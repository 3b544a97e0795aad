"""Properties of two answers: knowing less, more urgency and deviations never make an answer less strict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.analysis.cases import ProofCase
from engine.analysis.formulas import Assignment, Formula, Free
from engine.analysis.obligations import Goal, Prover, Subject, WorkedFailure, quote_outcome
from engine.analysis.proof import Obligation
from engine.analysis.symbolic_logic import Outcomes
from engine.analysis.symbols import Choices, forgetting, later
from engine.analysis.translating import SymbolicTerm, Words, known
from engine.analysis.worked import try_request
from engine.contract.decision import Outcome
from engine.policy.model import Policy, PolicySet


def unknown_never_permits(prover: Prover, subject: Subject) -> Obligation:
    """A request that is permitted is permitted however its unknown facts turn out."""
    return prover.settle(subject, _forgetful_goals(prover))


def _forgetful_goals(prover: Prover) -> Iterator[Goal]:
    requests = prover.requests
    formulas = requests.formulas
    less = forgetting(formulas, requests.facts)
    forgotten = [
        formulas.all_of((known(formulas, term), -formulas.atom(Free(f"keep {name}"))))
        for name, term in requests.facts.items()
    ]
    for case in requests.cases:
        knowing = requests.situation(case)
        for forgetful in (case, replace(case, country=None)) if case.country else (case,):
            knowing_less = requests.situation(forgetful, less)
            bad = formulas.all_of(
                (-knowing.combined[Outcome.DELIVER], knowing_less.combined[Outcome.DELIVER])
            )

            def show(
                found: Assignment, case: ProofCase = case, forgetful: ProofCase = forgetful
            ) -> WorkedFailure:
                remembered = {name: value for name, value in found.items() if found.get(f"keep {name}")}
                return _compared(prover, (case, found), (forgetful, remembered),
                                 ("what is known", "with less known"), permitted_only=True)  # fmt: skip

            yield Goal(case, bad, show, forgotten)


def urgency_never_permits(prover: Prover, subject: Subject) -> Obligation:
    """More urgency never makes an answer less strict, and no change of deadline or ground gives a permission."""
    return prover.settle(subject, _urgent_goals(prover))


def _urgent_goals(prover: Prover) -> Iterator[Goal]:
    requests = prover.requests
    raised, changed = _more_urgent(prover, change=False), _more_urgent(prover, change=True)
    for case in requests.cases:
        calm = requests.situation(case).combined
        for facts, permitted_only in ((raised, False), (changed, True)):
            urgent = requests.situation(case, facts).combined

            def show(
                found: Assignment, case: ProofCase = case, permitted_only: bool = permitted_only
            ) -> WorkedFailure:
                after = _with_urgency(prover, found, change=permitted_only)
                return _compared(prover, (case, found), (case, after),
                                 ("without the urgency", "with the urgency"), permitted_only)  # fmt: skip

            yield Goal(case, _looser(prover, calm, urgent, permitted_only=permitted_only), show)


def _more_urgent(prover: Prover, *, change: bool) -> dict[str, SymbolicTerm]:
    """The facts after some truths about urgency have become true; with `change`, its other facts are any others."""
    formulas, facts = prover.requests.formulas, dict(prover.requests.facts)
    for name in list(facts):
        if not prover.requests.policies.vocabulary.is_urgency(name):
            continue
        term, domain = facts[name], prover.requests.vocabulary.domains[name]
        if isinstance(domain, Choices) and domain.values == (True, False):
            assert isinstance(term, Words)
            raised = formulas.atom(Free(f"raise {name}"))
            facts[name] = Words(
                {
                    True: formulas.any_of((term.when[True], raised)),
                    False: formulas.all_of((term.when[False], -raised)),
                }
            )
        elif change:
            facts[name] = later(formulas, name, domain)
    return facts


def _with_urgency(prover: Prover, found: Assignment, *, change: bool) -> Assignment:
    after = dict(found)
    for name, domain in prover.requests.vocabulary.domains.items():
        if not prover.requests.policies.vocabulary.is_urgency(name):
            continue
        if found.get(f"raise {name}"):
            after[name] = True
        elif change and not (isinstance(domain, Choices) and domain.values == (True, False)):
            after[name] = found.get(f"{name} later")
    return after


def _looser(prover: Prover, before: Outcomes, after: Outcomes, *, permitted_only: bool = False) -> Formula:
    """When the answer `after` is less strict than the one before, or, if only that counts, has become a yes.

    A request for information withholds a permission that further facts may give or take away. What they make of it is
    looked at with those facts known; here it counts only if the answer becomes a yes.
    """
    formulas = prover.requests.formulas
    return formulas.any_of(
        formulas.all_of((before[strict], after[loose]))
        for strict in Outcome
        for loose in Outcome
        if _is_looser(strict, loose, permitted_only=permitted_only)
    )


def _is_looser(before: Outcome, after: Outcome, *, permitted_only: bool = False) -> bool:
    counts = not permitted_only and before is not Outcome.NEEDS_INFORMATION
    return after.strictness < before.strictness and (after.permits or counts)


def _compared(
    prover: Prover,
    before: tuple[ProofCase, Assignment],
    after: tuple[ProofCase, Assignment],
    roles: tuple[str, str],
    permitted_only: bool,
) -> WorkedFailure:
    """Two requests of which the second is answered less strictly, as if the directive were in force."""
    tried = tuple(
        try_request(prover.requests, case, found, role)
        for (case, found), role in zip((before, after), roles, strict=True)
    )
    was, became = (one.raw for one in tried)
    confirmed = _is_looser(was, became, permitted_only=permitted_only)
    because = f"{roles[0]}, the answer is {quote_outcome(was)}; {roles[1]}, it is {quote_outcome(became)}"
    return WorkedFailure(tried, because, confirmed)


def deviations_only_tighten(prover: Prover, policy: Policy, subject: Subject) -> Obligation:
    """With its own rules and deviations a country is answered no less strictly than without, but where declared."""
    requests = prover.requests
    formulas = requests.formulas
    alone = _undeviated(prover.policies, policy)

    def goals() -> Iterator[Goal]:
        for case in requests.cases:
            editions = [edition for one, edition in case.interval.editions if one is policy]
            if not any(case.country in edition.members for edition in editions):
                continue
            own, shared = requests.situation(case), requests.situation(case, undeviated=True)
            loosenings = [requests.truth(loosening.when, case) for loosening in policy.may_loosen]
            # A permission has to be declared for certain; another answer may change where it is not known otherwise.
            permitted = _looser(prover, shared.combined, own.combined, permitted_only=True)
            looser = formulas.any_of(
                (
                    formulas.all_of((permitted, *(-true for true, _ in loosenings))),
                    formulas.all_of(
                        (_looser(prover, shared.combined, own.combined), *(false for _, false in loosenings))
                    ),
                )
            )

            def show(found: Assignment, case: ProofCase = case) -> WorkedFailure:
                return _departing(prover, case, found, alone)

            yield Goal(case, looser, show)

    return prover.settle(subject, goals())


def _undeviated(policies: PolicySet, departing: Policy) -> PolicySet:
    plain = replace(departing, editions=departing.undeviated)
    return replace(
        policies, policies=tuple(plain if policy is departing else policy for policy in policies.policies)
    )


def _departing(prover: Prover, case: ProofCase, found: Assignment, alone: PolicySet) -> WorkedFailure:
    shared = try_request(prover.requests, case, found, "by the shared rules alone", alone)
    own = try_request(prover.requests, case, found, "by the country's own rules and deviations")
    because = (
        f"by the shared rules alone the answer is {quote_outcome(shared.raw)}; the country's own rules and"
        f" deviations make it {quote_outcome(own.raw)}, and no `may_loosen` says so"
    )
    return WorkedFailure((shared, own), because, _is_looser(shared.raw, own.raw))
