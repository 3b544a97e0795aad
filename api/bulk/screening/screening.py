"""Files of request lines in, one file of answers out: what `decide` says, row by row."""

from __future__ import annotations

import datetime as dt
import io
import json
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, assert_never

from api.bulk.screening.databases import Engine, ScreeningDatabase
from api.bulk.screening.deciding import BatchDecider
from api.bulk.screening.duck import Duck, guarded_cell
from api.bulk.screening.lines import line_numbers, sift_csv, store_requests, store_texts
from api.bulk.screening.sources import (
    FileKind,
    RowFile,
    SourceColumn,
    UnusableFile,
    kind_of,
    parquet_columns,
    row_file,
)
from api.bulk.screening.stated_columns import text_faults, unseen_patterns
from api.bulk.screening.writing import LISTS, TEXTS, write_answers
from api.runtime.private_files import private_files
from engine import NO_STATUS, Outcome, PolicySet, Request, ServingStatus, Vocabulary
from engine.bulk import TablePlan, draw_plan
from engine.bulk.column_forms import ColumnForm
from engine.bulk.reading import ColumnFaults, plan_checks, plan_reading

BATCH = 131_072
"""How many rows are decided at once."""


@dataclass(frozen=True, slots=True)
class ScreeningJob:
    """A screening to run: input, output, the day, whose facts are believed, the memory limit."""

    files: Sequence[Path]
    out: Path
    rejects: Path
    today: dt.date
    parties: Collection[str] | None = None
    memory: str = "2GB"
    threads: int | None = None
    engine: Engine = Engine.DUCKDB


@dataclass(frozen=True, slots=True)
class Screened:
    """The counts of a screening: rows answered, by outcome, and rows set aside."""

    rows: int
    rejected: int
    outcomes: Mapping[Outcome, int]


def screen(
    policies: PolicySet, job: ScreeningJob, watch: Callable[[ScreeningDatabase], None] = lambda _: None
) -> Screened:
    """Screen the files. The answers appear whole or not at all; rows set aside are written with their faults.

    `watch` is called with the database, whose progress it may poll. Raises UnusableFile and engine.bulk.NotTabular.
    """
    sources = [row_file(policies.vocabulary, path) for path in job.files]
    written = kind_of(job.out)
    decider = BatchDecider(draw_plan(policies))
    part, aside = _beside(job.out), _beside(job.rejects)
    try:
        with (
            private_files(),
            tempfile.TemporaryDirectory(dir=job.out.parent) as folder,
            aside.open("w") as rejects,
        ):
            database = _database(job, Path(folder))
            watch(database)
            files = [
                _ScreenedFile(policies.vocabulary, database, source, Path(folder), rejects)
                for source in sources
            ]
            whole = part if written is FileKind.PARQUET else Path(folder) / "answers.parquet"
            write_answers((a for file in files for a in file.answers(decider, job)), whole)
            if written is not FileKind.PARQUET:
                Duck(Path(folder), job.memory).write(_as_text(whole, written), part, written)
        part.replace(job.out)
        rejected = sum(file.rejected for file in files)
        if rejected:
            aside.replace(job.rejects)
    except OSError as error:
        raise UnusableFile(
            f"{error.filename} cannot be written ({error.strerror})", "choose another place"
        ) from error
    finally:
        for left in (part, aside):
            with suppress(FileNotFoundError):
                left.unlink()
    outcomes = {outcome: decider.outcomes[outcome] for outcome in Outcome if decider.outcomes[outcome]}
    return Screened(decider.outcomes.total(), rejected, outcomes)


def screen_requests(
    policies: PolicySet,
    requests: Iterable[Request],
    today: dt.date,
    engine: Engine = Engine.DUCKDB,
    parties: Collection[str] | None = None,
    status: ServingStatus = NO_STATUS,
) -> list[dict[str, Any]]:
    """Screen requests that have been read, and return the answers line by line, in their order."""
    decider = BatchDecider(draw_plan(policies), status)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.parquet"
        store_requests(policies.vocabulary, requests, path)
        job = ScreeningJob([path], path, path, today, parties, engine=engine)
        source = RowFile(path, FileKind.PARQUET, _flat_columns(path), stated=False)
        file = _ScreenedFile(
            policies.vocabulary, _database(job, Path(folder)), source, Path(folder), io.StringIO()
        )
        return [row for answers in file.answers(decider, job) for row in answers.to_pylist()]


def _database(job: ScreeningJob, folder: Path) -> ScreeningDatabase:
    match job.engine:
        case Engine.DUCKDB:
            return Duck(folder, job.memory, job.threads)
        case Engine.SPARK:
            from api.bulk.screening.spark import Spark

            return Spark(folder, job.memory, job.threads)
        case _:
            assert_never(job.engine)


