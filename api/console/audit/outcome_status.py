"""As which sort of status an outcome is shown."""

from __future__ import annotations

from typing import assert_never

from engine import Outcome


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
