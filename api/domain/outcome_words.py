"""The outcomes in the words of the desk."""

from __future__ import annotations

from typing import assert_never

from engine import Outcome


def words_of(outcome: Outcome) -> str:
    """The answer in a sentence, with its code for those who look it up."""
    return f"{headline_of(outcome)} ({outcome})"


def headline_of(outcome: Outcome) -> str:
    """The answer in a sentence."""
    match outcome:
        case Outcome.DELIVER:
            return "Yes. The Committee delivers."
        case Outcome.NOT_GOVERNED:
            return "Not decided. The directive does not cover this."
        case Outcome.REGULARISE:
            return "No. It has already been provided and is put on record."
        case Outcome.ROUTE_BILATERAL:
            return "No. This goes through the bilateral channel."
        case Outcome.ESCALATE_URGENT:
            return "No. Report to the Committee first, as urgent."
        case Outcome.HOLD:
            return "No. Wait for a result that is missing."
        case Outcome.NEEDS_INFORMATION:
            return "No. Facts that decide are not known."
        case Outcome.REFER:
            return "No. It has to be ruled on first."
        case Outcome.REFUSE:
            return "No. Refused."
        case _:
            assert_never(outcome)
