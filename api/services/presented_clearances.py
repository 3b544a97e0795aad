"""What is presented with a handover as its clearance: found among those that were issued, with its first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.domain.cases.case import Case
from api.domain.handovers.assessment import PresentedClearance
from api.domain.handovers.clearance import FORMAT, Clearance, as_printed, parse_clearance
from api.domain.handovers.handover import HandoverStatement
from api.domain.identity import Caller
from api.signing.faults import SigningFault
from api.signing.notes import parse_note
from api.storage.cases import load_case
from api.storage.handovers import find_clearance, first_use

if TYPE_CHECKING:
    from sqlalchemy import Connection


def present_clearance(
    connection: Connection, stated: HandoverStatement, caller: Caller
) -> PresentedClearance:
    """Return what is presented: the id of a clearance, or the clearance itself, whole and unaltered."""
    if stated.clearance is None:
        return PresentedClearance()
    clearance_id, note = stated.clearance.strip(), None
    if clearance_id.startswith(FORMAT):
        note = as_printed(stated.clearance)
        try:
            clearance_id = parse_clearance(parse_note(note, "clearance")).clearance_id
        except SigningFault as fault:
            return PresentedClearance(wrong=f"The text of the clearance cannot be read: {fault.fact}.")
    issued = find_clearance(connection, clearance_id)
    if issued is None:
        return PresentedClearance(wrong="The service has issued no such clearance.")
    if note is not None and note != issued.note:
        return PresentedClearance(
            wrong="The text is not that of the clearance the service issued: it was altered."
        )
    clearance = issued.clearance.with_normal_texts()
    of_caller = None in (caller.department, clearance.department) or caller.department == clearance.department
    department = clearance.department or stated.department or caller.department
    named = load_case(connection, stated.case_id) if stated.case_id else None
    other_case = of_caller and stated.case_id is not None and not _is_about(named, clearance, department)
    return PresentedClearance(
        clearance, first_use(connection, clearance.clearance_id), of_caller, other_case=other_case
    )


def _is_about(case: Case | None, clearance: Clearance, department: str | None) -> bool:
    """Whether a case is that of a department about the request of a clearance."""
    key = (department, clearance.request_id)
    return case is not None and (case.department, case.request_id) == key
