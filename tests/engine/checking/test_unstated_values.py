"""A value that a condition waits for is one that a request can state (X03); a recorded set is decided by again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from string import ascii_uppercase

import pytest

from api.parsing.problems import Problem
from api.parsing.requests import read_request
from engine import Diagnostic, PolicyFaults, Severity, load_policies, load_recorded_policies
from engine.contract.statable import can_be_stated
from tests.support.mistakes import SHIPPED
from tests.support.shipped_words import VERSION_1

WHEN = 'when: handover.to == "third_country"'


def with_condition(condition: str) -> dict[str, bytes]:
    """The shipped folder with another condition of one rule, written as a block of text."""
    text = SHIPPED["directive.yaml"].decode()
    assert text.count(WHEN) == 1
    return {**SHIPPED, "directive.yaml": text.replace(WHEN, f"when: >-\n      {condition}").encode()}


def pointed_at(condition: str) -> list[str]:
    """What of the condition is reported under X03, as it stands there."""
    files = with_condition(condition)
    found: Sequence[Diagnostic] = ()
    try:
        load_policies(files)
    except PolicyFaults as faults:
        found = faults.diagnostics
    assert {fault.code for fault in found} <= {"X03"}
    lines = files["directive.yaml"].decode().split("\n")
    return [
        lines[at.line - 1][at.column - 1 : at.column - 1 + at.length]
        for at in (fault.place for fault in found)
    ]


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ('mission.country == "VD"', ['"VD"']),
        ('"VD" != mission.country', ['"VD"']),
        ("mission.country in ['KP', 'VD', \"XX\"]", ["'VD'", '"XX"']),
        ('not (mission.country not in [ "VD" ])', ['"VD"']),
        ('item.published ? mission.country == "VD" : trigger == "host_offer"', ['"VD"']),
        ('{country} == "Korea"', ['"Korea"']),
        ("item.quantity in [1, 2.5, -3]", ["-3"]),
        ("item.channel.inclusion_session != 10000", ["10000"]),
        ("item.owner == ''", ["''"]),
        ('mission.country == "DD" or mission.country == "SU"', []),
        ('item.owner == "VD" or {country_name} == "VD" or {next_session} == 8.5', []),
        ('mission.country == null or as_of > d"1965-01-01" + t"P1D"', []),
    ],
)
def test_each_value_that_cannot_be_stated_is_pointed_at(condition: str, values: list[str]) -> None:
    assert pointed_at(condition) == values


@pytest.mark.parametrize("condition", ['mission.country == "VD"', "item.channel.inclusion_session > 9999"])
def test_a_recorded_set_is_decided_by_again_and_never_becomes_active(condition: str) -> None:
    files = with_condition(condition)
    (remark,) = load_recorded_policies(files).hints
    assert remark.severity is Severity.HINT
    with pytest.raises(PolicyFaults) as refused:
        load_policies(files)
    assert refused.value.diagnostics == (remark,)


def test_a_condition_may_name_the_countries_that_a_request_may() -> None:
    for code in map("".join, product(ascii_uppercase, repeat=2)):
        request = f'{{"request_id": "x", "mission": {{"countries": ["{code}"]}}, "items": [{{}}]}}'
        is_taken = not isinstance(read_request(request.encode(), VERSION_1), Problem)
        assert can_be_stated(VERSION_1.words["mission.country"], code) is is_taken, code
