"""The paragraphs of docs/reference/checks.md by their codes: what each check finds, a bad example, the remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_IN_THE_WHEEL = Path(__file__).parent / "checks.md"
_IN_THE_CHECKOUT = Path(__file__).parents[3] / "docs" / "reference" / "checks.md"
_PARAGRAPH = re.compile(r"^\*\*([A-Z]\d\d)\*\* (.*?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


_ROW = re.compile(r"^\| ([FS]\d\d) \| (.+) \| (.+) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CheckParagraph:
    """One check: its code, what it finds, and the whole paragraph as Markdown."""

    code: str
    meaning: str
    text: str


@cache
def check_paragraphs() -> Mapping[str, CheckParagraph]:
    """Return the paragraph of each check, in the order of their codes."""
    found = [
        CheckParagraph(code, " ".join(text.partition("\nBad:")[0].split()), text)
        for code, text in _PARAGRAPH.findall(_page())
    ]
    return {paragraph.code: paragraph for paragraph in sorted(found, key=lambda paragraph: paragraph.code)}


@cache
def feature_checks() -> Mapping[str, tuple[str, str]]:
    """Return what each check of the feature files finds, by its code, and the remedy."""
    return {code: (meaning, remedy) for code, meaning, remedy in _ROW.findall(_page())}


def _page() -> str:
    page = _IN_THE_WHEEL if _IN_THE_WHEEL.is_file() else _IN_THE_CHECKOUT
    return page.read_text(encoding="utf-8")
