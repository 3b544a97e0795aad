"""What an event is checked against: lists, items, earlier events; and the items that it covers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from api.domain.registers.events import (
    AnyStatement,
    Confirmation,
    ConfirmationGiven,
    ItemsDelivered,
    ListSent,
    ListSubmitted,
    Memorandum,
    Resolution,
    SessionClosed,
    SessionOpened,
    SupplementaryAsked,
    TransferRecorded,
    Withdrawal,
)
from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.state import RegisterEvent, RegisterState
from engine import Registers, RegisterStep


@dataclass(frozen=True, slots=True)
class RegisterContents:
    """The lists and items by their names, the events that matter, the state by the day of one, and the latest state.

    `governed` are the countries whose lists the directive is about.
    """

    lists: Mapping[str, RegisterList]
    items: Mapping[str, RegisterItem]
    events: Sequence[RegisterEvent]
    state_by_then: RegisterState
    latest_state: RegisterState
    governed: frozenset[str]

    def items_of(self, lists: Collection[str]) -> list[str]:
        """Return the numbers of the items of some lists."""
        return [item.item_no for item in self.items.values() if item.list_id in lists]

    def country_of(self, stated: AnyStatement) -> str | None:
        """Return the country whose session an event is about, if that is settled."""
        match stated:
            case SessionOpened() | SessionClosed() | Resolution() if stated.country:
                return stated.country
            case SupplementaryAsked() | Memorandum():
                found = {self.lists[name].country for name in stated.lists if name in self.lists}
            case SessionOpened() | SessionClosed() | Resolution() | ListSent() | ConfirmationGiven():
                found = set(self.governed)
            case ItemsDelivered() | TransferRecorded() | ListSubmitted() | Withdrawal():
                found = set(self.governed)
            case _:
                assert_never(stated)
        return next(iter(found)) if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class EventContext(RegisterContents):
    """What an event is checked against: the contents of the registers, and what the directive says of them."""

    registers: Registers

    @classmethod
    def of(cls, contents: RegisterContents, registers: Registers) -> EventContext:
        """Return the context of an event from the contents of the registers."""
        return cls(
            contents.lists,
            contents.items,
            contents.events,
            contents.state_by_then,
            contents.latest_state,
            contents.governed,
            registers,
        )

    def clause(self, step: RegisterStep) -> str:
        """Return the clause that an event fulfils."""
        return self.registers.clauses[step]


def covered_items(stated: AnyStatement, context: RegisterContents) -> dict[str, Confirmation | None]:
    """Return the items an event is about, with the state it gives them; of a valid event only."""
    match stated:
        case ListSent():
            return dict.fromkeys([*stated.items, *_left_to_send(stated, context)])
        case ConfirmationGiven():
            one = {item_no: Confirmation(stated.state) for item_no in stated.items if stated.state}
            return {**one, **{answer.item_no: Confirmation(answer.state) for answer in stated.answers}}
        case ItemsDelivered() | TransferRecorded():
            return dict.fromkeys(stated.items)
        case ListSubmitted() | SupplementaryAsked() | Memorandum():
            return dict.fromkeys(context.items_of(stated.lists))
        case Resolution():
            return dict.fromkeys([*stated.items, *context.items_of(stated.lists)])
        case SessionOpened() | SessionClosed() | Withdrawal():
            return {}
        case _:
            assert_never(stated)


def _left_to_send(stated: ListSent, context: RegisterContents) -> list[str]:
    items = context.items_of(stated.lists)
    unanswered = (
        item_no for item_no in items if not context.state_by_then.item(item_no).confirmation.is_answer
    )
    return [item_no for item_no in unanswered if not context.latest_state.item(item_no).delivered]
