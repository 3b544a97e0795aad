"""Withdrawals of events that should never have been recorded: they stay on record, and do not count."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import assert_never

from api.domain.registers.events import Confirmation, EventKind, Withdrawal
from api.domain.registers.state import RegisterEvent, RegisterState, state_on
from api.parsing.problems import FieldError


def find_withdrawal_faults(stated: Withdrawal, events: Sequence[RegisterEvent]) -> Iterator[FieldError]:
    """Yield what is wrong with a withdrawal; an event that others depend on is not withdrawn."""
    found = next((event for event in events if event.sequence == stated.event), None)
    if found is None:
        yield _fault("no event has this number; see `sequence` in /v1/registers/events")
    elif found.kind is EventKind.WITHDRAWAL:
        yield _fault("is a withdrawal itself; record what it withdrew anew")
    elif found.withdrawn_by is not None:
        yield _fault(f"was withdrawn already, by event {found.withdrawn_by}")
    else:
        rest = [event for event in events if event is not found]
        for later in rest:
            if later.withdrawn_by is None and _depends_on(later, found, events, rest):
                yield _fault(
                    f"event {later.sequence} ({later.kind.replace('_', ' ')}, {later.happened_on}) stands on it;"
                    " withdraw that first"
                )


def _depends_on(
    later: RegisterEvent,
    found: RegisterEvent,
    events: Sequence[RegisterEvent],
    rest: Sequence[RegisterEvent],
) -> bool:
    """Whether `later` was valid with the event and would not be without it."""
    of_its_session = later.session_key is not None and later.session_key == found.session_key
    if not (of_its_session or later.items.keys() & found.items.keys()):
        return False
    day = later.happened_on
    return _is_valid(later, partial(state_on, events, day)) and not _is_valid(
        later, partial(state_on, rest, day)
    )


def _is_valid(event: RegisterEvent, state_then: Callable[[], RegisterState]) -> bool:
    """Whether the preconditions of the event hold; the state is computed only if it has any."""
    match event.kind:
        case EventKind.DELIVERED:
            state, confirmed = state_then(), Confirmation.CONFIRMED
            return all(state.item(item_no).confirmation is confirmed for item_no in event.items)
        case EventKind.TRANSFER_RECORDED:
            state = state_then()
            return all(state.item(item_no).delivered for item_no in event.items)
        case EventKind.MEMORANDUM:
            key = event.session_key
            return key is None or state_then().session(*key).closed is not None
        case EventKind.LIST_SENT | EventKind.CONFIRMATION | EventKind.LIST_SUBMITTED:
            return True
        case EventKind.SUPPLEMENTARY_ASKED | EventKind.SESSION_OPENED | EventKind.SESSION_CLOSED:
            return True
        case EventKind.RESOLUTION | EventKind.WITHDRAWAL:
            return True
        case _:
            assert_never(event.kind)


def _fault(detail: str) -> FieldError:
    return FieldError(pointer="/event", detail=detail)
