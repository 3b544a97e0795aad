"""What the log holds about approvals, in its order. Every state is derived from it, and none is stored."""

from __future__ import annotations

import datetime as dt
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar

from api.domain.approvals.approvers import Approvers, Officer, read_approvers, same_person
from api.domain.approvals.statements import (
    AnyOfficerStatement,
    Founding,
    OfficerStatement,
    ProposalStatement,
    ProposalSubject,
    Revocation,
    StatementAboutProposal,
)
from engine import Approval, PolicyFaults

FLOOR, APPROVERS = "floor", "approvers"
"""The names under which a founding or a proposal brings the text of a floor, or of the approvers."""

S = TypeVar("S", bound=OfficerStatement)


@dataclass(frozen=True, slots=True)
class RecordedStatement:
    """A statement at its place in the log, and the texts that came with it. `note` is empty unless it was signed."""

    sequence: int
    at: dt.datetime
    stated: AnyOfficerStatement
    note: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecordedEvidence:
    """What was computed of a proposal, as far as it decides what may become of it.

    `engine` is the fingerprint of what computed it. `passed` names the steps that were passed, in their order;
    `failed` is the first that was not. `loosens` are the reasons why it needs an officer who decides.
    """

    sequence: int
    at: dt.datetime
    proposal: str
    digest: str
    base: str
    proposed: str
    floor: str
    engine: str
    passed: tuple[str, ...]
    failed: str | None
    loosens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedActivation:
    """Policies that came into force: by the founding, by a proposal, or by a return (`cause` is its place)."""

    sequence: int
    at: dt.datetime
    revision: str
    by: Approval
    cause: str


@dataclass(frozen=True, slots=True)
class StateInForce:
    """What is in force at a moment: the policies, the floor, the approvers, all as of the last activation.

    `approval` says how the policies came into force, and `proved_at` when they were proved last. `unconfirmed_since`
    is set from an emergency return until it is confirmed; another return does not begin it anew.
    """

    activation: RecordedActivation
    approval: Approval
    policies_since: dt.datetime
    proved_at: dt.datetime
    floor: str
    floor_digest: str
    approvers: Approvers
    approvers_digest: str
    unconfirmed_since: dt.datetime | None

    @property
    def revision(self) -> str:
        """The revision of the policies."""
        return self.activation.revision

    @property
    def confirm_until(self) -> dt.datetime | None:
        """Until when an emergency return has to be confirmed, if it has to be."""
        if self.unconfirmed_since is None:
            return None
        return self.unconfirmed_since + self.approvers.confirm_within

    def digest_of(self, subject: ProposalSubject) -> str:
        """Return the content in force of a subject."""
        match subject:
            case ProposalSubject.POLICIES:
                return self.revision
            case ProposalSubject.FLOOR:
                return self.floor_digest
            case ProposalSubject.APPROVERS:
                return self.approvers_digest


Recorded = RecordedStatement | RecordedEvidence | RecordedActivation


