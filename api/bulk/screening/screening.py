"""Files of request lines in, one file of answers out: what `decide` says, row by row."""

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, assert_never

from api.bulk.screening.databases import Database, Engine
from api.bulk.screening.deciding import Deciding
from api.bulk.screening.duck import Duck
from api.bulk.screening.lines import line_numbers, sift_csv, store_requests, store_texts
from api.bulk.screening.sources import Column, FileKind, UnusableFile, csv_columns, kind_of, parquet_columns
from api.bulk.screening.writing import LISTS, write_answers
from engine import Outcome, PolicySet, Request
from engine.bulk import Plan, draw_plan
from engine.bulk.reading import ColumnFaults, Form, plan_checks, plan_reading

BATCH = 131_072
"""How many rows are decided at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A screening: what to read, where to write, on which day, within which memory."""

    files: Sequence[Path]
    out: Path
    rejects: Path
    today: dt.date
    memory: str = "2GB"
    threads: int | None = None
    engine: Engine = Engine.DUCKDB


@dataclass(frozen=True, slots=True)
class Screened:
    """What became of the rows: how many were answered, with each outcome, and how many were set aside."""

    rows: int
    rejected: int
    outcomes: Mapping[Outcome, int]


def screen(
    policies: PolicySet, wanted: Wanted, watch: Callable[[Database], None] = lambda _: None
) -> Screened:
    """Screen the files. The answers appear whole or not at all; rows set aside are written with their faults.

    `watch` is given the database, to ask it how far it is. Raises UnusableFile and engine.bulk.NotTabular.
    """
    kinds = [kind_of(path) for path in wanted.files]
    written = kind_of(wanted.out)
    deciding = Deciding(draw_plan(policies))
    part, aside = _beside(wanted.out), _beside(wanted.rejects)
    try:
        with tempfile.TemporaryDirectory(dir=wanted.out.parent) as folder, aside.open("w") as rejects:
            database = _database(wanted, Path(folder))
            watch(database)
            files = [
                _File(database, path, kind, Path(folder), rejects)
                for path, kind in zip(wanted.files, kinds, strict=True)
            ]
            whole = part if written is FileKind.PARQUET else Path(folder) / "answers.parquet"
            write_answers((a for file in files for a in file.answers(deciding, wanted.today)), whole)
            if written is not FileKind.PARQUET:
                Duck(Path(folder), wanted.memory).write(_as_text(whole, written), part, written)
        part.replace(wanted.out)
        rejected = sum(file.rejected for file in files)
        if rejected:
            aside.replace(wanted.rejects)
    except OSError as error:
        raise UnusableFile(
            f"{error.filename} cannot be written ({error.strerror})", "choose another place"
        ) from error
    finally:
        for left in (part, aside):
            with suppress(FileNotFoundError):
                left.unlink()
    outcomes = {outcome: deciding.outcomes[outcome] for outcome in Outcome if deciding.outcomes[outcome]}
    return Screened(deciding.outcomes.total(), rejected, outcomes)


def screen_requests(
    policies: PolicySet, requests: Iterable[Request], today: dt.date, engine: Engine = Engine.DUCKDB
) -> list[dict[str, Any]]:
    """Screen requests that have been read, and return the answers line by line, in their order."""
    deciding = Deciding(draw_plan(policies))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.parquet"
        store_requests(requests, path)
        wanted = Wanted([path], path, path, today, engine=engine)
        file = _File(_database(wanted, Path(folder)), path, FileKind.PARQUET, Path(folder), io.StringIO())
        return [row for answers in file.answers(deciding, today) for row in answers.to_pylist()]


def _database(wanted: Wanted, folder: Path) -> Database:
    match wanted.engine:
        case Engine.DUCKDB:
            return Duck(folder, wanted.memory, wanted.threads)
        case Engine.SPARK:
            from api.bulk.screening.spark import Spark

            return Spark(folder, wanted.memory, wanted.threads)
        case _:
            assert_never(wanted.engine)


