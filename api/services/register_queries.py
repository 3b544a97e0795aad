"""What is asked about the lists and items of the registers, and the report, apart from HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection

from api.domain.registers.figures_check import reconcile
from api.files.figures_file import FiguresFault, load_figures
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.register_views import as_json, item_as_data, list_as_data, report_as_data
from api.storage.register_events import item_history
from api.storage.registers import count_items, find_item, find_list, load_items, load_lists, load_register

PAGE = frozenset({"limit", "after"})
MOST, USUAL = 1000, 100
"""How many items a page has at most, and if nothing is said."""

log = structlog.get_logger()


async def show_lists(context: Context) -> bytes:
    """Return every list with the number of its items."""

    def tell(connection: Connection) -> dict[str, Any]:
        counts = count_items(connection)
        return {
            "lists": [
                list_as_data(listed, counts.get(listed.list_id, 0)) for listed in load_lists(connection)
            ]
        }

    return as_json(await context.store.read(tell))


async def show_list(context: Context, list_id: str, asked: Mapping[str, str]) -> bytes:
    """Return a list with a page of its items; `next` is what to give as `after` for the page behind it.

    Raises `ProblemError`.
    """
    limit = _limit(asked.get("limit"))

    def tell(connection: Connection) -> dict[str, Any]:
        listed = find_list(connection, list_id)
        if listed is None:
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No list has this id."))
        place = _place(connection, list_id, asked["after"]) if "after" in asked else 0
        items = load_items(connection, list_id, after=place, limit=limit + 1)
        told = {
            "list": list_as_data(listed, count_items(connection).get(list_id, 0)),
            "items": [item_as_data(item) for item in items[:limit]],
        }
        return {**told, "next": items[limit - 1].item_no} if len(items) > limit else told

    return as_json(await context.store.read(tell))


async def show_item(context: Context, item_no: str) -> bytes:
    """Return an item with its list and what has happened to it. Raises `ProblemError`."""
    return as_json(await context.store.read(lambda connection: _tell_item(connection, item_no)))


async def show_report(context: Context, figures_file: Path) -> bytes:
    """Return the reconciliation of what is recorded with the figures of the file. Raises `ProblemError`."""
    try:
        figures = load_figures(figures_file)
    except FiguresFault as fault:
        log.error("figures_unusable", file=str(figures_file), faults=fault.faults)
        detail = "The file of figures cannot be used; the faults are in the log of the service."
        raise ProblemError(make_problem(ProblemKind.INTERNAL, detail)) from fault
    return as_json(
        await context.store.read(
            lambda connection: report_as_data(reconcile(load_register(connection), figures))
        )
    )


def _tell_item(connection: Connection, item_no: str) -> dict[str, Any]:
    item = find_item(connection, item_no)
    listed = find_list(connection, item.list_id) if item else None
    if item is None or listed is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No item has this number."))
    told = list_as_data(listed, count_items(connection)[listed.list_id])
    return {**item_as_data(item), "list": told, **item_history(connection, item_no)}


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST):
        detail = f"`limit` is a whole number from 1 to {MOST}."
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
    return int(text)


def _place(connection: Connection, list_id: str, after: str) -> int:
    """The place of the item that a page begins behind."""
    item = find_item(connection, after)
    if item is None or item.list_id != list_id:
        detail = "`after` is the number of an item of the list, such as `next` gives."
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
    return item.place
