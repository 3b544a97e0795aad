"""The plan of an import: every row read, checked against the others and against what is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from typing import Any, assert_never

from api.domain.registers.lists import Register, RegisterItem, RegisterList, TransferProcedure
from api.files.columns import TABLES, CellWords, TableKind, columns_of
from api.files.faults import CellFault, Fault, RegisterFaults, file_fault
from api.files.tables import Row, Table
from engine import PolicySet, Registers


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import adds to a register, and how many lists and items are recorded already, with the same content."""

    added: Register
    lists_there: int
    items_there: int


@dataclass(frozen=True, slots=True)
class _ReadRow:
    """A row as read: its values by column, those without fault, and its place."""

    source: str
    row: int
    kind: TableKind
    values: Mapping[str, Any]
    whole: bool

    def fault(self, column: str, fact: str, remedy: str) -> Fault:
        """Return a fault at a column of the row."""
        position = columns_of(self.kind).index(column) + 1
        return Fault(self.source, self.row, position, column, fact, remedy)

    @property
    def place(self) -> str:
        """Its place, in words."""
        return f"{self.source}, row {self.row}"


@dataclass(frozen=True, slots=True)
class ImportRules:
    """What an import is checked by: today, what the directive says of registers, and its words for kinds of items."""

    today: dt.date
    registers: Registers
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, policies: PolicySet, registers: Registers, today: dt.date) -> ImportRules:
        """Return the rules of a directive; `registers` are its own."""
        return cls(today, registers, policies.vocabulary.words[registers.kind_fact].choices)

    def is_provided(self, list_word: str) -> bool:
        """Whether the items of such a list have been provided."""
        return list_word == self.registers.to_include.name


def plan_import(tables: Sequence[Table], known: Register, rules: ImportRules) -> ImportPlan:
    """Return what the tables add to the register that is known. Raises `RegisterFaults` with every fault."""
    faults = [fault for table in tables for fault in table.faults]
    words = CellWords(rules.today, rules.registers.list_words, rules.kinds)
    lists, items = _read_rows(tables, words, faults)
    if not (lists or items or faults):
        faults.append(file_fault("the files", "hold no entry", "add a row for each list and each item"))
    faults += _repetitions(lists, "list_id")
    faults += _repetitions(items, "item_no")
    known_lists = {listed.list_id: listed for listed in known.lists}
    known_items = {item.item_no: item for item in known.items}
    form_is_read = not any(table.faults for table in tables)
    faults += _list_faults(lists, items, known, rules, form_is_read=form_is_read)
    faults += _unfit_names(lists, known_lists)
    faults += _unfit_names(items, known_items)
    new_lists = {read.values["list_id"]: RegisterList(**read.values) for read in lists if read.whole}
    registered = {**new_lists, **known_lists}
    faults += _not_provided_faults(items, registered, rules)
    if form_is_read:
        faults += _listless(items, {read.values.get("list_id") for read in lists} | registered.keys())
    new_items = [(read, RegisterItem(**read.values)) for read in items if read.whole]
    faults += _changes(
        ((read, new_lists[read.values["list_id"]]) for read in lists if read.whole), known_lists
    )
    faults += _changes(new_items, known_items)
    if faults:
        raise RegisterFaults(faults)
    added = Register(
        [listed for list_id, listed in new_lists.items() if list_id not in known_lists],
        [item for _, item in new_items if item.item_no not in known_items],
    )
    return ImportPlan(added, len(lists) - len(added.lists), len(items) - len(added.items))


def read_entries(tables: Sequence[Table]) -> Register:
    """Return every list and item in tables that were imported once, in whatever words; none with a fault."""
    lists, items = _read_rows(tables, CellWords(dt.date.max), [])
    return Register(
        [RegisterList(**read.values) for read in lists if read.whole],
        [RegisterItem(**read.values) for read in items if read.whole],
    )


def _read_rows(
    tables: Sequence[Table], words: CellWords, faults: list[Fault]
) -> tuple[list[_ReadRow], list[_ReadRow]]:
    """The rows of lists and those of items; what is wrong with one is added to `faults`."""
    lists, items = list[_ReadRow](), list[_ReadRow]()
    for table in tables:
        for row in table.rows:
            read = _read_row(table, row, words, faults)
            match table.kind:
                case TableKind.LISTS:
                    lists.append(read)
                case TableKind.ITEMS:
                    items.append(read)
                case _:
                    assert_never(table.kind)
    return lists, items


