"""The problem of a decision that is not in the log: nowhere, or only in the earlier log that it goes on from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.ledger.beginnings import first_place
from api.parsing.problems import ProblemError, ProblemKind, make_problem

if TYPE_CHECKING:
    from sqlalchemy import Connection


def no_decision(connection: Connection) -> ProblemError:
    """Return the problem that no decision has an id; it names where an older one would be."""
    place = first_place(connection)
    if not place:
        return ProblemError(make_problem(ProblemKind.NOT_FOUND, "No decision has this id."))
    detail = f"No decision here has this id; an older one is in the log that ended at {place} entries."
    return ProblemError(make_problem(ProblemKind.NOT_FOUND, detail))
