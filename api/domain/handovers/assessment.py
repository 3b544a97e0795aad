"""The assessment of a handover, in order or in breach, from what was recorded and what was cleared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from api.domain.deciders import deciders_in_words
from api.domain.handovers.clearance import Clearance, ClearedItem
from api.domain.handovers.completion import is_same_text
from api.domain.handovers.handover import Ground, GroundCode, HandedItem, HandoverStatement, HandoverStatus
from engine import Decision, HandoverClauses, LineDecision, Outcome, PolicySet


@dataclass(frozen=True, slots=True)
class PresentedClearance:
    """What was presented as a clearance: one that was issued, with the first handover under it, or why it is none.

    `of_caller` is false for a clearance that names another department than the caller's; `other_case` is true
    where the handover names a case that is not about the request of the clearance.
    """

    clearance: Clearance | None = None
    used_by: str | None = None
    of_caller: bool = True
    wrong: str | None = None
    other_case: bool = False

    @property
    def binding(self) -> Clearance | None:
        """The clearance the handover is compared with."""
        return self.clearance if self.of_caller else None


@dataclass(frozen=True, slots=True)
class HandoverAssessment:
    """The status of a handover, its grounds, and further notes."""

    status: HandoverStatus
    grounds: tuple[Ground, ...] = ()
    notes: tuple[str, ...] = ()


def assess_handover(
    stated: HandoverStatement,
    department: str | None,
    presented: PresentedClearance,
    decision: Decision,
    policies: PolicySet,
    *,
    takes_old_days: bool,
    corrected_breach: str | None = None,
) -> HandoverAssessment:
    """Return the assessment of a handover, given the decision about it as it happened, under `policies`.

    Unless old days are accepted, as in an exercise, a clearance issued after the day does not count. A record in
    breach that is corrected by others than those who decide stays a breach, whatever the correction states.
    """
    outside = _outside(stated, decision, policies)
    if corrected_breach is None and outside is not None:
        return outside
    clause = clause_of(decision, policies)
    grounds = [
        *_corrected(corrected_breach, clause, policies),
        *(Ground(code, detail, clause) for code, detail in _found(stated, department, presented)),
        *(Ground(*found, clause) for found in _afterwards(stated, presented.binding) if not takes_old_days),
        *_decided(presented.binding, decision, policies, clause),
    ]
    if grounds:
        return HandoverAssessment(HandoverStatus.BREACH, tuple(grounds))
    return HandoverAssessment(HandoverStatus.IN_ORDER, notes=tuple(_notes(presented.binding, policies)))


def _outside(stated: HandoverStatement, decision: Decision, policies: PolicySet) -> HandoverAssessment | None:
    """The assessment of a handover without a clearance that the policies do not govern, or that came before them."""
    if stated.clearance is not None:
        return None
    if decision.outcome is Outcome.NOT_GOVERNED:
        detail = "The policies do not speak of this handover; they neither permit nor forbid it."
        return HandoverAssessment(HandoverStatus.NOT_GOVERNED, notes=(detail,))
    if _before_instruction(stated.handed_over_on, policies):
        return _past(stated.handed_over_on, policies, decision)
    return None


def _corrected(breach: str | None, clause: str, policies: PolicySet) -> Iterator[Ground]:
    if breach is not None:
        who = deciders_in_words(policies)
        detail = f"It corrects the handover {breach}, which is in breach; {who} alone corrects that."
        yield Ground(GroundCode.CORRECTS_BREACH, detail, clause)


def clause_of(decision: Decision, policies: PolicySet) -> str:
    """Return the clause that is broken where the handover takes place against the strictest line.

    It is the clause by which that line has something left undone, else that of the duty of whoever asks. Where
    the line permits, it is the clause the permission is given under.
    """
    line = max(decision.lines, key=lambda line: line.outcome.strictness)
    ends = "handover" if line.outcome.permits else "refraining"
    named = [duty.clause for duty in line.duties if duty.done_by == ends]
    others = [duty.clause for duty in line.duties if duty.who == policies.vocabulary.asking_party]
    return next(iter([*named, *others]), line.clauses[-1])


def _before_instruction(day: dt.date, policies: PolicySet) -> bool:
    if policies.instruction is None:
        return True
    return policies.instruction.start is not None and day < policies.instruction.start


def _past(day: dt.date, policies: PolicySet, decision: Decision) -> HandoverAssessment:
    cited = policies.registers.handovers if policies.registers else HandoverClauses()
    start = policies.instruction.start if policies.instruction else None
    why = f"the instruction holds from {start}" if start else "no instruction is in force"
    detail = f"Handed over on {day}, and {why}: it goes on the list of what has been provided"
    reading = f" (reading {cited.earlier_reading})" if cited.earlier_reading else ""
    clause = cited.earlier or clause_of(decision, policies)
    ground = Ground(GroundCode.BEFORE_INSTRUCTION, f"{detail}{reading}.", clause)
    return HandoverAssessment(HandoverStatus.TO_BE_REGULARISED, (ground,))


def _found(
    stated: HandoverStatement, department: str | None, presented: PresentedClearance
) -> Iterator[tuple[GroundCode, str]]:
    """Yield where the handover and its clearance differ."""
    if stated.clearance is None:
        yield GroundCode.NO_CLEARANCE, "No clearance was presented."
        return
    clearance = presented.clearance
    if clearance is None:
        yield GroundCode.UNKNOWN_CLEARANCE, presented.wrong or "The service has issued no such clearance."
        return
    if not presented.of_caller:
        yield GroundCode.OTHER_DEPARTMENT, "The clearance was not issued for this department."
        return
    if presented.used_by:
        yield GroundCode.CLEARANCE_USED, f"The clearance was used up by the handover {presented.used_by}."
    yield from _days(stated.handed_over_on, clearance)
    yield from _persons(stated, department, clearance)
    if stated.request_id not in (None, clearance.request_id):
        yield GroundCode.OTHER_REQUEST, f"The clearance is for the request {clearance.request_id}."
    if presented.other_case:
        yield GroundCode.OTHER_REQUEST, "The clearance is for another case than the one that is named."
    for detail in _items(stated.items, clearance):
        yield GroundCode.OTHER_ITEMS, detail


def _days(day: dt.date, clearance: Clearance) -> Iterator[tuple[GroundCode, str]]:
    if day < clearance.valid_from:
        yield GroundCode.NOT_YET, f"Handed over on {day}; the clearance holds from {clearance.valid_from}."
    if day > clearance.valid_until:
        yield GroundCode.EXPIRED, f"Handed over on {day}; the clearance held until {clearance.valid_until}."


def _afterwards(stated: HandoverStatement, clearance: Clearance | None) -> Iterator[tuple[GroundCode, str]]:
    if clearance and stated.handed_over_on < clearance.day_at(clearance.issued_at):
        detail = f"Handed over on {stated.handed_over_on}; the clearance was issued at {clearance.issued_at}."
        yield GroundCode.CLEARED_AFTERWARDS, detail


def _persons(
    stated: HandoverStatement, department: str | None, clearance: Clearance
) -> Iterator[tuple[GroundCode, str]]:
    if stated.by != clearance.deliverer:
        yield (
            GroundCode.OTHER_DELIVERER,
            f"Handed over by {stated.by}; the clearance says {clearance.deliverer}.",
        )
    if stated.to != clearance.recipient:
        yield (
            GroundCode.OTHER_RECIPIENT,
            f"Handed over to {stated.to}; the clearance says {clearance.recipient}.",
        )
    if set(stated.countries) != set(clearance.countries):
        came, cleared = ", ".join(sorted(set(stated.countries))), ", ".join(clearance.countries)
        yield GroundCode.OTHER_RECIPIENT, f"The mission is from {came}; the clearance says {cleared}."
    if None not in (department, clearance.department) and department != clearance.department:
        yield (
            GroundCode.OTHER_DEPARTMENT,
            f"The department is {department}; the clearance says {clearance.department}.",
        )


def _items(items: list[HandedItem], clearance: Clearance) -> Iterator[str]:
    cleared = {item.line: item for item in clearance.items}
    for item in items:
        found = cleared.get(str(item.line))
        if found is None:
            yield f"Line {item.line} is not in the clearance."
            continue
        yield from (f"Line {item.line}: {detail}." for detail in _differences(item, found))


def _differences(item: HandedItem, cleared: ClearedItem) -> Iterator[str]:
    """Where both state something, and it is not the same; a smaller quantity is within the clearance."""
    if not is_same_text(item.description, cleared.description):
        yield f"the clearance says “{cleared.description}”"
    if item.kind_stated is not None and item.kind_stated != cleared.kind:
        yield f"the kind is {item.kind_stated}; the clearance says {cleared.kind}"
    if item.unit is not None and cleared.unit is not None and not is_same_text(item.unit, cleared.unit):
        yield f"the unit is {item.unit}; the clearance says {cleared.unit}"
    if item.quantity is not None and item.quantity > cleared.quantity:
        yield f"the quantity is {item.quantity}; the clearance says {cleared.quantity}"


def _decided(
    clearance: Clearance | None, decision: Decision, policies: PolicySet, clause: str
) -> Iterator[Ground]:
    """Yield the ground that the handover, under a clearance, would not be permitted as it happened."""
    if clearance is None or decision.outcome.permits:
        return
    refusals = "; ".join(_line_summary(line) for line in decision.lines if not line.outcome.permits)
    if clearance.revision != policies.revision:
        detail = f"The policies have changed since the clearance was issued, and now say {refusals}."
        yield Ground(GroundCode.POLICY_CHANGED, detail, clause)
    yield Ground(GroundCode.NO_LONGER_PERMITTED, f"As it happened, on its day: {refusals}.", clause)


def _line_summary(line: LineDecision) -> str:
    return f"line {line.line} {line.outcome} ({', '.join(line.clauses)})"


def _notes(clearance: Clearance | None, policies: PolicySet) -> Iterator[str]:
    if clearance and clearance.revision != policies.revision:
        yield "The policies have changed since the clearance was issued; the handover is still permitted."