@dataclass(frozen=True)
class ApprovalHistory:
    """Everything that was recorded about approvals, in the order of the log; empty where they were never founded."""

    recorded: tuple[Recorded, ...] = ()

    @cached_property
    def statements(self) -> tuple[RecordedStatement, ...]:
        """The statements."""
        return tuple(one for one in self.recorded if isinstance(one, RecordedStatement))

    @cached_property
    def activations(self) -> tuple[RecordedActivation, ...]:
        """Everything that came into force."""
        return tuple(one for one in self.recorded if isinstance(one, RecordedActivation))

    @property
    def is_founded(self) -> bool:
        """Whether approvals are required."""
        return bool(self.activations)

    def states(self, stated: OfficerStatement) -> bool:
        """Whether a statement was recorded before, word for word: it counts once."""
        return any(one.stated.digest == stated.digest for one in self.statements)

    @property
    def log(self) -> str:
        """The name of the log, which every statement of an officer has. Only where approvals are founded."""
        return self.statements[0].stated.log

    @cached_property
    def proposals(self) -> Mapping[str, RecordedStatement]:
        """The proposals by their digests, the oldest first."""
        return {
            one.stated.digest: one for one in self.statements if isinstance(one.stated, ProposalStatement)
        }

    def about(self, proposal: str) -> Sequence[RecordedStatement]:
        """Return the statements about a proposal, in their order."""
        return self._about.get(proposal, ())

    def evidence_of(self, proposal: str, before: int = sys.maxsize) -> RecordedEvidence | None:
        """Return what was computed last of a proposal, or last before a place of the log."""
        found = [one for one in self._evidence.get(proposal, ()) if one.sequence < before]
        return found[-1] if found else None

    def evidence_named(self, proposal: str, digest: str) -> RecordedEvidence | None:
        """Return the evidence of a proposal that has a digest."""
        return next((one for one in self._evidence.get(proposal, ()) if one.digest == digest), None)

    def activation_of(self, proposal: str) -> RecordedActivation | None:
        """Return the entry by which a proposal came into force."""
        return self._activated.get(proposal)

    @cached_property
    def _about(self) -> Mapping[str, Sequence[RecordedStatement]]:
        found: defaultdict[str, list[RecordedStatement]] = defaultdict(list)
        for one in self.statements:
            if isinstance(one.stated, StatementAboutProposal):
                found[one.stated.proposal].append(one)
        return found

    @cached_property
    def _evidence(self) -> Mapping[str, Sequence[RecordedEvidence]]:
        found: defaultdict[str, list[RecordedEvidence]] = defaultdict(list)
        for one in self.recorded:
            if isinstance(one, RecordedEvidence):
                found[one.proposal].append(one)
        return found

    @cached_property
    def _activated(self) -> Mapping[str, RecordedActivation]:
        return {one.cause: one for one in self.activations if one.by is Approval.APPROVED}

    @cached_property
    def revoked(self) -> frozenset[str]:
        """The names of officers who have left."""
        return frozenset(one.stated.revoked for one in self.statements if isinstance(one.stated, Revocation))

    @cached_property
    def in_force(self) -> StateInForce:
        """What is in force at the end. Only where approvals are founded."""
        founding = next(one for one in self.statements if isinstance(one.stated, Founding))
        assert isinstance(founding.stated, Founding)
        floor = (founding.stated.floor, founding.texts[FLOOR])
        approvers = (founding.stated.approvers, founding.texts[APPROVERS])
        approval, since, proved_at = Approval.FOUNDED, founding.at, founding.at
        unconfirmed: dt.datetime | None = None
        for one in self.activations:
            match one.by:
                case Approval.RETURNED:
                    approval, since, unconfirmed = one.by, one.at, unconfirmed or one.at
                case Approval.APPROVED:
                    proposal = self.proposals[one.cause]
                    assert isinstance(proposal.stated, ProposalStatement)
                    evidence = self.evidence_of(one.cause, one.sequence)
                    proved_at = evidence.at if evidence else proved_at
                    match proposal.stated.subject:
                        case ProposalSubject.POLICIES:
                            approval, since, unconfirmed = one.by, one.at, None
                        case ProposalSubject.FLOOR:
                            floor = (proposal.stated.content, proposal.texts[FLOOR])
                        case ProposalSubject.APPROVERS:
                            approvers = (proposal.stated.content, proposal.texts[APPROVERS])
                case Approval.FOUNDED | Approval.NONE:
                    pass
        return StateInForce(
            activation=self.activations[-1],
            approval=approval,
            policies_since=since,
            proved_at=proved_at,
            floor=floor[1],
            floor_digest=floor[0],
            approvers=approvers_in(approvers[1]),
            approvers_digest=approvers[0],
            unconfirmed_since=unconfirmed,
        )

    def too_few_without(self, *leaving: str) -> str | None:
        """Return why nothing could be approved any more without some officers; None if it could."""
        return self.in_force.approvers.too_few_without(self.revoked.union(leaving))

    def approvers_at(self, sequence: int) -> Approvers:
        """Return the approvers in force before a place of the log, the founding ones before there were any."""
        before = [text for place, text in self._approvers if place < sequence]
        return approvers_in(before[-1] if before else self._approvers[0][1])

    def records_of(self, officer: Officer) -> list[Officer]:
        """Return every record of a person among all approvers that were ever in force: names and keys may change."""
        found, left = [officer], [one for _, text in self._approvers for one in approvers_in(text).officers]
        while same := [one for one in left if any(same_person(one, known) for known in found)]:
            found += same
            left = [one for one in left if one not in same]
        return found

    @cached_property
    def _approvers(self) -> list[tuple[int, str]]:
        """The texts of the approvers, each with the place from which it is in force."""
        founded = [
            (one.sequence, one.texts[APPROVERS])
            for one in self.statements
            if isinstance(one.stated, Founding)
        ]
        changes = (
            (one, self.proposals[one.cause]) for one in self.activations if one.by is Approval.APPROVED
        )
        return [
            *founded[:1],
            *(
                (one.sequence, change.texts[APPROVERS])
                for one, change in changes
                if APPROVERS in change.texts
            ),
        ]

    def until(self, sequence: int) -> ApprovalHistory:
        """Return what was recorded before a place of the log."""
        return ApprovalHistory(tuple(one for one in self.recorded if one.sequence < sequence))


@lru_cache(maxsize=16)
def approvers_in(text: str) -> Approvers:
    """Read approvers that were recorded, and so were sound. Raises ValueError for a log that was altered."""
    try:
        return read_approvers("approvers.yaml", text.encode())
    except PolicyFaults as faults:
        raise ValueError(str(faults)) from faults
