"""The page of what a single officer states: what it does, a dry run of it, and its form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from api.console.frame.problem_words import Sentence
from api.console.frame.visits import Visit, faults_of
from api.console.proposals.acting import TRIED_REASON
from api.domain.line_changes import FileChange
from api.parsing.problems import ProblemError
from api.services.context import Context
from api.storage.stored_responses import IdempotentCall, StoredResponse

MOST_LINES = 150
"""So many lines of files are shown on a page; beyond that, only how many there are in each file."""


@dataclass(frozen=True, slots=True)
class StatementPage:
    """What is stated: by which call, what it does in words, what it is about, and where it leads.

    `seen` goes with the form and comes back as a field, so that nothing else is stated than what was shown. `option`
    is a box that can be ticked: the member of the statement, and its words.
    """

    address: str
    call: str
    command: Callable[[Context, IdempotentCall], Awaitable[StoredResponse]]
    title: str
    says: str
    button: str
    back: str
    then: str
    facts: tuple[tuple[str, str], ...] = ()
    members: dict[str, Any] = field(default_factory=dict)
    changes: tuple[FileChange, ...] = ()
    takes_reason: bool = False
    seen: str = ""
    option: tuple[str, str] | None = None


async def show_statement(stated: StatementPage, visit: Visit) -> Response:
    """Show what a statement does, after a dry run of it."""
    reason = {"reason": TRIED_REASON} if stated.takes_reason else {}
    option = {stated.option[0]: True} if stated.option else {}
    try:
        await stated.command(
            visit.context, visit.call(stated.call, {**stated.members, **reason, **option}, dry_run=True)
        )
    except ProblemError as error:
        return _render(stated, visit, error.problem.status, refused=faults_of(visit, error.problem))
    return _render(stated, visit)


async def state(stated: StatementPage, visit: Visit) -> Response:
    """Record a statement, and go on to the page that shows what came of it."""
    members = dict(stated.members)
    if stated.takes_reason:
        members["reason"] = visit.form.get("reason").strip()
        if not members["reason"]:
            return _render(stated, visit, 400, faults=[visit.message("Say why, in a sentence.")])
    if stated.option and stated.option[0] in visit.form:
        members[stated.option[0]] = True
    try:
        await stated.command(visit.context, visit.call(stated.call, members))
    except ProblemError as error:
        return _render(stated, visit, error.problem.status, faults=faults_of(visit, error.problem))
    return visit.redirect(stated.then)


def _render(
    stated: StatementPage,
    visit: Visit,
    status: int = 200,
    *,
    refused: list[Sentence] | None = None,
    faults: list[Sentence] | None = None,
) -> Response:
    return visit.render(
        "proposals/statement.html",
        status,
        stated=stated,
        reason=visit.form.get("reason"),
        refused=refused or [],
        faults=faults or [],
        inline=sum(len(one.lines) for one in stated.changes) <= MOST_LINES,
    )
