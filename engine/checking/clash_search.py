"""Facts under which two rules of one tree both win, or why there are none.

Whether there are any is found out over the values that represent all others (`representatives`). Then the facts are
filled in one after another, in the order in which the rules ask for them, each with the first value that leaves a
solution, until by the evaluation itself both rules win, whatever the facts are that are still open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engine.checking.representatives import Surroundings, representative_values
from engine.checking.rule_constraints import RuleConstraints
from engine.checking.rule_contents import ComparedFacts, RuleContents
from engine.contract.vocabulary import COUNTRY, Value
from engine.evaluation.default_logic import apply_rules, rule_truth
from engine.language.expression_parts import residual
from engine.language.expressions import Truth
from engine.policy.bitsets import members
from engine.policy.model import Edition
from engine.policy.rules import Rule


class Searched(NamedTuple):
    """What a search found: an example, or None; of what is given, what that rests on; and the work it took."""

    example: Mapping[str, Value] | None
    rests_on: frozenset[str]
    steps: int


class ClashSearch:
    """The search for facts, beside those in `given`, under which the rules in `pair`, as bits, both win."""

    def __init__(
        self, edition: Edition, pair: int, given: Mapping[str, Value], contents: RuleContents
    ) -> None:
        self._edition = edition
        self._pair = pair
        self._first, self._second = members(pair)
        self._exceptions = edition.exceptions[self._first] | edition.exceptions[self._second]
        self._concerned = members(_concerned(edition, pair | self._exceptions))
        self._names = sorted(frozenset().union(*(contents.of(rule).names for rule in self._rules())))
        self._contents = contents
        self.given = {name: given[name] for name in self._names if name in given}
        self._countries = None if COUNTRY in given or not edition.members.codes else edition.members
        """The countries among which one is sought; None where it is given, or may be any."""

    @property
    def key(self) -> object:
        """What the result depends on, beside what is given: the pair, and the rules concerned."""
        pair = [self._edition.rules[index].name for index in (self._first, self._second)]
        return (*pair, self._countries, *map(self._contents.key, self._rules()))

    def run(self) -> Searched:
        """Search, by no more than the rules and what is given."""
        domains = self._domains()
        constraints = RuleConstraints(self._edition, self._concerned, domains, self._contents)
        required = [constraints.applies(self._first), constraints.applies(self._second)]
        required += map(constraints.is_out, members(self._exceptions))
        premises = [constraints.has_value(name, value) for name, value in self.given.items()]
        found = constraints.problem.solve(required, premises)
        if found.contradiction is not None:
            names = list(self.given)
            rests_on = frozenset(names[position] for position in members(found.contradiction))
            return Searched(None, rests_on, found.steps)
        steps, example = found.steps, dict[str, Value]()
        while (name := self._next_question({**self.given, **example})) is not None:
            for value in domains[name]:
                chosen = constraints.has_value(name, value)
                found = constraints.problem.solve([*required, chosen], premises)
                steps += found.steps
                if found.contradiction is None:
                    required.append(chosen)
                    example[name] = value
                    break
            else:
                raise AssertionError(f"no value of `{name}` fits, though there is a solution")
        return Searched(example, frozenset(self.given), steps)

    def _rules(self) -> list[Rule]:
        return [self._edition.rules[index] for index in self._concerned]

    def _domains(self) -> dict[str, list[Value]]:
        """For each fact, values that represent all others as far as these rules go; one, where it is given."""
        known = frozenset(value for value in self.given.values() if not isinstance(value, bool))
        mentioned = dict.fromkeys(self._names, known)
        groups: list[ComparedFacts] = []
        for rule in self._rules():
            content = self._contents.of(rule)
            for name, constants in content.constants.items():
                mentioned[name] |= constants
            for comparison in content.comparisons:
                groups = _joined(groups, comparison)
        compared = {name: group for group in groups for name in group.names}
        domains = {
            name: [self.given[name]]
            if name in self.given
            else self._domain(name, compared.get(name), mentioned)
            for name in self._names
        }
        if self._countries and COUNTRY in domains:
            unlike = sorted(self._countries.named.difference(map(str, mentioned[COUNTRY])))
            domains[COUNTRY] = [*filter(self._countries.__contains__, domains[COUNTRY]), *unlike[:1]]
        return domains

    def _domain(
        self, name: str, compared: ComparedFacts | None, mentioned: Mapping[str, frozenset[Value]]
    ) -> list[Value]:
        group = compared or ComparedFacts(frozenset({name}), frozenset())
        constants = frozenset[Value]().union(*map(mentioned.__getitem__, group.names))
        surroundings = Surroundings(constants, len(group.names) - 1, group.added)
        return representative_values(self._contents.words[name], surroundings)

    def _next_question(self, facts: Mapping[str, Value]) -> str | None:
        """A fact that it still depends on whether both rules win; None once they do."""
        rules = self._edition.rules
        truths: dict[int, Truth] = {index: rule_truth(rules[index], facts) for index in self._concerned}
        applies, may, certain = apply_rules(self._edition, truths, self._concerned)
        if not self._pair & ~certain and not self._exceptions & (applies | may):
            return None
        above = members(_concerned(self._edition, self._pair))
        for index in (*reversed(above), *self._concerned):
            if truths[index] is None and (open_ := residual(rules[index].when, facts)):
                return min(open_)
        raise AssertionError("the search and the evaluation differ on whether both rules win")


def _joined(groups: list[ComparedFacts], comparison: ComparedFacts) -> list[ComparedFacts]:
    """The groups of facts that are compared with each other, directly or by way of others, with one more."""
    reached = [group for group in groups if group.names & comparison.names]
    names = comparison.names.union(*(group.names for group in reached))
    added = comparison.added.union(*(group.added for group in reached))
    return [*(group for group in groups if group not in reached), ComparedFacts(names, added)]


def _concerned(edition: Edition, rules: int) -> int:
    """The rules that whether `rules` apply depends on: themselves, what is more general, what beats them."""
    found = 0
    while rules:
        found |= rules
        reached = 0
        for index in members(rules):
            reached |= edition.generals[index] | edition.beaters[index]
        rules = reached & ~found
    return found
