"""One stylesheet: pages that stand alone hold it within, and have no look of their own.

Covers: api.files.stylesheet
"""

import re
from pathlib import Path

import pytest

from api.files.stylesheet import read_stylesheet

ROOT = Path(__file__).parents[3]
ALONE = ["api/files/pages/page.html", "api/evidence/report/report.html"]


@pytest.mark.parametrize("name", ALONE)
def test_a_page_that_stands_alone_has_the_stylesheet_and_beside_it_only_its_margins(name: str) -> None:
    text = (ROOT / name).read_text()
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    included, _, margins = style.strip().partition("\n")
    assert included == '{% include "style.css" %}'
    assert re.fullmatch(r"@page \{\s*(@bottom-\w+ \{[^{}]*(\{\{.*?\}\}[^{}]*)*\}\s*)*\}\s*", margins)
    assert "style=" not in text


def test_the_stylesheet_can_stand_in_a_page_and_fetches_nothing() -> None:
    assert not re.search(r"</|<!--|url\(|@import", read_stylesheet())


def test_no_other_template_has_a_look_of_its_own() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "api").rglob("*.html"))
        if "<style" in path.read_text()
    ]
    assert found == sorted(ALONE)
