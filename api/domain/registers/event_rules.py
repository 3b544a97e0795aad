"""What is wrong with a stated event, in the light of the registers and of what happened before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from api.domain.registers.events import (
    AnyStatement,
    Confirmation,
    ConfirmationGiven,
    Delivered,
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
from api.domain.registers.lists import LegacyList, RegisterItem, RegisterList
from api.domain.registers.state import RegisterEvent, SessionState, Standing
from api.domain.registers.withdrawals import find_withdrawal_faults
from api.parsing.problems import FieldError

_Asked = Literal[LegacyList.PENDING, LegacyList.PROVIDED]  # the 72 items stay with the committee (A17)


@dataclass(frozen=True, slots=True)
class Registers:
    """The lists and items by their names, the events that matter, and how it stands by the day of one, and ever.

    `governed` are the countries whose lists sections 1 and 2 are about.
    """

    lists: Mapping[str, RegisterList]
    items: Mapping[str, RegisterItem]
    events: Sequence[RegisterEvent]
    by_then: Standing
    ever: Standing
    governed: frozenset[str]

    def items_of(self, lists: Collection[str]) -> list[str]:
        """Return the numbers of the items of some lists."""
        return [item.item_no for item in self.items.values() if item.list_id in lists]

    def country_of(self, stated: AnyStatement) -> str | None:
        """Return the country whose joint committee's session an event is about, if that is settled."""
        match stated:
            case SessionOpened() | SessionClosed() | Resolution() if stated.country:
                return stated.country
            case SupplementaryAsked() | Memorandum():
                found = {self.lists[name].country for name in stated.lists if name in self.lists}
            case SessionOpened() | SessionClosed() | Resolution() | ListSent() | ConfirmationGiven():
                found = set(self.governed)
            case Delivered() | TransferRecorded() | ListSubmitted() | Withdrawal():
                found = set(self.governed)
            case _:
                assert_never(stated)
        return next(iter(found)) if len(found) == 1 else None


def find_event_faults(stated: AnyStatement, known: Registers, today: dt.date) -> list[FieldError]:
    """Return every fault of an event."""
    late = [_fault("/happened_on", "must not lie after today")] if stated.happened_on > today else []
    return [*late, *_faults(stated, known)]


def covered_items(stated: AnyStatement, known: Registers) -> dict[str, Confirmation | None]:
    """Return the items an event is about, with the state it gives them; of a sound event only."""
    match stated:
        case ListSent():
            return dict.fromkeys([*stated.items, *_left_to_send(stated, known)])
        case ConfirmationGiven():
            one = {item_no: Confirmation(stated.state) for item_no in stated.items if stated.state}
            return {**one, **{answer.item_no: Confirmation(answer.state) for answer in stated.answers}}
        case Delivered() | TransferRecorded():
            return dict.fromkeys(stated.items)
        case ListSubmitted() | SupplementaryAsked() | Memorandum():
            return dict.fromkeys(known.items_of(stated.lists))
        case Resolution():
            return dict.fromkeys([*stated.items, *known.items_of(stated.lists)])
        case SessionOpened() | SessionClosed() | Withdrawal():
            return {}
        case _:
            assert_never(stated)


def _faults(stated: AnyStatement, known: Registers) -> Iterator[FieldError]:
    match stated:
        case ListSent():
            yield from _list_sent_faults(stated, known)
        case ConfirmationGiven():
            yield from _confirmation_faults(stated, known)
        case Delivered():
            yield from _delivered_faults(stated, known)
        case TransferRecorded():
            yield from _transfer_faults(stated, known)
        case ListSubmitted():
            yield from _list_faults(stated.lists, known, LegacyList.PROVIDED)
        case SupplementaryAsked() | Memorandum():
            yield from _regularising_faults(stated, known)
        case SessionOpened() | SessionClosed():
            yield from _session_faults(stated, known)
        case Resolution():
            yield from _resolution_faults(stated, known)
        case Withdrawal():
            yield from find_withdrawal_faults(stated, known.events)
        case _:
            assert_never(stated)


