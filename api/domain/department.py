"""Which department a request is about, and whether the caller may make requests for it."""

from __future__ import annotations

from api.domain.identity import Caller
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from engine import Request, Vocabulary


def department_of(vocabulary: Vocabulary, request: Request, caller: Caller, rule: str) -> str | None:
    """Return the department a request is about, if that is known.

    Raises `ProblemError`, which states the `rule`, when a department speaks for another one.
    """
    stated = vocabulary.office_of(request)
    if caller.department and stated not in (None, caller.department):
        fault = FieldError(
            pointer=office_pointer(vocabulary), detail="this is not the department of the caller"
        )
        raise ProblemError(
            make_problem(ProblemKind.NOT_PERMITTED, rule, request_id=request.request_id, errors=[fault])
        )
    return caller.department or stated


def office_pointer(vocabulary: Vocabulary) -> str:
    """Where a request states the office that asks, as a JSON pointer."""
    return "/" + (vocabulary.declarations.asking_office or "").replace(".", "/")