class _File:
    """One file on its way through the database."""

    def __init__(
        self, database: Database, path: Path, kind: FileKind, folder: Path, rejects: IO[str]
    ) -> None:
        self.database, self.path, self.kind, self.folder, self.out = database, path, kind, folder, rejects
        self.rejected = 0

    def answers(self, deciding: Deciding, today: dt.date) -> Iterator[Any]:
        """The answers to the rows of the file, batch by batch; before the first, bad rows are set aside."""
        path, kind, columns = self._opened()
        forms = {column.fact: column.form for column in columns}
        reading = plan_file(deciding.plan, forms, today, self.path, self.database.dialect)
        self.database.open_file(path, kind, columns)
        try:
            some_bad = self.database.keep(reading)
        except UnusableFile:
            if kind is not FileKind.CSV:
                raise
            # A row that is no row of the table, such as one with a cell too many, stops DuckDB; it is sifted out.
            path = self.folder / "sifted.csv"
            sift_csv(self.path, path, len(columns), self._reject)
            self.database.open_file(path, kind, columns)
            some_bad = self.database.keep(reading)
        if some_bad:
            self._set_aside(forms)
        yield from (deciding.answers(batch) for batch in self.database.batches(BATCH) if batch.num_rows)

    def _opened(self) -> tuple[Path, FileKind, list[Column]]:
        stored = self.folder / "lines.parquet"
        match self.kind:
            case FileKind.PARQUET:
                return self.path, self.kind, parquet_columns(self.path)
            case FileKind.CSV:
                columns = csv_columns(self.path)
                if self.kind in self.database.reads:
                    return self.path, self.kind, columns
                store_texts(self.path, stored, [column.fact for column in columns], self._reject)
                return stored, FileKind.PARQUET, columns
            case FileKind.JSON_LINES:
                store_requests(self.path, stored, self._reject)
                return stored, FileKind.PARQUET, _flat_columns(stored)
            case _:
                assert_never(self.kind)

    def _set_aside(self, forms: Mapping[str, Form]) -> None:
        planned = plan_checks(forms, self.database.dialect)
        broken = " OR ".join(check.broken for check in planned.checks)
        told = self.database.rows(f"SELECT * FROM ({planned.statement}) AS told WHERE {broken} ORDER BY 1")
        lines = line_numbers(self.path, self.kind, [row[0] for row in told])
        for line, (_, *truths) in zip(lines, told, strict=True):
            faults = [
                {"fact": check.fact, "fault": check.must}
                for check, truth in zip(planned.checks, truths, strict=True)
                if truth
            ]
            self._reject(line.number, faults, line.text)

    def _reject(self, line: int, faults: Sequence[dict[str, str]], text: str | None) -> None:
        self.rejected += 1
        row = {"file": str(self.path), "line": line, "faults": list(faults), "row": text}
        self.out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _flat_columns(path: Path) -> list[Column]:
    return [Column(column.fact, (column.fact,), column.form) for column in parquet_columns(path)]


def plan_file(plan: Plan, forms: Mapping[str, Form], today: dt.date, path: Path, dialect: str) -> str:
    """Plan the reading of a file. Raises UnusableFile if its columns do not fit the contract."""
    try:
        return plan_reading(plan, forms, today, dialect)
    except ColumnFaults as error:
        fact, remedy = error.faults[0]
        more = f" (and {len(error.faults) - 1} more columns do not fit)" if len(error.faults) > 1 else ""
        raise UnusableFile(f"{path}: {fact}{more}", remedy) from error


def _as_text(answers: Path, kind: FileKind) -> str:
    """The answers as a file of text holds them; lists become texts where it holds none."""
    source = "read_parquet('" + str(answers).replace("'", "''") + "')"
    if kind is FileKind.JSON_LINES:
        return f"FROM {source}"
    texts = (f"array_to_string({name}, '{' | ' if name == 'duties' else '; '}') AS {name}" for name in LISTS)
    return f"SELECT * REPLACE ({', '.join(texts)}) FROM {source}"


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
