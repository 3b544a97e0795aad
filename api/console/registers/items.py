"""The pages of items: browsed with filters and orders, any such view as a file, and one item with its history."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from api.console.frame.headers import PAGE_HEADERS
from api.console.frame.routing import page
from api.console.frame.visits import Visit
from api.console.registers.reading import read_content, render_registers
from api.console.registers.words import stage_words
from api.domain.registers.browsing import ItemFilter, ItemOrder
from api.domain.registers.stages import Stage
from api.files.item_views import (
    MAX_WORKBOOK_ROWS,
    item_row,
    write_csv_view,
    write_workbook_view,
)
from api.parsing.parameters import wrong_parameter
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.paging import wrong_after

if TYPE_CHECKING:
    from api.services.register_memory import RegisterContent

SHOWN = 50
MAX_FILTER = 200


@dataclass(frozen=True, slots=True)
class ItemView:
    """A view of the items as its address names it: which of them, in which order."""

    wanted: ItemFilter
    order: ItemOrder
    descending: bool

    @classmethod
    def of(cls, visit: Visit) -> ItemView:
        """Return the view that the address of a page names. Raises `ProblemError`."""
        query = visit.query
        stage = _one_of(query.get("state", ""), "state", ("", *Stage))
        order = _one_of(query.get("sort", ItemOrder.NUMBER), "sort", tuple(ItemOrder))
        wanted = ItemFilter(
            list_id=_short(query.get("list", "")),
            stage=stage,
            country=_short(query.get("country", "")),
            kind=_short(query.get("kind", "")),
            text=_short(query.get("text", "").strip()),
        )
        return cls(wanted, ItemOrder(order), query.get("direction") == "down")

    def query(self, **changes: str) -> str:
        """Return the view as a query, with other parameters changed or added; empty ones are left out."""
        shown = asdict(self.wanted)
        named = {
            "list": shown["list_id"],
            "state": shown["stage"],
            "country": shown["country"],
            "kind": shown["kind"],
            "text": shown["text"],
            "sort": "" if self.order is ItemOrder.NUMBER else self.order.value,
            "direction": "down" if self.descending else "",
            **changes,
        }
        return urlencode({name: value for name, value in named.items() if value})


async def show_items(visit: Visit) -> Response:
    """Show a page of the items of a view."""
    content, view = await read_content(visit), ItemView.of(visit)
    after = _short(visit.query.get("after", ""))
    found = content.browser.page(
        view.wanted, view.order, after=after, limit=SHOWN, descending=view.descending
    )
    if found is None:
        raise wrong_after("the number of an item")
    return render_registers(
        visit,
        "items.html",
        view=view,
        found=found,
        after=after,
        stages=content.stages,
        lists=content.lists,
        stage_choices={"": visit.message("any state"), **_stage_choices(visit, content)},
        list_choices={"": visit.message("any list"), **{one: one for one in content.lists}},
        country_choices={
            "": visit.message("any country"),
            **{one: one for one in sorted({listed.country for listed in content.lists.values()})},
        },
        kind_choices={"": visit.message("any kind"), **_kind_choices(content)},
        orders=ItemOrder,
        workbook_rows=MAX_WORKBOOK_ROWS,
    )


async def export_items(visit: Visit) -> Response:
    """Send all items of a view as a CSV file or a workbook."""
    content, view = await read_content(visit), ItemView.of(visit)
    form = visit.request.url.path.rpartition(".")[2]
    rows = (
        item_row(item, content.lists[item.list_id].country, content.stages[item.item_no])
        for item in content.browser.find(view.wanted, view.order, descending=view.descending)
    )
    name = f"items.{form}"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    if form == "csv":
        return StreamingResponse(write_csv_view(rows), media_type="text/csv; charset=utf-8", headers=headers)
    bounded = [*islice(rows, MAX_WORKBOOK_ROWS + 1)]
    if len(bounded) > MAX_WORKBOOK_ROWS:
        detail = f"A workbook holds at most {MAX_WORKBOOK_ROWS:,} items; filter the view, or take it as CSV."
        raise ProblemError(make_problem(ProblemKind.TOO_LARGE, detail))
    workbook = await asyncio.to_thread(write_workbook_view, bounded)
    return Response(
        workbook,
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers=headers,
    )


async def show_item(visit: Visit) -> Response:
    """Show an item with its list and all that has happened to it."""
    content = await read_content(visit)
    item = content.items.get(visit.request.path_params["item_no"])
    if item is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No item has this number."))
    events = [event for event in reversed(content.events) if item.item_no in event.items]
    return render_registers(
        visit,
        "item.html",
        item=item,
        listed=content.lists[item.list_id],
        stage_now=content.stages[item.item_no],
        state=content.state.item(item.item_no),
        events=events,
    )


def _stage_choices(visit: Visit, content: RegisterContent) -> dict[str, str]:
    there = {*content.stages.values()}
    return {stage.value: visit.message(stage_words(stage)) for stage in Stage if stage in there}


def _kind_choices(content: RegisterContent) -> dict[str, str]:
    return {kind: kind.replace("_", " ") for kind in sorted({item.kind for item in content.items.values()})}


def _short(text: str) -> str:
    return text[:MAX_FILTER]


def _one_of(text: str, name: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise wrong_parameter(name, f"is one of: {', '.join(filter(None, choices))}")
    return text


ROUTES = [
    page("/registers/items", show_items, "GET /v1/registers/lists/{list_id}"),
    page("/registers/items.csv", export_items, "GET /v1/registers/lists/{list_id}"),
    page("/registers/items.xlsx", export_items, "GET /v1/registers/lists/{list_id}"),
    page("/registers/items/{item_no}", show_item, "GET /v1/registers/items/{item_no}"),
]
