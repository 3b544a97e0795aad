"""Answers from the returned list for confirmation: the list as a file to fill in, and what came back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from api.console.frame.headers import PAGE_HEADERS
from api.console.frame.problem_words import Sentence
from api.console.frame.routing import page
from api.console.frame.visits import Visit, faults_of
from api.console.registers.event_forms import sentences_of
from api.console.registers.events import EVENTS_CALL
from api.console.registers.paper_languages import PAPER_LANGUAGES, message_in
from api.console.registers.reading import RECORDS, read_content, render_registers
from api.console.registers.uploads import carried, read_uploads
from api.console.registers.words import answer_words
from api.domain.registers.events import Confirmation, EventKind
from api.domain.registers.stages import Stage
from api.files.answer_rows import RETURNED_COLUMNS, AnswerRow, ReturnedList, open_row, read_answers
from api.files.faults import Fault, RegisterFaults
from api.files.item_views import write_csv_view, write_workbook_view
from api.files.register_files import RegisterFile
from api.parsing.problems import Problem, ProblemError
from api.services.register_events import record_event
from api.services.register_memory import RegisterContent

MAX_SHOWN = 200
_WAITING = (Stage.NOT_SENT, Stage.PENDING)


async def show_confirmations(visit: Visit) -> Response:
    """Show the lists that wait for answers, as files to fill in, and the form for what came back."""
    return await _form(visit)


async def send_open_list(visit: Visit) -> Response:
    """Send the items that wait for an answer as a file to fill in."""
    content = await read_content(visit)
    wanted = visit.query.get("list", "")
    rows = [
        open_row(item, content.lists[item.list_id])
        for item in content.items.values()
        if wanted in ("", item.list_id) and content.stages[item.item_no] in _WAITING
    ]
    form = visit.request.url.path.rpartition(".")[2]
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="confirmation-list.{form}"'}
    if form == "csv":
        file = b"".join(write_csv_view(rows, RETURNED_COLUMNS))
        return Response(file, media_type="text/csv; charset=utf-8", headers=headers)
    workbook = await asyncio.to_thread(write_workbook_view, rows, RETURNED_COLUMNS)
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(workbook, media_type=media_type, headers=headers)


async def handle_answers(visit: Visit) -> Response:
    """Show what the returned list answers, or record it as it was shown."""
    try:
        files = read_uploads(visit.form)
    except ProblemError as error:
        return await _form(visit, faults_of(visit, error.problem))
    if not files:
        return await _form(visit, [visit.message("Choose a file.")])
    try:
        returned = await asyncio.to_thread(read_answers, files[0], _answers_in_words())
    except RegisterFaults as found:
        return await _form(visit, cells=found.faults)
    statement = _statement(visit, returned.rows)
    call = visit.call(EVENTS_CALL, statement, dry_run="record" not in visit.form)
    try:
        answer = json.loads((await record_event(visit.context, call)).answer)
    except ProblemError as error:
        cells, rest = _placed(error.problem, returned.rows)
        return await _form(visit, sentences_of(visit, rest, statement) if rest else None, cells)
    if not call.dry_run:
        return visit.redirect("/registers/events", recorded=str(answer["sequence"]))
    return await _preview(visit, files, returned, statement)


async def _preview(
    visit: Visit, files: Sequence[RegisterFile], returned: ReturnedList, statement: Mapping[str, Any]
) -> Response:
    content = await read_content(visit)
    counts = {one: sum(row.state == one for row in returned.rows) for one in Confirmation}
    return render_registers(
        visit,
        "answers_preview.html",
        rows=[
            (row, content.items[row.item_no], content.stages[row.item_no])
            for row in returned.rows[:MAX_SHOWN]
        ],
        more_rows=max(0, len(returned.rows) - MAX_SHOWN),
        unanswered=returned.unanswered,
        counts=[(one, count) for one, count in counts.items() if count],
        answer_words=lambda one: visit.message(answer_words(Confirmation(one))),
        carried=carried(files[:1]),
        statement=statement,
    )


async def _form(
    visit: Visit, faults: Iterable[Sentence] | None = None, cells: Sequence[Fault] = ()
) -> Response:
    content = await read_content(visit)
    return render_registers(
        visit,
        "confirmations.html",
        400 if faults or cells else 200,
        waiting=_waiting(content),
        faults=[*(faults or ())],
        cells=cells[:MAX_SHOWN],
        more_cells=max(0, len(cells) - MAX_SHOWN),
        words=[visit.message(answer_words(one)) for one in Confirmation if one is not Confirmation.NOT_SENT],
        typed={name: visit.form.get(name) for name in ("happened_on", "reference", "remarks")},
        today=visit.policies.day_at(visit.context.clock()),
    )


def _waiting(content: RegisterContent) -> list[tuple[str, str, int]]:
    """The lists with items that wait for an answer: id, title, how many."""
    counts: dict[str, int] = {}
    for item_no, stage in content.stages.items():
        if stage in _WAITING:
            list_id = content.items[item_no].list_id
            counts[list_id] = counts.get(list_id, 0) + 1
    return [(list_id, content.lists[list_id].title, count) for list_id, count in sorted(counts.items())]


def _statement(visit: Visit, rows: Sequence[AnswerRow]) -> dict[str, Any]:
    stated = {name: visit.form.get(name).strip() for name in ("happened_on", "reference", "remarks")}
    return {
        "kind": EventKind.CONFIRMATION.value,
        **{name: text for name, text in stated.items() if text},
        "answers": [{"item_no": row.item_no, "state": row.state} for row in rows],
    }


def _placed(problem: Problem, rows: Sequence[AnswerRow]) -> tuple[list[Fault], Problem | None]:
    """The faults that concern rows, each at its cell, and the problem with the others, if any are left."""
    cells, rest = list[Fault](), list[Any]()
    for error in problem.errors or ():
        member, _, place = (error.pointer or "").removeprefix("/").partition("/")
        index = place.partition("/")[0]
        if member == "answers" and index.isdigit() and int(index) < len(rows):
            row = rows[int(index)]
            column = "answer" if place.endswith("/state") else "item_no"
            remedy = "mend the row, or leave its answer empty"
            cells.append(row.fault(column, f"{row.item_no}: {error.detail}", remedy))
        else:
            rest.append(error)
    left = problem.model_copy(update={"errors": rest}) if rest or not cells else None
    return cells, left


def _answers_in_words() -> dict[str, str]:
    """What may stand for an answer: its code, or its word in any language of the papers."""
    answers = [one for one in Confirmation if one is not Confirmation.NOT_SENT]
    words = {one.value: one.value for one in answers}
    for language in PAPER_LANGUAGES:
        words |= {message_in(language, answer_words(one)).casefold(): one.value for one in answers}
    return words


ROUTES = [
    page("/registers/confirmations", show_confirmations, RECORDS),
    page("/registers/confirmations.csv", send_open_list, "GET /v1/registers/pages/confirmation-list"),
    page("/registers/confirmations.xlsx", send_open_list, "GET /v1/registers/pages/confirmation-list"),
    page("/registers/confirmations", handle_answers, RECORDS, form=True),
]
