"""A handover: the body that states it, the recorded handover, and the closed sets of its status and grounds.

The classes of the body have no members of their own at run time: `api.domain.handovers.handover_models` makes the
model of a vocabulary from them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, field_validator, model_validator

from api.parsing.fields import Day, Strict, Text

MAX_NOTE = 1_000_000
MAX_SUPERSEDED = 20


def _one_of(named: str, other: str) -> dict[str, Any]:
    """As JSON Schema: one member names something, and the other does not."""
    return {"properties": {named: {"type": "string"}, other: {"type": "null"}}, "required": [named]}


class ClearanceStatement(Strict):
    """What a clearance is wanted for: a decision, or a case, which is then decided as of the day that is planned.

    `planned_on`, if given, has to lie within the days of the decision.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [_one_of("decision_id", "case_id"), _one_of("case_id", "decision_id")]}
    )

    decision_id: Text | None = None
    case_id: Text | None = None
    planned_on: Day | None = None

    @model_validator(mode="after")
    def _named(self) -> ClearanceStatement:
        if (self.decision_id is None) == (self.case_id is None):
            raise ValueError("name either the decision, as `decision_id`, or the case, as `case_id`")
        return self


class HandedItem(Strict):
    """A line as it was handed over, under the mark it had in the request."""

    if TYPE_CHECKING:
        line: int | str
        description: str
        quantity: Decimal | None
        unit: str | None

    @property
    def kind_stated(self) -> str | None:
        """What kind of item it is, as far as the vocabulary has words for that and one is stated."""
        kind: str | None = self.__dict__.get("kind")
        return kind


_STATED: dict[str, Any] = {"type": ["string", "array"]}
_SUPERSEDES: dict[str, Any] = {"properties": {"supersedes": _STATED}, "required": ["supersedes"]}
_REASON: dict[str, Any] = {"properties": {"reason": {"type": "string"}}, "required": ["reason"]}
_REASONED: dict[str, Any] = {
    "allOf": [{"if": _SUPERSEDES, "then": _REASON}, {"if": _REASON, "then": _SUPERSEDES}]
}
"""As JSON Schema: one that supersedes another has a reason, and no other has one."""


class HandoverStatement(Strict):
    """What was handed over. `clearance` is its id or its text; `recipient` says in words who took the items.

    `by`, `to`, `mode`, `trigger` and `border_area` are words of the vocabulary; `evidence` names the receipt.
    `supersedes` is the id of a handover that was recorded wrongly, or several of one that stands more than once; this
    record counts in their place, for the `reason` given.
    """

    model_config = ConfigDict(json_schema_extra=_REASONED)

    if TYPE_CHECKING:
        clearance: str | None
        department: str | None
        request_id: str | None
        case_id: str | None
        countries: list[str]
        handed_over_on: dt.date
        by: str
        to: str
        recipient: str
        items: list[HandedItem]
        evidence: str
        supersedes: str | list[str] | None
        reason: str | None

    @property
    def superseded(self) -> tuple[str, ...]:
        """The handovers that this one supersedes."""
        named = self.supersedes
        return (named,) if isinstance(named, str) else tuple(dict.fromkeys(named or ()))

    @model_validator(mode="after")
    def _reasoned(self) -> HandoverStatement:
        if self.superseded and self.reason is None:
            raise ValueError("a record that supersedes another needs a `reason`; say why the other is wrong")
        if self.reason is not None and not self.superseded:
            raise ValueError(
                "a `reason` is that of a correction; name the record that is wrong under `supersedes`"
            )
        return self

    @field_validator("items", check_fields=False)
    @classmethod
    def _distinct_lines(cls, items: list[HandedItem]) -> list[HandedItem]:
        if len({str(item.line) for item in items}) < len(items):
            raise ValueError("two items carry the same line; add their quantities up, or give each its own")
        return items


class HandoverWithdrawal(Strict):
    """Why a recorded handover is withdrawn: it never took place."""

    reason: Text


class TransferStatement(Strict):
    """The transfer procedure of a handover, with its written reference."""

    recorded_on: Day
    reference: Text


class HandoverStatus(StrEnum):
    """What a handover is. `not_governed` says that the policies do not speak of it, never that it was allowed."""

    IN_ORDER = "in_order"
    BREACH = "breach"
    TO_BE_REGULARISED = "to_be_regularised"
    NOT_GOVERNED = "not_governed"


class GroundCode(StrEnum):
    """Why a handover is not in order."""

    BEFORE_INSTRUCTION = "before_instruction"
    NO_CLEARANCE = "no_clearance"
    UNKNOWN_CLEARANCE = "unknown_clearance"
    CLEARANCE_USED = "clearance_used"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    OTHER_ITEMS = "other_items"
    OTHER_DELIVERER = "other_deliverer"
    OTHER_RECIPIENT = "other_recipient"
    OTHER_DEPARTMENT = "other_department"
    OTHER_REQUEST = "other_request"
    CLEARED_AFTERWARDS = "cleared_afterwards"
    POLICY_CHANGED = "policy_changed"
    NO_LONGER_PERMITTED = "no_longer_permitted"
    CORRECTS_BREACH = "corrects_breach"


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason in words, with the clause that forbids or asks for something here."""

    code: GroundCode
    detail: str
    clause: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """A recorded transfer procedure; a reference that was erased is empty."""

    handover_id: str
    recorded_on: dt.date
    reference: str
    recorded_at: dt.datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class RecordedHandover:
    """A handover as it was recorded; `content` is its answer, and never changes but for texts erased.

    `uses_up` is the clearance that nobody can use after this handover.
    """

    handover_id: str
    clearance_id: str | None
    uses_up: str | None
    department: str | None
    request_id: str | None
    case_id: str | None
    handed_over_on: dt.date
    recorded_at: dt.datetime
    recorded_by: str
    status: HandoverStatus
    content: Mapping[str, Any]
    sequence: int

    @property
    def listed_items(self) -> Sequence[str]:
        """The pending items of the registers that were handed over in order, by their numbers."""
        return tuple(self.content.get("listed_items", ()))

    def with_notes(self, notes: Sequence[str]) -> RecordedHandover:
        """Return the handover with further notes."""
        return replace(self, content={**self.content, "notes": [*self.content["notes"], *notes]})