def _list_sent_faults(stated: ListSent, known: Registers) -> Iterator[FieldError]:
    faults = [
        *_list_faults(stated.lists, known, LegacyList.PENDING),
        *_item_faults("/items", stated.items, known, LegacyList.PENDING),
    ]
    yield from faults
    for place, item_no in enumerate(stated.items):
        if known.ever.item(item_no).delivered:
            yield _fault(f"/items/{place}", "has been delivered, so it is no longer pending (S1.4)")
    if not stated.lists and not stated.items:
        yield _fault("/lists", "name the lists or the items that were sent")
    elif not faults and not covered_items(stated, known):
        yield _fault(
            "/lists", "every item has been answered for or delivered; name in `items` what was sent again"
        )


def _confirmation_faults(stated: ConfirmationGiven, known: Registers) -> Iterator[FieldError]:
    if not stated.items and not stated.answers:
        yield _fault("/items", "name the items that were answered for (A12: each item by itself)")
    if stated.items and stated.state is None:
        yield _fault(
            "/state", "`items` share one state; name it, or use `answers` with a state for each item"
        )
    if stated.state is not None and not stated.items:
        yield _fault("/items", "`state` is the state of `items`; name them, or leave `state` out")
    yield from _item_faults("/items", stated.items, known, LegacyList.PENDING)
    answered = [answer.item_no for answer in stated.answers]
    for fault in _item_faults("/answers", answered, known, LegacyList.PENDING):
        yield fault.model_copy(update={"pointer": f"{fault.pointer}/item_no"})
    for place, item_no in enumerate(answered):
        if item_no in stated.items:
            yield _fault(f"/answers/{place}/item_no", "is among `items` too; an item gets one state")


def _delivered_faults(stated: Delivered, known: Registers) -> Iterator[FieldError]:
    yield from _item_faults("/items", stated.items, known, LegacyList.PENDING)
    for place, item_no in enumerate(stated.items):
        if not _is(known.items.get(item_no), known, LegacyList.PENDING):
            continue
        if earlier := known.ever.item(item_no).delivered:
            yield _fault(f"/items/{place}", f"was delivered on {earlier.happened_on} already")
        elif known.by_then.item(item_no).confirmation is not Confirmation.CONFIRMED:
            found = known.by_then.item(item_no).confirmation.replace("_", " ")
            yield _fault(
                f"/items/{place}",
                f"must not be delivered before it is confirmed in writing (S1.3); by that day it was {found}:"
                " record the confirmation first, or, if it has been handed over all the same, the handover",
            )


def _transfer_faults(stated: TransferRecorded, known: Registers) -> Iterator[FieldError]:
    yield from _item_faults("/items", stated.items, known, LegacyList.PENDING)
    for place, item_no in enumerate(stated.items):
        if not _is(known.items.get(item_no), known, LegacyList.PENDING):
            continue
        if earlier := known.ever.item(item_no).transferred:
            yield _fault(f"/items/{place}", f"its transfer was recorded for {earlier.happened_on} already")
        elif known.by_then.item(item_no).delivered is None:
            yield _fault(
                f"/items/{place}", "had not been delivered by that day (S1.5); record the delivery first"
            )


def _regularising_faults(stated: SupplementaryAsked | Memorandum, known: Registers) -> Iterator[FieldError]:
    faults = list(_list_faults(stated.lists, known, LegacyList.PROVIDED))
    yield from faults
    if faults:
        return
    country = known.country_of(stated)
    if country is None:
        yield _fault("/lists", "are lists of several countries; a session is that of one")
        return
    session = known.by_then.session(country, stated.session)
    if isinstance(stated, Memorandum):
        yield from _memorandum_faults(stated, known, session)
    elif session.closed and session.closed.happened_on < stated.happened_on:
        yield _fault(
            "/session", f"closed on {session.closed.happened_on}, before that day; name the next one (S2.3)"
        )


def _memorandum_faults(stated: Memorandum, known: Registers, session: SessionState) -> Iterator[FieldError]:
    if session.closed is None:
        yield _fault(
            "/session",
            "was not closed by that day; a memorandum is about what a closed session left out (S2.4):"
            " record its closing first",
        )
        return
    for place, list_id in enumerate(stated.lists):
        items = known.items_of([list_id])
        if all(known.by_then.item(item_no).included for item_no in items):
            yield _fault(f"/lists/{place}", "is in a resolution whole, so no memorandum is due (S2.4)")


