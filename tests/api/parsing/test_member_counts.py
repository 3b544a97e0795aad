"""The function written for a vocabulary counts what walking the parts of a request counts.

Covers: api.parsing.member_counts
"""

from decimal import Decimal
from typing import Any

import pytest

from api.parsing.member_counts import member_counter
from engine import FactGroup, RequestPart
from tests.support.shipped_words import VERSION_1, make_request

COUNT = member_counter(VERSION_1, 3)


def _walked(part: RequestPart, group: FactGroup) -> int:
    inner = [(getattr(part, name), held) for name, held in group.groups]
    return len(part.model_fields_set) + sum(
        _walked(found, held) for found, held in inner if found is not None
    )


@pytest.mark.parametrize(
    "members",
    [
        {"items": [{}]},
        {"items": [{"line": 999, "quantity": 12}, {"line": "1000"}, {"quantity": None}]},
        {"as_of": "1965-03-10", "department": {"id": "metallurgy", "kind": None}, "items": [{}]},
        {"mission": None, "handover": {}, "items": [{"channel": {"consultation": "agreed"}}]},
        {"mission": {"countries": ["KP", "VN"]}, "urgency": {"ground": "now"}, "items": [{"channel": None}]},
    ],
    ids=["least", "lines", "groups", "empty groups", "lists"],
)
def test_the_members_of_all_parts_are_counted(members: dict[str, Any]) -> None:
    request = make_request({"request_id": "r", **members})
    lines = sum(_walked(item, VERSION_1.line) for item in request.items)
    assert COUNT(request) == _walked(request, VERSION_1.whole) + lines


@pytest.mark.parametrize("item", [{"quantity": Decimal("1.5")}, {"line": 1000}], ids=["amount", "line"])
def test_what_the_fast_reading_cannot_vouch_for_has_no_count(item: dict[str, Any]) -> None:
    assert COUNT(make_request({"request_id": "r", "items": [{}, item]})) == -1
