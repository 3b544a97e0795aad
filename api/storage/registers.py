"""The repository of lists and items of the registers: rows read and added, in the transaction of the caller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, func, insert, inspect, select

from api.domain.registers.lists import Register, RegisterItem, RegisterList, TransferProcedure
from api.storage.tables import register_items, register_lists

MAX_IDS_PER_QUERY = 500
"""The most numbers of one query; a database takes only so many parameters."""

NULL = "\0"
"""No id has this character, and PostgreSQL fails on a query that has it."""


def load_register(connection: Connection) -> Register:
    """Return every list and every item that is recorded."""
    return Register(load_lists(connection), load_items(connection))


def load_lists(connection: Connection) -> list[RegisterList]:
    """Return every list, by its id."""
    rows = connection.execute(select(register_lists)).all()
    return sorted(map(_list, rows), key=lambda found: found.list_id)


def find_list(connection: Connection, list_id: str) -> RegisterList | None:
    """Return the list of this id."""
    if NULL in list_id:
        return None
    row = connection.execute(select(register_lists).where(register_lists.c.list_id == list_id)).first()
    return None if row is None else _list(row)


def load_items(
    connection: Connection, list_id: str | None = None, *, after: int = 0, limit: int | None = None
) -> list[RegisterItem]:
    """Return the items of a list, or of every list by its id, in their order.

    Of one list, `after` leaves out the items up to that place, and `limit` is the most that are returned.
    """
    query = select(register_items)
    if list_id is not None:
        query = query.where(register_items.c.list_id == list_id, register_items.c.place > after)
    found = map(_item, connection.execute(query.order_by(register_items.c.place).limit(limit)))
    return sorted(found, key=lambda item: (item.list_id, item.place))


def find_item(connection: Connection, item_no: str) -> RegisterItem | None:
    """Return the item of this number."""
    if NULL in item_no:
        return None
    row = connection.execute(select(register_items).where(register_items.c.item_no == item_no)).first()
    return None if row is None else _item(row)


def find_items(connection: Connection, item_nos: Set[str]) -> list[RegisterItem]:
    """Return the items of these numbers."""
    numbers = sorted(item_no for item_no in item_nos if "\0" not in item_no)
    found: list[RegisterItem] = []
    for start in range(0, len(numbers), MAX_IDS_PER_QUERY):
        chosen = register_items.c.item_no.in_(numbers[start : start + MAX_IDS_PER_QUERY])
        found += map(_item, connection.execute(select(register_items).where(chosen)))
    return found


def listed_after(connection: Connection, sequence: int) -> list[str]:
    """Return the numbers of the items that came in after an entry of the log."""
    query = select(register_items.c.item_no).where(register_items.c.sequence > sequence)
    return list(connection.execute(query).scalars())


def count_items(connection: Connection) -> dict[str, int]:
    """Return how many items each list has that has any."""
    query = select(register_items.c.list_id, func.count()).group_by(register_items.c.list_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def add_lists(
    connection: Connection, lists: Sequence[RegisterList], sequence: int, at: dt.datetime, by: str
) -> None:
    """Add lists that came in with the log entry `sequence`."""
    rows = [list_row(added, sequence, at, by) for added in lists]
    if rows:
        connection.execute(insert(register_lists), rows)


def list_row(added: RegisterList, sequence: int, at: dt.datetime, by: str) -> dict[str, Any]:
    """Return the row of a list that came in with the log entry `sequence`."""
    return {
        "list_id": added.list_id,
        "title": added.title,
        "country": added.country,
        "legacy_list": added.legacy_list,
        "source": added.source,
        "batch": added.batch,
        "transfer_procedure": added.transfer_procedure.value,
        "put_to_session": added.put_to_session,
        "recorded_at": at.isoformat(),
        "recorded_by": by,
        "sequence": sequence,
    }


def add_items(connection: Connection, items: Sequence[RegisterItem], sequence: int) -> None:
    """Add items behind those their lists have, in this order; they came in with the log entry `sequence`."""
    places = {found.list_id: found.last for found in connection.execute(_LAST_PLACES)}
    rows = []
    for item in items:
        places[item.list_id] = places.get(item.list_id, 0) + 1
        rows.append(item_row(item, places[item.list_id], sequence))
    if rows:
        connection.execute(insert(register_items), rows)


_LAST_PLACES = select(register_items.c.list_id, func.max(register_items.c.place).label("last")).group_by(
    register_items.c.list_id
)


def item_row(item: RegisterItem, place: int, sequence: int) -> dict[str, Any]:
    """Return the row of an item at a place of its list, which came in with the log entry `sequence`."""
    return {
        "item_no": item.item_no,
        "list_id": item.list_id,
        "place": place,
        "description": item.description,
        "kind": item.kind,
        "quantity": None if item.quantity is None else format(item.quantity, "f"),
        "unit": item.unit,
        "provided_on": None if item.provided_on is None else item.provided_on.isoformat(),
        "provided_to": item.provided_to,
        "remarks": item.remarks,
        "sequence": sequence,
    }


def _list(row: Row[Any]) -> RegisterList:
    return RegisterList(
        list_id=row.list_id,
        title=row.title,
        country=row.country,
        legacy_list=row.legacy_list,
        source=row.source,
        batch=row.batch,
        transfer_procedure=TransferProcedure(row.transfer_procedure),
        put_to_session=row.put_to_session,
        recorded_at=dt.datetime.fromisoformat(row.recorded_at),
        recorded_by=row.recorded_by,
        sequence=row.sequence,
    )


def _item(row: Row[Any]) -> RegisterItem:
    return RegisterItem(
        item_no=row.item_no,
        list_id=row.list_id,
        description=row.description,
        kind=row.kind,
        quantity=None if row.quantity is None else Decimal(row.quantity),
        unit=row.unit,
        provided_on=None if row.provided_on is None else dt.date.fromisoformat(row.provided_on),
        provided_to=row.provided_to,
        remarks=row.remarks,
        place=row.place,
        sequence=row.sequence,
    )


def has_registers(connection: Connection) -> bool:
    """Whether the database has the tables of registers; one from before there were registers has none."""
    return inspect(connection).has_table(register_lists.name)
