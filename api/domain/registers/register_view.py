"""Lists, items, dues and the report as answers, and the report as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.domain.registers.answers import (
    AlikeItem,
    FigureAnswer,
    ListCount,
    PartAnswer,
    RegisterItemAnswer,
    RegisterListAnswer,
    ReportAnswer,
)
from api.domain.registers.figures import Figure
from api.domain.registers.figures_check import FigureVerdict, Finding, Report
from api.domain.registers.lists import RegisterItem, RegisterList

ALIKE_SHOWN = 20


def list_answer(listed: RegisterList, items: int) -> RegisterListAnswer:
    """Return a list with its provenance and the number of its items."""
    return RegisterListAnswer(
        list_id=listed.list_id,
        title=listed.title,
        country=listed.country,
        legacy_list=listed.legacy_list,
        source=listed.source,
        batch=listed.batch,
        transfer_procedure=listed.transfer_procedure,
        put_to_session=listed.put_to_session,
        items=items,
        recorded_at=listed.recorded_at,
        recorded_by=listed.recorded_by,
        sequence=listed.sequence,
    )


def item_answer(item: RegisterItem) -> RegisterItemAnswer:
    """Return an item; what is not known of it is left out."""
    return RegisterItemAnswer(**item_members(item))


def item_members(item: RegisterItem) -> dict[str, Any]:
    """Return the members that an item has in every answer. The quantity is a text, so that no digit is lost."""
    return {
        "item_no": item.item_no,
        "list_id": item.list_id,
        "place": item.place,
        "description": item.description,
        "kind": item.kind,
        "quantity": None if item.quantity is None else format(item.quantity, "f"),
        "unit": item.unit,
        "provided_on": item.provided_on,
        "provided_to": item.provided_to,
        "remarks": item.remarks,
        "sequence": item.sequence,
    }


def report_answer(report: Report) -> ReportAnswer:
    """Return the report: each figure with how it is counted, found, expected, verdict and lists."""
    return ReportAnswer(
        reconciles=report.reconciles,
        figures=tuple(map(_figure, report.findings)),
        uncounted_lists=_counts(report.uncounted),
        alike=tuple(
            tuple(AlikeItem(item_no=item.item_no, list_id=item.list_id) for item in group)
            for group in report.alike
        ),
    )


def report_as_text(report: Report) -> Iterator[str]:
    """Yield the lines of the report."""
    for finding in report.findings:
        yield from _finding_as_text(finding)
    for list_id, number in report.uncounted.items():
        yield f"note: the list {list_id} ({_items(number)}) is in none of the figures"
    for group in report.alike[:ALIKE_SHOWN]:
        places = ", ".join(f"{item.item_no} on {item.list_id}" for item in group)
        yield f"note: these say the same and may be one item, counted more than once: {places}"
    if more := report.alike[ALIKE_SHOWN:]:
        yield f"note: and {len(more)} more groups of items that say the same (--format json shows all)"
    differing = [finding.figure for finding in report.findings if not finding.verdict.reconciles]
    yield _summary(len(report.findings), differing)


def _figure(finding: Finding) -> FigureAnswer:
    figure = finding.figure
    return FigureAnswer(
        figure=figure.figure,
        says=figure.says,
        where={column: tuple(map(str, values)) for column, values in figure.where.given.items()},
        parts=tuple(PartAnswer(figure=part.figure, found=part.found) for part in finding.parts),
        found=finding.found,
        expected=figure.expected,
        floor=figure.floor,
        verdict=finding.verdict,
        lists=_counts(finding.lists),
        source=figure.source,
    )


def _finding_as_text(finding: Finding) -> Iterator[str]:
    figure, found = finding.figure, finding.found
    head = "ok" if finding.verdict.reconciles else "DIFFERENCE"
    yield f"{head:<10} {found:>6,}  {figure.says}"
    indent = " " * 19
    yield f"{indent}{_expected(finding)}"
    if finding.parts:
        sums = " + ".join(f"{part.found:,} ({part.figure})" for part in finding.parts)
        sign = "=" if finding.parts_found == found else "is not"
        yield f"{indent}{found:,} {sign} {sums}"
    lists = ", ".join(f"{list_id} ({number:,})" for list_id, number in finding.lists.items())
    yield f"{indent}counted: the items of lists with {figure.where}: {lists or 'there is no such list'}"


def _expected(finding: Finding) -> str:
    figure = finding.figure
    least = "at least " if figure.floor else ""
    expected = f"expected {least}{figure.expected:,} [{figure.source}]"
    if finding.verdict is FigureVerdict.FLOOR_PASSED:
        return f"{expected}; the floor is passed by {finding.found - figure.expected:,}"
    if finding.found == figure.expected:
        return expected
    away = finding.found - figure.expected
    return f"{expected}; {abs(away):,} too {'many' if away > 0 else 'few'}"


def _summary(number: int, differing: list[Figure]) -> str:
    if not differing:
        return "1 figure reconciles" if number == 1 else f"all {number} figures reconcile"
    names = ", ".join(figure.figure for figure in differing)
    return (
        f"{len(differing)} of {number} figures do not reconcile: {names}; compare their lists with the source"
    )


def _items(number: int) -> str:
    return "1 item" if number == 1 else f"{number:,} items"


def _counts(lists: Mapping[str, int]) -> tuple[ListCount, ...]:
    return tuple(ListCount(list_id=list_id, items=number) for list_id, number in lists.items())
