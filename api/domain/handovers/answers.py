"""The answers about clearances, handovers and their transfers, and about what does not agree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from api.domain.handovers.handover import GroundCode, HandoverStatus
from api.parsing.answers import ErasableMember, JsonAnswer, WrittenAs
from engine import Decision

_WORD = "A word of the vocabulary in which the handover was recorded"


class ClearanceState(StrEnum):
    """What has become of a clearance."""

    UNUSED = "unused"
    USED = "used"
    EXPIRED = "expired"


class ClearanceAnswer(JsonAnswer):
    """A clearance with what has become of it."""

    clearance_id: str
    decision_id: str
    request_id: str
    department: str | None = None
    state: ClearanceState
    used_by: str | None = Field(None, description="The handover that used it up")
    lines: tuple[str, ...]
    issued_at: dt.datetime
    issued_by: str
    valid_from: dt.date
    valid_until: dt.date
    note: str = Field(
        description="The clearance itself, signed, to be printed or kept; of a dry run, unsigned"
    )


class IssuedClearance(ClearanceAnswer):
    """A clearance as it is answered to whoever asks for it to be issued."""

    already_issued: bool


class GroundAnswer(JsonAnswer):
    """Why a handover is not in order, with the clause."""

    code: GroundCode
    detail: str
    clause: str


class TransferAnswer(JsonAnswer):
    """A recorded transfer procedure."""

    recorded_on: dt.date
    reference: str | None = Field(description="Null once it was erased")
    recorded_at: dt.datetime
    recorded_by: str


class WithdrawalAnswer(JsonAnswer):
    """Why a handover does not count: it never took place."""

    reason: str | None = Field(description="Null once it was erased")
    recorded_at: dt.datetime
    recorded_by: str


class WithdrawalAcknowledgement(WithdrawalAnswer):
    """A withdrawal as it is answered when it was recorded."""

    handover_id: str
    notes: tuple[str, ...] = ()


class TransferAcknowledgement(JsonAnswer):
    """A transfer procedure as it is answered when it was recorded."""

    handover_id: str
    recorded_on: dt.date
    reference: str | None = Field(description="Null once it was erased")
    recorded_at: dt.datetime
    recorded_by: str
    notes: tuple[str, ...] = ()


class HandedItemAnswer(JsonAnswer):
    """A line as it was handed over."""

    line: int | str
    description: str | None = Field(description="Null once it was erased")
    quantity: Annotated[Decimal, WithJsonSchema({"type": "number"})] | None = None
    unit: str | None = None
    kind: str | None = Field(None, description=_WORD)


class HandoverAnswer(JsonAnswer):
    """A handover: what was stated of it, what was found, the decision about it, and its transfer if there is one."""

    handover_id: str
    status: HandoverStatus
    grounds: tuple[GroundAnswer, ...]
    notes: tuple[str, ...]
    recorded_at: dt.datetime
    recorded_by: str
    recorded_late: bool
    clearance_id: str | None = None
    clearance_used_up: bool
    department: str | None = None
    request_id: str | None = None
    case_id: str | None = None
    listed_items: tuple[str, ...] | None = Field(
        None, description="The pending items of the registers among its lines"
    )
    countries: tuple[str, ...]
    handed_over_on: dt.date
    by: str = Field(description=_WORD)
    to: str = Field(description=_WORD)
    recipient: str | None = Field(description="Null once it was erased")
    mode: str | None = Field(None, description=_WORD)
    trigger: str | None = Field(None, description=_WORD)
    border_area: str | None = Field(None, description=_WORD)
    items: tuple[HandedItemAnswer, ...]
    evidence: str | None = Field(description="Null once it was erased")
    supersedes: str | tuple[str, ...] | None = Field(None, description="What this record counts in place of")
    reason: ErasableMember = None
    superseded_by: str | None = Field(None, description="The record that counts in place of this one")
    withdrawn: WithdrawalAnswer | None = None
    decision: Annotated[Mapping[str, Any], WrittenAs(Decision)]
    transfer: TransferAnswer | None = None


class HandoverPage(JsonAnswer):
    """A page of handovers; `next` is the `after` of the next page, absent on the last one."""

    handovers: tuple[Annotated[Mapping[str, Any], WrittenAs(HandoverAnswer)], ...]
    next: str | None = None
