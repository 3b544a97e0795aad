"""Whether two rules of one tree could both win with different outcomes (X01), shown by a worked example.

A tree is a rule that is an exception to no other (its root), with all its exceptions. The search fills in facts one
after another and gives up a branch as soon as the condition is known false; it is complete for the representative
values it tries: every word of a closed choice, and for other kinds each value that the condition mentions, its
neighbours and one that is none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from engine.checking.cache import CLASH_SEARCHES, NO_CLASH
from engine.checking.clash_keys import search_key
from engine.checking.clash_pairs import possible_pairs
from engine.checking.report import CheckReport
from engine.checking.representatives import representative_values
from engine.contract.vocabulary import COUNTRY, COUNTRY_LISTED, WORDS, Value, Word
from engine.diagnostics import Diagnostic, Place
from engine.evaluation.default_logic import apply_rules, rule_truth
from engine.language.expression_parts import constants_beside, fact_names, residual
from engine.language.expression_text import describe
from engine.language.expressions import Expression, Truth
from engine.policy.bitsets import members, to_bits
from engine.policy.members import Members
from engine.policy.model import Edition, Policy
from engine.policy.rules import Rule


class SearchHistory:
    """What the search for clashes has tried for the policies of one set, and how their conditions are written."""

    def __init__(self) -> None:
        self.seen: set[object] = set()
        self._conditions: dict[int, tuple[Expression, str, frozenset[str]]] = {}

    def text(self, condition: Expression) -> str:
        """The canonical text of a condition."""
        return self._condition(condition)[1]

    def names(self, condition: Expression) -> frozenset[str]:
        """The facts that a condition reads."""
        return self._condition(condition)[2]

    def _condition(self, condition: Expression) -> tuple[Expression, str, frozenset[str]]:
        # The condition itself is stored with the rest, so that no other can take its id.
        found = self._conditions.get(id(condition))
        if found is None:
            found = condition, describe(condition), fact_names(condition)
            self._conditions[id(condition)] = found
        return found


def find_clashes(policy: Policy, report: CheckReport, history: SearchHistory) -> None:
    """Report each pair of rules that clash in some edition; `history` says what has been tried for other policies.

    Rules that hang from a pair that clashes are not reported: mending that pair mends or changes what they do.
    """
    seen = history.seen
    for edition in policy.editions:
        if not edition.scope:
            continue  # on days without a country of its own a group governs nothing
        above = _above(edition)
        for first, second in possible_pairs(policy, edition):
            rules = edition.rules[first], edition.rules[second]
            lines = above[first], above[second]
            if seen and any(frozenset(pair) in seen for pair in product(*lines)):
                continue
            search = _ClashSearch(policy, edition, 1 << first | 1 << second, history)
            signature = search.signature
            if signature in seen:
                continue
            seen.add(signature)
            example = search.result()
            if example is not None:
                seen.add(frozenset(rule.place for rule in rules))
                _report(report, rules, example, policy)


class _ClashSearch:
    """The search for facts under which the rules in `pair`, given as bits, both win."""

    def __init__(self, policy: Policy, edition: Edition, pair: int, history: SearchHistory) -> None:
        self.edition = edition
        self.history = history
        self.pair = pair
        first, second = members(pair)
        either = edition.exceptions[first] | edition.exceptions[second]
        self.concerned = _concerned(edition, pair | either)
        self.given: dict[str, Value] = dict(edition.parameters)
        self.members = edition.members
        if self.members.others or self.members.named:
            self.given[COUNTRY_LISTED] = not self.members.others
        if len(self.members.named) == 1:
            (self.given[COUNTRY],) = self.members.named
        self.policy = policy

    @property
    def signature(self) -> object:
        """What the result depends on: the pair, the rules concerned, and what is given of the facts they use."""
        rules, history = self._rules(), self.history
        names = frozenset().union(*(history.names(rule.when) for rule in rules)) & self.given.keys()
        pair = frozenset(self.edition.rules[index].place for index in members(self.pair))
        given = sorted((name, str(self.given[name])) for name in names)
        conditions = ((rule.place, history.text(rule.when)) for rule in rules)
        return (pair, self._countries(), *conditions, *given)

    def result(self) -> Mapping[str, Value] | None:
        """What `run` returns, cached for every search that is alike, whatever set it belongs to."""
        texts = [self.history.text(rule.when) for rule in self._rules()]
        key = (
            self._countries(),
            search_key(self.edition, self.pair, self.concerned, texts, self.given, self.policy.declared),
        )
        found = CLASH_SEARCHES.get(key)
        if found is None:
            example = self.run()
            found = NO_CLASH if example is None else example
            CLASH_SEARCHES.put(key, found)
        return None if found is NO_CLASH else found

    def _countries(self) -> Members | None:
        """The countries among which one is sought; None where it is given, or may be any."""
        return None if COUNTRY in self.given or not self.members.codes else self.members

    def run(self) -> dict[str, Value] | None:
        """Return such facts, those given left out, or None if no combination of values will do."""
        order = list(reversed(members(_concerned(self.edition, self.pair))))
        order += [index for index in members(self.concerned) if index not in order]
        domains = self._domains()
        truths: list[Truth] = [False] * len(self.edition.rules)
        for index in order:
            truths[index] = self._truth(index, self.given)

        indices, (first, second) = members(self.concerned), members(self.pair)
        either = self.edition.exceptions[first] | self.edition.exceptions[second]
        failed: set[object] = set()

        def step(known: dict[str, Value], truths: list[Truth]) -> dict[str, Value] | None:
            applies, may, certain = apply_rules(self.edition, truths, indices)
            if self.pair & ~(applies | may):
                return None
            if not self.pair & ~certain and not either & (applies | may):
                return known
            name = self._next_question(order, truths, {**self.given, **known})
            if name is None:
                return None
            affected = members(self.edition.mentions[name] & self.concerned)
            for value in domains[name]:
                tried = {**known, name: value}
                facts, changed = {**self.given, **tried}, list(truths)
                for index in affected:
                    if truths[index] is None:
                        changed[index] = self._truth(index, facts)
                if changed[first] is False or changed[second] is False:
                    continue
                state = self._state(indices, changed, tried)
                if state in failed:
                    continue
                if found := step(tried, changed):
                    return found
                failed.add(state)
            return None

        return step({}, truths)

    def _rules(self) -> list[Rule]:
        return [self.edition.rules[index] for index in members(self.concerned)]

    def _state(self, indices: list[int], truths: list[Truth], known: Mapping[str, Value]) -> object:
        """All that matters for how the search goes on: the truths, and the facts that open conditions read."""
        open_ = to_bits(index for index in indices if truths[index] is None)
        mentions = self.edition.mentions
        return tuple(map(truths.__getitem__, indices)), frozenset(
            item for item in known.items() if mentions[item[0]] & open_
        )

    def _truth(self, index: int, facts: Mapping[str, Value]) -> Truth:
        return rule_truth(self.edition.rules[index], facts)

    def _next_question(self, order: list[int], truths: list[Truth], facts: Mapping[str, Value]) -> str | None:
        for index in order:
            if truths[index] is None and (open_ := residual(self.edition.rules[index].when, facts)):
                return min(open_)
        return None

    def _domains(self) -> dict[str, list[Value]]:
        """For each fact that is not given, values that represent all others as far as these rules go."""
        beside: dict[str, set[Value]] = {}
        for rule in self._rules():
            constants = constants_beside(rule.when)
            for name in fact_names(rule.when):
                beside.setdefault(name, set()).update(constants.get(name, ()))
        given = list(self.given.values())
        domains = {
            name: representative_values(self._word(name), [*values, *given])
            for name, values in beside.items()
            if name not in self.given
        }
        if (countries := self._countries()) and COUNTRY in domains:
            unlike = sorted(countries.named.difference(map(str, beside[COUNTRY])))
            domains[COUNTRY] = [*filter(countries.__contains__, domains[COUNTRY]), *unlike[:1]]
        return domains

    def _word(self, name: str) -> Word:
        return self.policy.declared[name.strip("{}")] if name.startswith("{") else WORDS[name]


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


def _above(edition: Edition) -> list[frozenset[Place]]:
    """For each rule, its place and those of all rules that it is an exception to, directly or not."""
    found: list[frozenset[Place]] = []
    for rule, generals in zip(edition.rules, edition.generals, strict=True):
        found.append(frozenset({rule.place}).union(*(found[general] for general in members(generals))))
    return found


def _report(
    report: CheckReport, rules: tuple[Rule, Rule], example: Mapping[str, Value], policy: Policy
) -> None:
    place = max(rule.place for rule in rules)
    shown = ", ".join(f"{name} is {_shown(value)}" for name, value in sorted(example.items()))
    report.findings.append(
        Diagnostic(
            place,
            "X01",
            f"in the policy `{policy.name}` the rules `{rules[0].name}` ({rules[0].outcome}) and `{rules[1].name}`"
            f" ({rules[1].outcome}) can both win, for example when {shown}",
            "let one be an `exception_to` the other, or `beats` it, or narrow a condition",
        )
    )


def _shown(value: Value) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
