"""Handovers in words: their status with the sign that goes with it, and the labels of what is stated of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from api.console.frame.areas import marked
from api.domain.handovers.handover import HandoverStatus


class StatusWords(NamedTuple):
    """A status in a few words of the templates' language, and the class by which it is shown."""

    words: str
    css: str


def status_words(status: HandoverStatus) -> StatusWords:
    """Return a status as it is shown."""
    match status:
        case HandoverStatus.IN_ORDER:
            return StatusWords(marked("in order"), "good")
        case HandoverStatus.BREACH:
            return StatusWords(marked("in breach"), "bad")
        case HandoverStatus.TO_BE_REGULARISED:
            return StatusWords(marked("to be put in order"), "wait")
        case HandoverStatus.NOT_GOVERNED:
            return StatusWords(marked("not governed"), "plain")
        case _:
            assert_never(status)


LABELS: Mapping[str, str] = {
    "clearance": marked("Clearance"),
    "department": marked("Department"),
    "case_id": marked("Case"),
    "request_id": marked("Request"),
    "countries": marked("Countries of the mission"),
    "handed_over_on": marked("Day of the handover"),
    "by": marked("Handed over by"),
    "to": marked("Handed over to"),
    "recipient": marked("Who took it"),
    "mode": marked("By what means"),
    "trigger": marked("What gave rise to it"),
    "border_area": marked("In which border area"),
    "items": marked("Items"),
    "evidence": marked("Evidence"),
    "supersedes": marked("In the place of the handover"),
    "reason": marked("Why that one is wrong"),
    "line": marked("Line"),
    "description": marked("Item"),
    "quantity": marked("Quantity"),
    "unit": marked("Unit"),
    "kind": marked("Kind"),
}
"""What a member of a handover, or of one of its items, is called."""
