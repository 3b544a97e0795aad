"""The default logic of engine/evaluation/default_logic.py once more, as formulas over all requests at once.

What each rule does is stated by a formula: when it applies, when it possibly applies (it does, or may because facts
are unknown), when it applies for certain, when it wins. The tests hold this against `decide`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.analysis.formulas import FALSE, TRUE, Formula, Formulas
from engine.analysis.translating import SymbolicTerm, Translator, value_term
from engine.contract.decision import Outcome, PolicyStatus, is_in_force
from engine.policy.bitsets import members
from engine.policy.model import Edition, Policy
from engine.policy.rules import Rule
from engine.policy.standing_answers import StandingAnswer

TruthFormulas = tuple[Formula, Formula]
"""When a condition is known to be true, and when known to be false."""

Outcomes = Mapping[Outcome, Formula]
"""When each outcome is the answer."""


@dataclass(frozen=True, slots=True)
class PolicyFormulas:
    """What one policy makes of all requests: formulas for each rule by its position, and for each outcome."""

    policy: Policy
    edition: Edition
    translator: Translator
    scope: TruthFormulas
    truths: tuple[TruthFormulas, ...]
    applies: tuple[Formula, ...]
    possible: tuple[Formula, ...]
    certain: tuple[Formula, ...]
    wins: tuple[Formula, ...]
    may_win: tuple[Formula, ...]
    outcomes: Outcomes

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the edition."""
        return self.edition.rules

    @property
    def governs(self) -> Formula:
        """When the policy is known to govern the request."""
        return self.scope[0]

    @property
    def may_govern(self) -> Formula:
        """When it is not known whether the policy governs the request."""
        return self.translator.formulas.all_of((-self.scope[0], -self.scope[1]))


def build_policy_formulas(
    formulas: Formulas,
    policy: Policy,
    edition: Edition,
    facts: Mapping[str, SymbolicTerm],
    open_parameters: Mapping[str, SymbolicTerm] | None = None,
) -> PolicyFormulas:
    """Evaluate an edition over the facts, to which its parameters are added; some of them open, if any are given."""
    parameters = {name: value_term(value) for name, value in edition.parameters.items()}
    parameters.update(open_parameters or {})
    translator = Translator(formulas, {**parameters, **facts})
    scope = [translator.truth(entry.when) for entry in edition.scope]
    governs = formulas.any_of(true for true, _ in scope), formulas.all_of(false for _, false in scope)
    if governs[1] == TRUE:
        return _of_no_account(policy, edition, translator, governs)
    truths = [translator.truth(rule.when) for rule in edition.rules]
    return build_formulas_of_truths(policy, edition, translator, governs, truths)


def _of_no_account(
    policy: Policy, edition: Edition, translator: Translator, scope: TruthFormulas
) -> PolicyFormulas:
    """What a policy that governs nothing makes of its rules: each is false, as `build_formulas_of_truths` finds."""
    never = (FALSE,) * len(edition.rules)
    outcomes = {outcome: TRUE if outcome is edition.unruled else FALSE for outcome in Outcome}
    return PolicyFormulas(
        policy, edition, translator, scope, ((FALSE, TRUE),) * len(never), never, never, never, never, never,
        outcomes,
    )  # fmt: skip


def build_formulas_of_truths(
    policy: Policy,
    edition: Edition,
    translator: Translator,
    scope: TruthFormulas,
    truths: Sequence[TruthFormulas],
) -> PolicyFormulas:
    """Evaluate an edition whose conditions have these truths."""
    formulas = translator.formulas
    applies: list[Formula] = []
    possible: list[Formula] = []
    certain: list[Formula] = []

    def one_goes_before(index: int, others: int) -> Formula:
        """As `engine.evaluation.reach.goes_before` finds."""
        generals = edition.generals[index]

        def does(other: int) -> Formula:
            if not edition.tabled >> other & 1:
                return certain[other]
            above = edition.generals[other]
            rests = not above or above >> index & 1 or (generals and not generals & ~above)
            resting = TRUE if rests else formulas.any_of(certain[general] for general in members(above))
            may_beat = (
                formulas.all_of((possible[beater], -applies[beater]))
                for beater in members(edition.beaters[other] & ~others)
            )
            return formulas.all_of((applies[other], resting, *(-may for may in may_beat)))

        return formulas.any_of(does(other) for other in members(others))

    for index, (true, false) in enumerate(truths):
        generals, beaters = members(edition.generals[index]), members(edition.beaters[index])

        def resting_on(found: Sequence[Formula], above: Sequence[int] = generals) -> Formula:
            return formulas.any_of(found[general] for general in above) if above else TRUE

        may_beat = [formulas.all_of((possible[beater], -applies[beater])) for beater in beaters]
        does = formulas.all_of((true, resting_on(applies), *(-applies[beater] for beater in beaters)))
        beaten = one_goes_before(index, edition.beaters[index])
        possible.append(formulas.all_of((-false, resting_on(possible), -beaten)))
        certain.append(formulas.all_of((does, resting_on(certain), *(-may for may in may_beat))))
        applies.append(does)
    exceptions = [members(found) for found in edition.exceptions]
    wins = [
        formulas.all_of((does, *(-applies[other] for other in exceptions[index])))
        for index, does in enumerate(applies)
    ]
    may_win = [
        formulas.all_of((may, -one_goes_before(index, edition.exceptions[index] | edition.beaters[index])))
        for index, may in enumerate(possible)
    ]
    return PolicyFormulas(
        policy, edition, translator, scope, tuple(truths), tuple(applies), tuple(possible), tuple(certain),
        tuple(wins), tuple(may_win), _outcomes(formulas, edition, wins, may_win),
    )  # fmt: skip


