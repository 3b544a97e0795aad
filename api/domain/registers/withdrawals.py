"""An event that should never have been recorded is withdrawn: it stays on record, and counts no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.domain.registers.events import Confirmation, EventKind, Withdrawal
from api.domain.registers.state import RegisterEvent, Standing, standing_on
from api.parsing.problems import FieldError

_STANDING = frozenset({EventKind.DELIVERED, EventKind.TRANSFER_RECORDED, EventKind.MEMORANDUM})
"""The events that presuppose others."""


def find_withdrawal_faults(stated: Withdrawal, events: Sequence[RegisterEvent]) -> Iterator[FieldError]:
    """Yield what is wrong with a withdrawal; what other events stand on is not taken from under them."""
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
            if later.withdrawn_by is None and _stands_on(later, found, events, rest):
                yield _fault(
                    f"event {later.sequence} ({later.kind.replace('_', ' ')}, {later.happened_on}) stands on it;"
                    " withdraw that first"
                )


def _stands_on(
    later: RegisterEvent,
    found: RegisterEvent,
    events: Sequence[RegisterEvent],
    rest: Sequence[RegisterEvent],
) -> bool:
    """Whether `later` was sound with the event and would not be without it."""
    of_its_session = later.session_key is not None and later.session_key == found.session_key
    if later.kind not in _STANDING or not (of_its_session or later.items.keys() & found.items.keys()):
        return False
    day = later.happened_on
    return _is_sound(later, standing_on(events, day)) and not _is_sound(later, standing_on(rest, day))


def _is_sound(event: RegisterEvent, standing: Standing) -> bool:
    match event.kind:
        case EventKind.DELIVERED:
            confirmed = Confirmation.CONFIRMED
            return all(standing.item(item_no).confirmation is confirmed for item_no in event.items)
        case EventKind.TRANSFER_RECORDED:
            return all(standing.item(item_no).delivered for item_no in event.items)
        case EventKind.MEMORANDUM if key := event.session_key:
            return standing.session(*key).closed is not None
        case _:
            return True


def _fault(detail: str) -> FieldError:
    return FieldError(pointer="/event", detail=detail)
