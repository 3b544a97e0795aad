"""The log refuses entries made from records that are not the newest, and notes the newest that it meets."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from api.domain.cases.case import Case
from api.domain.cases.recordable_facts import NewFact
from api.domain.identity import Author
from api.ledger.database import Database
from api.ledger.entries import Entry, EntryKind
from api.ledger.log import Ledger
from api.ledger.preconditions import NOTHING, NewestRecord, StaleRead
from api.storage.cases import add_case, add_facts
from api.storage.newest_record import newest_record

NOW = datetime(1965, 1, 1, tzinfo=UTC)
CASE = Case("c", "r", "metallurgy", NOW, (1,), ((),), 0, ())
CLERK = Author("clerk", "committee")


@contextmanager
def opened(where: str, folder: Path, newest: NewestRecord | None = newest_record) -> Iterator[Ledger]:
    key = folder / "signing.key"
    ledger = Ledger(Database(where), key, "example.org/log", lambda: NOW, newest=newest)
    ledger.open()
    try:
        yield ledger
    finally:
        ledger.close()


def decision(number: int) -> Entry:
    return Entry(EntryKind.DECISION, f"d{number}", NOW, {}, {"decision": b"x"})


def open_case(connection: Connection, place: int) -> tuple[list[Entry], int]:
    add_case(connection, CASE, place)
    add_facts(connection, CASE, [NewFact("1", "item.quantity", "1", NOW.date())], [place], NOW, CLERK)
    return [Entry(EntryKind.CASE_OPENED, CASE.case_id, NOW)], place


def refuse(connection: Connection, place: int) -> tuple[list[Entry], int]:
    open_case(connection, place)
    raise ValueError("refused")


def test_an_entry_made_from_older_records_is_refused_and_the_newest_is_noted(
    where: str, tmp_path: Path
) -> None:
    with opened(where, tmp_path) as ledger, opened(where, tmp_path) as elsewhere:
        asyncio.run(ledger.append([decision(1)], read_sequence=NOTHING))
        place = asyncio.run(ledger.work(open_case))
        assert (ledger.newest_record, elsewhere.newest_record) == (place, NOTHING)
        with pytest.raises(StaleRead):
            asyncio.run(elsewhere.append([decision(2)], read_sequence=place - 1))
        assert elsewhere.newest_record == place
        asyncio.run(elsewhere.append([decision(2)], read_sequence=place))


def test_what_is_refused_leaves_no_newer_record(where: str, tmp_path: Path) -> None:
    with opened(where, tmp_path) as ledger:
        with pytest.raises(ValueError, match="refused"):
            asyncio.run(ledger.work(refuse))
        assert ledger.newest_record == NOTHING


def test_without_a_reader_of_records_nothing_is_checked_in_vain(tmp_path: Path) -> None:
    with opened(str(tmp_path / "log.db"), tmp_path, None) as ledger:
        with pytest.raises(ValueError, match="reader of the newest record"):
            asyncio.run(ledger.append([decision(1)], read_sequence=NOTHING))
        asyncio.run(ledger.append([decision(1)]))
