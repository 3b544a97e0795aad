"""Pages about what is wrong name fields by their labels, in the language of the page.

Covers: api.console.frame.problem_words
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.console.frame.problem_words import SENTENCES
from tests.support.consoles import ROOT, ServedConsole, Visitor, served_console
from tests.support.register_pages import RegisterPages, text_of

WRONG_ADDRESSES = (
    "/registers/papers/draft?paper=letter",
    "/registers/papers/draft?paper=agenda&session=next",
    "/registers/papers/letter",
    "/registers/papers?before=letter",
    "/registers/papers/7",
    "/registers/events/new?kind=party",
    "/registers/events?after=today",
    "/registers/items?state=lost",
    "/registers/items?sort=colour",
    "/registers/items/none",
    "/registers/lists/none",
    "/registers/sessions/8?country=Korea",
    "/registers/due?owner=nobody",
    "/registers/due?after=none",
    "/cases?waiting_for=nobody",
    "/cases?after=none",
    "/cases/none",
    "/cases/news?before=today",
    "/handovers?status=lost",
    "/handovers?after=none",
    "/handovers/none",
    "/clearances/none",
    "/desk/answers/none",
    "/desk/answers?id=none",
    "/audit/decisions?first_day=today",
    "/audit/decisions?outcome=none",
    "/audit/decisions?revision=newest",
    "/audit/decisions?country=Atlantis",
    "/audit/decisions?after=none",
    "/audit/reconciliation?as_of=today",
    "/audit/consistency?first=1&second=none",
    "/audit/consistency?first=8&second=4",
    "/audit/consistency?first=8",
    "/audit/checkpoints/none",
    "/policies/law/none",
    "/policies/drafts/none",
    "/proposals/none",
)
API_WORDS = re.compile(
    r"`|as_of|first_day|last_day|waiting_for|happened_on|in quotes|alpha-2|confirmation-list|pointer"
)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def visitor(console: ServedConsole) -> Visitor:
    return console.visitor("committee")


def faults_on(page: str) -> str:
    """What a page says is wrong: the whole of it if it is about nothing else."""
    shown = re.search(r'<div class="note bad" role="alert".*?</div>|<p class="fault".*?</p>', page, re.DOTALL)
    return shown[0] if shown else page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("path", WRONG_ADDRESSES)
def test_a_wrong_address_is_answered_in_words_of_the_page(visitor: Visitor, path: str) -> None:
    for language in ("en", "zh"):
        page = visitor.client.get(path, headers={"Accept-Language": language})
        assert page.status_code in (400, 404), page.text
        faults = faults_on(page.text)
        assert not API_WORDS.search(re.sub(r"<[^>]*>", " ", faults)), faults
        if language == "zh":
            assert 'lang="en"' not in faults, faults


def test_a_draft_without_a_name_leads_to_the_papers(visitor: Visitor) -> None:
    answer = visitor.open("/registers/papers/draft")
    assert (answer.status_code, answer.headers["location"]) == (303, "/registers/papers")


def test_a_wrong_address_leads_back_to_its_area(visitor: Visitor) -> None:
    assert 'href="/registers">Registers</a>' in visitor.open("/registers/events?after=today").text


@pytest.mark.parametrize(
    ("typed", "stated"),
    [
        ({"happened_on": "yesterday"}, "Day: has to be a day of the calendar, as YYYY-MM-DD"),
        ({"happened_on": "2999-01-01"}, "Day: must not lie after today"),
        ({"session": "next"}, "Session: has to be a whole number"),
        ({"session": ""}, "Session: has to be filled in"),
        ({"reference": ""}, "Paper that shows it: has to be filled in"),
    ],
    ids=["no day", "a day to come", "no number", "no session", "no paper"],
)
def test_the_form_of_an_event_is_spoken_of_by_its_labels(
    console: ServedConsole, typed: dict[str, str], stated: str
) -> None:
    pages = RegisterPages(console)
    assert stated in text_of(pages.state("session_opened", **{"session": "8", **typed}))


def test_what_has_no_words_here_is_marked_as_english(console: ServedConsole) -> None:
    pages = RegisterPages(console)
    pages.visitor.client.headers["Accept-Language"] = "zh"
    faults = faults_on(pages.state("delivered", items="none").text)
    assert '<span lang="en">' in faults
    assert "物品, none: " in faults


def test_every_sentence_is_one_of_the_services() -> None:
    stated = "\n".join(
        file.read_text()
        for file in (ROOT / "api").rglob("*.py")
        if file.name != Path("problem_words.py").name
    )
    assert [sentence for sentence in SENTENCES if f'"{sentence}' not in stated] == []
