"""Condition trees: their values under facts that are known or not, how they are written, and their parts.

Covers: engine.contract.vocabulary, engine.language.expression_parts
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import pytest

from engine.contract.vocabulary import Kind, Value, Word
from engine.language.expression_parts import constants_beside, fact_names, first_failing, residual, walk
from engine.language.expression_text import describe
from engine.language.expressions import Comparator, Compare, Constant, Fact, OneOf, evaluate
from engine.language.rule_engine_parser import parse_condition
from tests.support.shipped_words import WORDS
from tests.support.vocabulary import parse

DAY = dt.date(1965, 1, 1)

MEANINGS: list[tuple[str, Mapping[str, Value | None], bool | None]] = [
    ("urgent", {"urgent": True}, True),
    ("urgent", {"urgent": False}, False),
    ("urgent", {"urgent": None}, None),
    ("urgent", {}, None),
    ("true", {}, True),
    ("not urgent", {"urgent": False}, True),
    ("not urgent", {}, None),
    ("urgent and item.published", {"urgent": False}, False),
    ("urgent and item.published", {"item.published": False}, False),
    ("urgent and item.published", {"urgent": True}, None),
    ("urgent or item.published", {"item.published": True}, True),
    ("urgent or item.published", {"item.published": False}, None),
    ("urgent or not urgent", {}, None),
    ('item.kind == "sample"', {"item.kind": "sample"}, True),
    ("item.kind != 'sample'", {"item.kind": "sample"}, False),
    ('"sample" == item.kind', {"item.kind": "drawing"}, False),
    ("item.kind == {listed_kind}", {"item.kind": "drawing", "{listed_kind}": "drawing"}, True),
    ("item.kind == {listed_kind}", {"item.kind": "drawing"}, None),
    ('item.kind in ["document", "drawing",]', {"item.kind": "drawing"}, True),
    ('item.kind not in ["document", "drawing"]', {"item.kind": "drawing"}, False),
    ('item.kind not in ["document", "drawing"]', {}, None),
    ('mission.country == "{KP}"', {"mission.country": "{KP}"}, True),
    (r'mission.name == "a \"b\" \\ c"', {"mission.name": 'a "b" \\ c'}, True),
    ("mission.name == mission.country", {"mission.name": "a", "mission.country": "a"}, True),
    ("item.quantity + 0.1 == 0.3", {"item.quantity": Decimal("0.2")}, True),
    ("item.quantity - 2 - 1 > -1", {"item.quantity": 2}, False),
    ("item.quantity - (2 - 1) > -1", {"item.quantity": 2}, True),
    ("item.channel.session == {next_session}", {"item.channel.session": 5, "{next_session}": 5}, True),
    ('as_of >= d"1965-01-01"', {"as_of": DAY}, True),
    ('as_of > d"1965-01-01"', {"as_of": DAY}, False),
    ('visit.starts_on <= as_of + t"P1W1D"', {"as_of": DAY, "visit.starts_on": dt.date(1965, 1, 9)}, True),
    ('visit.starts_on <= as_of + t"P1W"', {"as_of": DAY, "visit.starts_on": dt.date(1965, 1, 9)}, False),
    ('as_of + t"P1D" > as_of', {"as_of": dt.date.max}, None),
    ("mission.country != null", {"mission.country": "KP"}, True),
    ("mission.country != null", {}, None),
    ("mission.country == null", {"mission.country": "KP"}, False),
    ("null == mission.country", {}, None),
    ("urgent == false", {"urgent": False}, True),
    ("urgent != item.published", {"urgent": False, "item.published": False}, False),
    ("urgent ? item.published : false", {"urgent": False}, False),
    ("urgent ? item.published : false", {"item.published": False}, False),
    ("urgent ? item.published : false", {"item.published": True}, None),
    ("item.quantity > (urgent ? 5 : 1)", {"item.quantity": 3, "urgent": False}, True),
    ('item.kind == (urgent ? "sample" : item.kind)', {"item.kind": "none", "urgent": True}, False),
    ("urgent\n  and item.published", {"urgent": True, "item.published": True}, True),
    ("not mission.country == 'KP'", {"mission.country": "KP"}, False),
    ("urgent or item.published and false", {"urgent": True}, True),
]


@pytest.mark.parametrize(("text", "facts", "expected"), MEANINGS)
def test_condition_has_the_meaning_an_officer_reads(
    text: str, facts: Mapping[str, Value], expected: bool | None
) -> None:
    assert evaluate(parse(text), facts) is expected


@pytest.mark.parametrize("text", sorted({text for text, _, _ in MEANINGS}))
def test_canonical_text_parses_to_the_same_tree(text: str) -> None:
    assert parse(describe(parse(text))) == parse(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("((urgent) and (item.published and (true)))", "urgent and item.published and true"),
        ("not(urgent or(item.published))", "not (urgent or item.published)"),
        ("(not urgent) and (urgent or item.published)", "not urgent and (urgent or item.published)"),
        ("(urgent == true) != (item.published)", "(urgent == true) != item.published"),
        ("not (item.kind in ['sample'])", 'item.kind not in ["sample"]'),
        ("not (as_of != null)", "as_of == null"),
        ("item.quantity - (1 + 2) > {next_session}", "item.quantity - (1 + 2) > {next_session}"),
        ("(item.quantity - 1) + 2.50 > 0", "item.quantity - 1 + 2.50 > 0"),
        ("(urgent ? true : false) ? urgent : (urgent)", "(urgent ? true : false) ? urgent : urgent"),
        ('as_of > ({first_day} + t"P2W")', 'as_of > {first_day} + t"P14D"'),
    ],
)
def test_canonical_text_has_only_the_brackets_it_needs(text: str, canonical: str) -> None:
    assert describe(parse(text)) == canonical


def test_every_part_knows_its_place_in_the_text() -> None:
    text = 'urgent and ({first_day} < as_of + t"P1D" or item.kind not in ["sample"])'
    places = [text[slice(*part.span)] for part in walk(parse(text))]
    assert places == [
        text,
        "urgent",
        '({first_day} < as_of + t"P1D" or item.kind not in ["sample"])'[1:-1],
        '{first_day} < as_of + t"P1D"',
        "{first_day}",
        'as_of + t"P1D"',
        "as_of",
        't"P1D"',
        'item.kind not in ["sample"]',
        'item.kind not in ["sample"]',
        "item.kind",
    ]


def test_truth_never_equals_a_number() -> None:
    assert evaluate(Compare(Comparator.EQUAL, Fact("a"), Constant(1)), {"a": True}) is False
    assert evaluate(Compare(Comparator.UNEQUAL, Fact("a"), Constant(1)), {"a": True}) is True
    assert evaluate(OneOf(Fact("a"), (1,)), {"a": True}) is False


def test_sum_that_would_have_to_be_rounded_is_unknown() -> None:
    expression = parse("item.quantity + 1 > 0")
    assert evaluate(expression, {"item.quantity": Decimal("1E+999999")}) is None
    assert evaluate(expression, {"item.quantity": Decimal("9" * 28)}) is True


def test_shipped_words_can_be_used() -> None:
    text = 'trigger == "ad_hoc_request" and item.channel.inclusion_session == {next_session}'
    expression = parse_condition(text, WORDS, {"next_session": Word("next_session", Kind.NUMBER)})
    assert fact_names(expression) == {"trigger", "item.channel.inclusion_session", "{next_session}"}


@pytest.mark.parametrize(
    ("text", "facts", "names"),
    [
        ("urgent and item.published", {"urgent": False}, set()),
        ("urgent and item.published", {"urgent": True}, {"item.published"}),
        ("urgent and item.published", {}, {"urgent", "item.published"}),
        ("urgent and (item.published or mission.name != null)", {"item.published": True}, {"urgent"}),
        ("urgent ? item.published : as_of == null", {"urgent": True}, {"item.published"}),
        ("urgent ? item.published : false", {"item.published": True}, {"urgent"}),
        ("item.quantity + {next_session} > 5", {"item.quantity": 1}, {"{next_session}"}),
    ],
)
def test_only_facts_that_still_matter_remain(text: str, facts: Mapping[str, Value], names: set[str]) -> None:
    assert residual(parse(text), facts) == names


@pytest.mark.parametrize(
    ("text", "facts", "failing"),
    [
        ("urgent and item.published", {"urgent": True, "item.published": True}, None),
        ("urgent and item.published", {"urgent": True, "item.published": False}, "item.published"),
        ("urgent and item.published", {"item.published": False}, "item.published"),
        ("urgent and item.published", {"item.published": True}, "urgent"),
        ("urgent and (item.published or as_of == null)", {"urgent": True, "item.published": False, "as_of": DAY},
         "item.published or as_of == null"),
        ("not (urgent and item.published)", {"urgent": True, "item.published": True},
         "not (urgent and item.published)"),
        ("urgent ? true and item.published : true", {"urgent": True, "item.published": False}, "item.published"),
        ("urgent ? item.published : true", {"item.published": False}, "urgent"),
        ("urgent ? false : false", {}, "urgent ? false : false"),
    ],
)  # fmt: skip
def test_smallest_failing_part_is_named(text: str, facts: Mapping[str, Value], failing: str | None) -> None:
    found = first_failing(parse(text), facts)
    assert (found and describe(found)) == failing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("urgent and item.published", {}),
        ('item.kind == "sample" or item.kind in ["none"]', {"item.kind": {"sample", "none"}}),
        ("5 < item.quantity - 1 + 3", {"item.quantity": {3}}),
        ('as_of > d"1965-01-01"', {"as_of": {DAY}}),
        ('as_of - t"P1D" > d"1965-01-01"', {"as_of": {dt.date(1965, 1, 2)}}),
        ('as_of + t"P1D" > d"0001-01-01"', {}),
        ("item.quantity == (urgent ? 1 : 2)", {"item.quantity": {1, 2}}),
        ("as_of < {first_day}", {}),
    ],
)
def test_constants_stand_beside_their_facts(text: str, expected: Mapping[str, set[Value]]) -> None:
    assert constants_beside(parse(text)) == expected
