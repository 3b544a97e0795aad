"""A case as it is reported: its facts, the present decision, open duties with their days; and the queue of cases."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.domain.about import About, about_request
from api.domain.believed_parties import everybody
from api.domain.cases.answers import (
    CaseAnswer,
    DoneDuty,
    FactAnswer,
    OpenDuty,
    QueueAnswer,
    QueuedCase,
    UrgentPreCheck,
)
from api.domain.cases.case import Case, CaseState, Moment, RecordedFact, open_claims, request_of, state_at
from api.domain.cases.urgency import REFRAINING
from api.domain.decision_moment import DecisionMoment
from api.domain.handovers.deliveries import Delivered, Deliveries
from api.domain.handovers.handover import RecordedHandover, Transfer
from api.domain.known_facts import CaseRecords, KnownFacts, establish_facts, listed_facts
from api.domain.present_words import lacks
from engine import (
    Decision,
    Duty,
    LineDecision,
    Outcome,
    PolicySet,
    Request,
    Role,
    Vocabulary,
    decide,
)

HANDOVER, TRANSFER = "handover", "transfer_record"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case at a moment, with the decision of the policies about it, and the vocabulary they are in."""

    case: Case
    moment: Moment
    state: CaseState
    decision: Decision
    about: About
    deadline: dt.date | None
    delivered: Mapping[str, Delivered]
    vocabulary: Vocabulary

    @property
    def waiting_for(self) -> list[str]:
        """Who has something to do: an open duty, or a fact to state without which nothing can be decided."""
        lines = self.decision.lines
        with_duties = {
            duty.who
            for line in lines
            for duty in line.duties
            if duty.done_by != REFRAINING and self.done_on(line, duty) is None
        }
        undecided = (line for line in lines if line.outcome is Outcome.NEEDS_INFORMATION)
        return sorted(with_duties.union(*map(_needed_from, undecided)))

    def done_on(self, line: LineDecision, duty: Duty) -> dt.date | None:
        """The day on which a duty of a line was done, if it is done by a handover or by its transfer record."""
        delivered = self.delivered.get(str(line.line))
        if delivered is None:
            return None
        if duty.done_by == HANDOVER:
            return delivered.handover.handed_over_on
        transfer = delivered.transfer if duty.done_by == TRANSFER else None
        return transfer.recorded_on if transfer and _within(transfer, self.moment) else None


def view_case(
    case: Case,
    moment: Moment,
    records: CaseRecords,
    deliveries: Deliveries,
    policies: PolicySet,
    decided: DecisionMoment,
) -> CaseView | None:
    """Return the case at `moment` under `policies`, with what `records` state of its items and what was delivered.

    `decided` is when it is decided.

    Returns None if the case had not been opened.
    """
    if moment.known_at and case.opened_at > moment.known_at:
        return None
    state = state_at(case, moment)
    request = request_of(policies.vocabulary, case, state, moment.held_on)
    listed = KnownFacts(
        listed_facts(policies.registers, request, records.known_at(moment.known_at), moment.held_on)
    )
    decision = decide(
        policies,
        establish_facts(policies.vocabulary, request, listed, everybody(policies.vocabulary)).request,
        decision_id=f"{case.case_id}@{len(state.known)}",
        evaluated_at=decided.at,
        claimed=open_claims(case, state),
        status=decided.status,
    )
    delivered = {
        mark: found
        for mark, found in deliveries.get(case.case_id, {}).items()
        if _within(found.handover, moment)
    }
    about = about_request(request, policies.vocabulary, policies)
    deadline = deadline_of(policies.vocabulary, request)
    return CaseView(case, moment, state, decision, about, deadline, delivered, policies.vocabulary)


def _needed_from(line: LineDecision) -> set[str]:
    """Who can answer what changes the outcome alone; where nothing does, the next question and those beside it."""
    alone = {missing.answered_by for missing in line.missing if not missing.together_with}
    if alone:
        return alone
    facts = {fact for missing in line.missing[:1] for fact in (missing.fact, *missing.together_with)}
    return {missing.answered_by for missing in line.missing if missing.fact in facts}


