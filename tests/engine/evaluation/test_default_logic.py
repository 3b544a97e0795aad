"""The logic of rules and exceptions: random small rule sets against a reference written from its definition."""

import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st

from engine import Outcome, PolicyFaults, PolicySet, load_policies
from engine.contract.vocabulary import country_facts
from engine.evaluation.default_logic import assess
from tests.support.strategies import ask, spread

SKELETON = {
    path.name: path.read_text() for path in (Path(__file__).parents[2] / "data" / "laboratory").glob("*.yaml")
}
DAY = dt.date(2024, 6, 30)

TRUTHS: dict[str, tuple[Any, ...]] = {
    "urgency.time_sensitive": (True, False),
    "urgency.eagerly_wanted": (True, False),
    "item.published": (True, False),
}
DOMAINS: dict[str, tuple[Any, ...]] = {
    **TRUTHS,
    "handover.by": ("receiving_department", "committee", "other"),
    "item.quantity": (2, 3, 4, 5),
}
"""The facts of the rule sets; 3 is the value of the parameter that some conditions compare the quantity with."""

Facts = dict[str, Any]
Test = Callable[[Facts], bool]


@dataclass(frozen=True)
class Condition:
    """A condition as text, and what it means when all facts are known."""

    text: str
    holds: Test


def _atom(name: str, sign: str, value: Any) -> Condition:
    match name, sign:
        case _, "is":
            return Condition(name, lambda facts: facts[name])
        case "handover.by", "==":
            return Condition(f'{name} == "{value}"', lambda facts: facts[name] == value)
        case "handover.by", _:
            text = f'{name} not in ["{value}", "other"]'
            return Condition(text, lambda facts: facts[name] not in (value, "other"))
        case _, "<=":
            return Condition(f"{name} <= {{largest_quantity}}", lambda facts: facts[name] <= 3)
        case _:
            return Condition(f"{name} != {value}", lambda facts: facts[name] != value)


ATOMS = st.one_of(
    st.builds(_atom, st.sampled_from(sorted(TRUTHS)), st.just("is"), st.none()),
    st.builds(_atom, st.just("handover.by"), st.sampled_from(["==", "not in"]),
              st.sampled_from(["committee", "receiving_department"])),
    st.builds(_atom, st.just("item.quantity"), st.sampled_from(["<=", "!="]), st.sampled_from([3, 4])),
)  # fmt: skip


def _joined(left: Condition, word: str, right: Condition) -> Condition:
    join = all if word == "and" else any
    return Condition(
        f"({left.text} {word} {right.text})", lambda facts: join((left.holds(facts), right.holds(facts)))
    )


def _negated(operand: Condition) -> Condition:
    return Condition(f"not ({operand.text})", lambda facts: not operand.holds(facts))


ALWAYS = Condition('handover.by in ["receiving_department", "committee", "other"]', lambda facts: True)
CONDITIONS = st.one_of(
    ATOMS,
    ATOMS,
    st.just(ALWAYS),
    st.recursive(
        ATOMS,
        lambda inner: st.one_of(
            st.builds(_negated, inner), st.builds(_joined, inner, st.sampled_from(["and", "or"]), inner)
        ),
        max_leaves=4,
    ),
)


@dataclass(frozen=True)
class Rule:
    """A rule of a random set."""

    name: str
    when: Condition
    outcome: str
    exception_to: tuple[str, ...]
    exception_to_every: str | None
    beats: tuple[str, ...]

    @property
    def text(self) -> str:
        lines = [f"  - rule: {self.name}", "    clause: H2", f"    when: '{self.when.text}'"]
        lines.append(f"    outcome: {self.outcome}")
        if self.exception_to:
            lines.append(f"    exception_to: [{', '.join(self.exception_to)}]")
        if self.exception_to_every:
            lines.append(f"    exception_to_every: {self.exception_to_every}")
        if self.beats:
            lines.append(f"    beats: [{', '.join(self.beats)}]")
        lines += ["    duties: [{who: host, must: wait}]", "    say: So it is."]
        return "\n".join([*lines, "    say_when: [{when: item.published, say: So everybody knows.}]"])


OUTCOMES = ("deliver", "deliver", "route_bilateral", "hold", "refuse")


