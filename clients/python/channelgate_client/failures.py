"""What a call raises. None of these is a decision: whoever catches one hands nothing over."""

from __future__ import annotations

from channelgate_client.generated.models import Problem


class ClientFailure(Exception):
    """A call did not bring the answer that it was made for."""


class NoAnswer(ClientFailure):
    """The service was not reached, or did not answer in time; whether it recorded anything is not known."""


class NotUnderstood(ClientFailure):
    """What came back is no answer of the service: another media type, another form, a word that is not known."""


class ProblemAnswer(ClientFailure):
    """The service answered with a problem (RFC 9457): `problem` names it, its place and its remedy."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        faults = [
            f"{fault.pointer or fault.parameter or 'body'}: {fault.detail}" for fault in problem.errors or ()
        ]
        super().__init__("\n".join([f"{problem.status} {problem.title} {problem.detail}", *faults]))
        self.problem = problem
        self.retry_after = retry_after
        """Seconds after which the service may answer, where it said so."""