def _outcomes(
    formulas: Formulas, edition: Edition, wins: Sequence[Formula], may_win: Sequence[Formula]
) -> Outcomes:
    winning = _by_outcome(formulas, edition.rules, wins)
    strictest = strictest_of(formulas, winning)
    none_wins = formulas.all_of(-won for won in wins)
    forbidding = [may for may, rule in zip(may_win, edition.rules, strict=True) if not rule.outcome.permits]
    blocked, some_may = formulas.any_of(forbidding), formulas.any_of(may_win)
    found = {outcome: formula for outcome, formula in strictest.items() if not outcome.permits}
    permits = strictest[Outcome.DELIVER]
    found[Outcome.DELIVER] = formulas.all_of((permits, -blocked))
    found[Outcome.NEEDS_INFORMATION] = formulas.any_of(
        (
            strictest[Outcome.NEEDS_INFORMATION],
            formulas.all_of((permits, blocked)),
            formulas.all_of((none_wins, some_may)),
        )
    )
    found[edition.unruled] = formulas.any_of(
        (strictest[edition.unruled], formulas.all_of((none_wins, -some_may)))
    )
    return found


def _by_outcome(formulas: Formulas, rules: Sequence[Rule], wins: Sequence[Formula]) -> Outcomes:
    return {
        outcome: formulas.any_of(
            won for won, rule in zip(wins, rules, strict=True) if rule.outcome is outcome
        )
        for outcome in Outcome
    }


def strictest_of(formulas: Formulas, given: Outcomes) -> Outcomes:
    """When each outcome is the strictest of those given."""
    found: dict[Outcome, Formula] = {}
    stricter: list[Formula] = []
    for outcome in sorted(Outcome, key=lambda outcome: -outcome.strictness):
        found[outcome] = formulas.all_of((given[outcome], *(-other for other in stricter)))
        stricter.append(given[outcome])
    return found


def combine(formulas: Formulas, policies: Sequence[PolicyFormulas]) -> Outcomes:
    """The answer of all policies together, before the status of the directive is looked at."""
    governed = {
        outcome: formulas.any_of(formulas.all_of((one.governs, one.outcomes[outcome])) for one in policies)
        for outcome in Outcome
    }
    found = dict(strictest_of(formulas, governed))
    permits = found[Outcome.DELIVER]
    withheld = formulas.any_of(
        formulas.all_of((one.may_govern, -one.outcomes[Outcome.DELIVER])) for one in policies
    )
    none_governs = formulas.all_of(-one.governs for one in policies)
    some_may = formulas.any_of(one.may_govern for one in policies)
    found[Outcome.DELIVER] = formulas.all_of((permits, -withheld))
    found[Outcome.NEEDS_INFORMATION] = formulas.any_of(
        (
            found[Outcome.NEEDS_INFORMATION],
            formulas.all_of((permits, withheld)),
            formulas.all_of((none_governs, some_may)),
        )
    )
    found[Outcome.NOT_GOVERNED] = formulas.any_of(
        (found[Outcome.NOT_GOVERNED], formulas.all_of((none_governs, -some_may)))
    )
    return found


def answer(formulas: Formulas, outcomes: Outcomes, status: PolicyStatus) -> Outcomes:
    """The answer for a line: as combined, unless the directive would govern it but is only proposed."""
    if is_in_force(status):
        return outcomes
    found = {outcome: FALSE if outcome.by_rule else outcomes[outcome] for outcome in Outcome}
    found[Outcome.REFER] = formulas.any_of(
        formula for outcome, formula in outcomes.items() if outcome.by_rule
    )
    return found


def sentences(
    formulas: Formulas, speaker: Rule | StandingAnswer, translator: Translator
) -> Iterator[tuple[str, Formula]]:
    """Each sentence with the formula for its being the one that is spoken, as `fitting_sentence` chooses."""
    left: Formula = TRUE
    for entry in speaker.say_when:
        holds = translator.truth(entry.when)[0]
        yield entry.say, formulas.all_of((left, holds))
        left = formulas.all_of((left, -holds))
    yield speaker.say, left
