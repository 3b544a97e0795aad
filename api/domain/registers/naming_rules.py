"""What is wrong with the lists and items that an event names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.domain.registers.event_context import EventContext
from api.domain.registers.lists import RegisterItem, RegisterList
from api.parsing.problems import FieldError
from engine import ListSort


def find_list_faults(
    names: Sequence[str], context: EventContext, sort: ListSort | None
) -> Iterator[FieldError]:
    """Yield the faults of the member `lists`; `sort` is what the lists must be, if that is fixed."""
    yield from find_repetitions("/lists", names)
    for place, name in enumerate(names):
        found = context.lists.get(name)
        if found is None:
            yield fault_at(f"/lists/{place}", "there is no such list; see /v1/registers for their names")
        elif sort and (wrong := _wrong_list(found, context, sort)):
            yield fault_at(f"/lists/{place}", wrong)


def find_item_faults(
    pointer: str, names: Sequence[str], context: EventContext, sort: ListSort | None
) -> Iterator[FieldError]:
    """Yield the faults of items named at `pointer`; `sort` is what their lists must be, if that is fixed."""
    yield from find_repetitions(pointer, names)
    for place, name in enumerate(names):
        found = context.items.get(name)
        if found is None:
            yield fault_at(f"{pointer}/{place}", "no list has an item of this number; import its list first")
        elif sort and (wrong := _wrong_list(context.lists[found.list_id], context, sort)):
            yield fault_at(f"{pointer}/{place}", wrong)


def _wrong_list(found: RegisterList, context: EventContext, sort: ListSort) -> str | None:
    """What is wrong with a list, or the list of an item, where a list of this sort is required."""
    if found.legacy_list != sort.name:
        return (
            f"is {found.legacy_list} ({found.list_id}), and this is about what is {sort.name} ({sort.part})"
        )
    if found.country not in context.governed:
        return f"is of {found.country}; {context.registers.other_country}"
    return None


def is_governed_item(item: RegisterItem | None, context: EventContext, sort: ListSort) -> bool:
    """Whether there is such an item, on a list of this sort that is governed."""
    return item is not None and _wrong_list(context.lists[item.list_id], context, sort) is None


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
