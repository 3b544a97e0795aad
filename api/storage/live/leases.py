"""Leases: of the processes on one database, exactly one does something."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, delete, insert, select

from api.storage.console_tables import leases


def lease_is_free(connection: Connection, name: str, holder: str, now: dt.datetime) -> bool:
    """Whether somebody may take a lease: nobody else has it, or no longer."""
    row = connection.execute(select(leases).where(leases.c.name == name)).one_or_none()
    return row is None or row.holder == holder or dt.datetime.fromisoformat(row.ends_at) <= now


def take_lease(connection: Connection, name: str, holder: str, now: dt.datetime, lasts: dt.timedelta) -> bool:
    """Take a lease, or extend one's own, in a transaction that writes; returns whether one has it."""
    if not lease_is_free(connection, name, holder, now):
        return False
    connection.execute(delete(leases).where(leases.c.name == name))
    row = {"name": name, "holder": holder, "ends_at": (now + lasts).isoformat()}
    connection.execute(insert(leases).values(row))
    return True


def drop_lease(connection: Connection, name: str, holder: str) -> None:
    """Give one's own lease back."""
    connection.execute(delete(leases).where((leases.c.name == name) & (leases.c.holder == holder)))
