"""The default logic of `engine.evaluation.default_logic` over whole columns: what one policy makes of every row.

Truths come in pairs, known to hold and may hold; neither is ever unknown, so that every column here is plainly
true or false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.bulk.columns import PlanColumns
from engine.bulk.simplification import FALSE, TRUE, both, choose, either, negated, simplify
from engine.bulk.validity import ending_dates
from engine.contract.decision import Outcome
from engine.contract.vocabulary import STATED_AS, Value
from engine.language.expression_parts import fact_names, operands
from engine.language.expressions import And, Comparator, Compare, Constant, Expression, Fact, Known, Or
from engine.policy.bitsets import members
from engine.policy.model import Edition, Policy
from engine.policy.rules import ConditionalDuty
from engine.policy.sentences import ConditionalSentence

TruthColumns = Sequence[Expression]


@dataclass(frozen=True, slots=True)
class PolicyColumns:
    """What one policy makes of the rows of a case; every member is a column, or constant.

    `entries` holds for each scope rule whether it holds and whether it may; `wins` and `open` the rules that win
    and those that only their condition prevents from applying; `cites`, `says` and `requires` the conditional
    citations, sentences and duties of each rule. `missing` holds for each fact whether it is unknown and something
    open turns on it, `ends` for each date whether something turns on the day until it.
    """

    policy: Policy
    edition: Edition
    governs: Expression
    may_govern: Expression
    entries: tuple[tuple[Expression, Expression], ...]
    wins: tuple[Expression, ...]
    open: tuple[Expression, ...]
    cites: tuple[tuple[Expression, ...], ...]
    says: tuple[tuple[Expression, ...], ...]
    requires: tuple[tuple[Expression, ...], ...]
    strictness: Expression
    missing: Mapping[str, Expression]
    ends: Mapping[Expression, Expression]


def build_policy_columns(
    columns: PlanColumns, policy: Policy, edition: Edition, given: Mapping[str, Value]
) -> PolicyColumns | None:
    """Evaluate a policy for the rows of a case, of which `given` is known; None if it governs none of them."""
    given = {**edition.parameters, **given}
    scope = [simplify(entry.when, given) for entry in edition.scope]
    governs = columns.name(either(*map(columns.holds, scope)))
    may_govern = columns.name(both(either(*map(columns.may_hold, scope)), negated(governs)))
    if governs == may_govern == FALSE:
        return None
    truths = [simplify(rule.when, given) for rule in edition.rules]
    applies, may, certain = _apply(columns, edition, truths)
    any_ = [columns.name(either(*pair)) for pair in zip(applies, may, strict=True)]
    wins = _without(columns, edition, applies, applies)
    goes_before = _Precedence(edition, applies, may, certain)
    may_win = [
        columns.name(
            both(rule, negated(goes_before(index, edition.exceptions[index] | edition.beaters[index])))
        )
        for index, rule in enumerate(any_)
    ]
    alone = [
        either(*(applies[general] for general in members(edition.generals[i])))
        if edition.generals[i]
        else TRUE
        for i in range(len(truths))
    ]
    open_ = tuple(columns.name(both(*parts)) for parts in zip(may, may_win, alone, strict=True))
    cites = tuple(
        tuple(
            FALSE if cited.when is None else columns.holds(simplify(cited.when, given))
            for cited in rule.cite_when
        )
        for rule in edition.rules
    )
    says = tuple(text_columns(columns, rule.say_when, given) for rule in edition.rules)
    requires = tuple(text_columns(columns, rule.duties_when, given) for rule in edition.rules)
    return PolicyColumns(
        policy,
        edition,
        governs,
        may_govern,
        tuple((columns.holds(entry), columns.may_hold(entry)) for entry in scope),
        tuple(wins),
        open_,
        cites,
        says,
        requires,
        columns.name(_strictness(edition, wins, may_win)),
        _missing_facts(columns, scope, truths, governs, may_govern, may),
        ending_dates(columns, edition, given),
    )


def text_columns(
    columns: PlanColumns,
    texts: Sequence[ConditionalSentence] | Sequence[ConditionalDuty],
    given: Mapping[str, Value],
) -> tuple[Expression, ...]:
    """Whether the condition of each of the sentences or duties is known to hold."""
    return tuple(columns.holds(simplify(one.when, given)) for one in texts)


@dataclass(frozen=True, slots=True)
class _Precedence:
    """Whether one of some rules applies wherever another could, as `engine.evaluation.reach.goes_before` finds."""

    edition: Edition
    applies: TruthColumns
    may: TruthColumns
    certain: TruthColumns

    def __call__(self, index: int, others: int) -> Expression:
        return either(*(self._does(index, other, others) for other in members(others)))

    def _does(self, index: int, other: int, others: int) -> Expression:
        if not self.edition.tabled >> other & 1:
            return self.certain[other]
        generals, above = self.edition.generals[index], self.edition.generals[other]
        rests = not above or above >> index & 1 or (generals and not generals & ~above)
        resting = TRUE if rests else either(*(self.certain[general] for general in members(above)))
        beaten = either(*(self.may[beater] for beater in members(self.edition.beaters[other] & ~others)))
        return both(self.applies[other], resting, negated(beaten))


def _apply(columns: PlanColumns, edition: Edition, truths: TruthColumns) -> tuple[list[Expression], ...]:
    applies: list[Expression] = []
    may: list[Expression] = []
    certain: list[Expression] = []
    goes_before = _Precedence(edition, applies, may, certain)
    for index, truth in enumerate(truths):
        generals, beaters = members(edition.generals[index]), members(edition.beaters[index])

        def under(rules: TruthColumns, generals: Sequence[int] = generals) -> Expression:
            return either(*(rules[general] for general in generals)) if generals else TRUE

        def unbeaten(rules: TruthColumns, beaters: Sequence[int] = beaters) -> Expression:
            return negated(either(*(rules[beater] for beater in beaters)))

        here = columns.name(both(columns.holds(truth), unbeaten(applies), under(applies)))
        reached = either(under(applies), under(may))
        unless_beaten = negated(goes_before(index, edition.beaters[index]))
        open_ = columns.name(both(columns.may_hold(truth), negated(here), unless_beaten, reached))
        certain.append(columns.name(both(here, unbeaten(may), under(certain))))
        applies.append(here)
        may.append(open_)
    return applies, may, certain


def _without(
    columns: PlanColumns, edition: Edition, rules: TruthColumns, exceptions: TruthColumns
) -> list[Expression]:
    """Of the rules, those without an exception among `exceptions`."""
    return [
        columns.name(
            both(rule, negated(either(*(exceptions[i] for i in members(edition.exceptions[index])))))
        )
        for index, rule in enumerate(rules)
    ]


def _strictness(edition: Edition, wins: TruthColumns, may_win: TruthColumns) -> Expression:
    """The place of the policy's answer in the order of strictness."""
    permitting = [rule.outcome.permits for rule in edition.rules]
    some_no = either(*(rule for rule, permits in zip(may_win, permitting, strict=True) if not permits))
    answer = choose(either(*may_win), place(Outcome.NEEDS_INFORMATION), place(edition.unruled))
    for outcome in Outcome:
        winning = either(*(wins[i] for i, rule in enumerate(edition.rules) if rule.outcome is outcome))
        value: Expression = place(outcome)
        if outcome.permits:
            value = choose(some_no, place(Outcome.NEEDS_INFORMATION), value)
        answer = choose(winning, value, answer)
    return answer


