"""Browsing of the items of the registers: filters, orders, and pages behind an item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, assert_never

from api.domain.registers.lists import RegisterItem, RegisterList
from api.domain.registers.stages import Stage


class ItemOrder(StrEnum):
    """By what items are in order; of equal ones, by their number."""

    NUMBER = "item_no"
    LIST = "list_id"
    DESCRIPTION = "description"
    KIND = "kind"
    PROVIDED = "provided_on"
    STAGE = "state"


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items are looked for, an empty text being any; `text` is in number, description or remarks."""

    list_id: str = ""
    stage: str = ""
    country: str = ""
    kind: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ItemsFound:
    """A page of the items that were looked for, how many there are of them, and whether there are more behind it."""

    items: Sequence[RegisterItem]
    count: int
    has_more: bool


@dataclass(frozen=True)
class ItemBrowser:
    """The items with their lists and stages, ready to be looked through again and again."""

    lists: Mapping[str, RegisterList]
    items: Sequence[RegisterItem]
    stages: Mapping[str, Stage]
    _orders: dict[ItemOrder, list[RegisterItem]] = field(default_factory=dict, compare=False)
    _texts: dict[str, str] = field(default_factory=dict, compare=False)

    def with_stages(self, stages: Mapping[str, Stage]) -> ItemBrowser:
        """Return the same items with other stages, ready as far as nothing follows from the stages."""
        orders = dict(self._orders)
        orders.pop(ItemOrder.STAGE, None)
        return ItemBrowser(self.lists, self.items, stages, orders, self._texts)

    def find(
        self, wanted: ItemFilter, order: ItemOrder, *, descending: bool = False
    ) -> Iterator[RegisterItem]:
        """Yield the items that are looked for, in order."""
        ordered = self._ordered(order)
        fits = self._fits(wanted)
        return (item for item in (reversed(ordered) if descending else ordered) if fits(item))

    def page(
        self, wanted: ItemFilter, order: ItemOrder, *, after: str = "", limit: int, descending: bool = False
    ) -> ItemsFound | None:
        """Return the page behind the item `after`; None if there is no such item among those that are looked for.

        An item that does not fit any more is still a place to begin behind.
        """
        if after and after not in self.stages:
            return None
        found, behind, count = list[RegisterItem](), not after, 0
        fits = self._fits(wanted)
        ordered = self._ordered(order)
        for item in reversed(ordered) if descending else ordered:
            if fits(item):
                count += 1
                if behind and len(found) <= limit:
                    found.append(item)
            behind = behind or item.item_no == after
        return ItemsFound(found[:limit], count, len(found) > limit)

    def _fits(self, wanted: ItemFilter) -> Callable[[RegisterItem], bool]:
        text = wanted.text.casefold()
        if text and not self._texts:
            self._texts.update((item.item_no, _searchable(item)) for item in self.items)
        lists = {
            list_id
            for list_id, listed in self.lists.items()
            if wanted.list_id in ("", list_id) and wanted.country in ("", listed.country)
        }

        def fits(item: RegisterItem) -> bool:
            return (
                item.list_id in lists
                and (not wanted.kind or item.kind == wanted.kind)
                and (not wanted.stage or self.stages[item.item_no] == wanted.stage)
                and (not text or text in self._texts[item.item_no])
            )

        return fits

    def _ordered(self, order: ItemOrder) -> list[RegisterItem]:
        if order not in self._orders:
            self._orders[order] = sorted(self.items, key=self._key(order))
        return self._orders[order]

    def _key(self, order: ItemOrder) -> Callable[[RegisterItem], tuple[Any, ...]]:
        match order:
            case ItemOrder.NUMBER:
                return lambda item: (item.item_no,)
            case ItemOrder.LIST:
                return lambda item: (item.list_id, item.place)
            case ItemOrder.DESCRIPTION:
                return lambda item: (item.description.casefold(), item.item_no)
            case ItemOrder.KIND:
                return lambda item: (item.kind, item.item_no)
            case ItemOrder.PROVIDED:
                return lambda item: (str(item.provided_on or ""), item.item_no)
            case ItemOrder.STAGE:
                places = {stage: place for place, stage in enumerate(Stage)}
                return lambda item: (places[self.stages[item.item_no]], item.item_no)
            case _:
                assert_never(order)


def _searchable(item: RegisterItem) -> str:
    return "\n".join((item.item_no, item.description, item.remarks or "")).casefold()
