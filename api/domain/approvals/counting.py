"""Which approvals of a proposal count, and why the others do not. One person counts once, under whatever names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from api.domain.approvals.approvers import Officer, same_person
from api.domain.approvals.history import ApprovalHistory, RecordedStatement
from api.domain.approvals.statements import ApprovalStatement, ApprovalWithdrawal, ProposalStatement


@dataclass(frozen=True, slots=True)
class CountedApproval:
    """An approval, and why it does not count; `why_not` is None for one that does."""

    recorded: RecordedStatement
    stated: ApprovalStatement
    officer: Officer | None
    why_not: str | None
    until: dt.datetime

    @property
    def decides(self) -> bool:
        """Whether it is of an officer who decides."""
        return self.officer is not None and self.officer.decides


def count_approvals(
    history: ApprovalHistory, proposal: RecordedStatement, at: dt.datetime
) -> tuple[CountedApproval, ...]:
    """Return each approval of a proposal, in the order of the log, with why it does not count at a time, if so."""
    assert isinstance(proposal.stated, ProposalStatement)
    counting = _Counting(history, proposal, proposal.stated, at)
    found = [counting.count(one) for one in reversed(history.about(proposal.stated.digest))]
    return tuple(one for one in reversed(found) if one is not None)


class _Counting:
    """Counts from the newest approval back: of one person it is the newest that counts."""

    def __init__(
        self,
        history: ApprovalHistory,
        recorded: RecordedStatement,
        stated: ProposalStatement,
        at: dt.datetime,
    ) -> None:
        self._history = history
        self._proposal = stated
        self._at = at
        self._in_force = history.in_force.approvers
        author = history.approvers_at(recorded.sequence).find(stated.officer)
        self._authors = history.records_of(author) if author else []
        self._counted: list[Officer] = []

    def _find(self, name: str) -> Officer | None:
        return self._in_force.find(name)

    def count(self, one: RecordedStatement) -> CountedApproval | None:
        """Return an approval as it counts; None for another statement."""
        if not isinstance(one.stated, ApprovalStatement):
            return None
        then = self._history.approvers_at(one.sequence)
        hold = min(then.approvals_hold, self._in_force.approvals_hold)
        until = min(one.stated.at, one.at) + hold
        officer = self._find(one.stated.officer)
        why_not = next(self._objections(one, one.stated, then.find(one.stated.officer), officer, until), None)
        if why_not is None and officer is not None:
            self._counted += self._history.records_of(officer)
        return CountedApproval(one, one.stated, officer, why_not, until)

    def _objections(
        self,
        one: RecordedStatement,
        approval: ApprovalStatement,
        then: Officer | None,
        now: Officer | None,
        until: dt.datetime,
    ) -> Iterator[str]:
        if then is None or now is None:
            yield "the approvers in force do not name the officer"
            return
        if then.credentials != now.credentials:
            yield "the approvers in force name the officer with another key or other credentials"
        if approval.officer in self._history.revoked:
            yield "the officer has left"
        if any(same_person(now, author) or same_person(then, author) for author in self._authors):
            yield "the officer is the author"
        if (approval.content, approval.base) != (self._proposal.content, self._proposal.base):
            yield "it is about another revision"
        if self._at >= until:
            yield "it has expired"
        if self._was_taken_back(one, approval):
            yield "the officer took it back"
        if any(same_person(now, other) for other in self._counted):
            yield "the officer approved again later, and counts once"

    def _was_taken_back(self, one: RecordedStatement, approval: ApprovalStatement) -> bool:
        """Whether the officer took an approval back after this one was recorded, or after a note of it was signed."""
        return any(
            later.sequence > one.sequence or (one.note and approval.at <= later.at)
            for later in self._history.about(self._proposal.digest)
            if isinstance(later.stated, ApprovalWithdrawal) and later.stated.officer == approval.officer
        )
