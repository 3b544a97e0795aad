"""The problems of calls that are refused for their form, their pace or their number, before anything is decided."""

from __future__ import annotations

from api.parsing.problems import Problem, ProblemKind, make_problem

MALFORMED = make_problem(
    ProblemKind.MALFORMED_CALL, "The request line, a header or the framing of the body is malformed; mend it."
)
NOT_ONE_HOST = make_problem(ProblemKind.MALFORMED_CALL, "Send the header `Host` exactly once.")
CROWDED = make_problem(
    ProblemKind.NOT_TAKEN, "Too many connections are open. Hand nothing over; ask again in a few seconds."
)
STOPPING = make_problem(
    ProblemKind.NOT_TAKEN, "The service is stopping. Hand nothing over; ask again in a few seconds."
)


def too_long(most_bytes: int, most_lines: int) -> Problem:
    """Return the problem of a head that is too long."""
    return make_problem(
        ProblemKind.HEADERS_TOO_LARGE,
        f"The request line and the headers hold at most {most_bytes} bytes in {most_lines} lines; send less.",
    )


def too_slow(part: str, seconds: float) -> Problem:
    """Return the problem of a `part` of a call that did not arrive in time."""
    return make_problem(
        ProblemKind.TOO_SLOW,
        f"The {part} of the call did not arrive within {seconds:g} seconds; send it anew.",
    )
