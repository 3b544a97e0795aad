"""The registers of a ledger that an operator names: read, and imported into as the service records."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sqlalchemy import Connection

from api.cli.clock import now
from api.cli.exit_codes import fail
from api.domain.identity import Author
from api.domain.registers.lists import Register
from api.files.import_plan import ImportPlan, ImportRules
from api.files.register_files import RegisterFile
from api.files.tables import Table
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.database_url import name_of
from api.ledger.entries import Entry
from api.ledger.log import Ledger
from api.services.register_imports import record_import
from api.settings import Settings
from api.signing.faults import SigningFault
from api.storage.registers import has_registers, load_register


def read_registers(database: str, *, missing_is_empty: bool = False) -> Register:
    """The registers in a ledger; one from before there were registers has none."""
    if missing_is_empty and not _is_there(database):
        return Register()
    try:
        opened = Database(database, read_only=True)
        try:
            with translated(), opened.reading() as connection:
                return load_register(connection) if has_registers(connection) else Register()
        finally:
            opened.dispose()
    except (StoreUnavailable, ValueError) as error:
        _no_ledger(database, error)


def _is_there(database: str) -> bool:
    """Whether there is a ledger to read; one in a file is made when something is first recorded in it."""
    file = _file_of(database)
    return file is None or file.exists()


def ledger_files(database: str) -> list[Path]:
    """Return the files that a ledger may consist of: its key, and those of its database unless a server has it."""
    file = _file_of(database)
    own = [] if file is None else [file.with_name(file.name + ending) for ending in ("", "-wal", "-shm")]
    return [*own, Settings(database=database).key_file]


def _file_of(database: str) -> Path | None:
    """The file of a database of SQLite; None for one that a server has."""
    if "://" not in database:
        return Path(database)
    scheme, separator, file = database.partition(":///")
    return Path(file) if separator and scheme.startswith("sqlite") else None


def record_files(
    database: str,
    files: Sequence[RegisterFile],
    tables: Sequence[Table],
    rules: ImportRules,
    author: Author,
    system_user: str,
) -> ImportPlan:
    """Record an import as the service records: through the one writer, its log entry beside its rows."""

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], ImportPlan]:
        return record_import(connection, place, files, tables, rules, author, system_user, now())

    settings = Settings(database=database)
    try:
        ledger = Ledger(Database(settings.database), settings.key_file, settings.log_origin, now)
        try:
            ledger.open()
            return asyncio.run(ledger.work(unit))
        finally:
            ledger.close()
    except (StoreUnavailable, SigningFault, ValueError) as error:
        _no_ledger(database, error)


def _no_ledger(database: str, error: Exception) -> NoReturn:
    fail(f"the ledger {name_of(database)} cannot be used ({error})", "name its file or URL with --database")
