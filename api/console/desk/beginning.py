"""The first page of the desk: one item, several from a table, or everything on one form."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from starlette.responses import Response

from api.console.desk.interview import show_state
from api.console.desk.interview_state import AS_OF, begin, read_as_of
from api.console.frame.forms import FormFile
from api.console.frame.policy_texts import ShownText
from api.console.frame.visits import Visit
from api.domain.interview.state import StatedFacts
from api.files.faults import RegisterFaults
from api.files.register_files import RegisterFile
from engine.contract.vocabulary import ITEM

MOST_FAULTS = 50


class ColumnView(NamedTuple):
    """A column that a table of items may have: its name, the question it answers, and its values."""

    name: str
    ask: ShownText
    values: Sequence[ShownText]


async def show_desk(visit: Visit) -> Response:
    """Show how to begin."""
    return _show(visit)


async def begin_with_items(visit: Visit) -> Response:
    """Begin an interview about the items of a table, pasted or in a file; each fault of it is named."""
    pasted, sent = visit.form.get("pasted"), visit.form.files.get("table")
    as_of = read_as_of(visit, visit.form.get(AS_OF))
    if isinstance(as_of, str):
        return _show(visit, 422, faults=[as_of], pasted=pasted)
    if sent is None and not pasted.strip():
        fault = visit.message("Paste a table, or choose a file.")
        return _show(visit, 422, faults=[fault], pasted=pasted)
    try:
        lines = await asyncio.to_thread(_read, visit, sent, pasted)
    except RegisterFaults as found:
        faults = [f"{one.place}: {one.fact}; {one.remedy}" for one in found.faults[:MOST_FAULTS]]
        return _show(visit, 422, faults=faults, pasted=pasted)
    return await show_state(visit, begin(visit, as_of, lines))


def _read(visit: Visit, sent: FormFile | None, pasted: str) -> Sequence[StatedFacts]:
    """What each row states. Raises `RegisterFaults`."""
    from api.files.item_rows import read_items, read_pasted_items  # with the readers of spreadsheets

    vocabulary = visit.policies.vocabulary
    if sent is None:
        return read_pasted_items(visit.message("the pasted table"), pasted, vocabulary)
    return read_items(RegisterFile(sent.name, sent.content), vocabulary)


def _show(visit: Visit, status: int = 200, faults: Sequence[str] = (), pasted: str = "") -> Response:
    texts = visit.texts
    words = visit.policies.vocabulary.words
    columns = [
        ColumnView(fact.removeprefix(ITEM), texts.question(fact), [*texts.choices(words[fact]).values()])
        for fact in visit.policies.vocabulary.facts
        if fact.startswith(ITEM)
    ]
    return visit.render("desk/desk.html", status, columns=columns, shown_faults=faults, pasted=pasted)
