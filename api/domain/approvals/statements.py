"""What officers state: to propose, to approve, to take back. Each is a text that can be read, and signed.

The first line names what is stated, each other one a member. A signed note (`api.signing.notes`) holds the same text
that the log records of a call: it makes no difference to what follows whether an officer signed or called.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from api.signing.faults import SigningFault
from api.signing.text import is_line

NONE = "-"
"""What stands for a member that is not stated."""
MAX_TEXT = 2000
_LEAD = "channelgate: "
_COPY = "copy the note anew, unchanged"


class ProposalSubject(StrEnum):
    """What a proposal changes: the policies, or what they are held to and by whom."""

    POLICIES = "policies"
    FLOOR = "floor"
    APPROVERS = "approvers"


def _one_line(text: str) -> str:
    if not is_line(text) or text != text.strip() or text == NONE:
        raise ValueError("one line of text")
    return text


Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
StatedLine = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_one_line)]


class OfficerStatement(BaseModel):
    """The base of statements. `log` is the name of the log that it is for, `at` when it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: ClassVar[str]

    log: StatedLine
    officer: StatedLine
    at: AwareDatetime

    def to_text(self) -> str:
        """Return the text: a line for each member, in their order."""
        lines = (f"{name}: {_written(value)}\n" for name, value in self)
        return f"{_LEAD}{self.title}\n{''.join(lines)}"

    @property
    def digest(self) -> str:
        """The SHA-256 of the text, in hexadecimal."""
        return digest_of(self.to_text())


class Founding(OfficerStatement):
    """Approvals begin, with these policies, this floor and these approvers. Signed by all of them."""

    title = "founding"

    content: Hash
    floor: Hash
    approvers: Hash


class ProposalStatement(OfficerStatement):
    """A change is proposed. `content` is the revision of the policies, or the SHA-256 of the floor or the approvers.

    `base` is that of what it is to replace.
    """

    title = "proposal"

    subject: ProposalSubject
    content: Hash
    base: Hash
    holds_from: dt.date | None
    wish: StatedLine


class StatementAboutProposal(OfficerStatement):
    """The base of statements about a proposal, which `proposal` names by the digest of its text."""

    proposal: Hash


class ApprovalStatement(StatementAboutProposal):
    """A proposal is approved; `evidence` is the digest of what the officer was shown."""

    title = "approval"

    content: Hash
    base: Hash
    evidence: Hash | None


class ApprovalWithdrawal(StatementAboutProposal):
    """An officer takes an approval back."""

    title = "withdrawal of an approval"


class Rejection(StatementAboutProposal):
    """A proposal is rejected; nothing more can become of it."""

    title = "rejection"

    reason: StatedLine


class ProposalWithdrawal(StatementAboutProposal):
    """The author takes a proposal back."""

    title = "withdrawal of a proposal"


class Activation(StatementAboutProposal):
    """A proposal that was approved comes into force."""

    title = "activation"


class EmergencyReturn(OfficerStatement):
    """Policies that were in force before are in force again, at once, until that is confirmed."""

    title = "emergency return"

    content: Hash
    base: Hash
    reason: StatedLine


class Revocation(OfficerStatement):
    """An officer has left: what that officer approved no longer counts, unless it is in force."""

    title = "revocation"

    revoked: StatedLine
    reason: StatedLine


class RestoreConfirmation(OfficerStatement):
    """The policies in force in a ledger that was restored from a backup are those that shall be.

    `restoring` is the mark of that restoring, so that it confirms no other.
    """

    title = "confirmation of a restored ledger"

    content: Hash
    restoring: Hash


AnyOfficerStatement = (
    Founding
    | ProposalStatement
    | ApprovalStatement
    | ApprovalWithdrawal
    | Rejection
    | ProposalWithdrawal
    | Activation
    | EmergencyReturn
    | Revocation
    | RestoreConfirmation
)
STATEMENTS: tuple[type[AnyOfficerStatement], ...] = (
    Founding,
    ProposalStatement,
    ApprovalStatement,
    ApprovalWithdrawal,
    Rejection,
    ProposalWithdrawal,
    Activation,
    EmergencyReturn,
    Revocation,
    RestoreConfirmation,
)

S = TypeVar("S", bound=OfficerStatement)


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def read_statement(text: str) -> AnyOfficerStatement:
    """Return what a text states. Raises `SigningFault` unless it is written exactly as `to_text` writes."""
    first, *lines = text.removesuffix("\n").split("\n")
    model = next((one for one in STATEMENTS if first == _LEAD + one.title), None)
    if model is None:
        titles = ", ".join(one.title for one in STATEMENTS)
        raise SigningFault(f"the first line names none of these: {titles}", _COPY)
    members: dict[str, Any] = {}
    for line in lines:
        name, separator, value = line.partition(": ")
        if not separator or name in members:
            raise SigningFault("a line of the statement is no `name: value`, or is there twice", _COPY)
        members[name] = None if value == NONE else value
    try:
        stated = model.model_validate(members)
    except ValidationError as failure:
        place = ", ".join(str(error["loc"][0]) for error in failure.errors() if error["loc"])
        raise SigningFault(f"the statement cannot be read: see {place}", _COPY) from failure
    if stated.to_text() != text:
        raise SigningFault("the statement is not in the usual form", _COPY)
    return stated


def _written(value: object) -> str:
    match value:
        case None:
            return NONE
        case dt.date():
            return value.isoformat()
        case _:
            return str(value)
