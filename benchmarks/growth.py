"""How much a decision leaves behind: bytes in SQLite, in PostgreSQL and in an archive, and the entry itself.

Requests of one line and of fifty, as different as those of the benchmark over HTTP, each with an id and descriptions
of its own; with the texts of persons in the entry, and detached. The bytes of the first decisions, which bring the
tables and the texts that recur, are not counted: what is measured is what each further one adds. Decisions of one
call are stored as a group; `--batch 1` records each by itself.
Run it as `python -m benchmarks.growth`; PostgreSQL is started for it, in a folder of its own.
"""

import argparse
import json
import logging
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import structlog

from api.doors.running_server import running_server
from api.ledger.archives import write_archive
from api.ledger.database import Database
from api.settings import Settings
from benchmarks.http_requests import make_requests
from benchmarks.processes import ROOT
from tests.support.postgres import new_database, running_postgres

DAYS = 365
A_DAY = (10, 1_000, 100_000)


@dataclass(frozen=True)
class Growth:
    """The bytes that a decision adds to the database, and to an archive of its log; those of its entry."""

    database: float
    archive: float
    entry: float


def request_bodies(lines: int, size: int) -> Iterator[list[dict[str, Any]]]:
    """Bodies of batches of a size, without end; no two requests say the same."""
    shapes = make_requests(lines)
    number = 0
    while True:
        batch = []
        for _ in range(size):
            request = {**shapes[number % len(shapes)], "request_id": f"request-{number:08}"}
            request["items"] = [
                {**item, "description": f"{item['description']}, sheet {number}-{item['line']}"}
                for item in request["items"]
            ]
            batch.append(request)
            number += 1
        yield batch


def record(
    database: str, key: Path, bodies: Iterator[list[dict[str, Any]]], decisions: int, **more: Any
) -> None:
    settings = Settings(
        policies=ROOT / "policies", database=database, signing_key=key, insecure_no_auth=True, **more
    )
    with running_server(settings) as address, httpx.Client(base_url=address, timeout=60) as client:
        recorded = 0
        while recorded < decisions:
            batch = next(bodies)
            client.post("/v1/pre-checks", json=batch).raise_for_status()
            recorded += len(batch)


def measure(
    database: str, folder: Path, size: Callable[[], int], lines: int, decisions: int, batch: int, **more: Any
) -> Growth:
    """Record as many decisions again as were recorded before, and compare."""
    bodies = request_bodies(lines, batch)
    sizes = []
    for _ in range(2):
        record(database, folder / "key", bodies, decisions, **more)
        sizes.append((size(), *log_size(database, folder / "log.parquet")))
    before, after = sizes
    grown = [(late - early) / decisions for early, late in zip(before, after, strict=True)]
    return Growth(*grown)


def log_size(database: str, archive: Path) -> tuple[int, int]:
    """The bytes of an archive, and those of all entries."""
    opened = Database(database, read_only=True)
    with opened.reading() as connection:
        write_archive(connection, archive)
    opened.dispose()
    import pyarrow.parquet

    entries = pyarrow.parquet.read_table(archive, columns=["entry"])["entry"].to_pylist()
    return archive.stat().st_size, sum(map(len, entries))


@contextmanager
def sqlite_file() -> Iterator[tuple[str, Path, Callable[[], int]]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.db"

        def size() -> int:
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return file.stat().st_size

        yield str(file), Path(folder), size


@contextmanager
def postgres_database(server: Any, name: str) -> Iterator[tuple[str, Path, Callable[[], int]]]:
    with new_database(server, name) as url, tempfile.TemporaryDirectory() as folder:

        def size() -> int:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("VACUUM")
                row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            assert row is not None
            return int(row[0])

        yield url.replace("postgresql://", "postgresql+psycopg://"), Path(folder), size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=2_000, help="so many of one line, twice")
    parser.add_argument(
        "--batch", type=int, default=20, help="so many in one call, which are stored as a group"
    )
    arguments = parser.parse_args()
    many, batch = arguments.decisions, arguments.batch
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with running_postgres() as server:
        print("bytes a decision:    entry  SQLite  PostgreSQL  archive")
        for lines in (1, 50):
            for detached in ("", "personal"):
                decisions = max(batch, many if lines == 1 else many // 10)
                more = {"keep_apart": detached} if detached else {}
                with sqlite_file() as (database, folder, size):
                    own = measure(database, folder, size, lines, decisions, batch, **more)
                with postgres_database(server, f"growth-{lines}-{detached or 'whole'}") as (
                    url,
                    folder,
                    size,
                ):
                    served = measure(url, folder, size, lines, decisions, batch, **more)
                how = "detached" if detached else "whole"
                print(
                    f"{lines:3} lines, {how:10} {own.entry:7,.0f} {own.database:7,.0f} {served.database:11,.0f}"
                    f" {own.archive:8,.0f}",
                    flush=True,
                )
                for rate in A_DAY:
                    year = [value * rate * DAYS for value in (own.database, served.database, own.archive)]
                    print(
                        json.dumps({"a day": rate, "MB a year": [round(one / 1e6, 1) for one in year]}),
                        flush=True,
                    )


if __name__ == "__main__":
    main()
