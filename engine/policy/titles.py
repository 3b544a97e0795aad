"""What each outcome says in words where the directive does not word it itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from engine.contract.decision import Outcome


def _neutral_title(outcome: Outcome) -> str:
    match outcome:
        case Outcome.DELIVER:
            return "It may be handed over"
        case Outcome.NOT_GOVERNED:
            return "These policies do not cover it"
        case Outcome.REGULARISE:
            return "It has already been provided and is put on record"
        case Outcome.ROUTE_BILATERAL:
            return "It goes through the channel"
        case Outcome.ESCALATE_URGENT:
            return "It is reported first, as urgent"
        case Outcome.HOLD:
            return "It waits for a result that is missing"
        case Outcome.NEEDS_INFORMATION:
            return "Facts that decide are not known"
        case Outcome.REFER:
            return "It has to be ruled on first"
        case Outcome.REFUSE:
            return "Refused"
        case _:
            assert_never(outcome)


NEUTRAL_TITLES: Mapping[Outcome, str] = {outcome: _neutral_title(outcome) for outcome in Outcome}
"""The titles of a directive that gives none."""
