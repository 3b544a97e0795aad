"""Where a Korean mission's request is permitted: exactly where the directive says so, and nowhere else."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from engine import PolicySet
from tests.support.strategies import ask, spread

Facts = dict[str, Any]

SETTING: dict[str, tuple[Any, ...]] = {
    "trigger": ("ad_hoc_request", "repeat_request", "legacy_list", None),
    "handover.by": ("committee", "receiving_department", "other", None),
    "handover.to": ("counterpart_institution", "mission", "body_abroad", "third_country", None),
    "item.kind": ("drawing", "oral_or_visual", None),
    "item.legacy_list": ("none", "pending", "provided", "channel_72", "claimed_not_found", None),
}
WAY: dict[str, tuple[Any, ...]] = {
    "item.channel.reported_to_committee": (True, False, None),
    "item.channel.consultation": ("agreed", "refused", "open", None),
    "item.channel.committee_agrees": (True, False, None),
    "item.channel.accepted_as_project": (True, False, None),
    "item.channel.inclusion": ("agreed_to_include", "included", "refused", "deferred", None),
    "item.channel.inclusion_session": (8, 7, None),
    "item.channel.attache_confirmation": ("confirmed", "declined", "pending", None),
    "urgency.time_sensitive": (True, None),
    "urgency.eagerly_wanted": (True, False),
}
"""The facts that decide, each with a value of every sort that the directive distinguishes, and unknown."""

ALLOWED_SETTINGS: tuple[Facts, ...] = tuple(
    {
        "trigger": trigger,
        "handover.by": "committee",
        "handover.to": "counterpart_institution",
        "item.kind": "drawing",
        "item.legacy_list": entry,
    }
    for trigger, entry in (
        ("ad_hoc_request", "none"),
        ("legacy_list", "pending"),
        ("repeat_request", "provided"),
        ("ad_hoc_request", "provided"),
    )
)
AGREED: Facts = {
    "item.channel.reported_to_committee": True,
    "item.channel.consultation": "agreed",
    "item.channel.committee_agrees": True,
    "item.channel.accepted_as_project": True,
    "item.channel.inclusion": "agreed_to_include",
    "item.channel.inclusion_session": 8,
}
WAYS: tuple[Facts, ...] = (
    AGREED,
    {**AGREED, "urgency.time_sensitive": True, "urgency.eagerly_wanted": True},
    {**AGREED, "item.channel.inclusion_session": 7},
    {**AGREED, "item.channel.attache_confirmation": "confirmed"},
    {**AGREED, "item.channel.attache_confirmation": "declined", "item.channel.inclusion": "included"},
    {"item.channel.inclusion": "included"},
    {"item.channel.attache_confirmation": "confirmed"},
    {"item.channel.attache_confirmation": "confirmed", "item.channel.consultation": "refused"},
    {},
)


def may_be_delivered(facts: Facts) -> bool:
    """Whether the directive permits it: sections 2, 4 and 6 of its description, read strictly."""
    get = facts.get
    if get("handover.by") != "committee":  # S3.12, A7
        return False
    if get("handover.to") != "counterpart_institution":  # S3.13, A6, A13
        return False
    if get("item.kind") in (None, "oral_or_visual"):  # A19
        return False
    if get("trigger") is None:  # S3.4: what is unknown of a rule's condition never helps
        return False
    entry = get("item.legacy_list")
    if entry is None:
        return False
    if entry == "pending":  # S1.3 to S1.5, A12: the attache's written confirmation, and nothing else
        return bool(get("item.channel.attache_confirmation") == "confirmed")
    if entry == "provided" and get("trigger") != "repeat_request":  # S2: put on record, not given again
        return False
    if get("item.channel.inclusion") == "included":  # A2b
        return True
    return (  # S3.8 to S3.11, A4, A5
        get("item.channel.reported_to_committee") is True
        and get("item.channel.consultation") == "agreed"
        and get("item.channel.committee_agrees") is True
        and get("item.channel.accepted_as_project") is True
        and get("item.channel.inclusion") == "agreed_to_include"
        and get("item.channel.inclusion_session") == 8
    )


def combinations(values: dict[str, tuple[Any, ...]]) -> Iterator[Facts]:
    return (dict(zip(values, row, strict=True)) for row in product(*values.values()))


def assert_delivered_exactly_where_stated(policies: PolicySet, requests: Iterator[Facts]) -> None:
    permitted = refused = 0
    for facts in requests:
        decision = ask(policies, spread({"mission.countries": ["KP"], **facts}, as_of="1965-06-30"))
        assert (decision.outcome == "deliver") is may_be_delivered(facts), facts
        assert (decision.handover_as_asked == "yes") is may_be_delivered(facts), facts
        permitted, refused = permitted + decision.outcome.permits, refused + (not decision.outcome.permits)
    assert permitted > 20
    assert refused > 1000


def test_delivery_is_permitted_in_exactly_the_settings_that_the_directive_names(shipped: PolicySet) -> None:
    assert_delivered_exactly_where_stated(
        shipped, (setting | way for way in WAYS for setting in combinations(SETTING))
    )


def test_delivery_is_permitted_at_exactly_the_end_of_the_ways_that_the_directive_names(
    shipped: PolicySet,
) -> None:
    ways = list(combinations(WAY))
    # Strides without a common factor with the numbers of values, so that every value meets every other.
    every_setting = (
        setting | way
        for start, setting in enumerate(ALLOWED_SETTINGS)
        for way in ways[start :: 11 if start else 7]
    )
    assert_delivered_exactly_where_stated(shipped, every_setting)
