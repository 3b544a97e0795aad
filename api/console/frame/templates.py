"""The templates of the pages, in each language of the console."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.console.frame.languages import translations_in

FOLDER = Path(__file__).parents[1] / "templates"


@cache
def templates_in(language: str) -> Environment:
    """Return the templates whose own words are in a language of the console; texts are always escaped."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    translations = translations_in(language)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # by i18n
    environment.filters.update(time=show_time, number=show_number, words=show_words, short=show_short)
    return environment


def render(language: str, template: str, values: dict[str, Any]) -> str:
    """Return a page."""
    return templates_in(language).get_template(template).render(values)


def show_time(at: dt.datetime | str) -> str:
    """A moment to the minute, in UTC."""
    moment = dt.datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def show_number(number: float | Decimal) -> str:
    """A number with its thousands separated by commas."""
    return f"{number:,}"


def show_words(name: str) -> str:
    """A name of the contract as words: without the signs between."""
    return name.replace("_", " ")


def show_short(digest: str) -> str:
    """The first twelve digits of a hash."""
    return digest[:12]


def template_names() -> Iterator[str]:
    """Yield every template there is, by the name with which it is rendered."""
    for file in sorted(FOLDER.rglob("*.html")):
        yield file.relative_to(FOLDER).as_posix()