@st.composite
def rule_sets(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Two to six rules, each perhaps an exception to earlier ones; some beat others, in a circle at times."""
    names = [f"r{index}" for index in range(draw(st.integers(2, 6)))]
    rules = []
    for index, name in enumerate(names):
        outcome = draw(st.sampled_from(OUTCOMES))
        earlier = st.lists(st.sampled_from(names[:index]), max_size=2, unique=True) if index else st.just([])
        exception_to, every = draw(earlier), None
        if index and not exception_to:
            every = draw(st.sampled_from([None, None, *(o for o in sorted(set(OUTCOMES)) if o != outcome)]))
        others = names if draw(st.integers(0, 9)) == 0 else names[:index]
        others = [other for other in others if other != name and other not in exception_to]
        beats = draw(st.lists(st.sampled_from(others), max_size=2, unique=True)) if others else []
        rules.append(Rule(name, draw(CONDITIONS), outcome, tuple(exception_to), every, tuple(beats)))
    return tuple(rules)


def rule(name: str, when: Condition, outcome: str, *exception_to: str, beats: str = "") -> Rule:
    return Rule(name, when, outcome, exception_to, None, (beats,) if beats else ())


PUBLISHED = _atom("item.published", "is", None)
URGENT = _atom("urgency.time_sensitive", "is", None)
SAME_RULES_ANOTHER_PAIR = (
    rule("r0", PUBLISHED, "deliver"),
    rule("r1", PUBLISHED, "deliver", "r0"),
    rule("r2", PUBLISHED, "deliver", "r0", "r1"),
    rule("r3", PUBLISHED, "route_bilateral", "r0"),
)
"""r2 and r3 clash; the same rules are concerned as for r1 and r3, which do not."""
ALWAYS_BEATEN = (
    rule("r0", URGENT, "deliver"),
    rule("r1", URGENT, "deliver", "r0"),
    rule("r2", URGENT, "hold", "r0"),
    rule("r3", _joined(PUBLISHED, "or", _negated(PUBLISHED)), "deliver", beats="r2"),
)
"""r1 and r2 do not clash, for r3 always beats r2; but its condition is unknown as long as `item.published` is."""
RESTING_ON_WHAT_MAY_BE_BEATEN = (
    rule("r0", ALWAYS, "route_bilateral"),
    rule("r1", PUBLISHED, "deliver", "r0"),
    rule("r2", URGENT, "deliver", beats="r1"),
)
"""If it is urgent, r2 beats the exception and leaves r0 without one."""


def saying_when(answers: str, condition: str) -> str:
    """The standing answers with a sentence of each that is spoken under a condition."""
    return re.sub(
        r"(say: [^}\n]*)\}", rf"\1, say_when: [{{when: '{condition}', say: That is so.}}]}}", answers
    )


def files_of(rules: tuple[Rule, ...]) -> dict[str, bytes]:
    directive = SKELETON["directive.yaml"]
    start, end = directive.index("rules:"), directive.index("standing_answers:")
    answers = saying_when(directive[end:], "urgency.time_sensitive")
    written = directive[:start] + "rules:\n" + "\n".join(rule.text for rule in rules) + "\n" + answers
    written = re.sub(r"  - \{clause: H3.*\n", "", written)
    always_three = re.sub(r"value: 3, until: \S+,(.*)\n.*value: 5.*", r"value: 3,\1", SKELETON["france.yaml"])
    return {"directive.yaml": written.encode(), "france.yaml": always_three.encode()}


def load(rules: tuple[Rule, ...]) -> PolicySet:
    return load_policies(files_of(rules))


# The reference: engine/evaluation/default_logic.py, first paragraph, for facts that are all known.


class Reference:
    """What a rule set says, worked out rule by rule from the definition."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = {rule.name: rule for rule in rules}

    def generals(self, name: str) -> list[str]:
        rule = self.rules[name]
        every = [o.name for o in self.rules.values() if o.outcome == rule.exception_to_every]
        return [*rule.exception_to, *every]

    def is_root(self, name: str) -> bool:
        return not self.rules[name].exception_to and not self.rules[name].exception_to_every

    def roots(self, name: str) -> set[str]:
        """The top rules that a rule hangs from."""
        if self.is_root(name):
            return {name}
        return set().union(*(self.roots(general) for general in self.generals(name)))

    def winners(self, facts: Facts) -> set[str]:
        @functools.cache
        def applies(name: str) -> bool:
            return (
                self.rules[name].when.holds(facts)
                and (self.is_root(name) or any(applies(general) for general in self.generals(name)))
                and not any(name in other.beats and applies(other.name) for other in self.rules.values())
            )

        applying = {name for name in self.rules if applies(name)}
        return {name for name in applying if not any(name in self.generals(other) for other in applying)}

    def outcome(self, facts: Facts) -> Outcome:
        outcomes = [Outcome(self.rules[name].outcome) for name in self.winners(facts)]
        return max(outcomes, key=lambda outcome: outcome.strictness, default=Outcome.REFER)

    def clashes(self) -> set[frozenset[str]]:
        """Pairs of rules of one tree that win together with different outcomes on some request."""
        found = set()
        for facts in all_known():
            for first, second in combinations(sorted(self.winners(facts)), 2):
                disagree = self.rules[first].outcome != self.rules[second].outcome
                if disagree and self.roots(first) & self.roots(second):
                    found.add(frozenset((first, second)))
        return found


def all_known() -> list[Facts]:
    return [dict(zip(DOMAINS, values, strict=True)) for values in product(*DOMAINS.values())]


def outcome_of(policies: PolicySet, facts: Facts) -> Outcome:
    return ask(policies, spread({"mission.countries": ["FR"], **facts}, as_of=str(DAY))).outcome


sets = settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])


