"""Pages about requests of many items: each is bounded, nothing is cut silently, and everything can be reached."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.console.desk.answer_views import MOST_ITEMS, MOST_SECTIONS, join_marks
from api.console.desk.interview import MOST_ANSWERS
from api.domain.interview.state import MAX_LINES
from tests.support.consoles import ServedConsole, served_console
from tests.support.interviews import DeskInterview, decision_id_of, text_of

MOST_BYTES = 100_000
KINDS = ("document", "drawing", "data", "software", "sample", "specimen", "equipment_part", "oral_or_visual")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def alike(console: ServedConsole) -> str:
    """The id of an answer about a thousand items, all of the same answer."""
    return decided(console, [{"kind": "drawing"}] * MAX_LINES)


@pytest.fixture(scope="module")
def different(console: ServedConsole) -> str:
    """The id of an answer about a thousand items with many different answers."""
    lists, truths = ("none", "pending", "provided"), (None, True, False)
    stated = [
        {
            "kind": KINDS[number % 8],
            "legacy_list": lists[number // 8 % 3],
            "channel": {
                name: value
                for name, value in (
                    ("reported_to_committee", truths[number // 24 % 3]),
                    ("committee_agrees", truths[number // 72 % 3]),
                    ("accepted_as_project", truths[number // 216 % 3]),
                )
                if value is not None
            },
        }
        for number in range(MAX_LINES)
    ]
    return decided(console, stated)


def decided(console: ServedConsole, items: list[dict[str, Any]]) -> str:
    request = {
        "request_id": f"of {len(items)} items, {json.dumps(items[-1])}",
        "department": {"id": "metallurgy"},
        "mission": {"countries": ["KP"]},
        "items": [
            {"line": number, "description": f"No. {number} of the plans for a mill & its sheds", **item}
            for number, item in enumerate(items, 1)
        ],
    }
    headers = {"Authorization": f"Bearer {console.keys['committee']}"}
    answer = console.api.post("/v1/pre-check", json=request, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["decision_id"])


def opened(console: ServedConsole, path: str, role: str = "committee") -> httpx.Response:
    page = console.visitor(role).open(path)
    assert page.status_code == 200, page.text
    return page


def page_of(console: ServedConsole, path: str, role: str = "committee") -> str:
    return opened(console, path, role).text


@pytest.mark.parametrize("which", ["alike", "different"])
def test_each_item_is_on_one_of_the_pages_of_an_answer(
    console: ServedConsole, which: str, request: pytest.FixtureRequest
) -> None:
    path, shown, pages = f"/desk/answers/{request.getfixturevalue(which)}", list[int](), 0
    following: str | None = ""
    while following is not None:
        page = page_of(console, path + following)
        assert len(page.encode()) < MOST_BYTES
        marks = [int(mark) for mark in re.findall(r'<a href="#line-\d+">(\d+)</a>', page)]
        assert 0 < len(marks) <= MOST_ITEMS
        assert page.count('class="line"') <= MOST_SECTIONS
        assert f"those from place {marks[0]} to place {marks[-1]}" in page
        shown += marks
        pages += 1
        found = re.search(r'rel="next" href="(\?items=\d+)"', page)
        following = found[1] if found else None
    assert shown == list(range(1, MAX_LINES + 1))
    assert pages >= MAX_LINES // MOST_ITEMS


def test_the_page_before_is_reached_from_every_page(console: ServedConsole, different: str) -> None:
    path = f"/desk/answers/{different}"
    first = page_of(console, path)
    assert "Items before these" not in first
    (second,) = re.findall(r'rel="next" href="(\?items=\d+)"', first)
    (before,) = re.findall(r'<a href="(\?items=\d+)">Items before these', page_of(console, path + second))
    assert before == "?items=1"


def test_all_items_are_on_one_page_for_printing(console: ServedConsole, alike: str) -> None:
    page = page_of(console, f"/desk/answers/{alike}?items=all")
    assert len(re.findall(r'<a href="#line-1">\d+</a>', page)) == MAX_LINES
    assert "Next page" not in page


def test_a_section_names_all_items_with_its_answer_in_runs(console: ServedConsole, alike: str) -> None:
    assert f"Item 1–{MAX_LINES}" in text_of(opened(console, f"/desk/answers/{alike}"))


@pytest.mark.parametrize("wanted", ["0", "1001", "x", "-1"])
def test_a_place_that_is_none_is_the_first(console: ServedConsole, alike: str, wanted: str) -> None:
    assert "those from place 1 to" in page_of(console, f"/desk/answers/{alike}?items={wanted}")


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ([1], "1"),
        ([1, 2], "1, 2"),
        ([1, 2, 3, 5], "1–3, 5"),
        (["a", "b", 7, 8, 9], "a, b, 7–9"),
        ([3, 2, 1], "3, 2, 1"),
    ],
    ids=str,
)
def test_marks_are_joined_to_runs(marks: list[int | str], text: str) -> None:
    assert join_marks(marks) == text


@pytest.mark.parametrize("which", ["alike", "different"])
@pytest.mark.parametrize("way", ["alike", "changes"])
def test_what_leads_on_from_an_answer_is_bounded(
    console: ServedConsole, which: str, way: str, request: pytest.FixtureRequest
) -> None:
    page = page_of(console, f"/desk/answers/{request.getfixturevalue(which)}/{way}")
    assert len(page.encode()) < MOST_BYTES


@pytest.mark.parametrize("path", ["", "/explanation"])
def test_the_decision_of_an_auditor_is_bounded_and_counts_what_it_leaves_out(
    console: ServedConsole, different: str, path: str
) -> None:
    page = opened(console, f"/audit/decisions/{different}{path}", "auditor")
    assert len(page.content) < MOST_BYTES
    assert re.search(r"\d+ more .* not ", text_of(page))


def test_an_interview_alike_holds_every_item(console: ServedConsole, alike: str) -> None:
    visitor = console.visitor("committee")
    desk = DeskInterview(visitor, visitor.open(f"/desk/answers/{alike}/alike"))
    assert f"{MAX_LINES} items as they were given" in text_of(desk.page)
    answer = desk.finish()
    assert f"{MAX_LINES} items: those from place 1" in text_of(answer)
    assert decision_id_of(answer) != alike


def test_earlier_answers_are_on_earlier_pages(console: ServedConsole) -> None:
    items = [{"kind": "drawing", "legacy_list": "none", "channel": {"reported_to_committee": True}}] * 15
    visitor = console.visitor("committee")
    desk = DeskInterview(visitor, visitor.open(f"/desk/answers/{decided(console, items)}/alike"))
    heading, newest = desk.heading, desk.page.text
    assert newest.count('name="change"') == MOST_ANSWERS
    (earlier,) = re.findall(r'name="answers_before" value="(\d+)"', newest)
    before = desk.send("", answers_before=earlier).text
    assert before.count('name="change"') == min(int(earlier), MOST_ANSWERS)
    (later,) = re.findall(r'value="(\d+)">Later answers', before)
    assert desk.send("", answers_before=later).text.count('name="change"') == MOST_ANSWERS
    assert desk.heading == heading
