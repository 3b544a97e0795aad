"""A policy file that is too large for a page is downloaded, changed elsewhere, and sent back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.console.workbench.draft_texts import MOST_IN_PAGE
from tests.console.test_workbench_pages import Draft, file_of
from tests.support.consoles import ServedConsole, Visitor, served_console

AT = "/text?file=korea.yaml"
LARGE = file_of("korea.yaml") + "# a remark\n" * (MOST_IN_PAGE // 10)


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield visitor_of(running)


def visitor_of(console: ServedConsole) -> Visitor:
    return console.visitor("policy_officer")


def send_file(draft: Draft, content: bytes, **fields: str) -> Any:
    return draft.send(
        "/text", {"file": "korea.yaml", **fields}, at=AT, files={"changed": ("korea.yaml", content)}
    )


@pytest.fixture
def draft(officer: Visitor) -> Draft:
    """A draft with a large file."""
    made = Draft(officer)
    assert send_file(made, LARGE.encode()).status_code == 303
    return made


def test_the_page_offers_the_file_and_takes_it_back(officer: Visitor, draft: Draft) -> None:
    page = officer.open(draft.address + AT)
    assert len(page.content) < 100_000
    assert "<textarea" not in page.text
    assert 'type="file"' in page.text
    downloaded = officer.open(f"{draft.address}/text/download?file=korea.yaml")
    assert downloaded.text == LARGE
    assert "korea.yaml" in downloaded.headers["content-disposition"]
    assert send_file(draft, file_of("korea.yaml").encode()).status_code == 303
    assert draft.text("korea.yaml") == file_of("korea.yaml")


def test_a_large_file_is_checked_and_its_faults_are_named(draft: Draft) -> None:
    page = send_file(draft, LARGE.replace("policy:", "polices:", 1).encode(), check="yes")
    assert "polices" in page.text
    assert len(page.content) < 100_000


def test_a_file_that_is_no_text_is_refused_in_words(officer: Visitor, draft: Draft) -> None:
    page = send_file(draft, b"\xff\xfe")
    assert "not text in UTF-8" in page.text
    assert officer.open(f"{draft.address}/text/download?file=korea.yaml").text == LARGE


def test_what_somebody_typed_stays_in_the_field_however_long(draft: Draft) -> None:
    page = draft.send("/text", {"file": "korea.yaml", "text": LARGE, "check": "yes"}, at=AT)
    assert "<textarea" in page.text
    assert page.text.count("# a remark") == MOST_IN_PAGE // 10


def test_a_file_that_the_draft_lacks_is_not_found(officer: Visitor, draft: Draft) -> None:
    assert officer.open(f"{draft.address}/text/download?file=none.yaml").status_code == 404
