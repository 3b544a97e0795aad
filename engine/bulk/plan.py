"""A policy set as a plan of columns: from the facts of a row to the outcome and the key of its words.

The words of an answer (rules, clauses, duties, the sentence) follow from which rules win, which citations hold and
which sentences fit.
These are the bits of a number, the key; each different key is put into words once (`answers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.bulk.cases import OTHER, TableCase, TableInterval, cases_of, check_no_other, other_before
from engine.bulk.columns import PlanColumns
from engine.bulk.default_logic import PolicyColumns, is_place, place
from engine.bulk.digits import Digit, digits_of
from engine.bulk.simplification import FALSE, TRUE, both, choose, either, negated
from engine.bulk.validity import joined
from engine.contract.decision import Outcome, is_in_force
from engine.language.expressions import Comparator, Compare, Constant, Expression
from engine.policy.model import PolicySet
from engine.policy.standing_answers import StandingCase


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What a table is decided by.

    `atoms` names which of the `digits` of a row settles each atom of the conditions. `case` is the position in
    `cases` of the case whose answer is the row's; `bits[i]` names what its key holds for case i. `missing` holds for
    each fact whether it is not known and something turns on it. `assessed` is the answer of the policies; before an
    instruction the answer given, `outcome`, differs. `ends` holds for each date whether an answer ends with it.
    """

    policies: PolicySet
    columns: PlanColumns
    atoms: Mapping[Expression, Digit]
    cases: tuple[TableCase, ...]
    bits: tuple[tuple[Bit, ...], ...]
    case: Expression
    assessed: Expression
    outcome: Expression
    missing: Mapping[str, Expression]
    ends: Mapping[Expression, Expression]

    @property
    def digits(self) -> tuple[Digit, ...]:
        """What a row states, as far as it decides."""
        return tuple(dict.fromkeys(self.atoms.values()))

    @property
    def intervals(self) -> tuple[TableInterval, ...]:
        """All days, cut where a policy changes."""
        return tuple({case.interval.first: case.interval for case in self.cases}.values())

    @property
    def named(self) -> tuple[str, ...]:
        """The countries that the policies distinguish, in order."""
        codes = {case.country for case in self.cases if case.country not in (None, OTHER)}
        return tuple(sorted(code for code in codes if code))


@dataclass(frozen=True, slots=True)
class Bit:
    """One truth of a key: for the policy at this place in its case, what `of` names about rule or entry `index`.

    Of a case itself, `of` is the case of a standing answer, and `index` one of its sentences.
    """

    policy: int
    of: str
    index: int
    also: int
    column: Expression


def draw_plan(policies: PolicySet) -> TablePlan:
    """Draw up the plan of a policy set. Raises NotTabular for one that tables cannot be decided by."""
    columns = PlanColumns()
    cases = cases_of(policies, columns)
    strictest = columns.name(_strictest(cases))
    chosen = columns.name(_chosen(columns, cases, strictest))
    proposed = columns.name(_proposed(cases))
    outcome = columns.name(choose(proposed, place(Outcome.REFER), strictest))
    bits = tuple(tuple(_bits(columns, case)) for case in cases)
    missing = _missing(columns, cases, proposed)
    ends = joined([(case.holds, policy.ends) for case in cases for policy in case.policies])
    check_no_other(columns)
    atoms = digits_of(columns.conditions, policies.vocabulary.words)
    return TablePlan(policies, columns, atoms, tuple(cases), bits, chosen, strictest, outcome, missing, ends)


def _strictest(cases: Sequence[TableCase]) -> Expression:
    """The place of the strictest answer among the row's countries."""
    answer: Expression = place(Outcome.DELIVER)
    for outcome in Outcome:
        given = either(*(both(case.holds, is_place(case.strictness, outcome)) for case in cases))
        answer = choose(given, place(outcome), answer)
    return answer


