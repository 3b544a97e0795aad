"""What is to hold of the answers: each property as a formula that no request must fulfil."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import assert_never

from engine.analysis.cases import Case, Situation
from engine.analysis.formulas import Assignment, Formula, Free
from engine.analysis.obligations import Goal, Prover, Shown, Subject, name_rules, outcome_said
from engine.analysis.proof import Obligation
from engine.analysis.symbolic_logic import Outcomes
from engine.analysis.symbols import URGENCY, Choices, forgetting, later
from engine.analysis.translating import Term, Words, known
from engine.analysis.worked import find_winners, is_bound, predicted, try_request
from engine.contract.decision import Outcome
from engine.policy.model import Invariant, Policy, PolicySet, Property, members, trees_of

Changed = Mapping[str, bool | str | Fraction | None]


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

        def show(found: Assignment, case: Case = case) -> Shown:
            tried = try_request(prover.requests, case, found)
            return Shown((tried,), "this request gets no outcome, or several", confirmed=False)

        country = case.country or "country not known"
        subject = Subject(
            f"one-outcome {country} {case.stretch.status} from {case.stretch.first}",
            "Every request gets exactly one outcome.",
        )
        yield prover.settle(subject, [Goal(case, formulas.any_of((none, *two)), show)])


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

            def show(found: Assignment, case: Case = case, forgetful: Case = forgetful) -> Shown:
                kept = {name: value for name, value in found.items() if found.get(f"keep {name}")}
                return _compared(prover, (case, found), (forgetful, kept),
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

            def show(found: Assignment, case: Case = case, permitted_only: bool = permitted_only) -> Shown:
                after = _with_urgency(prover, found, change=permitted_only)
                return _compared(prover, (case, found), (case, after),
                                 ("without the urgency", "with the urgency"), permitted_only)  # fmt: skip

            yield Goal(case, _looser(prover, calm, urgent, permitted_only=permitted_only), show)


def _more_urgent(prover: Prover, *, change: bool) -> dict[str, Term]:
    """The facts after some truths about urgency have become true; with `change`, its other facts are any others."""
    formulas, facts = prover.requests.formulas, dict(prover.requests.facts)
    for name in list(facts):
        if not name.startswith(URGENCY):
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


def _with_urgency(prover: Prover, found: Assignment, *, change: bool) -> Changed:
    after = dict(found)
    for name, domain in prover.requests.vocabulary.domains.items():
        if not name.startswith(URGENCY):
            continue
        if found.get(f"raise {name}"):
            after[name] = True
        elif change and not (isinstance(domain, Choices) and domain.values == (True, False)):
            after[name] = found.get(f"{name} later")
    return after


def _looser(prover: Prover, before: Outcomes, after: Outcomes, *, permitted_only: bool = False) -> Formula:
    """When the answer `after` is less strict than the one before, or, if only that counts, has become a yes.

    To ask for information withholds a permission that further facts may give or take away. What they make of it is
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
    before: tuple[Case, Changed],
    after: tuple[Case, Changed],
    roles: tuple[str, str],
    permitted_only: bool,
) -> Shown:
    """Two requests of which the second is answered less strictly, as if the directive were in force."""
    tried = tuple(
        try_request(prover.requests, case, found, role)
        for (case, found), role in zip((before, after), roles, strict=True)
    )
    was, became = (one.raw for one in tried)
    confirmed = _is_looser(was, became, permitted_only=permitted_only)
    because = f"{roles[0]}, the answer is {outcome_said(was)}; {roles[1]}, it is {outcome_said(became)}"
    return Shown(tried, because, confirmed)


def deviations_only_tighten(prover: Prover, policy: Policy, subject: Subject) -> Obligation:
    """With its own rules and deviations a country is answered no less strictly than without, but where it says so."""
    requests = prover.requests
    formulas = requests.formulas
    alone = _undeviated(prover.policies, policy)

    def goals() -> Iterator[Goal]:
        for case in requests.cases:
            if case.country != policy.country:
                continue
            own, shared = requests.situation(case), requests.situation(case, undeviated=True)
            said = [requests.truth(loosening.when, case) for loosening in policy.may_loosen]
            # A permission has to be said for certain; another answer may change where it is not known otherwise.
            permitted = _looser(prover, shared.combined, own.combined, permitted_only=True)
            looser = formulas.any_of(
                (
                    formulas.all_of((permitted, *(-true for true, _ in said))),
                    formulas.all_of(
                        (_looser(prover, shared.combined, own.combined), *(false for _, false in said))
                    ),
                )
            )

            def show(found: Assignment, case: Case = case) -> Shown:
                return _departing(prover, case, found, alone)

            yield Goal(case, looser, show)

    return prover.settle(subject, goals())


