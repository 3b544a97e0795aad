"""Given: the facts of a case by their names, and how the policies differ.

What a folder says in its own words are its phrases (`vocabulary.yaml`).
"""

from collections.abc import Sequence

import pytest

from api.evidence.scenarios.policy_overlays import (
    set_parameter,
    suspend_from,
    without_choice,
    without_instruction,
    without_rule,
)
from api.evidence.scenarios.scenario_case import ScenarioCase
from api.evidence.scenarios.stated_facts import StatedFact
from api.evidence.scenarios.step_decorators import given
from api.evidence.scenarios.worded_steps import COUNTRY, FACT, PARTY, FactTable, InWords, statements_in
from api.evidence.scenarios.words import PolicyWords


@pytest.fixture
def case(policy_files: dict[str, bytes]) -> ScenarioCase:
    """The case that a scenario puts together."""
    return ScenarioCase(policy_files)


def state(case: ScenarioCase, statements: Sequence[StatedFact]) -> None:
    """State what a phrase says."""
    case.state(statements)


@given(InWords(r"today is (?P<day>\S+)", PolicyWords.day))
def _(case: ScenarioCase, words: PolicyWords, day: str) -> None:
    case.state([words.day(day)])


@given(InWords(rf"the fact {FACT} is (?P<value>.+)", PolicyWords.statement))
def _(case: ScenarioCase, words: PolicyWords, fact: str, line: str | None, value: str) -> None:
    case.state([words.statement(fact, value, line)])


@given(InWords(rf"the {PARTY} states that {FACT} is (?P<value>.+)", PolicyWords.statement_of))
def _(case: ScenarioCase, words: PolicyWords, party: str, fact: str, line: str | None, value: str) -> None:
    case.state([words.statement_of(party, fact, value, line)])


@given(InWords(rf"the {PARTY} claims that {FACT} is (?P<value>.+)", PolicyWords.claim))
def _(case: ScenarioCase, words: PolicyWords, party: str, fact: str, line: str | None, value: str) -> None:
    case.state([words.claim(party, fact, value, line)])


@given(FactTable("the facts"))
def _(case: ScenarioCase, words: PolicyWords, datatable: list[list[str]]) -> None:
    case.state(statements_in(words, datatable))


@given("a second line like the first")
def _(case: ScenarioCase) -> None:
    case.repeat_line()


@given(InWords(rf"the parameter (?P<parameter>\w+) of {COUNTRY} is (?P<value>.+)", PolicyWords.parameter))
def _(case: ScenarioCase, words: PolicyWords, parameter: str, country: str, value: str) -> None:
    known = words.parameter(country, parameter, value)
    case.overlays.append(set_parameter(words.policy_file(country), parameter, known))


@given("the policies hold no instruction")
def _(case: ScenarioCase) -> None:
    case.overlays.append(without_instruction)


@given(InWords(r"the rule (?P<rule>\S+) does not name (?P<choice>\S+)", PolicyWords.named_choice))
def _(case: ScenarioCase, rule: str, choice: str) -> None:
    case.overlays.append(without_choice(rule, choice))


@given(InWords(r"the rule (?P<rule>\S+) is not in force"))
def _(case: ScenarioCase, rule: str) -> None:
    case.overlays.append(without_rule(rule))


@given(InWords(rf"the first deviation of {COUNTRY} begins on (?P<day>[\d-]+)"))
def _(case: ScenarioCase, words: PolicyWords, country: str, day: str) -> None:
    case.overlays.append(suspend_from(words.policy_file(country), day))