def _read_row(table: Table, row: Row, words: CellWords, faults: list[Fault]) -> _ReadRow:
    values, whole = dict[str, Any](), True
    for position, column in enumerate(TABLES[table.kind], 1):
        try:
            values[column.name] = column.value_of(row.cells[column.name], words)
        except CellFault as fault:
            whole = False
            faults.append(Fault(table.source, row.number, position, column.name, fault.fact, fault.remedy))
    return _ReadRow(table.source, row.number, table.kind, values, whole)


def _repetitions(rows: Sequence[_ReadRow], column: str) -> Iterator[Fault]:
    """Each row whose id an earlier row has."""
    first: dict[str, _ReadRow] = {}
    for read in rows:
        value = read.values.get(column)
        if value is None or (before := first.setdefault(value, read)) is read:
            continue
        here, there = read.values.get("list_id"), before.values.get("list_id")
        elsewhere = f", on the list {there}" if read.kind is TableKind.ITEMS and here != there else ""
        yield read.fault(
            column,
            f"{value} stands in {before.place} already{elsewhere}",
            "delete one of the two, or renumber it",
        )


def _unfit_names(rows: Sequence[_ReadRow], known: Collection[str]) -> Iterator[Fault]:
    """Names of new entries that would look like another; what is recorded already may be given again as it is."""
    for read in rows:
        if read.values.get(columns_of(read.kind)[0]) in known:
            continue
        for column in TABLES[read.kind]:
            try:
                column.check(read.values.get(column.name))
            except CellFault as fault:
                yield read.fault(column.name, fault.fact, fault.remedy)


def _list_faults(
    lists: Sequence[_ReadRow],
    items: Sequence[_ReadRow],
    known: Register,
    rules: ImportRules,
    *,
    form_is_read: bool,
) -> Iterator[Fault]:
    """Lists that have no item, where every item could be read; and what a list cannot be at once."""
    filled = {read.values.get("list_id") for read in items} | {item.list_id for item in known.items}
    for read in lists:
        values = read.values
        if form_is_read and "list_id" in values and values["list_id"] not in filled and None not in filled:
            yield read.fault(
                "list_id", f"the list {values['list_id']} has no item", "add its items, or delete the row"
            )
        procedure = values.get("transfer_procedure")
        entry: str | None = values.get("legacy_list")
        if entry and not rules.is_provided(entry) and procedure not in (None, TransferProcedure.NONE):
            yield read.fault(
                "transfer_procedure",
                f"is {procedure}, though nothing on a list that is {entry} was transferred",
                "write none",
            )


def _listless(items: Sequence[_ReadRow], named: Set[str | None]) -> Iterator[Fault]:
    """Items of a list that is neither given nor recorded, where every list could be read."""
    for read in items:
        list_id = read.values.get("list_id")
        if list_id is not None and list_id not in named and None not in named:
            fact = f"no list {list_id} is given or recorded"
            yield read.fault("list_id", fact, "add it to the lists, or mend the name")


def _not_provided_faults(
    items: Sequence[_ReadRow], registered: Mapping[str, RegisterList], rules: ImportRules
) -> Iterator[Fault]:
    """Items stated as provided on a list of what was not provided."""
    for read in items:
        listed = registered.get(read.values.get("list_id", ""))
        if listed is None or rules.is_provided(listed.legacy_list):
            continue
        for column in ("provided_on", "provided_to"):
            if read.values.get(column) is not None:
                yield read.fault(
                    column,
                    f"is filled, though the list {listed.list_id} is {listed.legacy_list}",
                    "leave it empty, or put the item on a list of what was provided",
                )


def _changes(
    given: Iterable[tuple[_ReadRow, RegisterList | RegisterItem]],
    known: Mapping[str, RegisterList] | Mapping[str, RegisterItem],
) -> Iterator[Fault]:
    """What is recorded already with other content; a register is added to, never changed."""
    for read, entry in given:
        key = columns_of(read.kind)[0]
        recorded = known.get(read.values[key])
        if recorded is None or recorded == entry:
            continue
        differing = [
            part.name
            for part in fields(entry)
            if part.compare and getattr(entry, part.name) != getattr(recorded, part.name)
        ]
        where = f" on the list {recorded.list_id}" if "list_id" in differing else ""
        yield read.fault(
            key,
            f"{read.values[key]} is recorded already{where} with another {' and '.join(differing)}",
            "give it as it is recorded (`channelgate registers export` shows it), or give a new entry a new id",
        )
