"""A proof's results: each obligation by name, whether it holds for all requests, and if not, a worked request."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, assert_never

from engine.contract.decision import Answer, Outcome


class Verdict(StrEnum):
    """Only `proved` is a proof; where the solver gave up, nothing is."""

    PROVED = "proved"
    REFUTED = "refuted"
    NOT_DECIDED = "not_decided"

    @property
    def words(self) -> str:
        """The words for an obligation with this verdict."""
        match self:
            case Verdict.PROVED:
                return "is proved"
            case Verdict.REFUTED:
                return "does not hold"
            case Verdict.NOT_DECIDED:
                return "is not decided"
            case _:
                assert_never(self)


class WorkedRequest(Answer):
    """A request as it can be given to `check`, in words, and what `decide` answers to it.

    `role` is which one it is where two are compared.
    """

    role: str | None = None
    request: dict[str, Any]
    words: tuple[str, ...]
    outcome: Outcome
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


class Involved(Answer):
    """A rule that has to do with a failure: its place in the policy files, and its clauses."""

    rule: str
    at: str
    clauses: tuple[str, ...] = ()


class Obligation(Answer):
    """Something to be proved, and whether it is.

    `at` is the place of the rule, policy or invariant it is about; `because` is a sentence about what is wrong.
    """

    name: str
    title: str
    at: str | None = None
    clauses: tuple[str, ...] = ()
    verdict: Verdict
    because: str | None = None
    worked: tuple[WorkedRequest, ...] = ()
    involved: tuple[Involved, ...] = ()


class ProofGroup(Answer):
    """The obligations of one sort."""

    name: str
    title: str
    obligations: tuple[Obligation, ...]

    @property
    def proved(self) -> bool:
        """Whether every one is proved."""
        return all(obligation.verdict is Verdict.PROVED for obligation in self.obligations)


class Proof(Answer):
    """What is proved of a policy set over all requests, in a fixed order."""

    policies: str
    revision: str
    groups: tuple[ProofGroup, ...]

    @property
    def proved(self) -> bool:
        """Whether everything is proved."""
        return all(group.proved for group in self.groups)
