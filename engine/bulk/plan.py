"""A policy set as a plan of columns: from the facts of a row to the outcome and the key of its words.

The words of an answer (rules, clauses, duties, the sentence) follow from which rules win and which citations hold.
These are the bits of a number, the key; each different key is put into words once (`answers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.bulk.cases import OTHER, Case, Stretch, cases_of, check_no_other, other_before
from engine.bulk.columns import Columns
from engine.bulk.default_logic import Weighed, is_place, place
from engine.bulk.digits import Digit, digits_of
from engine.bulk.simplification import FALSE, TRUE, both, choose, either, negated
from engine.contract.decision import Outcome, is_in_force
from engine.language.expressions import Compare, Comparison, Constant, Expression
from engine.policy.model import PolicySet


@dataclass(frozen=True, slots=True)
class Plan:
    """What a table is decided by.

    `atoms` says by which of the `digits` of a row each atom of the conditions is settled. `case` is the position in
    `cases` of the case whose answer is the row's; `bits[i]` names what its key holds for case i. `asked` says of each
    fact whether it is not known and something turns on it. `assessed` is what the policies say; before an
    instruction the answer, `outcome`, differs.
    """

    policies: PolicySet
    columns: Columns
    atoms: Mapping[Expression, Digit]
    cases: tuple[Case, ...]
    bits: tuple[tuple[Bit, ...], ...]
    case: Expression
    assessed: Expression
    outcome: Expression
    asked: Mapping[str, Expression]

    @property
    def digits(self) -> tuple[Digit, ...]:
        """What a row says, as far as it decides."""
        return tuple(dict.fromkeys(self.atoms.values()))

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """All days, cut where a policy changes."""
        return tuple({case.stretch.first: case.stretch for case in self.cases}.values())

    @property
    def named(self) -> tuple[str, ...]:
        """The countries that the policies tell apart, in order."""
        codes = {case.country for case in self.cases if case.country not in (None, OTHER)}
        return tuple(sorted(code for code in codes if code))


@dataclass(frozen=True, slots=True)
class Bit:
    """One truth of a key: of the policy at `weighed` in its case, what `of` says about rule or entry `index`."""

    weighed: int
    of: str
    index: int
    also: int
    column: Expression


def draw_plan(policies: PolicySet) -> Plan:
    """Draw up the plan of a policy set. Raises NotTabular for one that tables cannot be decided by."""
    columns = Columns()
    cases = cases_of(policies, columns)
    strictest = columns.name(_strictest(cases))
    chosen = columns.name(_chosen(columns, cases, strictest))
    waiting = columns.name(_waiting(cases))
    outcome = columns.name(choose(waiting, place(Outcome.REFER), strictest))
    bits = tuple(tuple(_bits(columns, case)) for case in cases)
    asked = _asked(columns, cases, waiting)
    check_no_other(columns)
    atoms = digits_of(columns.conditions)
    return Plan(policies, columns, atoms, tuple(cases), bits, chosen, strictest, outcome, asked)


def _strictest(cases: Sequence[Case]) -> Expression:
    """The place of the strictest answer among the row's countries (A22)."""
    answer: Expression = place(Outcome.DELIVER)
    for outcome in Outcome:
        said = either(*(both(case.holds, is_place(case.strictness, outcome)) for case in cases))
        answer = choose(said, place(outcome), answer)
    return answer


def _chosen(columns: Columns, cases: Sequence[Case], strictest: Expression) -> Expression:
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
        other = next(i for i, o in enumerate(cases) if o.stretch is case.stretch and o.country == OTHER)
        before = both(strict[other], other_before(case.country))
        answer = choose(both(strict[index], negated(before)), Constant(index), answer)
    return answer


def _same_place(one: Expression, other: Expression) -> Expression:
    return TRUE if one == other else Compare(Comparison.EQUAL, one, other)


def _waiting(cases: Sequence[Case]) -> Expression:
    """Whether the directive would govern the row, but is only proposed; it is then referred (A9)."""
    waiting = []
    for case in cases:
        if not is_in_force(case.stretch.status):
            held = either(
                is_place(case.strictness, Outcome.NOT_GOVERNED),
                is_place(case.strictness, Outcome.NEEDS_INFORMATION),
            )
            waiting.append(both(case.holds, negated(held)))
    return either(*waiting)


def _bits(columns: Columns, case: Case) -> Iterator[Bit]:
    decided = [both(w.governs, _same_place(w.strictness, case.strictness)) for w in case.weighed]
    some = columns.name(either(*decided))
    for number, (weighed, decides) in enumerate(zip(case.weighed, decided, strict=True)):
        here = columns.name(decides)
        only_may = columns.name(both(negated(some), weighed.may_govern))
        yield Bit(number, "decides", 0, 0, here)
        yield Bit(number, "may_decide", 0, 0, only_may)
        yield from _bits_of(columns, weighed, number, here, only_may, case.strictness)


def _bits_of(
    columns: Columns,
    weighed: Weighed,
    number: int,
    here: Expression,
    only_may: Expression,
    strictness: Expression,
) -> Iterator[Bit]:
    any_here = columns.name(either(here, only_may))
    for index, (holds, may) in enumerate(weighed.entries):
        yield Bit(number, "entry_holds", index, 0, both(any_here, holds))
        yield Bit(number, "entry_may", index, 0, both(only_may, may))
    wins = [
        both(here, win, is_place(strictness, rule.outcome))
        for rule, win in zip(weighed.edition.rules, weighed.wins, strict=True)
    ]
    standing = columns.name(both(here, negated(either(*wins))))
    for index, win in enumerate(wins):
        yield Bit(number, "wins", index, 0, win)
        yield Bit(number, "open", index, 0, both(standing, weighed.open[index]))
        for position, cited in enumerate(weighed.cites[index]):
            yield Bit(number, "cites", index, position, both(win, cited))


def _asked(columns: Columns, cases: Sequence[Case], waiting: Expression) -> dict[str, Expression]:
    asked: dict[str, list[Expression]] = {}
    for case in cases:
        for weighed in case.weighed:
            for name, asks in weighed.asks.items():
                asked.setdefault(name, []).append(both(case.holds, negated(waiting), asks))
    named = {name: columns.name(either(*parts)) for name, parts in sorted(asked.items())}
    return {name: column for name, column in named.items() if column != FALSE}