def clashes_found(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """The clashes reported; a set that is refused on another ground, such as a circle, is no example."""
    try:
        load(rules)
    except PolicyFaults as error:
        other = sorted({finding.code for finding in error.diagnostics if finding.code != "X01"})
        event(f"refused for {other or 'a clash'}")
        assume(not other)
        return tuple(finding.message for finding in error.diagnostics)
    event("accepted")
    return ()


def accepted(rules: tuple[Rule, ...]) -> PolicySet:
    """The loaded rule set; one that is refused is no example."""
    assume(not clashes_found(rules))
    return load(rules)


@sets
@given(rule_sets())
@example(SAME_RULES_ANOTHER_PAIR)
@example(ALWAYS_BEATEN)
def test_a_set_is_refused_for_a_clash_exactly_when_two_winners_of_one_tree_disagree(
    rules: tuple[Rule, ...],
) -> None:
    reported = {named(message) for message in clashes_found(rules)}
    really = Reference(rules).clashes()
    assert reported <= really
    assert reported or not really


@sets
@given(rule_sets())
def test_the_example_shown_for_a_clash_is_one(rules: tuple[Rule, ...]) -> None:
    reference = Reference(rules)
    for message in clashes_found(rules):
        event("an example is tried")
        shown = given_example(message)
        agreeing = [facts for facts in all_known() if facts.items() >= shown.items()]
        assert agreeing, message
        assert all(named(message) <= reference.winners(facts) for facts in agreeing), message


def named(message: str) -> frozenset[str]:
    """The rules that a message names."""
    return frozenset(re.findall(r"`(r\d)`", message))


def given_example(message: str) -> Facts:
    """The facts of a message's worked example."""
    text = re.search(r"for example when (.*?)(;|$)", message)
    values: dict[str, Any] = {"true": True, "false": False} | {str(number): number for number in range(10)}
    pairs = (entry.split(" is ") for entry in text[1].split(", ")) if text and text[1] else ()
    return {name: values.get(value, value) for name, value in pairs}


@sets
@given(rule_sets())
def test_on_known_facts_the_outcome_is_that_of_the_definition(rules: tuple[Rule, ...]) -> None:
    policies, reference = accepted(rules), Reference(rules)
    for facts in all_known():
        assert outcome_of(policies, facts) is reference.outcome(facts), facts


@sets
@given(rule_sets())
@example(RESTING_ON_WHAT_MAY_BE_BEATEN)
def test_the_unknown_never_gives_a_permission_that_some_known_fact_would_take_away(
    rules: tuple[Rule, ...],
) -> None:
    policies = accepted(rules)
    country = country_facts("FR", policies.countries)
    partial = product(*((*values, None) for values in DOMAINS.values()))
    outcomes = {
        values: assess(policies, DAY, country | dict(zip(DOMAINS, values, strict=True))).outcome
        for values in partial
    }
    event("a permission is given" if Outcome.DELIVER in outcomes.values() else "no permission is given")
    for values, outcome in outcomes.items():
        for position, name in enumerate(DOMAINS) if outcome.permits else ():
            for value in DOMAINS[name] if values[position] is None else ():
                known = (*values[:position], value, *values[position + 1 :])
                assert outcomes[known].permits, (values, name, value)
