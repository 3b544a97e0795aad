"""Queries about the lists and items of the registers, and the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from api.domain.registers.answers import ItemHistoryAnswer, ListPage, ListsAnswer
from api.domain.registers.figures import Figure
from api.domain.registers.figures_check import Report, reconcile
from api.domain.registers.lists import Register
from api.domain.registers.register_view import (
    item_answer,
    item_members,
    list_answer,
    report_answer,
)
from api.files.figures_file import FiguresFault, load_figures
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.services.paging import REGISTER_ITEMS, read_after, read_limit, wrong_after
from api.services.required_registers import require_registers
from api.storage.register_events import item_history
from api.storage.registers import count_items, find_item, find_list, load_items, load_lists, load_register

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAMED = "the number of an item of the list"

log = get_logger()


async def show_lists(context: Context) -> bytes:
    """Return every list with the number of its items. Raises `ProblemError`."""
    require_registers(context.policies.current.policies)

    def load(connection: Connection) -> ListsAnswer:
        counts = count_items(connection)
        lists = load_lists(connection)
        return ListsAnswer(
            lists=tuple(list_answer(listed, counts.get(listed.list_id, 0)) for listed in lists)
        )

    return (await context.store.read(load)).to_bytes()


async def show_list(context: Context, list_id: str, query: Mapping[str, str]) -> bytes:
    """Return a list with a page of its items; `next` is the `after` of the page behind it.

    Raises `ProblemError`.
    """
    require_registers(context.policies.current.policies)
    limit, behind = read_limit(query, REGISTER_ITEMS), read_after(query)

    def load(connection: Connection) -> ListPage:
        listed = find_list(connection, list_id)
        if listed is None:
            raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No list has this id."))
        place = 0 if behind is None else _place(connection, list_id, behind)
        items = load_items(connection, list_id, after=place, limit=limit + 1)
        return ListPage(
            list=list_answer(listed, count_items(connection).get(list_id, 0)),
            items=tuple(map(item_answer, items[:limit])),
            next=items[limit - 1].item_no if len(items) > limit else None,
        )

    return (await context.store.read(load)).to_bytes()


async def show_item(context: Context, item_no: str) -> bytes:
    """Return an item with its list and what has happened to it. Raises `ProblemError`."""
    require_registers(context.policies.current.policies)
    return (await context.store.read(lambda connection: _load_item(connection, item_no))).to_bytes()


async def show_report(context: Context, figures_file: Path) -> bytes:
    """Return the reconciliation of what is recorded with the figures of the file. Raises `ProblemError`."""
    figures = _figures(context, figures_file)
    found = await context.store.read(lambda connection: reconcile(load_register(connection), figures))
    return report_answer(found).to_bytes()


async def check_figures(context: Context, figures_file: Path) -> Report:
    """Return the same about what is held in memory of the registers. Raises `ProblemError`."""
    figures = _figures(context, figures_file)
    policies = context.policies.current.policies
    return await context.store.read(
        lambda connection: context.registers.derived(
            connection,
            policies,
            policies.day_at(context.clock()),
            ("figures", figures),
            lambda records: reconcile(Register(records.lists, records.items), figures),
        )
    )


def _figures(context: Context, figures_file: Path) -> tuple[Figure, ...]:
    registers = require_registers(context.policies.current.policies)
    try:
        return load_figures(figures_file, registers.list_words)
    except FiguresFault as fault:
        log.error("figures_unusable", file=str(figures_file), faults=fault.faults)
        detail = "The file of figures cannot be used; the faults are in the log of the service."
        raise ProblemError(make_problem(ProblemKind.INTERNAL, detail)) from fault


def _load_item(connection: Connection, item_no: str) -> ItemHistoryAnswer:
    item = find_item(connection, item_no)
    listed = find_list(connection, item.list_id) if item else None
    if item is None or listed is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No item has this number."))
    list_part = list_answer(listed, count_items(connection)[listed.list_id])
    return ItemHistoryAnswer(**item_members(item), list=list_part, **item_history(connection, item_no))


def _place(connection: Connection, list_id: str, after: str) -> int:
    """The place of the item that a page begins behind."""
    item = find_item(connection, after)
    if item is None or item.list_id != list_id:
        raise wrong_after(_NAMED)
    return item.place
