"""The URL by which a database is named, and what of it may be shown."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError


class NoDatabaseUrl(Exception):
    """Why a text names no database; it quotes nothing, as any part may be one of a password."""


def read_url(where: str) -> URL:
    """Return the URL of a database; a path without `://` is a SQLite file. Raises `NoDatabaseUrl`."""
    if "://" not in where:
        return URL.create("sqlite", database=where)
    try:
        return make_url(where)
    except (SQLAlchemyError, ValueError):
        raise NoDatabaseUrl(
            "it is no URL of a database; in a password `/`, `@`, `:` and `%` are written %2F, %40, %3A and %25"
        ) from None


def name_of(where: str) -> str:
    """Return a database as it may be shown: without a password, and without options, which may hold one."""
    if "://" not in where:
        return where
    try:
        return read_url(where).set(query={}).render_as_string(hide_password=True)
    except NoDatabaseUrl:
        return "that was named"
