"""Importing lists and items: the files are looked at, shown as a table, and recorded as they were shown."""

from __future__ import annotations

from typing import assert_never

from starlette.responses import Response

from api.console.frame.areas import marked
from api.console.frame.problem_words import Sentence
from api.console.frame.routing import page
from api.console.frame.visits import Visit, faults_of
from api.console.registers.reading import RECORDS, render_registers
from api.console.registers.uploads import MAX_FORM, carried, read_uploads
from api.files.columns import TableKind, columns_of
from api.files.import_preview import ImportPreview, PreviewRow, RowResult
from api.files.register_files import RegisterFile
from api.parsing.problems import ProblemError
from api.services.register_imports import import_files, preview_files
from api.services.required_registers import require_registers

MAX_SHOWN = 100
"""The most rows and faults that a page shows; those that have faults come first."""


async def show_import(visit: Visit) -> Response:
    """Show the form for the files."""
    require_registers(visit.policies)
    return _form(visit)


async def handle_import(visit: Visit) -> Response:
    """Show what the files would do, or record what was shown."""
    try:
        files = read_uploads(visit.form)
        if not files:
            return _form(visit, [visit.message("Choose a file.")])
        if "record" in visit.form:
            plan = await import_files(visit.context, visit.caller, files, visit.form.get("shown"))
            if plan is not None:
                added = plan.added
                return visit.redirect("/registers", lists=str(len(added.lists)), items=str(len(added.items)))
        return _preview(visit, files, await preview_files(visit.context, files))
    except ProblemError as error:
        return _form(visit, faults_of(visit, error.problem))


def _preview(visit: Visit, files: list[RegisterFile], preview: ImportPreview) -> Response:
    order = {result: place for place, result in enumerate(RowResult)}
    rows = sorted(preview.rows, key=lambda row: order[row.result])
    return render_registers(
        visit,
        "import_preview.html",
        preview=preview,
        rows=rows[:MAX_SHOWN],
        more_rows=max(0, len(rows) - MAX_SHOWN),
        faults=preview.faults[:MAX_SHOWN],
        more_faults=max(0, len(preview.faults) - MAX_SHOWN),
        counts=[(result, preview.counts[result]) for result in RowResult if preview.counts[result]],
        carried=carried(files) if preview.plan else {},
        has_changed="record" in visit.form,
        result_words=lambda row: visit.message(_words(row.result if isinstance(row, PreviewRow) else row)),
        result_sign=_sign,
    )


def _form(visit: Visit, faults: list[Sentence] | None = None) -> Response:
    columns = {kind: ", ".join(columns_of(kind)) for kind in TableKind}
    status = 400 if faults else 200
    return render_registers(visit, "import.html", status, faults=faults or [], columns=columns)


def _words(result: RowResult) -> str:
    match result:
        case RowResult.FAULTY:
            return marked("has a fault")
        case RowResult.DIFFERS:
            return marked("is recorded otherwise")
        case RowResult.NEW:
            return marked("new")
        case RowResult.SAME:
            return marked("there already")
        case _:
            assert_never(result)


def _sign(result: RowResult) -> str:
    match result:
        case RowResult.FAULTY | RowResult.DIFFERS:
            return "bad"
        case RowResult.NEW:
            return "good"
        case RowResult.SAME:
            return "plain"
        case _:
            assert_never(result)


ROUTES = [
    page("/registers/import", show_import, RECORDS),
    page("/registers/import", handle_import, RECORDS, form=True, max_bytes=MAX_FORM),
]