def _within(record: RecordedHandover | Transfer, moment: Moment) -> bool:
    """Whether it had happened by the day of the moment, and was known by its time."""
    happened = record.handed_over_on if isinstance(record, RecordedHandover) else record.recorded_on
    return happened <= moment.held_on and (moment.known_at is None or record.recorded_at <= moment.known_at)


def case_answer(view: CaseView, reader: Role) -> CaseAnswer:
    """Return the case with its facts, decision, duties and history.

    What the other side has written, the evidence of what others than who asks record, is not for a department.
    """
    state = view.state
    return CaseAnswer(
        **_head(view),
        held_on=view.moment.held_on,
        known_at=view.moment.known_at or view.decision.evaluated_at,
        decision=json.loads(view.decision.to_json()),
        duties=tuple(_duties(view)),
        done=tuple(_done(view)),
        facts=tuple(_fact(fact, view, reader) for fact in state.facts),
        history=tuple(_fact(fact, view, reader) for fact in state.known),
    )


def queue_answer(urgent: Sequence[UrgentPreCheck], queue: Sequence[CaseView], *, more: bool) -> QueueAnswer:
    """Return a page of the queue: urgent requests without a case, then cases, each with its answer and its duties.

    `next` leads on behind the last of them if there are more.
    """
    cases = tuple(
        QueuedCase(**_head(view), outcome=view.decision.outcome, duties=tuple(_duties(view)))
        for view in queue
    )
    ids = [*(one.decision_id for one in urgent), *(one.case_id for one in cases)]
    return QueueAnswer(urgent_without_case=tuple(urgent), cases=cases, next=ids[-1] if more else None)


def _head(view: CaseView) -> dict[str, Any]:
    case = view.case
    return {
        "case_id": case.case_id,
        "request_id": case.request_id,
        "department": case.department,
        "opened_at": case.opened_at,
        "version": len(view.state.known),
        "deadline": view.deadline,
        "waiting_for": tuple(view.waiting_for),
        "about": view.about,
    }


def _duties(view: CaseView) -> Iterator[OpenDuty]:
    for line in view.decision.lines:
        for duty in line.duties:
            if view.done_on(line, duty):
                continue
            due = None if _has_its_own_time(line, duty.within, duty.before) else view.deadline
            yield OpenDuty(line=line.line, **duty.model_dump(), due=due)


def _done(view: CaseView) -> Iterator[DoneDuty]:
    """The duties that were done, each with the handover that did it."""
    for line in view.decision.lines:
        for duty in line.duties:
            if day := view.done_on(line, duty):
                handover_id = view.delivered[str(line.line)].handover.handover_id
                yield DoneDuty(line=line.line, **duty.model_dump(), done_on=day, handover_id=handover_id)


def _has_its_own_time(line: LineDecision, within: str | None, before: str | None) -> bool:
    """Whether a duty is due after the handover; every other has to be done by the day the material is needed."""
    return within is not None or (line.outcome.permits and before is not None)


def deadline_of(vocabulary: Vocabulary, request: Request) -> dt.date | None:
    """The day by which the answer is of use, if the vocabulary has a fact for it and the request states it."""
    fact = vocabulary.declarations.deadline
    value = vocabulary.value_of(request, fact) if fact else None
    return value if isinstance(value, dt.date) else None


def _may_see_evidence(reader: Role, author: str) -> bool:
    """A department sees what departments stated a fact on, and not what the office did."""
    return not reader.asks or author == reader.name


def _fact(fact: RecordedFact, view: CaseView, reader: Role) -> FactAnswer:
    withheld = not _may_see_evidence(reader, fact.role)
    return FactAnswer(
        position=fact.position,
        line={str(mark): mark for mark in view.case.lines}.get(str(fact.line)),
        fact=fact.name,
        happened_on=fact.happened_on,
        recorded_at=fact.recorded_at,
        recorded_by=fact.recorded_by,
        role=fact.role,
        evidence=None if withheld else fact.evidence,
        supersedes=fact.supersedes,
        superseded_by=view.state.superseded_by.get(fact.position),
        sequence=fact.sequence,
        value=fact.value,
        in_old_words=lacks(view.vocabulary, fact.name, fact.value),
    )