def _chosen(columns: PlanColumns, cases: Sequence[TableCase], strictest: Expression) -> Expression:
    """The first case, in the order of country codes, that gives the strictest answer."""
    answer: Expression = Constant(len(cases) - 1)
    strict = [columns.name(both(case.holds, _same_place(case.strictness, strictest))) for case in cases]
    for index in reversed(range(len(cases))):
        case = cases[index]
        if case.country in (OTHER, None):
            answer = choose(strict[index], Constant(index), answer)
    for index in reversed(range(len(cases))):
        case = cases[index]
        if case.country is None or case.country == OTHER:
            continue
        other = next(i for i, o in enumerate(cases) if o.interval is case.interval and o.country == OTHER)
        before = both(strict[other], other_before(case.country))
        answer = choose(both(strict[index], negated(before)), Constant(index), answer)
    return answer


def _same_place(one: Expression, other: Expression) -> Expression:
    return TRUE if one == other else Compare(Comparator.EQUAL, one, other)


def _proposed(cases: Sequence[TableCase]) -> Expression:
    """Whether the directive would govern the row, but is only proposed; it is then referred."""
    proposed = []
    for case in cases:
        if not is_in_force(case.interval.status):
            held = either(
                is_place(case.strictness, Outcome.NOT_GOVERNED),
                is_place(case.strictness, Outcome.NEEDS_INFORMATION),
            )
            proposed.append(both(case.holds, negated(held)))
    return either(*proposed)


def _bits(columns: PlanColumns, case: TableCase) -> Iterator[Bit]:
    decided = [both(w.governs, _same_place(w.strictness, case.strictness)) for w in case.policies]
    some = columns.name(either(*decided))
    for number, (policy, decides) in enumerate(zip(case.policies, decided, strict=True)):
        here = columns.name(decides)
        only_may = columns.name(both(negated(some), policy.may_govern))
        yield Bit(number, "decides", 0, 0, here)
        yield Bit(number, "may_decide", 0, 0, only_may)
        yield from _bits_of(columns, policy, number, here, only_may, case.strictness)
    yield from _standing_answer_bits(columns, case, decided)


def _standing_answer_bits(
    columns: PlanColumns, case: TableCase, decided: Sequence[Expression]
) -> Iterator[Bit]:
    """Which sentences of standing answers fit, where one can be given: they are bits of no other answer."""
    ruled = [
        win
        for policy, here in zip(case.policies, decided, strict=True)
        for win in _wins(policy, here, case.strictness)
    ]
    no_rule, proposed = columns.name(negated(either(*ruled))), not is_in_force(case.interval.status)
    for standing_case, says in case.says.items():
        given = Constant(proposed) if standing_case is StandingCase.PROPOSED else no_rule
        for index, fits in enumerate(says):
            yield Bit(0, standing_case, index, 0, both(given, fits))


def _wins(policy: PolicyColumns, here: Expression, strictness: Expression) -> list[Expression]:
    """For each rule of a policy that gives the answer `here`, whether the answer is from it."""
    return [
        both(here, win, is_place(strictness, rule.outcome))
        for rule, win in zip(policy.edition.rules, policy.wins, strict=True)
    ]


def _bits_of(
    columns: PlanColumns,
    policy: PolicyColumns,
    number: int,
    here: Expression,
    only_may: Expression,
    strictness: Expression,
) -> Iterator[Bit]:
    any_here = columns.name(either(here, only_may))
    for index, (holds, may) in enumerate(policy.entries):
        yield Bit(number, "entry_holds", index, 0, both(any_here, holds))
        yield Bit(number, "entry_may", index, 0, both(only_may, may))
    wins = _wins(policy, here, strictness)
    no_rule = columns.name(both(here, negated(either(*wins))))
    for index, win in enumerate(wins):
        yield Bit(number, "wins", index, 0, win)
        yield Bit(number, "open", index, 0, both(no_rule, policy.open[index]))
        for of, columns_of_rule in (
            ("cites", policy.cites[index]),
            ("says", policy.says[index]),
            ("requires", policy.requires[index]),
        ):
            for position, holds in enumerate(columns_of_rule):
                yield Bit(number, of, index, position, both(win, holds))


def _missing(columns: PlanColumns, cases: Sequence[TableCase], proposed: Expression) -> dict[str, Expression]:
    missing: dict[str, list[Expression]] = {}
    for case in cases:
        for policy in case.policies:
            for name, column in policy.missing.items():
                missing.setdefault(name, []).append(both(case.holds, negated(proposed), column))
    named = {name: columns.name(either(*parts)) for name, parts in sorted(missing.items())}
    return {name: column for name, column in named.items() if column != FALSE}
