"""The answers about the registers: lists, items, events, sessions, the report, and what falls due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from api.domain.registers.events import AnswerState, Confirmation, EventKind
from api.domain.registers.figures_check import FigureVerdict
from api.domain.registers.lists import TransferProcedure
from api.parsing.answers import ErasableMember, JsonAnswer, WrittenAs


class RegisterListAnswer(JsonAnswer):
    """A list with its provenance and the number of its items; what is not known of it is left out."""

    list_id: str
    title: str
    country: str
    legacy_list: str = Field(description="The word by which the directive sorts lists")
    source: str
    batch: str
    transfer_procedure: TransferProcedure
    put_to_session: int | None = None
    items: int
    recorded_at: dt.datetime | None = None
    recorded_by: str | None = None
    sequence: int


class RegisterItemAnswer(JsonAnswer):
    """An item of a list; what is not known of it is left out."""

    item_no: str
    list_id: str
    place: int
    description: str
    kind: str = Field(description="What it is, in a word of the directive")
    quantity: str | None = Field(None, description="A decimal number, as text so that no digit is lost")
    unit: str | None = None
    provided_on: dt.date | None = None
    provided_to: str | None = None
    remarks: str | None = None
    sequence: int


class EventItemAnswer(JsonAnswer):
    """What was answered for an item."""

    item_no: str
    state: AnswerState


class EventAnswer(JsonAnswer):
    """An event as it was stated, with the number of items it is about; a member that its kind has not is left out."""

    sequence: int
    happened_on: dt.date
    reference: str | None = Field(description="Null once it was erased")
    remarks: ErasableMember = None
    kind: EventKind
    session: int | None = None
    country: str | None = None
    place: str | None = None
    number: str | None = None
    form: Literal["main", "supplementary"] | None = None
    lists: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    answers: tuple[EventItemAnswer, ...] = ()
    state: Confirmation | None = None
    event: int | None = Field(None, description="The event that is withdrawn, by its sequence")
    handover_id: str | None = Field(None, description="The handover it came of")
    covers: int = Field(description="How many items it is about")
    recorded_at: dt.datetime
    recorded_by: str
    role: str
    withdrawn_by: int | None = None


RecordedEvent = Annotated[Mapping[str, Any], WrittenAs(EventAnswer)]
"""An event as plain data; its stated members are in the order in which they were recorded."""


class EventsAnswer(JsonAnswer):
    """Events in the order they happened."""

    events: tuple[RecordedEvent, ...]


class EventAcknowledgement(JsonAnswer):
    """What is answered when an event was recorded."""

    event_id: str = Field(description="What `channelgate log erase` takes")
    sequence: int
    kind: EventKind
    recorded_at: dt.datetime
    covers: int = Field(description="How many items it is about")


class ItemHistoryAnswer(RegisterItemAnswer):
    """An item with its list, how it stands, and the events it has come through."""

    list: RegisterListAnswer
    confirmation: Confirmation
    sent_on: dt.date | None = None
    answered_on: dt.date | None = None
    delivered_on: dt.date | None = None
    transferred_on: dt.date | None = None
    submitted_on: dt.date | None = None
    events: tuple[RecordedEvent, ...]


class ListsAnswer(JsonAnswer):
    """Every list."""

    lists: tuple[RegisterListAnswer, ...]


class ListPage(JsonAnswer):
    """A list with a page of its items; `next` is the `after` of the next page, absent on the last one."""

    list: RegisterListAnswer
    items: tuple[RegisterItemAnswer, ...]
    next: str | None = None


class ListCount(JsonAnswer):
    """A list and how many items of it were counted."""

    list_id: str
    items: int


class PartAnswer(JsonAnswer):
    """A figure that is counted into another one."""

    figure: str
    found: int


class FigureAnswer(JsonAnswer):
    """A figure: what was found, what is expected, and from which lists."""

    figure: str
    says: str
    where: dict[str, tuple[str, ...]]
    parts: tuple[PartAnswer, ...]
    found: int
    expected: int
    floor: bool
    verdict: FigureVerdict
    lists: tuple[ListCount, ...]
    source: str


class AlikeItem(JsonAnswer):
    """An item that says the same as one of another list."""

    item_no: str
    list_id: str


class ReportAnswer(JsonAnswer):
    """How what is recorded stands to the figures of the office."""

    reconciles: bool
    figures: tuple[FigureAnswer, ...]
    uncounted_lists: tuple[ListCount, ...]
    alike: tuple[tuple[AlikeItem, ...], ...]
