"""What a register holds: lists with their provenance, and the items on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

UNRECORDED = -1
"""The sequence of what has not come into the log yet."""


class LegacyList(StrEnum):
    """What the entry on a list means for an item; the words of the contract (`items[].legacy_list`)."""

    PENDING = "pending"
    PROVIDED = "provided"
    CHANNEL_72 = "channel_72"

    @property
    def is_provided(self) -> bool:
        """Whether the items of such a list have been provided."""
        match self:
            case LegacyList.PROVIDED:
                return True
            case LegacyList.PENDING | LegacyList.CHANNEL_72:
                return False
            case _:
                assert_never(self)


class TransferProcedure(StrEnum):
    """Whether transfer procedures are recorded for a list; `none` where there was nothing to transfer."""

    RECORDED = "recorded"
    NOT_RECORDED = "not_recorded"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RegisterList:
    """A list with its provenance. Two are equal if they say the same, whenever and by whomever recorded.

    `put_to_session` is the number of the session of the joint committee that the list was put to, if it was.
    `sequence` is the log entry it came in with, `UNRECORDED` before that.
    """

    list_id: str
    title: str
    country: str
    legacy_list: LegacyList
    source: str
    batch: str
    transfer_procedure: TransferProcedure
    put_to_session: int | None = None
    recorded_at: dt.datetime | None = field(default=None, compare=False)
    recorded_by: str | None = field(default=None, compare=False)
    sequence: int = field(default=UNRECORDED, compare=False)


@dataclass(frozen=True, slots=True)
class RegisterItem:
    """An item of a list. Two are equal if they say the same, wherever on the list and whenever recorded.

    `kind` is a word of the contract (`items[].kind`); `place` counts from 1 within the list, 0 before it is recorded.
    """

    item_no: str
    list_id: str
    description: str
    kind: str
    quantity: Decimal | None = None
    unit: str | None = None
    provided_on: dt.date | None = None
    provided_to: str | None = None
    remarks: str | None = None
    place: int = field(default=0, compare=False)
    sequence: int = field(default=UNRECORDED, compare=False)


@dataclass(frozen=True, slots=True)
class Register:
    """Lists and their items, in their order; each id and each number is unique."""

    lists: Sequence[RegisterList] = ()
    items: Sequence[RegisterItem] = ()
