"""The members of a decision's entry are read as they were written, and the facts that were decided from them."""

import datetime as dt
import json
from typing import Any

import pytest

from api.domain.decision_record import (
    DecisionRecord,
    UnreadableRequest,
    assessed_facts,
    decided_facts,
    read_decided_request,
)
from api.domain.known_facts import KnownFacts
from engine import Outcome
from tests.support.shipped_words import VERSION_1

MEMBERS: dict[str, Any] = {
    "request_id": "r",
    "outcome": "hold",
    "revision": "f00",
    "caller": "clerk",
    "claims_withheld": True,
    "department": "metallurgy",
    "time_zone": "Asia/Shanghai",
    "answer_edition": 4,
    "role": "department",
    "approval": "returned",
    "ages": {"set": 86400, "proof": None, "reload": 2},
    "hold_past": {"proof": 2592000},
    "known": {"facts": {"1": {"item.channel.consultation": "agreed"}}, "case_id": "c", "version": 2},
}
LEFT_OUT_BY_OLDER = {"known", "time_zone", "answer_edition", "role", "approval", "ages", "hold_past"}
MIDNIGHT = dt.datetime(2026, 3, 2, 16, tzinfo=dt.UTC)
"""The third of March begins in Beijing."""
CLAIM = {"channel": {"consultation": "refused"}}
BODY = json.dumps({"request_id": "r", "items": [{"line": 1, **CLAIM}]}).encode()


@pytest.mark.parametrize("without", [(), ("known",)])
def test_what_is_read_is_written_again_in_the_order_of_the_log(without: tuple[str, ...]) -> None:
    members = {name: value for name, value in MEMBERS.items() if name not in without}
    record = DecisionRecord.from_members(members)
    assert json.dumps(record.to_members()) == json.dumps(members)
    assert record.outcome is Outcome.HOLD


def test_a_department_that_is_not_known_is_written_as_null() -> None:
    record = DecisionRecord.from_members({**MEMBERS, "department": None})
    assert record.department is None
    assert record.to_members()["department"] is None


def test_members_of_others_are_left_alone() -> None:
    assert DecisionRecord.from_members({**MEMBERS, "apart": []}) == DecisionRecord.from_members(MEMBERS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("outcome", "approved"),
        ("request_id", 1),
        ("department", 3),
        ("time_zone", None),
        ("answer_edition", 99),
        ("known", {"fact": {}}),
        ("known", []),
        ("approval", "by nobody"),
        ("ages", {"weight": 3}),
        ("hold_past", {"set": "long"}),
    ],
)
def test_members_that_no_decision_has_are_not_read(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match="entry of a decision"):
        DecisionRecord.from_members({**MEMBERS, name: value})


@pytest.mark.parametrize("name", sorted(MEMBERS.keys() - LEFT_OUT_BY_OLDER))
def test_an_entry_without_one_of_them_is_not_read(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        DecisionRecord.from_members({key: value for key, value in MEMBERS.items() if key != name})


@pytest.mark.parametrize(
    ("changes", "consultation", "claimed"),
    [
        ({}, "agreed", ("item.channel.consultation",)),
        ({"known": None}, None, ("item.channel.consultation",)),
        ({"claims_withheld": False}, "refused", None),
    ],
)
def test_what_was_decided_is_the_request_with_what_was_known_then(
    changes: dict[str, Any], consultation: str | None, claimed: tuple[str, ...] | None
) -> None:
    facts = decided_facts("d", {**MEMBERS, **changes}, BODY, MIDNIGHT, VERSION_1)
    (item,) = facts.request.items
    assert VERSION_1.stated_of(item).get("item.channel.consultation") == consultation
    assert facts.claimed == (() if claimed is None else (claimed,))


@pytest.mark.parametrize(
    ("place", "stated", "day"),
    [
        ("Asia/Shanghai", None, "2026-03-03"),
        ("UTC", None, "2026-03-02"),
        (None, None, "2026-03-02"),  # an entry from before policies named a place
        ("Asia/Shanghai", "1965-03-01", "1965-03-01"),
    ],
)
def test_the_day_is_that_of_the_decision(place: str | None, stated: str | None, day: str) -> None:
    members = {name: value for name, value in {**MEMBERS, "time_zone": place}.items() if value is not None}
    body = json.dumps({**json.loads(BODY), "as_of": stated}).encode()
    assert decided_facts("d", members, body, MIDNIGHT, VERSION_1).request.as_of == dt.date.fromisoformat(day)


def test_a_request_that_cannot_be_read_is_named_by_its_decision() -> None:
    with pytest.raises(UnreadableRequest, match="the request of the decision d7 cannot be read") as raised:
        read_decided_request("d7", MEMBERS, b"{", VERSION_1)
    assert raised.value.problem.status == 400


def test_a_handover_was_assessed_by_what_its_entry_holds() -> None:
    facts = assessed_facts({"claimed": [["item.legacy_list"]]}, BODY, VERSION_1)
    assert "item.channel.consultation" in VERSION_1.stated_of(facts.request.items[0])
    assert facts.claimed == (("item.legacy_list",),)


def test_known_facts_come_back_as_they_were() -> None:
    known = KnownFacts({"1": {"item.legacy_list": "none"}}, "c", 1)
    record = DecisionRecord.from_members(MEMBERS)._replace(known=known)
    assert DecisionRecord.from_members(json.loads(json.dumps(record.to_members()))) == record
