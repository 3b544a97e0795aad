"""Problems of a call as problem+json (RFC 9457): type, status, sentence, and a pointer to each fault.

Every `type` is a relative reference with a paragraph in docs/reference/problems.md. Of the caller's values, a problem
repeats the request id alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from pydantic import BaseModel, ConfigDict

MEDIA_TYPE = "application/problem+json"


class ProblemKind(Enum):
    """The closed set of problems: the last part of the type, the HTTP status, the title."""

    INVALID_JSON = ("invalid-json", 400, "The body is not strict JSON.")
    INVALID_REQUEST = ("invalid-request", 400, "The request does not keep to the contract.")
    MEDIA_TYPE = ("media-type", 400, "The body must be sent as plain JSON.")
    KEY_MISSING = ("idempotency-key", 400, "The call must carry an Idempotency-Key.")
    IF_MATCH = ("if-match", 400, "The header If-Match cannot be read.")
    MALFORMED_CALL = ("malformed-call", 400, "The call is not well-formed HTTP/1.1.")
    NOT_IDENTIFIED = ("not-identified", 401, "The service does not know who calls.")
    NOT_PERMITTED = ("not-permitted", 403, "The caller may not make this call.")
    TOO_LARGE = ("too-large", 413, "The body is too large.")
    NOT_FOUND = ("not-found", 404, "There is nothing at this address.")
    NO_REGISTERS = ("no-registers", 404, "The directive in force has no registers.")
    NO_AUTHZEN = ("no-authzen", 404, "The policies in force do not say how a call of AuthZEN is read.")
    NO_APPROVALS = ("no-approvals", 404, "No approvals are required here.")
    NO_API_KEYS = ("no-api-keys", 404, "The service has no file of API keys.")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "The address does not take this method.")
    TOO_SLOW = ("too-slow", 408, "The call took too long to arrive.")
    KEY_REUSED = ("key-reused", 409, "This Idempotency-Key stands for a call that was recorded.")
    NOT_CLEARED = ("not-cleared", 409, "No clearance can be issued for this decision.")
    TRANSFER_KNOWN = ("transfer-recorded", 409, "The transfer of this handover has been recorded before.")
    SUPERSEDED = ("superseded", 409, "The handover was superseded or withdrawn.")
    NOTHING_TO_PRINT = ("nothing-to-print", 409, "There is nothing to print.")
    CASE_EXISTS = ("case-exists", 409, "There is a case about this request.")
    PROPOSAL_STATE = ("proposal-state", 409, "The proposal does not permit this as it stands.")
    DRAFT_CHANGED = ("draft-changed", 409, "The draft is not as it was when you opened it.")
    VERSION_CHANGED = ("version-changed", 412, "The case has changed since that version.")
    VERSION_UNKNOWN = ("version-unknown", 412, "The case has never had this version.")
    VERSION_WEAK = ("version-weak", 412, "A weak tag does not say which version is meant.")
    VERSION_REQUIRED = ("version-required", 428, "The call must say which version of the case it has seen.")
    HEADERS_TOO_LARGE = ("headers-too-large", 431, "The headers of the call are too large.")
    NOT_RECORDED = ("not-recorded", 503, "The decision log cannot be reached, so no decision is given.")
    ISSUER_UNAVAILABLE = ("issuer-unavailable", 503, "The service cannot find out now whether a token holds.")
    KEYS_NOT_CHANGED = ("keys-not-changed", 503, "The file of API keys cannot be changed by the service.")
    NOT_TAKEN = ("not-taken", 503, "The service takes no such call now.")
    INTERNAL = ("internal", 500, "The service failed, and nothing was decided.")


class FieldError(BaseModel):
    """One fault: its place, what is wrong, and the nearest word of the contract.

    The place is a JSON pointer (RFC 6901) into the body, or the name of a parameter of the address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pointer: str | None = None
    parameter: str | None = None
    detail: str
    suggestion: str | None = None


class Problem(BaseModel):
    """A call that could not be answered (RFC 9457). It is never a decision."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: tuple[FieldError, ...] | None = None

    def to_json(self) -> bytes:
        """Return the problem as UTF-8 JSON; members without content are left out."""
        return self.model_dump_json(exclude_none=True).encode()


class ProblemError(Exception):
    """Ends a call with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def make_problem(
    kind: ProblemKind, detail: str, *, request_id: str | None = None, errors: Sequence[FieldError] = ()
) -> Problem:
    """Return a problem of `kind` with the `detail` of this call."""
    slug, status, title = kind.value
    return Problem(
        type=f"/problems/{slug}",
        title=title,
        status=status,
        detail=detail,
        request_id=request_id,
        errors=tuple(errors) or None,
    )


def not_recorded_problem(request_id: str | None = None) -> Problem:
    """Return the problem of a log that cannot be written or read."""
    return make_problem(
        ProblemKind.NOT_RECORDED, "Hand nothing over; ask again in a few seconds.", request_id=request_id
    )


def issuer_unavailable_problem(reason: str) -> Problem:
    """Return the problem of an issuer whose keys cannot be read; `reason` is a sentence."""
    return make_problem(
        ProblemKind.ISSUER_UNAVAILABLE, f"{reason} Hand nothing over; ask again in a few seconds."
    )
