"""What policies say, in the language of a visitor where they have a translation, else in English that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, assert_never

from api.console.frame.visits import Visit
from engine import ENGLISH, Outcome, PolicySet, name_country


class Worded(NamedTuple):
    """A text, and the language it is in."""

    text: str
    language: str


def worded(visit: Visit, text: str, policies: PolicySet | None = None) -> Worded:
    """Return a text of policies, those in force if none are given."""
    read = (policies or visit.policies).languages.read(visit.language, text)
    return Worded(read, ENGLISH if read == text else visit.language)


def title_of(visit: Visit, outcome: Outcome) -> Worded:
    """Return the title of an outcome in the policies in force."""
    title = visit.policies.titles[outcome]
    found = worded(visit, title)
    return found._replace(text=found.text[:1].upper() + found.text[1:])


def status_of(outcome: Outcome) -> str:
    """Return the sort of status as which an outcome is shown."""
    match outcome:
        case Outcome.DELIVER:
            return "good"
        case Outcome.NOT_GOVERNED:
            return "plain"
        case Outcome.REGULARISE | Outcome.ESCALATE_URGENT | Outcome.HOLD:
            return "wait"
        case Outcome.NEEDS_INFORMATION | Outcome.REFER:
            return "wait"
        case Outcome.ROUTE_BILATERAL | Outcome.REFUSE:
            return "bad"
        case _:
            assert_never(outcome)


def countries_in_words(codes: Sequence[str]) -> str:
    """Return the names of countries, each with its code."""
    return ", ".join(f"{name_country(code)} ({code})" for code in codes)