def _undeviated(policies: PolicySet, departing: Policy) -> PolicySet:
    plain = replace(departing, editions=departing.undeviated)
    return replace(
        policies, policies=tuple(plain if policy is departing else policy for policy in policies.policies)
    )


def _departing(prover: Prover, case: Case, found: Assignment, alone: PolicySet) -> Shown:
    shared = try_request(prover.requests, case, found, "by the shared rules alone", alone)
    own = try_request(prover.requests, case, found, "by the country's own rules and deviations")
    because = (
        f"by the shared rules alone the answer is {outcome_said(shared.raw)}; the country's own rules and"
        f" deviations make it {outcome_said(own.raw)}, and no `may_loosen` says so"
    )
    return Shown((shared, own), because, _is_looser(shared.raw, own.raw))


def a_rule_decides(prover: Prover, subject: Subject) -> Obligation:
    """No governed request is left to the standing answer `not_settled`."""
    requests = prover.requests

    def goals() -> Iterator[Goal]:
        for case in requests.cases:

            def show(found: Assignment, case: Case = case) -> Shown:
                tried = try_request(requests, case, found)
                because = "the policies govern this request, but no rule decides it"
                return Shown((tried,), because, tried.raw is Outcome.REFER and not tried.rules)

            yield Goal(case, _gap(prover, requests.situation(case)), show)

    return prover.settle(subject, goals())


def _gap(prover: Prover, situation: Situation) -> Formula:
    formulas = prover.requests.formulas
    decided = [
        formulas.all_of((one.governs, one.outcomes[Outcome.REFER], won))
        for one in situation.weighed
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
            lifted = [-requests.truth(invariant.unless, case)[0]] if invariant.unless else []
            answers = requests.situation(case).answers
            given = formulas.any_of(answers[outcome] for outcome in Outcome if outcome in invariant.never)
            bad = formulas.all_of((requests.truth(invariant.when, case)[0], *lifted, given))

            def show(found: Assignment, case: Case = case) -> Shown:
                tried = try_request(requests, case, found)
                expected = predicted(requests, requests.situation(case).answers, found)
                outcome = tried.worked.outcome
                because = f"this request is answered {outcome_said(outcome)}"
                bound = is_bound(requests, case, tried, invariant)
                return Shown((tried,), because, bound and outcome in invariant.never and outcome is expected)

            yield Goal(case, bad, show)

    return prover.settle(subject, goals())


def no_clash(prover: Prover, policy: Policy) -> Obligation:
    """Of the rules of one tree, no two with different outcomes win together."""
    requests = prover.requests
    subject = Subject(f"no-clash {policy.name}", "No two rules of one tree clash.", policy.file)

    def goals() -> Iterator[Goal]:
        for case in requests.cases:
            for one in requests.situation(case).weighed:
                if one.policy is not policy or one.scope[1] == 1:
                    continue
                trees = trees_of(one.edition)
                for first, second in combinations(range(len(one.rules)), 2):
                    rules = one.rules[first], one.rules[second]
                    if rules[0].outcome is rules[1].outcome or not trees[first] & trees[second]:
                        continue
                    parts = []
                    for index in (first, second):
                        above = [one.possible[i] for i in members(one.edition.exceptions[index])]
                        parts += [one.certain[index], *(-exception for exception in above)]
                    both = requests.formulas.all_of((*parts, -one.scope[1]))

                    def show(
                        found: Assignment,
                        case: Case = case,
                        names: tuple[str, str] = (rules[0].name, rules[1].name),
                    ) -> Shown:
                        return _clashing(prover, policy, case, found, names)

                    yield Goal(case, both, show)

    return prover.settle(subject, goals())


def _clashing(prover: Prover, policy: Policy, case: Case, found: Assignment, names: tuple[str, str]) -> Shown:
    tried = try_request(prover.requests, case, found)
    both = set(names) <= find_winners(prover.requests, case, found, policy)
    because = f"the rules `{names[0]}` and `{names[1]}` both win, with different outcomes"
    return Shown((tried,), because, both, name_rules(prover.policies, names))