class _ScreenedFile:
    """The screening of one file."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        database: ScreeningDatabase,
        given: RowFile,
        folder: Path,
        rejects: IO[str],
    ) -> None:
        self.vocabulary = vocabulary
        self.database, self.given, self.folder, self.out = database, given, folder, rejects
        self.rejected = 0

    def answers(self, decider: BatchDecider, job: ScreeningJob) -> Iterator[Any]:
        """The answers to the rows of the file, batch by batch; before the first, bad rows are set aside."""
        source = self._readable()
        reading = plan_file(decider.plan, source, job, self.given.path, self.database.dialect)
        self.database.open_file(source)
        try:
            some_bad = self.database.store(reading)
        except UnusableFile:
            if source.kind is not FileKind.CSV:
                raise
            # A row that is no row of the table, for example with a cell too many, stops DuckDB; it is sifted out.
            self.database.open_file(sift_csv(source, self.folder / "sifted.csv", self._reject))
            some_bad = self.database.store(reading)
        if some_bad:
            self._set_aside(source)
        yield from (decider.answers(batch) for batch in self.database.batches(BATCH) if batch.num_rows)

    def _readable(self) -> RowFile:
        """The file in a form that the database reads."""
        given = self.given
        if given.kind in self.database.reads:
            return given
        stored = self.folder / "lines.parquet"
        if given.kind is FileKind.CSV:
            return store_texts(given, stored, self._reject)
        store_requests(self.vocabulary, given.path, stored, self._reject)
        return RowFile(stored, FileKind.PARQUET, _flat_columns(stored), stated=False)

    def _set_aside(self, source: RowFile) -> None:
        unseen = unseen_patterns(self.vocabulary, source)
        planned = plan_checks(self.vocabulary, _forms_of(source), self.database.dialect, unseen)
        broken = " OR ".join(check.broken for check in planned.checks)
        broken_rows = self.database.rows(
            f"SELECT * FROM ({planned.statement}) AS checked WHERE {broken} ORDER BY 1"
        )
        lines = line_numbers(self.given, [row[0] for row in broken_rows])
        count = len(planned.checks)
        for line, (_, *cells) in zip(lines, broken_rows, strict=True):
            of_texts = dict(text_faults(planned.texts, cells[count:])) if source.stated else {}
            checked = zip(planned.checks, cells[:count], strict=True)
            others = [(check.fact, check.must) for check, truth in checked if truth]
            faults = [*of_texts.items(), *(fault for fault in others if fault[0] not in of_texts)]
            self._reject(line.number, [{"fact": fact, "fault": fault} for fact, fault in faults], line.text)

    def _reject(self, line: int, faults: Sequence[dict[str, str]], text: str | None) -> None:
        self.rejected += 1
        row = {"file": str(self.given.path), "line": line, "faults": list(faults), "row": text}
        self.out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _flat_columns(path: Path) -> list[SourceColumn]:
    return [SourceColumn(column.fact, (column.fact,), column.form) for column in parquet_columns(path)]


def _forms_of(source: RowFile) -> Mapping[str, ColumnForm]:
    return {column.fact: column.form for column in source.columns}


def plan_file(plan: TablePlan, source: RowFile, job: ScreeningJob, path: Path, dialect: str) -> str:
    """Plan the reading of a file. Raises UnusableFile if its columns do not fit the contract."""
    try:
        unseen = unseen_patterns(plan.policies.vocabulary, source)
        return plan_reading(plan, _forms_of(source), job.today, dialect, job.parties, unseen)
    except ColumnFaults as error:
        fact, remedy = error.faults[0]
        more = f" (and {len(error.faults) - 1} more columns do not fit)" if len(error.faults) > 1 else ""
        raise UnusableFile(f"{path}: {fact}{more}", remedy) from error


def _as_text(answers: Path, kind: FileKind) -> str:
    """The query of the answers for a text file; where cells are texts, so are lists, and all are guarded."""
    source = "read_parquet('" + str(answers).replace("'", "''") + "')"
    if kind is FileKind.JSON_LINES:
        return f"FROM {source}"
    texts = {
        name: f"array_to_string({name}, '{' | ' if name == 'duties' else '; '}')" if name in LISTS else name
        for name in TEXTS
    }
    guarded = ", ".join(f"{guarded_cell(text)} AS {name}" for name, text in texts.items())
    return f"SELECT * REPLACE ({guarded}) FROM {source}"


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
