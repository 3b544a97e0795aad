"""Fields of the forms for policy files: days, values of a kind, lists of marks, places in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from api.console.frame.visits import Visit
from api.domain.interview.countries import Mistake
from api.domain.interview.readers import read_value
from engine import Document, Kind, Word

FilePath = tuple[str | int, ...]


class WrongField(Exception):
    """What a field of a form cannot hold, in a sentence: the `fact` in the visitor's language."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


def as_mapping(value: Any) -> dict[str, Any]:
    """Return a part of a file that should be a mapping; an empty one where a draft has something else there."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """Return a part of a file that should be a list; an empty one where a draft has something else there."""
    return value if isinstance(value, list) else []


def as_marks(value: Any) -> list[str]:
    """Return the marks of a part of a file that holds one or several."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def write_path(path: FilePath) -> str:
    """Return a path as an address has it."""
    return "/".join(map(str, path))


def read_path(text: str, document: Document) -> FilePath | None:
    """Return the path that an address names, if it leads to something in the file, or right behind a list."""
    path: list[str | int] = []
    value = document.value
    for step in text.split("/") if text else ():
        if isinstance(value, list):
            if not (step.isascii() and step.isdigit() and len(step) < 6) or int(step) > len(value):
                return None
            path.append(int(step))
            value = value[int(step)] if int(step) < len(value) else None
        elif isinstance(value, dict) and step in value:
            path.append(step)
            value = value[step]
        else:
            return None
    return tuple(path)


def day_in(visit: Visit, name: str) -> dt.date | None:
    """Return the day in a field; None if it is empty. Raises `WrongField`."""
    text = visit.form.get(name).strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise WrongField(
            visit.message("%(day)s is no day of the calendar; write it as YYYY-MM-DD.", day=text)
        ) from error


def text_in(visit: Visit, name: str, title: str, *, required: bool = True) -> str:
    """Return the text in a field, its lines joined. Raises `WrongField` for none where one is required."""
    text = " ".join(visit.form.get(name).split())
    if required and not text:
        raise WrongField(visit.message("%(field)s: this has to be filled in.", field=title))
    return text


def marks_in(visit: Visit, name: str) -> list[str]:
    """Return the marks that a field lists, with commas or spaces between them."""
    return visit.form.get(name).replace(",", " ").split()


def value_in(visit: Visit, name: str, word: Word) -> Any:
    """Return the value in a field, of the kind of a word. Raises `WrongField`."""
    text = " ".join(visit.form.get(name).split())
    found = read_value(word, text, {})
    if isinstance(found, Mistake):
        remedy = found.remedy.removesuffix(
            ", or - if it is not known"
        )  # a form has a choice of its own for that
        raise WrongField(f"{found.fact}; {remedy}")
    return int(found) if isinstance(found, Decimal) and found == found.to_integral_value() else found


def word_of(name: str, declared: Mapping[str, Any]) -> Word:
    """Return the word of a parameter, as a file declares it."""
    choices = tuple(map(str, as_list(declared.get("choices"))))
    stated = declared.get("kind")
    kind = Kind(str(stated)) if stated in [*Kind] else Kind.TEXT
    return Word(name, kind, choices, ask=str(declared.get("ask", name)))


def show_value(value: Any) -> str:
    """Return a plain value as a field holds it."""
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
