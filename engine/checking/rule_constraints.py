"""Rules and their conditions as constraints between the values of facts: when a rule applies, and when it is out.

A rule applies for certain if its condition is true, a rule it is an exception to applies for certain, and every rule
that beats it is out. It is out if its condition is false, all rules it is an exception to are out, or a rule that
beats it applies for certain. Neither need be so, for a condition can stay unknown: a sum may leave the calendar. So
only what makes something true and what makes it false is stated of each part, and nothing of what leaves it open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.checking.possibilities import (
    ALWAYS,
    FALSE,
    NEVER,
    TRUE,
    Among,
    JointTruth,
    Possibilities,
)
from engine.checking.rule_contents import RuleContents
from engine.contract.vocabulary import Value
from engine.language.expressions import (
    And,
    Choose,
    Comparator,
    Compare,
    Constant,
    Expression,
    Fact,
    Known,
    Not,
    Or,
    Sum,
    evaluate,
)
from engine.policy.bitsets import members, to_bits
from engine.policy.model import Edition


class RuleConstraints:
    """The constraints that some rules of an edition put on facts, each of which has the values in `domains`."""

    def __init__(
        self,
        edition: Edition,
        concerned: Iterable[int],
        domains: Mapping[str, Sequence[Value]],
        contents: RuleContents,
    ) -> None:
        self.problem = Possibilities()
        self._facts = {name: self.problem.variable(len(values)) for name, values in domains.items()}
        self._edition = edition
        self._domains = domains
        self._contents = contents
        self._parts: dict[Expression, int] = {}
        self._rules: dict[int, int] = {}
        for index in concerned:
            self._rules[index] = self.problem.variable(3)
            self._add_rule(index)

    def applies(self, index: int) -> Among:
        """That the rule applies, whatever the facts are that are still unknown."""
        return self._rules[index], TRUE

    def is_out(self, index: int) -> Among:
        """That the rule does not apply, whatever the facts are that are still unknown."""
        return self._rules[index], FALSE

    def has_value(self, name: str, value: Value) -> Among:
        """That the fact has the value, which is one of its domain."""
        return self._facts[name], 1 << self._domains[name].index(value)

    def _add_rule(self, index: int) -> None:
        edition, require = self._edition, self.problem.require
        when = edition.rules[index].when
        generals, beaters = members(edition.generals[index]), members(edition.beaters[index])
        applies, out = self.applies(index), self.is_out(index)
        require(applies, self._truth(when, wanted=True))
        if generals:
            require(applies, *map(self.applies, generals))
        for beater in beaters:
            require(applies, self.is_out(beater))
        otherwise = self._truth(when, wanted=False), *map(self.applies, beaters)
        if generals:
            for general in generals:
                require(out, *otherwise, self.is_out(general))
        else:
            require(out, *otherwise)

    def _truth(self, part: Expression, *, wanted: bool) -> Among:
        """That a part of a condition is true, or that it is false."""
        if isinstance(part, Not):
            return self._truth(part.operand, wanted=not wanted)
        if isinstance(part, Known):
            return ALWAYS if wanted else NEVER
        names = self._contents.names(part)
        if not names:
            return ALWAYS if evaluate(part, {}) is wanted else NEVER
        if len(names) == 1:
            (name,) = names
            return self._facts[name], self._truths(part, {}, name)[0 if wanted else 1]
        if part not in self._parts:
            self._parts[part] = self.problem.variable(3)
            self._add_part(part, self._parts[part], names)
        return self._parts[part], TRUE if wanted else FALSE

    def _add_part(self, part: Expression, truth: int, names: Sequence[str]) -> None:
        """What a part that reads several facts needs to be true, and to be false."""
        is_true, is_false = (truth, TRUE), (truth, FALSE)
        require = self.problem.require
        match part:
            case And(parts) | Or(parts):
                decisive = part.decisive
                for inner in parts:
                    require(is_false if decisive else is_true, self._truth(inner, wanted=not decisive))
                require(is_true if decisive else is_false, *(self._truth(i, wanted=decisive) for i in parts))
            case Choose(test, yes, no):
                chosen, other = self._truth(test, wanted=True), self._truth(test, wanted=False)
                for where, wanted in ((is_true, True), (is_false, False)):
                    first, second = self._truth(yes, wanted=wanted), self._truth(no, wanted=wanted)
                    require(where, other, first)
                    require(where, chosen, second)
                    require(where, first, second)
            case Compare(Comparator.EQUAL | Comparator.UNEQUAL as operator, left, right) if self._is_truth(
                left
            ):
                same = is_true if operator is Comparator.EQUAL else is_false
                different = is_false if operator is Comparator.EQUAL else is_true
                one, not_one = self._truth(left, wanted=True), self._truth(left, wanted=False)
                two, not_two = self._truth(right, wanted=True), self._truth(right, wanted=False)
                for where, offered in (
                    (same, ((one, not_one), (one, not_two), (not_one, two))),
                    (different, ((one, not_one), (not_one, not_two), (one, two))),
                ):
                    for offers in offered:
                        require(where, *offers)
            case _:
                self.problem.relate(self._relation(part, truth, names))

    def _is_truth(self, part: Expression) -> bool:
        match part:
            case Constant(value):
                return isinstance(value, bool)
            case Fact(name):
                return isinstance(self._domains[name][0], bool)
            case Choose(_, yes, _):
                return self._is_truth(yes)
            case Sum():
                return False
            case _:
                return True

    def _relation(self, part: Expression, truth: int, names: Sequence[str]) -> JointTruth:
        name_of = {self._facts[name]: name for name in names}
        found: dict[tuple[int, ...], tuple[int, int]] = {}

        def truths(values: Sequence[int], open_: int) -> tuple[int, int]:
            settled = tuple(values[variable] if variable != open_ else 0 for variable in name_of)
            if settled not in found:
                facts = {
                    name: self._domains[name][values[variable].bit_length() - 1]
                    for variable, name in name_of.items()
                    if variable != open_
                }
                found[settled] = self._truths(part, facts, name_of[open_])
            return found[settled]

        return JointTruth(truth, tuple(name_of), truths)

    def _truths(self, part: Expression, facts: Mapping[str, Value], name: str) -> tuple[int, int]:
        """The values of a fact for which a part is true beside other facts, and those for which it is false."""
        found = [evaluate(part, {**facts, name: value}) for value in self._domains[name]]
        return (
            to_bits(at for at, truth in enumerate(found) if truth is True),
            to_bits(at for at, truth in enumerate(found) if truth is False),
        )
