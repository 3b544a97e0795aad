"""The sign-ins of the console, in a table that all processes of a service share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from api.domain.identity import Credential
from api.domain.sign_ins import ProviderSession, SignIn
from api.storage.console_tables import sign_ins, single_uses


def add_sign_in(connection: Connection, sign_in: SignIn) -> int:
    """Store a new sign-in. Those that have ended by themselves are removed; returns how many these were."""
    ended = _remove(connection, sign_ins.c.ends_at <= _text(sign_in.started_at))
    times = {name: _text(getattr(sign_in, name)) for name in _TIMES}
    connection.execute(insert(sign_ins).values({**asdict(sign_in), **times}))
    return ended


def find_sign_in(connection: Connection, token_hash: str) -> SignIn | None:
    """Return the sign-in with this hash; None if there is none, or no more."""
    row = connection.execute(select(sign_ins).where(sign_ins.c.token_hash == token_hash)).one_or_none()
    return None if row is None else _sign_in(row)


def find_sign_ins(connection: Connection, token_hashes: Sequence[str]) -> Iterator[SignIn]:
    """Yield those of the sign-ins with these hashes that there still are."""
    for start in range(0, len(token_hashes), _MOST_HASHES):
        chosen = sign_ins.c.token_hash.in_(token_hashes[start : start + _MOST_HASHES])
        for row in connection.execute(select(sign_ins).where(chosen)):
            yield _sign_in(row)


def touch_sign_in(connection: Connection, token_hash: str, at: dt.datetime) -> int:
    """Note that a sign-in was used; returns 1 if it is still there, else 0."""
    used = update(sign_ins).where(sign_ins.c.token_hash == token_hash).values(used_at=_text(at))
    return connection.execute(used).rowcount


def end_sign_in(connection: Connection, token_hash: str) -> int:
    """Remove one sign-in, and return how many that were: 0 or 1."""
    return _remove(connection, sign_ins.c.token_hash == token_hash)


def end_sign_ins_of(connection: Connection, name: str, credential: Credential) -> int:
    """Remove every sign-in of somebody, in whatever browser, and return how many there were."""
    return _remove(connection, (sign_ins.c.name == name) & (sign_ins.c.credential == credential))


def end_sign_ins_at_provider(connection: Connection, is_meant: Callable[[ProviderSession], bool]) -> int:
    """Remove every sign-in that rests on one of those at a provider, and return how many there were."""
    query = select(sign_ins.c.token_hash, sign_ins.c.rests_on).where(
        sign_ins.c.credential == Credential.TOKEN
    )
    meant = [
        row.token_hash for row in connection.execute(query) if is_meant(ProviderSession.parse(row.rests_on))
    ]
    return sum(end_sign_in(connection, token_hash) for token_hash in meant)


def end_sign_ins_named(connection: Connection, name: str) -> int:
    """Remove every sign-in of whoever has a name, by whatever credential, and return how many there were."""
    return _remove(connection, sign_ins.c.name == name)


def list_sign_ins(connection: Connection) -> list[SignIn]:
    """Return every sign-in that is stored, by name and then by its begin; some may have ended by themselves."""
    rows = connection.execute(select(sign_ins).order_by(sign_ins.c.name, sign_ins.c.started_at))
    return [_sign_in(row) for row in rows]


def was_used(connection: Connection, digest: str) -> bool:
    """Whether something that is used once was used before."""
    return (
        connection.execute(select(single_uses.c.digest).where(single_uses.c.digest == digest)).first()
        is not None
    )


def use_once(connection: Connection, digest: str, at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Note that something was used; False if it was used before. What nobody would take any more is removed."""
    connection.execute(delete(single_uses).where(single_uses.c.ends_at <= _text(at)))
    if was_used(connection, digest):
        return False
    connection.execute(insert(single_uses).values(digest=digest, ends_at=_text(ends_at)))
    return True


def count_sign_ins_of(connection: Connection, name: str, credential: Credential) -> int:
    """Return how many sign-ins somebody has; some may have ended by themselves."""
    query = select(sign_ins.c.token_hash).where(
        (sign_ins.c.name == name) & (sign_ins.c.credential == credential)
    )
    return len(connection.execute(query).all())


def _remove(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(sign_ins).where(which)).rowcount


def _sign_in(row: Row[Any]) -> SignIn:
    members = dict(row._mapping)
    times = {name: dt.datetime.fromisoformat(members[name]) for name in _TIMES}
    return SignIn(**{**members, **times, "credential": Credential(members["credential"])})


def _text(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


_TIMES = ("started_at", "used_at", "ends_at")
_MOST_HASHES = 500
"""The most hashes of one query; a database takes only so many parameters."""
