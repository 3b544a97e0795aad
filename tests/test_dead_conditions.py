"""Which conditions are said never to hold (X02), against what they come to for facts."""

from __future__ import annotations

import pytest

from engine.checking.dead_conditions import can_hold
from engine.conditions import parse_condition
from engine.facts import WORDS


def said_to_hold(text: str) -> bool:
    return can_hold(parse_condition(text, WORDS, {}), WORDS)


@pytest.mark.parametrize(
    "text",
    [
        'visit.starts_on + t"P30D" <= as_of',
        'visit.starts_on + t"P30D" < as_of',
        'visit.starts_on + t"P30D" == as_of',
        'visit.starts_on <= as_of - t"P30D"',
        'visit.starts_on + t"P30D" >= as_of',
        "visit.starts_on < as_of",
        'visit.starts_on >= as_of + t"P1D" and visit.starts_on <= as_of + t"P1D"',
        "item.quantity + item.channel.inclusion_session == 7.3 and item.quantity == 2",
        "item.quantity - item.channel.inclusion_session > 500",
        "item.quantity > 1.5 and item.quantity < 1.6",
        "visit.starts_on < as_of and as_of < visit.ends_on and visit.ends_on < handover.planned_on",
        "visit.starts_on < as_of and as_of < visit.ends_on and visit.ends_on < handover.planned_on"
        ' and visit.starts_on > d"1965-01-01" and handover.planned_on < d"1965-01-06"',
        "mission.name != mission.organiser and mission.organiser != visit.place and visit.place != mission.name",
        'item.quantity + (item.published ? 20 : 10) == 15 and item.kind not in ["data", "software"]',
        '(visit.starts_on < as_of) == (visit.ends_on + t"P90D" < as_of)',
    ],
)
def test_a_condition_that_some_facts_make_true_can_hold(text: str) -> None:
    assert said_to_hold(text)
