"""What is wrong with the lists and items that an event names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from api.domain.registers.event_context import EventContext
from api.domain.registers.lists import LegacyList, RegisterItem, RegisterList
from api.parsing.problems import FieldError

GovernedList = Literal[LegacyList.PENDING, LegacyList.PROVIDED]  # the 72 items stay with the committee (A17)


def find_list_faults(
    names: Sequence[str], context: EventContext, entry: GovernedList | None
) -> Iterator[FieldError]:
    """Yield the faults of the member `lists`; `entry` is what the lists must be, if that is fixed."""
    yield from find_repetitions("/lists", names)
    for place, name in enumerate(names):
        found = context.lists.get(name)
        if found is None:
            yield fault_at(f"/lists/{place}", "there is no such list; see /v1/registers for their names")
        elif entry and (wrong := _wrong_list(found, context, entry)):
            yield fault_at(f"/lists/{place}", wrong)


def find_item_faults(
    pointer: str, names: Sequence[str], context: EventContext, entry: GovernedList | None
) -> Iterator[FieldError]:
    """Yield the faults of items named at `pointer`; `entry` is what their lists must be, if that is fixed."""
    yield from find_repetitions(pointer, names)
    for place, name in enumerate(names):
        found = context.items.get(name)
        if found is None:
            yield fault_at(f"{pointer}/{place}", "no list has an item of this number; import its list first")
        elif entry and (wrong := _wrong_list(context.lists[found.list_id], context, entry)):
            yield fault_at(f"{pointer}/{place}", wrong)


def _wrong_list(found: RegisterList, context: EventContext, entry: GovernedList) -> str | None:
    """What is wrong with a list, or the list of an item, where a list that is `entry` is required."""
    if found.legacy_list is not entry:
        section = "S1" if entry is LegacyList.PENDING else "S2"
        return f"is {found.legacy_list} ({found.list_id}), and this is about what is {entry} ({section})"
    if found.country not in context.governed:
        return f"is of {found.country}; sections 1 and 2 do not cover it, so it is to be referred (A16)"
    return None


def is_governed_item(item: RegisterItem | None, context: EventContext, entry: GovernedList) -> bool:
    """Whether there is such an item, on a list that is `entry` and governed."""
    return item is not None and _wrong_list(context.lists[item.list_id], context, entry) is None


def find_repetitions(pointer: str, names: Sequence[str]) -> Iterator[FieldError]:
    """Yield the names at `pointer` that are there a second time."""
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield fault_at(f"{pointer}/{place}", "is named a second time")
        seen.add(name)


def fault_at(pointer: str, detail: str) -> FieldError:
    """Return a fault of the member at `pointer`."""
    return FieldError(pointer=pointer, detail=detail)
