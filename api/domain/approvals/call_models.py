"""The bodies of calls about proposals. With a `note`, what is stated is what an officer signed, whoever calls."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.domain.approvals.statements import MAX_TEXT, ProposalSubject
from api.parsing.fields import Day, Strict

StatedWords = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
SignedNote = Annotated[str, Field(min_length=1, max_length=20_000)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Files = Annotated[dict[str, str], Field(max_length=500)]


class NewProposal(Strict):
    """A proposal: of policies by their `files` or by a `revision` that the ledger knows, or of another `text`.

    `text` is that of a floor or of the approvers. `base` is what it replaces, left out: what is in force. `features`
    are the scenarios to test it by. It holds from a day, or as soon as it is approved and activated.
    """

    subject: Annotated[ProposalSubject, Field(strict=False)] = ProposalSubject.POLICIES
    wish: StatedWords | None = None
    files: Files | None = None
    revision: Digest | None = None
    text: Annotated[str, Field(min_length=1, max_length=1_000_000)] | None = None
    features: Files | None = None
    base: Digest | None = None
    holds_from: Day | None = None
    note: SignedNote | None = None


class NewStatement(Strict):
    """What an officer states without more: takes an approval or a proposal back, activates, confirms."""

    note: SignedNote | None = None


class NewApproval(NewStatement):
    """An approval; `evidence` is the digest of the evidence that the officer was shown."""

    evidence: Digest | None = None


class NewReason(NewStatement):
    """What an officer states with a reason: a rejection, a revocation."""

    reason: StatedWords | None = None


class NewRevocation(NewReason):
    """An officer has left; `though_too_few` says so also where too few are left to change anything."""

    though_too_few: bool = False


class NewReturn(NewReason):
    """An emergency return to a revision that was in force before."""

    revision: Digest


class NewConfirmation(NewStatement):
    """The confirmation of what is in force in a ledger that was restored."""

    revision: Digest


CALL_MODELS: tuple[type[Strict], ...] = (
    NewProposal,
    NewStatement,
    NewApproval,
    NewReason,
    NewRevocation,
    NewReturn,
    NewConfirmation,
)
"""The bodies of every call about proposals."""
