"""What an import would do, row by row: what is new, what is there already, what differs, and what is wrong where."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from api.domain.registers.lists import Register, RegisterItem, RegisterList
from api.files.columns import TableKind, columns_of
from api.files.faults import Fault, RegisterFaults
from api.files.import_plan import ImportPlan, ImportRules, plan_import, read_entries
from api.files.register_files import RegisterFile, read_tables
from api.files.tables import Table


class RowResult(StrEnum):
    """What becomes of a row."""

    FAULTY = "faulty"
    DIFFERS = "differs"
    NEW = "new"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of a file: where it stands, what it names, and what becomes of it."""

    source: str
    row: int
    kind: TableKind
    name: str
    text: str
    result: RowResult


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What an import would do. `plan` is None where anything is wrong: then nothing of it can be recorded.

    `digest` stands for the files and for all that they would add; an import that shows it does exactly this.
    """

    rows: Sequence[PreviewRow]
    faults: Sequence[Fault]
    plan: ImportPlan | None
    digest: str

    @property
    def counts(self) -> Counter[RowResult]:
        """How many rows there are of each result."""
        return Counter(row.result for row in self.rows)


def preview_import(files: Sequence[RegisterFile], known: Register, rules: ImportRules) -> ImportPreview:
    """Return what an import of the files into the register that is known would do."""
    tables = read_tables(files)
    plan, faults = None, tuple[Fault, ...]()
    try:
        plan = plan_import(tables, known, rules)
    except RegisterFaults as found:
        faults = found.faults
    rows = [*_rows(tables, known, {(fault.source, fault.row) for fault in faults})]
    return ImportPreview(rows, faults, plan, "" if plan is None else plan_digest(files, plan))


def plan_digest(files: Sequence[RegisterFile], plan: ImportPlan) -> str:
    """Return the digest of files and of what they add."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(file.name.encode()).digest() + hashlib.sha256(file.content).digest())
    for name in _names(plan):
        digest.update(hashlib.sha256(name.encode()).digest())
    return digest.hexdigest()


def _names(plan: ImportPlan) -> Iterator[str]:
    yield from (listed.list_id for listed in plan.added.lists)
    yield from (item.item_no for item in plan.added.items)


def _rows(tables: Iterable[Table], known: Register, faulty: set[tuple[str, int]]) -> Iterator[PreviewRow]:
    lists = {listed.list_id: listed for listed in known.lists}
    items = {item.item_no: item for item in known.items}
    for table in tables:
        key, text = columns_of(table.kind)[0], "title" if table.kind is TableKind.LISTS else "description"
        for row in table.rows:
            name = row.cells[key].text
            read = read_entries([replace(table, rows=(row,), faults=())])
            entries: list[RegisterList | RegisterItem] = [*read.lists, *read.items]
            given = next(iter(entries), None)
            recorded = lists.get(name) if table.kind is TableKind.LISTS else items.get(name)
            result = _result(given, recorded, is_faulty=(table.source, row.number) in faulty)
            yield PreviewRow(table.source, row.number, table.kind, name, row.cells[text].text, result)


def _result(
    given: RegisterList | RegisterItem | None,
    recorded: RegisterList | RegisterItem | None,
    *,
    is_faulty: bool,
) -> RowResult:
    if given is not None and recorded is not None and given != recorded:
        return RowResult.DIFFERS
    if is_faulty or given is None:
        return RowResult.FAULTY
    return RowResult.NEW if recorded is None else RowResult.SAME