def _session_faults(stated: SessionOpened | SessionClosed, known: Registers) -> Iterator[FieldError]:
    country = known.country_of(stated)
    if country is None:
        yield _fault("/country", "is required: it is not settled whose session this is")
        return
    session = known.ever.session(country, stated.session)
    opening = isinstance(stated, SessionOpened)
    if earlier := session.opened if opening else session.closed:
        verb = "opened" if opening else "closed"
        yield _fault("/session", f"is recorded as {verb} on {earlier.happened_on} already")
    if opening and session.closed and session.closed.happened_on < stated.happened_on:
        yield _fault("/happened_on", f"lies after its closing, which was on {session.closed.happened_on}")
    if not opening and session.opened and stated.happened_on < session.opened.happened_on:
        yield _fault("/happened_on", f"lies before its opening, which was on {session.opened.happened_on}")


def _resolution_faults(stated: Resolution, known: Registers) -> Iterator[FieldError]:
    if not stated.lists and not stated.items and not stated.projects:
        yield _fault("/lists", "name what the resolution includes: `lists`, `items` or `projects`")
    yield from _list_faults(stated.lists, known, None)
    yield from _item_faults("/items", stated.items, known, None)
    yield from _repeated("/projects", stated.projects)
    country = known.country_of(stated)
    if country is None:
        yield _fault("/country", "is required: it is not settled whose session this is")
        return
    for place, name in enumerate(stated.lists):
        if name in known.lists and known.lists[name].country != country:
            yield _fault(
                f"/lists/{place}", f"is a list of another country than the session, which is of {country}"
            )
    for place, name in enumerate(stated.items):
        if name in known.items and known.lists[known.items[name].list_id].country != country:
            yield _fault(f"/items/{place}", f"is of another country than the session, which is of {country}")


def _list_faults(names: Sequence[str], known: Registers, entry: _Asked | None) -> Iterator[FieldError]:
    """The faults of the member `lists`; `entry` is what the lists must be."""
    yield from _repeated("/lists", names)
    for place, name in enumerate(names):
        found = known.lists.get(name)
        if found is None:
            yield _fault(f"/lists/{place}", "there is no such list; see /v1/registers for their names")
        elif entry and (wrong := _wrong_list(found, known, entry)):
            yield _fault(f"/lists/{place}", wrong)


def _item_faults(
    pointer: str, names: Sequence[str], known: Registers, entry: _Asked | None
) -> Iterator[FieldError]:
    yield from _repeated(pointer, names)
    for place, name in enumerate(names):
        found = known.items.get(name)
        if found is None:
            yield _fault(f"{pointer}/{place}", "no list has an item of this number; import its list first")
        elif entry and (wrong := _wrong_list(known.lists[found.list_id], known, entry)):
            yield _fault(f"{pointer}/{place}", wrong)


def _wrong_list(found: RegisterList, known: Registers, entry: _Asked) -> str | None:
    """What is wrong with a list, or the list of an item, where a list that is `entry` is asked for."""
    if found.legacy_list is not entry:
        section = "S1" if entry is LegacyList.PENDING else "S2"
        return f"is {found.legacy_list} ({found.list_id}), and this is about what is {entry} ({section})"
    if found.country not in known.governed:
        return f"is of {found.country}; sections 1 and 2 do not cover it, so it is to be referred (A16)"
    return None


def _is(item: RegisterItem | None, known: Registers, entry: _Asked) -> bool:
    return item is not None and _wrong_list(known.lists[item.list_id], known, entry) is None


def _left_to_send(stated: ListSent, known: Registers) -> list[str]:
    items = known.items_of(stated.lists)
    unanswered = (item_no for item_no in items if not known.by_then.item(item_no).confirmation.is_answer)
    return [item_no for item_no in unanswered if not known.ever.item(item_no).delivered]


def _repeated(pointer: str, names: Sequence[str]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield _fault(f"{pointer}/{place}", "is named a second time")
        seen.add(name)


def _fault(pointer: str, detail: str) -> FieldError:
    return FieldError(pointer=pointer, detail=detail)
