"""Final papers: an agenda, a memorandum or a list for confirmation that was issued under a number, byte for byte.

The page itself is the payload of its log entry, so whoever has the log can show again what was issued, whatever the
registers, the policies and the words of the program have become since.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from api.files.pages.drafts import NothingToPrint
from api.files.pages.printing import PageDraft, PageRequest, draft_page
from api.ledger.entries import PAGE, Entry, EntryKind
from api.ledger.group_commit import Unit
from api.ledger.reader import newest_entry
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.idempotent_commands import record_once
from api.services.required_registers import require_registers
from api.storage.register_marks import RegisterMarks, read_marks
from api.storage.register_papers import count_papers, find_paper, load_papers, paper_key
from api.storage.stored_responses import IdempotentCall, StoredResponse, find_stored_response
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class PaperSource:
    """What a paper is made from: its content, the newest log entry at that moment, the policies, and the time."""

    draft: PageDraft
    entry: int | None
    policies: PolicySet
    at: dt.datetime

    @property
    def day(self) -> dt.date:
        """The day at the calendar place of the policies."""
        return self.policies.day_at(self.at)


@dataclass(frozen=True, slots=True)
class Issued:
    """What makes a final of a draft: its number, and who issued it."""

    number: int
    by: str


@dataclass(frozen=True, slots=True)
class PaperWork:
    """How a paper is put into words: the digest of what it says, and its whole page as a final."""

    digest: Callable[[PaperSource], str]
    page: Callable[[PaperSource, Issued], bytes]
    languages: Sequence[str]


async def draft_paper(context: Context, request: PageRequest) -> PaperSource:
    """Return the content of a paper as it is now. Raises `ProblemError` where there is nothing to print."""
    policies = context.policies.current.policies
    return await context.store.read(lambda connection: _source(context, connection, request, policies))


async def issue_paper(
    context: Context, call: IdempotentCall, request: PageRequest, shown: str, work: PaperWork
) -> StoredResponse | None:
    """Issue a paper under the next number; `shown` is the digest of the draft that somebody looked at.

    None, and nothing recorded, if the draft would say something else by now. The page is made before the one writer
    takes it, which only looks whether anything was recorded meanwhile. Raises `ProblemError`.
    """
    for _ in range(ATTEMPTS):
        policies = context.policies.current.policies
        answered = await context.store.read(lambda connection: find_stored_response(connection, call))
        if answered is not None:
            return answered
        marks, number, source = await context.store.read(partial(_read, context, request, policies))
        if await asyncio.to_thread(work.digest, source) != shown:
            return None
        page = await asyncio.to_thread(work.page, source, Issued(number, call.caller.name))
        entry = _entry(call, request, source, number, page, work.languages)
        try:
            return await record_once(context, call, _unit(entry, marks, number))
        except _Behind:
            continue
    raise ProblemError(make_problem(ProblemKind.NOT_TAKEN, "Too much was recorded meanwhile; try again."))


def _read(
    context: Context, request: PageRequest, policies: PolicySet, connection: Connection
) -> tuple[RegisterMarks, int, PaperSource]:
    """What a final is made from, and how far the records reached before it was read."""
    marks, number = read_marks(connection), count_papers(connection) + 1
    return marks, number, _source(context, connection, request, policies)


def _unit(entry: Entry, marks: RegisterMarks, number: int) -> Unit[StoredResponse]:
    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], StoredResponse]:
        if (read_marks(connection), count_papers(connection) + 1) != (marks, number):
            raise _Behind
        return [entry], StoredResponse(json.dumps({"paper_number": number, "sequence": place}))

    return unit


def _entry(
    call: IdempotentCall,
    request: PageRequest,
    source: PaperSource,
    number: int,
    page: bytes,
    languages: Sequence[str],
) -> Entry:
    author = call.caller.author
    members = {
        "caller": author.name,
        "role": author.role,
        "number": number,
        "paper": request.kind.value,
        "happened_on": source.day.isoformat(),
        "country": source.draft.terms.country,
        **({} if request.session is None else {"session": request.session}),
        **({} if request.list_id is None else {"list_id": request.list_id}),
        "languages": [*languages],
        "sha256": hashlib.sha256(page).hexdigest(),
    }
    return Entry(EntryKind.REGISTER_PAPER, paper_key(number), source.at, members, {PAGE: page})


async def list_papers(context: Context, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Return what is stated of final papers, the newest first. Raises `ProblemError`."""
    require_registers(context.policies.current.policies)
    return await context.store.read(lambda connection: load_papers(connection, before=before, limit=limit))


async def read_paper(context: Context, number: int) -> tuple[Mapping[str, Any], bytes]:
    """Return what is stated of a final paper, and its page byte for byte. Raises `ProblemError`."""
    found = await context.store.read(lambda connection: find_paper(connection, number))
    if found is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No paper was issued under this number."))
    return found


class _Behind(Exception):  # the page is made anew, from what was recorded meanwhile
    """Something was recorded after the page was made."""


def _source(
    context: Context, connection: Connection, request: PageRequest, policies: PolicySet
) -> PaperSource:
    at = context.clock()
    day = policies.day_at(at)
    try:
        draft = context.registers.derived(
            connection, policies, day, request, lambda records: draft_page(request, records, policies, day)
        )
    except NothingToPrint as reason:
        raise ProblemError(make_problem(ProblemKind.NOTHING_TO_PRINT, str(reason))) from reason
    return PaperSource(draft, newest_entry(connection), policies, at)
