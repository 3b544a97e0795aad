"""Files of request lines in, one file of answers out: what `decide` says, row by row."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from api.screening.duck import Duck
from api.screening.lines import line_numbers, sift_csv, store_requests
from api.screening.sources import Column, FileKind, UnusableFile, csv_columns, kind_of, parquet_columns
from engine import Duty, Outcome, PolicySet, Request
from engine.tables import (
    Answer,
    Key,
    Plan,
    asked_columns,
    draw_plan,
    facts_read,
    key_columns,
    word_answer,
    write_statement,
)
from engine.tables.plan import WORD
from engine.tables.reading import BAD, REQUEST_ID, ColumnFaults, Reading, plan_reading
from engine.tables.translating import day_number

OUTCOMES = tuple(Outcome)
IN_ORDER = " ORDER BY d.rowid"
"""DuckDB numbers the rows it keeps; a join of many rows does not keep their order by itself."""
KEPT = {REQUEST_ID: "string", "line": "string", BAD: "boolean"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A screening: what to read, where to write, on which day, within which memory."""

    files: Sequence[Path]
    out: Path
    rejects: Path
    today: dt.date
    memory: str = "2GB"
    threads: int | None = None


@dataclass(slots=True)
class Screened:
    """What became of the rows: how many were answered with each outcome, and how many were set aside."""

    rows: int = 0
    rejected: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)


def screen(policies: PolicySet, wanted: Wanted, watch: Callable[[Duck], None] = lambda _: None) -> Screened:
    """Screen the files. The answers appear whole or not at all; rows set aside are written with their faults.

    `watch` is given the database, to ask it how far it is. Raises UnusableFile and engine.tables.NotTabular.
    """
    kinds = [kind_of(path) for path in wanted.files]
    written = kind_of(wanted.out)
    plan = draw_plan(policies)
    found = Screened()
    part, aside = _beside(wanted.out), _beside(wanted.rejects)
    try:
        with tempfile.TemporaryDirectory(dir=wanted.out.parent) as folder, aside.open("w") as rejects:
            duck = Duck(Path(folder), wanted.memory, wanted.threads)
            watch(duck)
            for number, (path, kind) in enumerate(zip(wanted.files, kinds, strict=True)):
                source = _File(duck, path, kind, Path(folder), rejects)
                source.decide(plan, wanted.today, first=number == 0)
                found.rejected += source.rejected
            _count(duck, found)
            _word(duck, plan)
            duck.write(answers_statement(plan, written) + IN_ORDER, part, written)
        part.replace(wanted.out)
        if found.rejected:
            aside.replace(wanted.rejects)
    except OSError as error:
        raise UnusableFile(
            f"{error.filename} cannot be written ({error.strerror})", "choose another place"
        ) from error
    finally:
        for left in (part, aside):
            with suppress(FileNotFoundError):
                left.unlink()
    return found


def screen_requests(policies: PolicySet, requests: Iterable[Request], today: dt.date) -> list[dict[str, Any]]:
    """Screen requests that have been read, and return the answers line by line, in their order."""
    plan = draw_plan(policies)
    with tempfile.TemporaryDirectory() as folder:
        duck = Duck(Path(folder), "2GB")
        path = Path(folder) / "requests.parquet"
        store_requests(requests, path)
        duck.open_file(path, FileKind.PARQUET, _flat_columns(path))
        reading = plan_file(plan, _flat_columns(path), today, path)
        duck.keep("decided", decided_statement(plan, reading), first=True)
        _word(duck, plan)
        return list(duck.named_rows(answers_statement(plan, FileKind.PARQUET) + IN_ORDER))


class _File:
    """One file on its way through the database."""

    def __init__(self, duck: Duck, path: Path, kind: FileKind, folder: Path, rejects: IO[str]) -> None:
        self.duck, self.path, self.kind, self.folder, self.out = duck, path, kind, folder, rejects
        self.rejected = 0

    def decide(self, plan: Plan, today: dt.date, *, first: bool) -> None:
        path, kind, columns = self._opened()
        reading = plan_file(plan, columns, today, self.path)
        self.duck.open_file(path, kind, columns)
        try:
            self.duck.keep("decided", decided_statement(plan, reading), first=first)
        except UnusableFile:
            if kind is not FileKind.CSV:
                raise
            # A row that is no row of the table, such as one with a cell too many, stops DuckDB; it is sifted out.
            path = self.folder / "sifted.csv"
            sift_csv(self.path, path, len(columns), self._reject)
            self.duck.open_file(path, kind, columns)
            self.duck.keep("decided", decided_statement(plan, reading), first=first)
        self._set_aside(reading)

    def _opened(self) -> tuple[Path, FileKind, list[Column]]:
        if self.kind is FileKind.JSON_LINES:
            path = self.folder / "lines.parquet"
            store_requests(self.path, path, self._reject)
            return path, FileKind.PARQUET, _flat_columns(path)
        return (
            self.path,
            self.kind,
            {
                FileKind.CSV: csv_columns,
                FileKind.PARQUET: parquet_columns,
            }[self.kind](self.path),
        )

    def _set_aside(self, reading: Reading) -> None:
        if not self.duck.rows(f"SELECT 1 FROM decided WHERE {BAD} LIMIT 1"):
            return
        broken = " OR ".join(check.broken for check in reading.checks)
        told = self.duck.rows(f"SELECT * FROM ({reading.check_statement}) WHERE {broken} ORDER BY 1")
        lines = line_numbers(self.path, self.kind, [row[0] for row in told])
        for line, (_, *truths) in zip(lines, told, strict=True):
            faults = [
                {"fact": check.fact, "fault": check.must}
                for check, truth in zip(reading.checks, truths, strict=True)
                if truth
            ]
            self._reject(line.number, faults, line.text)
        self.duck.rows(f"DELETE FROM decided WHERE {BAD}")

    def _reject(self, line: int, faults: Sequence[dict[str, str]], text: str | None) -> None:
        self.rejected += 1
        row = {"file": str(self.path), "line": line, "faults": list(faults), "row": text}
        self.out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _flat_columns(path: Path) -> list[Column]:
    return [Column(column.fact, (column.fact,), column.form) for column in parquet_columns(path)]


