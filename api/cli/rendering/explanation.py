"""An explanation as text: each rule that was considered, and what would change the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from api.cli.rendering.indented import print_indented
from api.domain.outcome_words import words_of
from engine import (
    Change,
    ConditionPart,
    ConsideredPolicy,
    ConsideredRule,
    Explanation,
    LineExplanation,
    Outcome,
    PolicySet,
)


def print_explanation(console: Console, policies: PolicySet, explanation: Explanation) -> None:
    """Print the rules considered, and the smallest changes that would change the answer."""
    for line in explanation.lines:
        console.print()
        console.print(Text(f"Line {line.line}, explained: {words_of(policies, line.outcome)}", style="bold"))
        if line.note:
            _print(console, 2, line.note)
        _print_considered(console, policies, line)
        _print_changes(console, policies, line)
    if explanation.left_out:
        console.print()
        _print(
            console,
            0,
            f"{explanation.left_out} more lines are not explained: ask for them in a request of their own",
        )


def _print_considered(console: Console, policies: PolicySet, line: LineExplanation) -> None:
    for country in line.countries:
        if len(line.countries) > 1:
            _print(
                console,
                2,
                f"For {country.country or 'a country that is not known'}: {words_of(policies, country.outcome)}",
            )
        not_governing = [policy.policy for policy in country.policies if policy.governs == "no"]
        for policy in country.policies:
            if policy.governs != "no":
                _print_policy(console, policies, policy)
        if not_governing:
            _print(console, 2, f"Policies that do not govern it: {', '.join(not_governing)}")


def _print_policy(console: Console, policies: PolicySet, policy: ConsideredPolicy) -> None:
    governs = "governs it" if policy.governs == "yes" else "may govern it"
    answer = policy.outcome and words_of(policies, policy.outcome)
    console.print(Padding(Text(f"{policy.policy} {governs}: {answer}", style="underline"), (0, 0, 0, 2)))
    for entry in policy.scope:
        _print_part(console, 4, entry.condition, f"scope {entry.scope}: ")
    for rule in policy.rules:
        _print_rule(console, rule)


def _print_rule(console: Console, rule: ConsideredRule) -> None:
    exception = f", an exception to {', '.join(rule.exception_to)}" if rule.exception_to else ""
    head = Text.assemble(
        (f"{rule.rule} {_state(rule)}", "bold" if rule.state == "decides" else ""),
        f" -> {rule.outcome} [{', '.join(rule.clauses)}] {rule.at}{exception}",
    )
    console.print(Padding(head, (0, 0, 0, 4), expand=False))
    _print(console, 6, rule.because)
    _print_part(console, 6, rule.condition)


def _state(rule: ConsideredRule) -> str:
    match rule.state:
        case "decides":
            return "decides"
        case "outweighed":
            return "is outweighed"
        case "gives_way":
            return "gives way"
        case "beaten":
            return "is beaten"
        case "not_reached":
            return "is not reached"
        case "does_not_hold":
            return "does not hold"
        case "may_apply":
            return "may apply"
        case _:
            assert_never(rule.state)


def _print_part(console: Console, indent: int, part: ConditionPart, before: str = "") -> None:
    found = " and ".join(f"{one.fact} is {one.value}" for one in part.found)
    part_text = f"{before}{part.condition}" + (f" ({found})" if found else "")
    _print(console, indent, f"{part.holds:<7} {part_text}")
    for inner in part.parts:
        _print_part(console, indent + 2, inner)


def _print_changes(console: Console, policies: PolicySet, line: LineExplanation) -> None:
    console.print(
        Padding(Text("What would change the answer, as little as will do", style="underline"), (0, 0, 0, 2))
    )
    for outcome, changes in _by_outcome(line.changes):
        _print(console, 4, f"to: {words_of(policies, outcome)}")
        for change in changes:
            _print(
                console, 6, f"if {_change(change)}" + (f": {', '.join(change.rules)}" if change.rules else "")
            )
    search = line.search
    if not line.changes:
        _print(console, 4, f"no set of up to {search.complete_up_to} changes does")
    if search.left_out:
        _print(console, 4, f"{search.left_out} more sets of the same sizes are not shown")
    if search.cut:
        _print(
            console,
            4,
            f"the search was cut after {search.tried} sets: of {search.complete_up_to + 1} changes and more, not all"
            " were tried",
        )
    else:
        _print(console, 4, f"all sets of up to {search.most} changes were tried, {search.tried} in all")


def _by_outcome(changes: Iterable[Change]) -> Iterator[tuple[Outcome, list[Change]]]:
    found: dict[Outcome, list[Change]] = {}
    for change in changes:
        found.setdefault(change.outcome, []).append(change)
    yield from found.items()


def _change(change: Change) -> str:
    return " and ".join(
        f"{one.fact} were {' or '.join((one.becomes, *one.alike))} (is {one.was})" for one in change.facts
    )


def _print(console: Console, indent: int, text: str) -> None:
    print_indented(console, indent, text)
