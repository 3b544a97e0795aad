"""What an answer is about, as text: the mission, its countries by name, the place, each line."""

from __future__ import annotations

import re

from api.domain.about import About, AboutLine


def write_head(about: About) -> str:
    """Return the mission, its countries and the place, as far as they are stated; an empty text if none is."""
    parts = [about["mission"]] if "mission" in about else []
    if countries := about.get("countries"):
        names = (f"{_with_article(one['name'])} ({one['code']})" for one in countries)
        parts.append(f"from {' and '.join(names)}")
    if "place" in about:
        parts.append(f"at {about['place']}")
    return ", ".join(parts)


def _with_article(country: str) -> str:
    """The name as it stands behind a preposition."""
    return f"the {country}" if _TAKES_ARTICLE.search(country) else country


_TAKES_ARTICLE = re.compile(
    r"\b(Bahamas|Emirates|Federation|Gambia|Islands|Kingdom|Netherlands|Philippines|Republic|States|Territories|Union)\b"
)


def write_line(line: AboutLine) -> str:
    """Return what a line is of, with its quantity, as far as that is stated; an empty text if it is not."""
    quantity = f"{line['quantity']} {line.get('unit', '')}".strip() if "quantity" in line else ""
    return ", ".join(part for part in (line.get("description"), quantity) if part)
