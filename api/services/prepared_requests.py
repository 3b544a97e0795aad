"""Requests ready to be decided: in the words of the set in force, with the department they are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.cases.recordable_facts import marks_of
from api.domain.department import department_of
from api.domain.identity import Caller
from api.parsing.problems import Problem, ProblemError
from api.parsing.requests import read_request
from api.policies.active_set import ActiveSet
from engine import Request

if TYPE_CHECKING:
    from api.domain.cases.case import CaseKey


@dataclass(slots=True)
class PreparedRequest:
    """A request, the bytes of it to log, and the department it is about, if that is known.

    Not frozen only because that would double the cost of making one.
    """

    request: Request
    logged: bytes
    department: str | None

    @property
    def key(self) -> CaseKey | None:
        """The key by which cases about the request are found."""
        return (self.department, self.request.request_id) if self.department else None


def record_keys(prepared: Sequence[PreparedRequest | Problem]) -> tuple[set[CaseKey], set[str]]:
    """The keys by which records about requests are found: those of cases, and the marks of lines."""
    readable = [one for one in prepared if isinstance(one, PreparedRequest)]
    marks = {str(mark) for one in readable for mark in marks_of(one.request)}
    return {one.key for one in readable if one.key}, marks


def prepare_request(
    active: ActiveSet, request: Request, logged: bytes, caller: Caller
) -> PreparedRequest | Problem:
    """Return the request as the active set decides it, or why it does not."""
    vocabulary = active.policies.vocabulary
    if (
        type(request) is not vocabulary.request
    ):  # read in the words of another set, which has been replaced since
        received = read_request(logged, vocabulary)
        if isinstance(received, Problem):
            return received
        request = received.request
    try:
        department = department_of(vocabulary, request, caller, "A department asks for itself only.")
    except ProblemError as error:
        return error.problem
    return PreparedRequest(request, logged, department)
