"""No answer changes on a day that is not listed, but by a date of its own request: counted out day by day.

Covers: engine.analysis.day_changes, engine.checking.dated_parts, engine.policy.dated_parts, engine.policy.turning,
engine.policy.upcoming
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import shipped_files
from engine import Outcome, PolicySet, compare_with_day_before, decide, list_upcoming, load_policies
from engine.analysis.answer_changes import MEMBERS
from engine.language.expressions import evaluate
from engine.policy.upcoming import own_last_days
from tests.properties.test_last_days import (
    DAYS,
    INSTITUTE,
    NOW,
    ROOT,
    Placed,
    files_with,
    placed,
    requests,
    sound,
    stated,
)

ONE_DAY = dt.timedelta(days=1)
FIRST_LINE = {
    "rule": "  - rule: ask-the-desk-first\n    clause: [C2]\n",
    "scope": "  - scope: visitor-from-another-country\n    clause: [C1]\n",
    "row": "      - rule: refused-by-the-desk\n        clause: [C3]\n",
}
"""Where a period may be written in the starter."""

periods = st.tuples(st.sampled_from(DAYS[:6]), st.sampled_from(DAYS[6:])).flatmap(
    lambda ends: st.sampled_from(
        [f"{{from: {ends[0]}}}", f"{{until: {ends[1]}}}", f"{{from: {ends[0]}, until: {ends[1]}}}"]
    )
)
dated = st.dictionaries(st.sampled_from(sorted(FIRST_LINE)), periods)
numbers = st.lists(st.sampled_from(DAYS[1:]), max_size=2, unique=True).map(sorted)
"""The days on which the number of samples of Iceland changes."""


def directive(
    conditions: Placed, written: dict[str, str], values: list[dt.date], member: bool
) -> PolicySet | None:
    """The starter with dated conditions, periods, values and a country that joins; None where that is not sound."""
    files = files_with(conditions)
    for place, period in written.items():
        line = FIRST_LINE[place]
        indent = line.rpartition("clause")[0].rpartition("\n")[2]
        files["directive.yaml"] = files["directive.yaml"].replace(
            line, f"{line}{indent}in_force: {period}\n", 1
        )
    if values:
        firsts, lasts = [None, *values], [*values, None]
        stated_values = "".join(
            f"    - {{value: {number}, status: sourced, source: a letter"
            + (f", from: {first}" if first else "")
            + (f", until: {last - ONE_DAY}" if last else "")
            + "}\n"
            for number, (first, last) in enumerate(zip(firsts, lasts, strict=True))
        )
        old = "    - {value: 3, status: sourced, source: the arrangement of the office with Iceland}\n"
        assert old in files["iceland.yaml"]
        files["iceland.yaml"] = files["iceland.yaml"].replace(old, stated_values)
    if member:
        files["iceland.yaml"] = files["iceland.yaml"].replace(
            "country: IS\n",
            f"countries:\n  - IS\n  - {{country: FR, from: {DAYS[4]}, source: a letter}}\n",
            1,
        )
    return sound(files)


Content = tuple[Outcome, dict[str, Any]]


def content_of(policies: PolicySet, request: dict[str, Any]) -> list[Content]:
    """What the lines of the answer say. Why other rules did not decide names the day itself, and is left out."""
    read = policies.vocabulary.request.model_validate(request)
    lines = decide(policies, read, decision_id="drawn", evaluated_at=NOW).lines
    return [(line.outcome, {name: getattr(line, name) for name in MEMBERS}) for line in lines]


def turns_by_itself(policies: PolicySet, facts: dict[str, Any], day: dt.date) -> bool:
    """Whether a date of the request is over with the day before."""
    known = {name: value for name, value in facts.items() if value is not None}
    return any(evaluate(last, known) == day - ONE_DAY for last in own_last_days(policies))


def own_facts(drawn: dict[str, Any]) -> dict[str, Any]:
    names = {"item.till": "till", "item.since": "since", "visitor.leaves_on": "leaves_on"}
    names |= {"handover.planned_on": "planned_on", "visitor.signed": "signed", "item.kind": "kind"}
    return {name: drawn[key] for name, key in names.items()}


def changed(
    policies: PolicySet, drawn: dict[str, Any]
) -> Iterator[tuple[dt.date, list[Content], list[Content]]]:
    """The days on which a request is answered otherwise than on the day before, not by a date of its own."""
    for day in DAYS[1:]:
        before, after = (content_of(policies, stated(drawn, one)) for one in (day - ONE_DAY, day))
        if before != after and not turns_by_itself(policies, own_facts(drawn), day):
            yield day, before, after


@settings(max_examples=60)
@given(placed, dated, numbers, st.booleans(), st.lists(requests, min_size=4, max_size=4))
def test_no_answer_changes_on_a_day_that_is_not_listed(
    conditions: Placed,
    written: dict[str, str],
    values: list[dt.date],
    member: bool,
    drawn: list[dict[str, Any]],
) -> None:
    policies = directive(conditions, written, values, member)
    if policies is None:
        return
    listed = {one.day for one in list_upcoming(policies, DAYS[0], DAYS[-1])}
    for facts in drawn:
        assert {day for day, _, _ in changed(policies, facts)} <= listed


@settings(max_examples=4, deadline=None)
@given(placed, dated, numbers, st.booleans(), st.lists(requests, min_size=8, max_size=8))
def test_every_changed_outcome_is_in_a_class_of_its_day(
    conditions: Placed,
    written: dict[str, str],
    values: list[dt.date],
    member: bool,
    drawn: list[dict[str, Any]],
) -> None:
    policies = directive(conditions, written, values, member)
    if policies is None:
        return
    upcoming = {one.day: one for one in list_upcoming(policies, DAYS[0], DAYS[-1])}
    found = {day: compare_with_day_before(policies, one) for day, one in list(upcoming.items())[:4]}
    for facts in (facts for facts in drawn if len(facts["countries"] or ()) == 1):
        for day, before, after in changed(policies, facts):
            moved = before[0][0], after[0][0]
            if day in found and moved[0] is not moved[1]:
                classes = [one for one in found[day].classes if (one.was, one.becomes) == moved]
                named = {country for one in classes for country in one.countries}
                assert found[day].complete
                assert named & {facts["countries"][0], "any other"}, (day, moved, facts)


def test_the_draws_are_of_sound_sets_that_change() -> None:
    found: list[int] = []

    @settings(max_examples=40, database=None)
    @given(placed, dated, numbers, st.booleans())
    def count(conditions: Placed, written: dict[str, str], values: list[dt.date], member: bool) -> None:
        policies = directive(conditions, written, values, member)
        found.append(len(list_upcoming(policies, DAYS[0], DAYS[-1])) if policies else 0)

    count()
    assert sum(number > 0 for number in found) > 10


EXAMPLES = [json.loads(path.read_text()) for path in sorted((ROOT / "examples").glob("*.json"))]
OF_THE_INSTITUTE = [
    {"mission": {"countries": countries}, "items": [item]}
    for countries in (["IS"], ["NZ"], ["FR"], ["IS", "UY"])
    for item in ({}, {"urgent": {"answer": "released", "agenda_meeting": 43}})
]


@pytest.mark.parametrize(
    ("files", "posed", "first", "last"),
    [
        (shipped_files(), EXAMPLES, dt.date(1964, 10, 20), dt.date(1965, 1, 10)),
        (INSTITUTE, OF_THE_INSTITUTE, dt.date(2026, 11, 1), dt.date(2027, 1, 20)),
    ],
    ids=["shipped", "second"],
)
def test_no_answer_of_a_directive_changes_on_a_day_that_is_not_listed(
    files: dict[str, bytes], posed: list[dict[str, Any]], first: dt.date, last: dt.date
) -> None:
    policies = load_policies(files)
    listed = {one.day for one in list_upcoming(policies, first, last)}
    days = [first + dt.timedelta(number) for number in range((last - first).days + 1)]
    seen: set[dt.date] = set()
    for request in posed:
        contents = [content_of(policies, {"request_id": "drawn", **request, "as_of": day}) for day in days]
        seen |= {
            day
            for day, before, after in zip(days[1:], contents, contents[1:], strict=False)
            if before != after
        }
    assert seen
    assert seen <= listed
