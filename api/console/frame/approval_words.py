"""How policies came into force, in words: for the head of each page, and for lists of what was in force when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from api.console.frame.areas import marked
from engine import Approval


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state as a word of the templates' language, with the class of its sign."""

    word: str
    sign: str


def approval_words(by: Approval) -> StateWords:
    """Return how policies came into force, in words of the templates' language."""
    match by:
        case Approval.FOUNDED:
            return StateWords(marked("founded"), "good")
        case Approval.APPROVED:
            return StateWords(marked("approved"), "good")
        case Approval.RETURNED:
            return StateWords(marked("returned to in an emergency"), "wait")
        case Approval.NONE:
            return StateWords(marked("without approvals"), "plain")
        case _:
            assert_never(by)
