"""Until its last day an answer is the one that would be given: whatever dates a directive holds something against.

Covers: engine.checking.dates, engine.evaluation.validity, engine.policy.dated
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Decision, PolicyFaults, PolicySet, decide, load_policies
from engine.deciding import decide_by_walking
from tests.support import release_oracle as oracle

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 11, 15, 12, tzinfo=dt.UTC)
FIRST = dt.date(2026, 11, 15)
DAYS = [FIRST + dt.timedelta(number) for number in range(12)]
FILES = {path.name: path.read_text() for path in (ROOT / "api/files/starter/policies").glob("*.yaml")}
INSTITUTE = {
    path.name: path.read_bytes()
    for path in (ROOT / "examples" / "second_directive" / "policies").glob("*.yaml")
}
DATES = "".join(
    f"\n  - fact: {name}\n    kind: date\n    ask: When?\n    answered_by: host\n"
    for name in ("item.till", "item.since", "visitor.leaves_on")
)
PLACES: dict[str, tuple[str, str, str]] = {
    "permission": (
        "directive.yaml",
        'when: item.approval == "approved"\n        outcome: deliver',
        'when: >-\n          item.approval == "approved" and ({when})\n        outcome: deliver',
    ),
    "row": (
        "directive.yaml",
        "      - rule: refused-by-the-desk\n",
        "      - {{rule: first-row, when: {quoted}, {more}}}\n      - rule: refused-by-the-desk\n",
    ),
    "root": (
        "directive.yaml",
        "rules:\n  - rule: ask-the-desk-first\n",
        "rules:\n  - {{rule: by-itself, beats: [ask-the-desk-first], when: {quoted}, {more}}}\n"
        "  - rule: ask-the-desk-first\n",
    ),
    "scope": (
        "directive.yaml",
        "when: mission.country == {country}\n\n# What holds",
        "when: >-\n      mission.country == {{country}} and ({when})\n\n# What holds",
    ),
    "one country": (
        "iceland.yaml",
        "rules:\n",
        "rules:\n  - {{rule: of-iceland, exception_to: approved-by-the-desk, when: {quoted}, {more}}}\n",
    ),
    "other countries": (
        "other_countries.yaml",
        "rules:\n",
        "rules:\n  - {{rule: of-others, exception_to: approved-by-the-desk, when: {quoted}, {more}}}\n",
    ),
}
"""Where a dated condition may stand in the starter: the file, a text in it, and what comes in its place."""
MORE = "clause: [C2], outcome: {outcome}, duties: [{{who: host, must: wait, clause: C2}}], say: Not now."

dates = st.sampled_from(
    ["item.till", "item.since", "visitor.leaves_on", 'd"2026-11-18"', 'd"2026-11-20"', 'item.till + t"P1D"']
)
days = st.sampled_from(["as_of", "as_of", 'as_of - t"P1D"', 'as_of + t"P2D"', "handover.planned_on"])
signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
several = st.lists(
    st.sampled_from(['d"2026-11-18"', 'd"2026-11-19"', 'd"2026-11-22"']), min_size=1, unique=True
)
atoms = st.one_of(
    st.builds("{} {} {}".format, days, signs, dates),
    st.builds("{} {} {}".format, dates, signs, days),
    st.builds("{} in [{}]".format, days, several.map(", ".join)),
    st.builds("{} not in [{}]".format, days, several.map(", ".join)),
    st.just("item.since < item.till"),
    st.just("as_of < handover.planned_on"),
    st.just("visitor.signed"),
    st.just('item.kind == "sample"'),
)
conditions = st.recursive(
    atoms,
    lambda parts: st.one_of(
        st.builds("({}) and ({})".format, parts, parts),
        st.builds("({}) or ({})".format, parts, parts),
        st.builds("not ({})".format, parts),
        st.builds("(({}) ? ({}) : ({}))".format, parts, parts, parts),
        st.builds("(({}) ? item.till : item.since) >= as_of".format, parts),
    ),
    max_leaves=4,
)


placed = st.dictionaries(
    st.sampled_from(sorted(PLACES)), st.tuples(conditions, st.sampled_from(["hold", "refuse"])), min_size=1
)
Placed = dict[str, tuple[str, str]]


def directive(conditions_placed: Placed) -> PolicySet | None:
    """The starter with dated conditions in several of its places; None where they make no sound set."""
    return sound(files_with(conditions_placed))


def files_with(conditions_placed: Placed) -> dict[str, str]:
    """The files of the starter with dated conditions in several of their places."""
    files = {**FILES, "vocabulary.yaml": FILES["vocabulary.yaml"] + DATES}
    files["directive.yaml"] = files["directive.yaml"].replace("deliver: 1", "deliver: 9")
    for place, (when, outcome) in conditions_placed.items():
        file, before, after = PLACES[place]
        assert before in files[file]
        written = after.format(when=when, quoted=json.dumps(when), more=MORE.format(outcome=outcome))
        files[file] = files[file].replace(before, written, 1)
    return files


def sound(files: Mapping[str, str]) -> PolicySet | None:
    """The set of the files; None where they have faults."""
    try:
        return load_policies({name: content.encode() for name, content in files.items()})
    except PolicyFaults:
        return None


requests = st.fixed_dictionaries(
    {
        "countries": st.sampled_from([["IS"], ["FR"], ["IS", "FR"], ["US", "IS"], ["FR", "DE"], None]),
        "kind": st.sampled_from(["document", "sample", None]),
        "approval": st.sampled_from(["approved", "approved", "refused", "not_asked", None]),
        "till": st.sampled_from([*DAYS[:9], None]),
        "since": st.sampled_from([*DAYS[:9], None]),
        "leaves_on": st.sampled_from([*DAYS[:9], None]),
        "planned_on": st.sampled_from([*DAYS[:9], None]),
        "signed": st.sampled_from([True, True, None]),
    }
)


def stated(facts: dict[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The request that states these facts on a day."""
    item = {name: facts[name] for name in ("kind", "approval", "till", "since")}
    return {
        "request_id": "drawn",
        "as_of": as_of,
        "mission": {"countries": facts["countries"]},
        "handover": {"by": "host", "to": "visitor", "planned_on": facts["planned_on"]},
        "visitor": {"signed": facts["signed"], "leaves_on": facts["leaves_on"]},
        "items": [{**item, "quantity": 1}],
    }


