"""What happens to lists, items and sessions: the kinds of events, and the body that states one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field

from api.parsing.fields import CountryForm, Day, Name, Session, Strict, Text

MAX_NAMED = 10_000
"""The most lists, items or projects that one event names."""


class EventKind(StrEnum):
    """What can happen; which clause each fulfils the policies say. A withdrawal is about the record itself."""

    LIST_SENT = "list_sent"
    CONFIRMATION = "confirmation"
    DELIVERED = "delivered"
    TRANSFER_RECORDED = "transfer_recorded"
    LIST_SUBMITTED = "list_submitted"
    SUPPLEMENTARY_ASKED = "supplementary_asked"
    SESSION_OPENED = "session_opened"
    SESSION_CLOSED = "session_closed"
    RESOLUTION = "resolution"
    MEMORANDUM = "memorandum"
    WITHDRAWAL = "withdrawal"

    @property
    def gives_facts(self) -> bool:
        """Whether it changes the state of a pending item, which is a fact of the requests about it."""
        match self:
            case EventKind.LIST_SENT | EventKind.CONFIRMATION | EventKind.DELIVERED:
                return True
            case EventKind.TRANSFER_RECORDED | EventKind.LIST_SUBMITTED | EventKind.SUPPLEMENTARY_ASKED:
                return False
            case EventKind.SESSION_OPENED | EventKind.SESSION_CLOSED | EventKind.RESOLUTION:
                return False
            case EventKind.MEMORANDUM | EventKind.WITHDRAWAL:
                return False
            case _:
                assert_never(self)


class Confirmation(StrEnum):
    """How the confirmation of an item stands."""

    NOT_SENT = "not_sent"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"

    @property
    def is_answer(self) -> bool:
        """Whether the other side has answered."""
        match self:
            case Confirmation.CONFIRMED | Confirmation.DECLINED:
                return True
            case Confirmation.NOT_SENT | Confirmation.PENDING:
                return False
            case _:
                assert_never(self)


NameList = Annotated[list[Name], Field(max_length=MAX_NAMED)]
NonEmptyNameList = Annotated[list[Name], Field(min_length=1, max_length=MAX_NAMED)]
AnswerState = Literal["confirmed", "declined", "pending"]


def _named(member: str) -> dict[str, Any]:
    return {"properties": {member: {"minItems": 1}}, "required": [member]}


def _some_of(*members: str) -> dict[str, Any]:
    """As JSON Schema: at least one of the members names something."""
    return {"anyOf": [_named(member) for member in members]}


_STATE: dict[str, Any] = {"properties": {"state": {"type": "string"}}, "required": ["state"]}
_SHARED: dict[str, Any] = {
    "allOf": [{"if": _named("items"), "then": _STATE}, {"if": _STATE, "then": _named("items")}]
}
"""As JSON Schema: `items` and the state they share come together."""


class KindStatement(BaseModel):
    """The member of every event that says what the others have to be."""

    kind: Literal[
        "list_sent",
        "confirmation",
        "delivered",
        "transfer_recorded",
        "list_submitted",
        "supplementary_asked",
        "session_opened",
        "session_closed",
        "resolution",
        "memorandum",
        "withdrawal",
    ]


class EventStatement(Strict):
    """What every event states: the day it happened, and the paper that shows it."""

    happened_on: Day
    reference: Text
    remarks: Text | None = None


class ListSent(EventStatement):
    """Pending items sent for confirmation: whole lists, or items by their numbers.

    Of a whole list, the items go that nobody has answered for yet.
    """

    model_config = ConfigDict(json_schema_extra=_some_of("lists", "items"))

    kind: Literal["list_sent"]
    lists: NameList = Field([])
    items: NameList = Field([])


class ItemAnswer(Strict):
    """The answer for one item."""

    item_no: Name
    state: AnswerState


class ConfirmationGiven(EventStatement):
    """The written answer for pending items: one state for `items`, or a state for each of `answers`."""

    model_config = ConfigDict(json_schema_extra={**_SHARED, **_some_of("items", "answers")})

    kind: Literal["confirmation"]
    state: AnswerState | None = None
    items: NameList = Field([])
    answers: Annotated[list[ItemAnswer], Field(max_length=MAX_NAMED)] = Field([])


class ItemsDelivered(EventStatement):
    """Confirmed items delivered."""

    kind: Literal["delivered"]
    items: NonEmptyNameList


class TransferRecorded(EventStatement):
    """The transfer procedures of delivered items carried out."""

    kind: Literal["transfer_recorded"]
    items: NonEmptyNameList


class ListSubmitted(EventStatement):
    """Lists of what has been provided, handed to the other side."""

    kind: Literal["list_submitted"]
    lists: NonEmptyNameList


class SupplementaryAsked(EventStatement):
    """Asked that lists enter a supplementary resolution of a session."""

    kind: Literal["supplementary_asked"]
    session: Session
    lists: NonEmptyNameList


class SessionOpened(EventStatement):
    """A session began. `country` may be left out where one country alone has registers."""

    kind: Literal["session_opened"]
    session: Session
    country: CountryForm | None = None
    place: Text | None = None


class SessionClosed(EventStatement):
    """A session ended."""

    kind: Literal["session_closed"]
    session: Session
    country: CountryForm | None = None
    place: Text | None = None


class Resolution(EventStatement):
    """A resolution of a session, with the lists, items and projects it includes."""

    model_config = ConfigDict(json_schema_extra=_some_of("lists", "items", "projects"))

    kind: Literal["resolution"]
    session: Session
    country: CountryForm | None = None
    number: Name
    form: Literal["main", "supplementary"]
    lists: NameList = Field([])
    items: NameList = Field([])
    projects: NameList = Field([])


class Memorandum(EventStatement):
    """A memorandum for the record about lists that a session closed without."""

    kind: Literal["memorandum"]
    session: Session
    lists: NonEmptyNameList


class Withdrawal(EventStatement):
    """An earlier event that should never have been recorded; `event` is its number, `sequence`."""

    kind: Literal["withdrawal"]
    event: Annotated[int, Field(ge=0)]


AnyStatement = (
    ListSent
    | ConfirmationGiven
    | ItemsDelivered
    | TransferRecorded
    | ListSubmitted
    | SupplementaryAsked
    | SessionOpened
    | SessionClosed
    | Resolution
    | Memorandum
    | Withdrawal
)


def _statement_of(kind: EventKind) -> type[AnyStatement]:
    match kind:
        case EventKind.LIST_SENT:
            return ListSent
        case EventKind.CONFIRMATION:
            return ConfirmationGiven
        case EventKind.DELIVERED:
            return ItemsDelivered
        case EventKind.TRANSFER_RECORDED:
            return TransferRecorded
        case EventKind.LIST_SUBMITTED:
            return ListSubmitted
        case EventKind.SUPPLEMENTARY_ASKED:
            return SupplementaryAsked
        case EventKind.SESSION_OPENED:
            return SessionOpened
        case EventKind.SESSION_CLOSED:
            return SessionClosed
        case EventKind.RESOLUTION:
            return Resolution
        case EventKind.MEMORANDUM:
            return Memorandum
        case EventKind.WITHDRAWAL:
            return Withdrawal
        case _:
            assert_never(kind)


STATEMENTS: Mapping[str, type[AnyStatement]] = {kind.value: _statement_of(kind) for kind in EventKind}
"""The body of each kind of event."""
