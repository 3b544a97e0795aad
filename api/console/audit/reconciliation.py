"""What does not agree: as numbers with a plot, and in tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from api.console.frame.areas import marked
from api.console.frame.csv import CsvCell, csv_response, wants_csv
from api.console.frame.plots import PlainPlot, share_plot
from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.parsing.problems import ProblemError
from api.services.reconciliation import DAY, reconcile_today, show_reconciliation

PATH = "/audit/reconciliation"
MOST_ROWS = 100
"""So many rows of a table are shown; the CSV has all."""
COLUMNS = ("sort", "id", "day", "department", "who", "detail")


@dataclass(frozen=True, slots=True)
class FoundSort:
    """A sort of what is listed: its name in the answer, its title, and whether it counts as a finding."""

    name: str
    title: str
    is_finding: bool


SORTS = (
    FoundSort("breaches", marked("Handovers in breach"), True),
    FoundSort("without_pre_check", marked("Handovers without a pre-check"), True),
    FoundSort("expired_unused", marked("Clearances that expired unused"), True),
    FoundSort("overdue", marked("Overdue"), True),
    FoundSort("before_instruction", marked("Handovers from before the instruction"), False),
    FoundSort("valid_unused", marked("Clearances that may still be used"), False),
)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """Something that is listed: its id, its page, its day, whose it is, who owes something, what there is to say."""

    id: str
    address: str
    day: str
    department: str
    who: str
    details: Sequence[str]


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """What is listed of a sort, with a bar of how much it is."""

    sort: FoundSort
    number: int
    rows: Sequence[FoundRow]
    plot: PlainPlot


async def show_found(visit: Visit) -> Response:
    """Show what does not agree today, or on a day."""
    given, faults, answer = visit.query.get("as_of", "").strip(), list[Sentence](), None
    try:
        answer = await _reconcile(visit, given)
    except ProblemError as error:
        faults = faults_of(visit, error.problem)
    if answer is None:
        return visit.render(
            "audit/reconciliation.html", 400, given=given, faults=faults, answer=None, groups=()
        )
    rows = {sort.name: [_READERS[sort.name](one) for one in answer[sort.name]] for sort in SORTS}
    if wants_csv(dict(visit.query)):
        cells = [_cells(sort, row) for sort in SORTS for row in rows[sort.name]]
        return csv_response("reconciliation", COLUMNS, cells)
    highest = max(map(len, rows.values()))
    groups = [
        FoundGroup(sort, len(of), of[:MOST_ROWS], share_plot(len(of), highest))
        for sort in SORTS
        if (of := rows[sort.name]) or sort.is_finding
    ]
    return visit.render(
        "audit/reconciliation.html",
        given=given,
        faults=(),
        answer=answer,
        groups=groups,
    )


async def _reconcile(visit: Visit, given: str) -> dict[str, Any]:
    if given:
        content = await show_reconciliation(visit.context, dict.fromkeys(DAY, given))
        found: dict[str, Any] = json.loads(content)
        return found
    return (await reconcile_today(visit.context)).to_plain_data()


def _handover(one: dict[str, Any]) -> FoundRow:
    details = [f"{ground['detail']} ({ground['clause']})" for ground in one["grounds"]]
    return FoundRow(
        id=one["handover_id"],
        address=_address("handover_id", one["handover_id"]),
        day=one["handed_over_on"],
        department=one.get("department", ""),
        who=one["recorded_by"],
        details=details,
    )


def _clearance(one: dict[str, Any]) -> FoundRow:
    return FoundRow(
        id=one["clearance_id"],
        address=_address("clearance_id", one["clearance_id"]),
        day=one["valid_until"],
        department=one.get("department", ""),
        who="",
        details=[one["decision_id"]],
    )


def _due(one: dict[str, Any]) -> FoundRow:
    subject = one["subject"]
    sort, named = next(
        ((sort, str(subject[sort])) for sort in ("handover_id", "case_id", "list_id") if subject.get(sort)),
        ("", ""),
    )
    return FoundRow(
        id=named,
        address=_address(sort, named),
        day=one["due"] or "",
        department=subject.get("department") or "",
        who=one["who"],
        details=[one["what"], f"{one['must']} ({one['clause']})"],
    )


def _address(sort: str, named: str) -> str:
    """The page of what an id of a sort names; empty for nothing that has one."""
    folder = _FOLDERS.get(sort)
    return f"{folder}/{quote(named, safe='')}" if folder else ""


_FOLDERS = {
    "handover_id": "/handovers",
    "clearance_id": "/clearances",
    "case_id": "/cases",
    "list_id": "/registers/lists",
}


_READERS: dict[str, Callable[[dict[str, Any]], FoundRow]] = {
    "breaches": _handover,
    "without_pre_check": _handover,
    "expired_unused": _clearance,
    "overdue": _due,
    "before_instruction": _handover,
    "valid_unused": _clearance,
}


def _cells(sort: FoundSort, row: FoundRow) -> Sequence[CsvCell]:
    return sort.name, row.id, row.day, row.department, row.who, "; ".join(row.details)
