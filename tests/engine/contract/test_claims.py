"""What a caller states of the Committee's facts is a claim: taken out of the request, and listed."""

from engine import withhold_claims
from tests.support.shipped_words import COMMITTEE, VERSION_1, WORDS, make_request


def test_claims_are_withheld_line_by_line_and_what_is_not_known_is_no_claim() -> None:
    request = make_request(
        {
            "request_id": "x",
            "trigger": "host_offer",
            "items": [
                {"legacy_list": "none", "kind": "drawing", "channel": {"consultation": None}},
                {"channel": {"project_no": "8-14", "committee_agrees": False}},
                {"legacy_list": None},
                {},
            ],
        }
    )
    remaining, claims = withhold_claims(VERSION_1, request, COMMITTEE)
    assert claims == (
        ("item.legacy_list",),
        ("item.channel.committee_agrees", "item.channel.project_no"),
        (),
        (),
    )
    assert remaining.model_dump(exclude_unset=True, mode="json") == {
        "request_id": "x",
        "trigger": "host_offer",
        "items": [
            {"kind": "drawing", "channel": {"consultation": None}},
            {"channel": {}},
            {"legacy_list": None},
            {},
        ],
    }
    assert make_request(remaining.model_dump(exclude_unset=True)) == remaining


def test_the_committee_owns_facts_of_a_line_only() -> None:
    owned = [word.name for word in WORDS.values() if word.answered_by == COMMITTEE]
    assert owned
    assert all(name.startswith("item.") for name in owned)