def plan_file(
    plan: Plan, columns: Sequence[Column], today: dt.date, path: Path, dialect: str = Duck.dialect
) -> Reading:
    """Plan the reading of a file. Raises UnusableFile if its columns do not fit the contract."""
    forms = {column.fact: column.form for column in columns}
    try:
        return plan_reading(forms, facts_read(plan), day_number(today), dialect)
    except ColumnFaults as error:
        fact, remedy = error.faults[0]
        more = f" (and {len(error.faults) - 1} more columns do not fit)" if len(error.faults) > 1 else ""
        raise UnusableFile(f"{path}: {fact}{more}", remedy) from error


def decided_statement(plan: Plan, reading: Reading, dialect: str = Duck.dialect) -> str:
    """The statement that decides every row of the table `source`."""
    kept = {**KEPT, "as_of": "int64"}
    statement = write_statement(plan, reading.facts, kept, dialect)
    return statement.replace("WITH ", f"WITH lines AS (\n{reading.statement}\n),\n", 1)


def _count(duck: Duck, found: Screened) -> None:
    for place, rows in duck.rows("SELECT outcome, count(*) FROM decided GROUP BY 1 ORDER BY 1"):
        found.outcomes[OUTCOMES[place]] = rows
        found.rows += rows


def _word(duck: Duck, plan: Plan) -> None:
    answers, questions = word_keys(plan, duck.rows)
    duck.take("answers", answers)
    duck.take("questions", questions)


def word_keys(plan: Plan, rows: Callable[[str], list[tuple[Any, ...]]]) -> tuple[Any, Any]:
    """Put each different key of the table `decided` into words, once: two Arrow tables to join to it."""
    import pyarrow

    names = key_columns(plan)
    keys = rows(f"SELECT DISTINCT {', '.join(names)} FROM decided")
    words = [
        word_answer(plan, Key(case, assessed, place, bool(several), tuple(bits)))
        for case, assessed, place, several, *bits in keys
    ]
    answers = {name: pyarrow.array([key[i] for key in keys], "int64") for i, name in enumerate(names)}
    asked, facts = asked_columns(plan), list(plan.asked)
    masks = rows(f"SELECT DISTINCT {', '.join(asked)} FROM decided") if asked else [()]
    lists = [
        [fact for number, fact in enumerate(facts) if mask[number // WORD] >> number % WORD & 1]
        for mask in masks
    ]
    questions = {name: pyarrow.array([mask[i] for mask in masks], "int64") for i, name in enumerate(asked)}
    questions["not_known"] = pyarrow.array(lists, pyarrow.list_(pyarrow.string()))
    return pyarrow.table(answers | _worded(words)), pyarrow.table(questions)


def _worded(words: Sequence[Answer]) -> dict[str, Any]:
    import pyarrow

    texts, text = pyarrow.list_(pyarrow.string()), pyarrow.string()
    return {
        "answer": pyarrow.array([word.outcome.value for word in words], text),
        "handover_as_asked": pyarrow.array([word.outcome.handover_as_asked.value for word in words], text),
        "rules": pyarrow.array([word.rules for word in words], texts),
        "clauses": pyarrow.array([word.clauses for word in words], texts),
        "readings": pyarrow.array([word.readings for word in words], texts),
        "duties": pyarrow.array([[write_duty(duty) for duty in word.duties] for word in words], texts),
        "say": pyarrow.array([word.say for word in words], text),
        "if_in_force": pyarrow.array(
            [word.would_be.value if word.would_be else None for word in words], text
        ),
    }


def write_duty(duty: Duty) -> str:
    """A duty as a table shows it: who, what, by which clause, and what says when or shows that it was done."""
    also = [
        f"{name}: {value}"
        for name, value in (("before", duty.before), ("within", duty.within), ("evidence", duty.evidence))
        if value
    ]
    return "; ".join([f"{duty.who}: {duty.must} [{duty.clause}]", *also])


def answers_statement(plan: Plan, kind: FileKind) -> str:
    """The rows as they are written; lists become texts where a file holds no lists."""
    policies = plan.policies

    def shown(name: str) -> str:
        column = f"q.{name}" if name == "not_known" else f"a.{name}"
        separator = "; " if name != "duties" else " | "
        return f"array_to_string({column}, '{separator}') AS {name}" if kind is FileKind.CSV else column

    name = policies.name.replace("'", "''")
    joined = " AND ".join(f"d.{key} = a.{key}" for key in key_columns(plan))
    asked = " AND ".join(f"d.{mask} = q.{mask}" for mask in asked_columns(plan)) or "true"
    return f"""
SELECT d.request_id, d.line, DATE '1970-01-01' + CAST(d.as_of AS INTEGER) AS as_of, a.answer AS outcome,
  a.handover_as_asked, {shown("rules")}, {shown("clauses")}, {shown("readings")}, {shown("duties")}, a.say,
  {shown("not_known")}, a.if_in_force, DATE '1970-01-01' + CAST(d.valid_until AS INTEGER) AS valid_until,
  '{name}' AS policy, '{policies.revision}' AS revision
FROM decided d JOIN answers a ON {joined} LEFT JOIN questions q ON {asked}"""


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
