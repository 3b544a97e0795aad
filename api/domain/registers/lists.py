"""What a register holds: lists with their provenance, and the items on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

UNRECORDED = -1
"""The sequence of what has not come into the log yet."""


class TransferProcedure(StrEnum):
    """Whether transfer procedures are recorded for a list; `none` where there was nothing to transfer."""

    RECORDED = "recorded"
    NOT_RECORDED = "not_recorded"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RegisterList:
    """A list with its provenance. Two are equal if they say the same, whenever and by whomever recorded.

    `legacy_list` is the word by which the directive sorts it. `put_to_session` is the number of the session that it
    was put to, if it was. `sequence` is the log entry it came in with, `UNRECORDED` before that.
    """

    list_id: str
    title: str
    country: str
    legacy_list: str
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

    `kind` is a word of the directive; `place` counts from 1 within the list, 0 before it is recorded.
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
