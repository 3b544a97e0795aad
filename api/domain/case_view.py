"""A case as it is told: its facts, the present decision, who owes what by when; and the queue of cases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from api.domain.cases.answers import CaseAnswer, DoneDuty, FactAnswer, OpenDuty, QueueAnswer, QueuedCase
from api.domain.cases.case import Case, Moment, RecordedFact, Standing, open_claims, request_of, standing_at
from api.domain.handovers.deliveries import Delivered, Deliveries
from api.domain.handovers.handover import Handover, Transfer
from api.domain.identity import Role
from api.domain.known_facts import Known, Records, establish_facts, listed_facts
from engine import Decision, Duty, LineDecision, Outcome, PolicySet, Request, decide

HANDOVER, TRANSFER, REFRAINING = "handover", "transfer_record", "refraining"


@dataclass(frozen=True, slots=True)
class Told:
    """A case at a moment, and what the policies say of it."""

    case: Case
    moment: Moment
    standing: Standing
    decision: Decision
    deadline: dt.date | None
    delivered: Mapping[str, Delivered]

    @property
    def waiting_for(self) -> list[str]:
        """Who has something to do: owes a duty, or the answer to a question without which nothing can be decided."""
        lines = self.decision.lines
        owing = {
            duty.who
            for line in lines
            for duty in line.duties
            if duty.done_by != REFRAINING and self.done_on(line, duty) is None
        }
        asked = (line for line in lines if line.outcome is Outcome.NEEDS_INFORMATION)
        return sorted(owing | {missing.answered_by for line in asked for missing in line.missing})

    def done_on(self, line: LineDecision, duty: Duty) -> dt.date | None:
        """The day on which a duty of a line was done, if it is done by a handover or by its transfer record."""
        delivered = self.delivered.get(str(line.line))
        if delivered is None:
            return None
        if duty.done_by == HANDOVER:
            return delivered.handover.handed_over_on
        transfer = delivered.transfer if duty.done_by == TRANSFER else None
        return transfer.recorded_on if transfer and _within(transfer, self.moment) else None


def tell(
    case: Case,
    moment: Moment,
    records: Records,
    deliveries: Deliveries,
    policies: PolicySet,
    at: dt.datetime,
) -> Told | None:
    """Return the case at `moment` under `policies`, with what `records` hold of its items and what was delivered.

    Returns None if the case had not been opened.
    """
    if moment.known_at and case.opened_at > moment.known_at:
        return None
    standing = standing_at(case, moment)
    request = request_of(case, standing, moment.held_on)
    listed = Known(listed_facts(request, records.known_at(moment.known_at), moment.held_on))
    decision = decide(
        policies,
        establish_facts(request, listed, claims_withheld=False).request,
        decision_id=f"{case.case_id}@{len(standing.known)}",
        evaluated_at=at,
        claimed=open_claims(case, standing),
    )
    delivered = {
        mark: found
        for mark, found in deliveries.get(case.case_id, {}).items()
        if _within(found.handover, moment)
    }
    return Told(case, moment, standing, decision, _deadline(request), delivered)


def _within(record: Handover | Transfer, moment: Moment) -> bool:
    """Whether it had happened on the day that is asked about, and was known by then."""
    happened = record.handed_over_on if isinstance(record, Handover) else record.recorded_on
    return happened <= moment.held_on and (moment.known_at is None or record.recorded_at <= moment.known_at)


def case_answer(told: Told, reader: Role) -> CaseAnswer:
    """Return the case with its facts, decision, duties and history.

    What the other side has written, the evidence of what Committee and liaison record, is not for a department.
    """
    standing = told.standing
    return CaseAnswer(
        **_head(told),
        held_on=told.moment.held_on,
        known_at=told.moment.known_at or told.decision.evaluated_at,
        decision=json.loads(told.decision.to_json()),
        duties=tuple(_duties(told)),
        done=tuple(_done(told)),
        facts=tuple(_fact(fact, told, reader) for fact in standing.facts),
        history=tuple(_fact(fact, told, reader) for fact in standing.known),
    )


def queue_answer(queue: Sequence[Told], *, more: bool) -> QueueAnswer:
    """Return the cases of a queue, each with its answer and its duties; `next` leads on if there are more."""
    cases = tuple(
        QueuedCase(**_head(told), outcome=told.decision.outcome, duties=tuple(_duties(told)))
        for told in queue
    )
    return QueueAnswer(cases=cases, next=cases[-1].case_id if more else None)


def _head(told: Told) -> dict[str, Any]:
    case = told.case
    return {
        "case_id": case.case_id,
        "request_id": case.request_id,
        "department": case.department,
        "opened_at": case.opened_at,
        "version": len(told.standing.known),
        "deadline": told.deadline,
        "waiting_for": tuple(told.waiting_for),
    }


def _duties(told: Told) -> Iterator[OpenDuty]:
    for line in told.decision.lines:
        for duty in line.duties:
            if told.done_on(line, duty):
                continue
            due = None if _has_its_own_time(line, duty.within, duty.before) else told.deadline
            yield OpenDuty(line=line.line, **duty.model_dump(), due=due)


def _done(told: Told) -> Iterator[DoneDuty]:
    """The duties that were done, each with the handover that did it."""
    for line in told.decision.lines:
        for duty in line.duties:
            if day := told.done_on(line, duty):
                handover_id = told.delivered[str(line.line)].handover.handover_id
                yield DoneDuty(line=line.line, **duty.model_dump(), done_on=day, handover_id=handover_id)


def _has_its_own_time(line: LineDecision, within: str | None, before: str | None) -> bool:
    """Whether a duty is due after the handover; every other has to be done by the day the material is needed."""
    return within is not None or (line.outcome.permits and before is not None)


def _deadline(request: Request) -> dt.date | None:
    return request.urgency.deadline if request.urgency else None


def _may_see_evidence(reader: Role, recorder: Role) -> bool:
    """A department sees what departments stated a fact on, and not what the office did."""
    match reader:
        case Role.DEPARTMENT:
            return recorder is Role.DEPARTMENT
        case Role.COMMITTEE | Role.LIAISON | Role.POLICY_OFFICER | Role.AUDITOR:
            return True
        case _:
            assert_never(reader)


def _fact(fact: RecordedFact, told: Told, reader: Role) -> FactAnswer:
    withheld = not _may_see_evidence(reader, fact.role)
    return FactAnswer(
        position=fact.position,
        line={str(mark): mark for mark in told.case.lines}.get(str(fact.line)),
        fact=fact.name,
        happened_on=fact.happened_on,
        recorded_at=fact.recorded_at,
        recorded_by=fact.recorded_by,
        role=fact.role,
        evidence=None if withheld else fact.evidence,
        supersedes=fact.supersedes,
        superseded_by=told.standing.superseded_by.get(fact.position),
        sequence=fact.sequence,
        value=fact.value,
    )
