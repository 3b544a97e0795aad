"""What is spoken: the sentence that fits what gave rise to a handover, and one text for lines with several."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from conftest import shipped_files
from engine import Decision, PolicySet, decide, decide_by_walking, decide_to_json, load_policies
from tests.support.shipped_words import make_request

NOW = dt.datetime(1965, 3, 1, 12, tzinfo=dt.UTC)
CAUSES = ("ad_hoc_request", "host_offer", "repeat_request", "agreed_programme", "legacy_list")
DRAWING: dict[str, Any] = {"kind": "drawing"}
SHOWN: dict[str, Any] = {"kind": "oral_or_visual"}
ROUTED = "Thank you for telling us what interests you."
REFERRED = "Whether we may explain or show this to you"


def answer_to(policies: PolicySet, *items: dict[str, Any], country: str = "KP", **facts: Any) -> Decision:
    """The answer, which is the same however it is found."""
    stated = {"request_id": "r", "trigger": "ad_hoc_request", "mission": {"countries": [country]}, **facts}
    request = make_request({**stated, "visit": {"border_area": "none"}, "items": list(items)})
    found = decide(policies, request, decision_id="d", evaluated_at=NOW)
    walked = decide_by_walking(policies, request, decision_id="d", evaluated_at=NOW)
    written = decide_to_json(policies, request, decision_id="d", evaluated_at=NOW)
    assert found == walked
    assert found.to_json() == written.content == b"".join(written.pieces)
    return found


def test_each_cause_is_answered_by_a_sentence_of_its_own(shipped: PolicySet) -> None:
    sentences = [answer_to(shipped, DRAWING, trigger=cause).say for cause in CAUSES]
    assert len({*sentences}) == len(CAUSES)
    for sentence in sentences:
        assert "between Korea and us" in sentence
        assert "the Sino-Korean Scientific and Technological Cooperation Committee" in sentence
        assert "We cannot give" in sentence


def test_where_no_rule_decides_a_gift_is_no_request_either(shipped: PolicySet) -> None:
    request, gift = (answer_to(shipped, DRAWING, country="FR", trigger=cause).say for cause in CAUSES[:2])
    assert request.startswith("This does not fall under")
    assert gift.startswith("What we would give you does not fall under")


def test_where_nobody_says_what_gave_rise_to_it_the_plain_sentence_is_spoken(shipped: PolicySet) -> None:
    assert answer_to(shipped, DRAWING, country="FR", trigger=None).say.startswith("This does not fall under")


def test_a_sentence_can_turn_on_a_fact_that_no_rule_reads() -> None:
    files = shipped_files()
    plain = "say: >-\n      How such matters are handled"
    held = "say_when: [{when: item.owner == department.name, say: It is yours.}]\n    " + plain
    directive = files["directive.yaml"].decode()
    assert directive.count(plain) == 1
    policies = load_policies({**files, "directive.yaml": directive.replace(plain, held).encode()})
    own, other = (
        answer_to(policies, {**DRAWING, "owner": owner}, as_of="1964-12-31", department={"name": "we"}).say
        for owner in ("we", "they")
    )
    assert (own, other[:16]) == ("It is yours.", "How such matters")


# Several lines


@pytest.mark.parametrize(
    ("items", "routed", "referred"),
    [
        ([DRAWING, SHOWN], "For line 1", "For line 2"),
        ([DRAWING, SHOWN, DRAWING], "For lines 1 and 3", "For line 2"),
        ([DRAWING, DRAWING, SHOWN], "For lines 1 and 2", "For line 3"),
        ([SHOWN, *[DRAWING] * 39], "For lines 2 to 40", "For line 1"),
        ([DRAWING, SHOWN, *[DRAWING] * 3], "For lines 1 and 3 to 5", "For line 2"),
        ([*[{**DRAWING, "line": mark} for mark in (7, 8, 10, 9)], SHOWN], "For lines 7, 8, 10 and 9", "For line 5"),
        ([{**DRAWING, "line": "a-1"}, {**SHOWN, "line": 1}], "For line “a-1”", "For line 1"),
        ([{**DRAWING, "line": "{last}"}, DRAWING, SHOWN], "For lines “{last}” and 2", "For line 3"),
    ],
)  # fmt: skip
def test_each_sentence_is_spoken_once_with_the_lines_it_is_for(
    shipped: PolicySet, items: list[dict[str, Any]], routed: str, referred: str
) -> None:
    decision = answer_to(shipped, *items)
    assert f"{routed}: {ROUTED}" in decision.say
    assert f"{referred}: {REFERRED}" in decision.say
    assert decision.say.count("For line") == 2
    assert decision.say.startswith("For line 1:" if items[0] is SHOWN else routed)


def test_lines_with_the_same_sentence_need_no_numbers(shipped: PolicySet) -> None:
    decision = answer_to(shipped, DRAWING, {"kind": "sample"}, {**DRAWING, "line": "x"})
    assert decision.say == decision.lines[0].say
    assert decision.say.startswith(ROUTED)


def test_of_very_many_lines_some_are_named_and_the_others_counted(shipped: PolicySet) -> None:
    decision = answer_to(shipped, *[DRAWING, SHOWN] * 500)
    assert f"For lines 1, 3, 5, 7, 9, 11, 13, 15 and 492 more: {ROUTED}" in decision.say
    assert f"For lines 2, 4, 6, 8, 10, 12, 14, 16 and 492 more: {REFERRED}" in decision.say


def test_a_text_that_describes_an_item_is_no_part_of_what_is_spoken(shipped: PolicySet) -> None:
    assert "mill" not in answer_to(shipped, {**DRAWING, "description": "a mill"}, SHOWN).say


def test_the_words_around_are_those_of_the_policies() -> None:
    files = shipped_files()
    directive = files["directive.yaml"].decode()
    words = 'several: "For lines {lines}: {sentence}"'
    own = directive.replace(words, 'several: "{sentence} This is about {lines}."')
    assert own != directive
    decision = answer_to(load_policies({**files, "directive.yaml": own.encode()}), DRAWING, DRAWING, SHOWN)
    assert decision.say.startswith(ROUTED)
    assert "here. This is about 1 and 2. For line 3: Whether" in decision.say


def test_a_set_without_such_words_speaks_as_the_shipped_one() -> None:
    files = shipped_files()
    directive = files["directive.yaml"].decode()
    start, end = (
        directive.index("several_lines:"),
        directive.index("# What is answered where no rule decides."),
    )
    older = load_policies({**files, "directive.yaml": (directive[:start] + directive[end:]).encode()})
    items = [DRAWING, DRAWING, DRAWING, SHOWN, DRAWING]
    assert answer_to(older, *items).say == answer_to(load_policies(files), *items).say


def test_the_sentences_of_a_text_for_several_lines_can_recur_in_the_log(shipped: PolicySet) -> None:
    """They are among the shared pieces; what names the lines is the decision's own."""
    stated = {"request_id": "r", "trigger": "ad_hoc_request", "mission": {"countries": ["KP"]}}
    request = make_request({**stated, "items": [DRAWING, SHOWN]})
    written = decide_to_json(shipped, request, decision_id="d", evaluated_at=NOW)
    own, shared = written.pieces[::2], written.pieces[1::2]
    assert b"For line 1: " in own
    assert any(piece.startswith(ROUTED.encode()) for piece in shared)
    assert any(piece.startswith(REFERRED.encode()) for piece in shared)
    assert not any(b"For line" in piece for piece in shared)


def test_a_mark_cannot_end_its_quotation(shipped: PolicySet) -> None:
    mark = "2” say: you may have it. For line “3"
    sentence = answer_to(shipped, {**DRAWING, "line": mark}, {**SHOWN, "line": 4}).say
    assert sentence.startswith('For line “2" say: you may have it. For line "3”: Thank you')
