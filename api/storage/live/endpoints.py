"""How far each endpoint has been notified."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, inspect, select

from api.domain.live.webhooks import EndpointState
from api.storage.console_tables import webhook_endpoints

_TIMES = ("tried_at", "next_at", "disabled_at")


def load_endpoints(connection: Connection) -> list[EndpointState]:
    """Return every endpoint, by name."""
    rows = connection.execute(select(webhook_endpoints).order_by(webhook_endpoints.c.name))
    return [_state(dict(row._mapping)) for row in rows]


def has_endpoints(connection: Connection) -> bool:
    """Whether the database has the table: it may be of an earlier revision."""
    return inspect(connection).has_table(webhook_endpoints.name)


def put_endpoint(connection: Connection, state: EndpointState) -> None:
    """Store the state of an endpoint in the place of that before it."""
    forget_endpoints(connection, [state.name])
    members = asdict(state)
    times = {name: members[name].isoformat() for name in _TIMES if members[name] is not None}
    connection.execute(insert(webhook_endpoints).values({**members, **times}))


def forget_endpoints(connection: Connection, names: Sequence[str]) -> None:
    """Remove endpoints."""
    connection.execute(delete(webhook_endpoints).where(webhook_endpoints.c.name.in_(names)))


def _state(members: dict[str, Any]) -> EndpointState:
    times = {name: dt.datetime.fromisoformat(members[name]) for name in _TIMES if members[name] is not None}
    return EndpointState(**{**members, **times})