def answered(policies: PolicySet, request: dict[str, Any]) -> Decision:
    """The answer to a request, which is the same by walking."""
    read = policies.vocabulary.request.model_validate(request)
    compiled = decide(policies, read, decision_id="drawn", evaluated_at=NOW)
    assert decide_by_walking(policies, read, decision_id="drawn", evaluated_at=NOW) == compiled
    return compiled


def assert_it_holds_until_then(policies: PolicySet, request: dict[str, Any]) -> None:
    """On every day until the last one the answer would be the same."""
    decision = answered(policies, request)
    for number in range((decision.valid_until - decision.as_of).days + 1):
        day = decision.as_of + dt.timedelta(number)
        again = answered(policies, {**request, "as_of": day})
        assert [(line.outcome, line.rules) for line in again.lines] == [
            (line.outcome, line.rules) for line in decision.lines
        ], (decision.as_of, day, decision.valid_until)


@settings(max_examples=60)
@given(placed, st.lists(requests, min_size=4, max_size=4), st.sampled_from(DAYS[:5]))
def test_whatever_the_conditions_an_answer_is_the_same_until_its_last_day(
    conditions_placed: Placed, drawn: list[dict[str, Any]], as_of: dt.date
) -> None:
    policies = directive(conditions_placed)
    for facts in drawn if policies else ():
        assert policies
        assert_it_holds_until_then(policies, stated(facts, as_of))


def test_the_draws_are_of_sound_sets_with_dates() -> None:
    """Most of what is drawn above is a directive."""
    found: list[bool] = []

    @settings(max_examples=40, database=None)
    @given(placed)
    def count(conditions_placed: Placed) -> None:
        found.append(directive(conditions_placed) is not None)

    count()
    assert sum(found) > 10


TILL = dt.date(2026, 11, 18)
FACTS = {"countries": ["IS"], "kind": "document", "till": TILL, "since": FIRST, "leaves_on": None} | {
    "planned_on": None,
    "signed": True,
    "approval": "approved",
}


@pytest.mark.parametrize(
    ("when", "last"),
    [
        ("as_of <= item.till", "2026-11-18"),
        ("as_of < item.till", "2026-11-17"),
        ("item.till >= as_of", "2026-11-18"),
        ('as_of - t"P1D" <= item.till', "2026-11-19"),
        ('as_of != d"2026-11-18"', "2026-11-17"),
        ('as_of in [d"2026-11-15", d"2026-11-16"]', "2026-11-15"),
        ("not (as_of > item.till)", "2026-11-18"),
        ("visitor.signed or as_of <= item.till", "2026-11-24"),
    ],
)
def test_a_permission_ends_before_the_day_on_which_it_would_be_another_answer(when: str, last: str) -> None:
    policies = directive({"permission": (when, "hold")})
    assert policies
    decision = answered(policies, stated(FACTS, FIRST))
    assert (decision.outcome.value, str(decision.valid_until)) == ("deliver", last)


@pytest.mark.parametrize(("countries", "last"), [(["IS"], "2026-11-24"), (["FR", "IS"], "2026-11-18")])
def test_the_dates_of_each_country_count(countries: list[str], last: str) -> None:
    policies = directive({"other countries": ("as_of > item.till", "refuse")})
    assert policies
    assert str(answered(policies, stated({**FACTS, "countries": countries}, FIRST)).valid_until) == last


@pytest.mark.parametrize(("approval", "last"), [("approved", "2026-11-18"), ("refused", "2026-11-22")])
def test_what_a_row_above_goes_before_on_every_day_ends_nothing(approval: str, last: str) -> None:
    policies = directive({"permission": ("as_of <= item.till", "hold")})
    assert policies
    assert str(answered(policies, stated({**FACTS, "approval": approval}, FIRST)).valid_until) == last


@pytest.fixture(scope="module")
def institute() -> PolicySet:
    return load_policies(INSTITUTE)


def test_the_answers_of_the_second_directive_are_the_same_until_their_last_days(institute: PolicySet) -> None:
    source = random.Random(21)
    countries = (["IS"], ["FR"], ["IS", "FR"], ["IS", "US"], ["BV"], None)
    for _ in range(60):
        facts = {**oracle.NEAR, **oracle.draw(source)} if source.random() < 0.7 else oracle.draw(source)
        request: dict[str, Any] = {
            "request_id": "drawn",
            "as_of": dt.date(2026, 11, source.randint(1, 30)),
            "items": [{}],
        }
        for name, value in facts.items():
            *parts, last = name.split(".")
            place = request
            for part in parts:
                place = request["items"][0] if part == "item" else place.setdefault(part, {})
            place[last] = value
        stated_countries = source.choice(countries)
        if stated_countries:
            request["mission"] = {"countries": stated_countries}
        assert_it_holds_until_then(institute, request)
