"""The pages of lists: all of them with what their items wait for, one of them, and how the figures agree."""

from __future__ import annotations

from collections import Counter

from starlette.responses import Response

from api.console.frame.routing import page
from api.console.frame.visits import Visit
from api.console.registers.reading import read_content, render_registers
from api.console.registers.words import verdict_words
from api.domain.registers.browsing import ItemFilter, ItemOrder
from api.domain.registers.lists import RegisterList
from api.domain.registers.stages import Stage
from api.files.figures_file import FiguresSettings
from api.parsing.fields import read_whole_number
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.register_memory import RegisterContent
from api.services.register_queries import check_figures
from api.services.required_registers import require_registers

SHOWN = 50
NEWEST = 30
MAX_COUNT = 10**6


async def show_lists(visit: Visit) -> Response:
    """Show every list with the number of its items by their stage."""
    content = await read_content(visit)
    registers = require_registers(visit.policies)
    counts = {list_id: Counter[Stage]() for list_id in content.lists}
    for item_no, stage in content.stages.items():
        counts[content.items[item_no].list_id][stage] += 1
    rows = [
        (listed, sum(counts[list_id].values()), _in_order(counts[list_id]))
        for list_id, listed in content.lists.items()
    ]
    imported = [read_whole_number(visit.query.get(name, ""), 0, MAX_COUNT) for name in ("lists", "items")]
    return render_registers(
        visit,
        "lists.html",
        rows=rows,
        sorts=registers.list_words,
        imported=None if None in imported else imported,
    )


async def show_list(visit: Visit) -> Response:
    """Show a list with its provenance, the first of its items, and its newest events."""
    content = await read_content(visit)
    listed = _find(content, visit.request.path_params["list_id"])
    found = content.browser.page(ItemFilter(list_id=listed.list_id), ItemOrder.LIST, limit=SHOWN)
    items = found.items if found else ()
    of_list = {item_no for item_no, item in content.items.items() if item.list_id == listed.list_id}
    events = [event for event in reversed(content.events) if not of_list.isdisjoint(event.items)]
    counts = Counter(content.stages[item_no] for item_no in of_list)
    return render_registers(
        visit,
        "list.html",
        listed=listed,
        items=items,
        stages=content.stages,
        events=events[:NEWEST],
        more_events=max(0, len(events) - NEWEST),
        count=len(of_list),
        counts=_in_order(counts),
    )


async def show_report(visit: Visit) -> Response:
    """Show how what is recorded agrees with the figures of the office."""
    report = await check_figures(visit.context, FiguresSettings().figures)
    return render_registers(
        visit, "report.html", report=report, verdict_words=lambda one: visit.message(verdict_words(one))
    )


def _find(content: RegisterContent, list_id: str) -> RegisterList:
    if list_id not in content.lists:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No list has this id."))
    return content.lists[list_id]


def _in_order(counts: Counter[Stage]) -> list[tuple[Stage, int]]:
    return [(stage, counts[stage]) for stage in Stage if counts[stage]]


ROUTES = [
    page("/registers", show_lists, "GET /v1/registers"),
    page("/registers/report", show_report, "GET /v1/registers/report"),
    page("/registers/lists/{list_id}", show_list, "GET /v1/registers/lists/{list_id}"),
]
