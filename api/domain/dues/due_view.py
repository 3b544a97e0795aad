"""An entry of what falls due, as an answer."""

from __future__ import annotations

from api.domain.dues.answers import DueAnswer
from api.domain.dues.due import Due


def due_answer(due: Due) -> DueAnswer:
    """Return the answer about a due."""
    return DueAnswer(
        what=due.what,
        who=due.who,
        must=due.must,
        clause=due.clause,
        since=due.since,
        due=due.due,
        overdue=due.overdue,
        subject=dict(due.subject),
        evidence=due.evidence,
    )