def place(outcome: Outcome) -> Constant:
    """An outcome as its place in the order of strictness."""
    return Constant(outcome.strictness)


def is_place(strictness: Expression, outcome: Outcome) -> Expression:
    """Whether an answer is this outcome."""
    if isinstance(strictness, Constant):
        return TRUE if strictness.value == outcome.strictness else FALSE
    return Compare(Comparator.EQUAL, strictness, place(outcome))


def combine(policies: Sequence[PolicyColumns]) -> Expression:
    """What the policies together answer for one country, as `engine.evaluation.default_logic.combine` does."""
    if len(policies) == 1 and policies[0].governs == TRUE:
        return policies[0].strictness
    refuses = either(
        *(both(w.may_govern, negated(is_place(w.strictness, Outcome.DELIVER))) for w in policies)
    )
    answer = choose(
        either(*(w.may_govern for w in policies)),
        place(Outcome.NEEDS_INFORMATION),
        place(Outcome.NOT_GOVERNED),
    )
    for outcome in Outcome:
        given = either(*(both(w.governs, is_place(w.strictness, outcome)) for w in policies))
        value: Expression = place(outcome)
        if outcome.permits:
            value = choose(refuses, place(Outcome.NEEDS_INFORMATION), value)
        answer = choose(given, value, answer)
    return answer


def _missing_facts(
    columns: PlanColumns,
    scope: TruthColumns,
    truths: TruthColumns,
    governs: Expression,
    may_govern: Expression,
    may: TruthColumns,
) -> dict[str, Expression]:
    """For each fact, whether it is unknown and stands in an open condition of the scope, or of a rule that may apply.

    What is certain may leave no room for such a rule; so these are at least the facts that `list_missing` lists.
    """
    concerned = either(governs, may_govern)
    turning = [(may_govern, entry) for entry in scope]
    turning += [(both(concerned, rule), truth) for rule, truth in zip(may, truths, strict=True)]
    missing: dict[str, list[Expression]] = {}
    for reached, condition in turning:
        for name in fact_names(condition) if reached != FALSE else ():
            if not name.startswith("{"):
                open_turning = both(reached, _leaves_open(columns, condition, name))
                missing.setdefault(STATED_AS.get(name, name), []).append(open_turning)
    return {name: columns.name(either(*parts)) for name, parts in missing.items()}


def _leaves_open(columns: PlanColumns, condition: Expression, name: str) -> Expression:
    """Whether the fact is among those that leave the condition unknown."""
    if isinstance(condition, Fact | Known):
        return columns.unknown(Known(name)) if condition.name == name else FALSE
    if name not in fact_names(condition):
        return FALSE
    inner = either(*(_leaves_open(columns, part, name) for part in operands(condition)))
    return both(columns.unknown(condition), inner) if isinstance(condition, And | Or) else inner
