"""Drafts of policy changes: whoever may propose sees them all, the owner alone changes and deletes one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from api.domain.identity import Caller
from api.domain.permissions import may_call
from api.domain.policy_drafts import (
    MAX_DRAFT_BYTES,
    MAX_DRAFTS,
    MAX_TITLE,
    PolicyDraft,
    changed_since,
    put_in,
)
from api.ledger.revisions import find_revision
from api.parsing.problems import FieldError, ProblemError, ProblemKind, make_problem
from api.policies.folder import is_policy_file
from api.services.context import Context
from api.storage.policy_drafts import (
    Newest,
    add_draft,
    count_drafts_of,
    find_draft,
    find_drafts,
    remove_draft,
    replace_draft,
)
from engine import MAX_FILE_BYTES

if TYPE_CHECKING:
    from sqlalchemy import Connection

PROPOSE = "POST /v1/proposals"
"""Whoever may make this call works with drafts, also where policies come from a folder and nothing is proposed."""
PAGE_DRAFTS = 50

_DRAFT_ID = re.compile("[0-9a-f]{32}")

T = TypeVar("T")


async def create_draft(context: Context, caller: Caller, title: str) -> PolicyDraft:
    """Store a draft that changes nothing yet of what is in force now. Raises `ProblemError`, `StoreUnavailable`."""
    _check_right(caller)
    words = " ".join(title.split())
    if not words or len(words) > MAX_TITLE or not words.isprintable():
        raise _wrong("title", f"say in 1 to {MAX_TITLE} characters what the draft is for")
    draft = PolicyDraft(
        draft_id=uuid4().hex,
        owner=caller.name,
        title=words,
        base_revision=context.policies.current.policies.revision,
        changes={},
        updated_at=_moment(context),
        credential=caller.credential,
    )

    def add(connection: Connection) -> PolicyDraft:
        if count_drafts_of(connection, caller.name, caller.credential) >= MAX_DRAFTS:
            raise _wrong("title", f"{MAX_DRAFTS} drafts are yours already; delete one that is done")
        add_draft(connection, draft)
        return draft

    return await _write(context, add)


async def load_draft(context: Context, caller: Caller, draft_id: str) -> PolicyDraft:
    """Return a draft. Raises `ProblemError` if there is none that the caller may see, `StoreUnavailable`."""
    _check_right(caller)
    found = await context.store.read(lambda connection: _find(connection, draft_id))
    return _present(found)


async def list_drafts(context: Context, caller: Caller, after: Newest | None = None) -> Sequence[PolicyDraft]:
    """Return the drafts of everybody, those that were changed last first: a page of them, from behind `after`.

    Raises `ProblemError`, `StoreUnavailable`.
    """
    _check_right(caller)
    return await context.store.read(lambda connection: find_drafts(connection, after, PAGE_DRAFTS))


async def change_draft(
    context: Context, caller: Caller, draft_id: str, file: str, text: str | None, seen: dt.datetime
) -> PolicyDraft:
    """Put the new text of a file into a draft, None to delete the file; the text in force takes the change back.

    `seen` is `updated_at` of the draft that the caller saw. Raises `ProblemError` if it has changed since, is
    another's, or cannot take the text; `StoreUnavailable`.
    """
    if not is_policy_file(file):
        raise _wrong("file", "the name of a policy file ends in .yaml, and is no path")
    if text is not None and len(text.encode()) > MAX_FILE_BYTES:
        raise _wrong("text", f"a policy file has at most {MAX_FILE_BYTES} bytes")
    in_force = context.policies.current.files.read().get(file)
    base = None if in_force is None else in_force.decode(errors="replace")

    def change(connection: Connection) -> PolicyDraft:
        draft = _to_change(connection, caller, draft_id, seen)
        changed = draft.with_change(file, text, base, _moment(context))
        if changed.size > MAX_DRAFT_BYTES:
            raise _wrong("text", f"the texts of a draft have at most {MAX_DRAFT_BYTES} bytes together")
        replace_draft(connection, changed)
        return changed

    return await _write(context, change)


async def delete_draft(context: Context, caller: Caller, draft_id: str, seen: dt.datetime) -> None:
    """Delete a draft. Raises `ProblemError` if it has changed since `seen` or is another's, `StoreUnavailable`."""

    def remove(connection: Connection) -> None:
        remove_draft(connection, _to_change(connection, caller, draft_id, seen).draft_id)

    await _write(context, remove)


async def draft_conflicts(context: Context, draft: PolicyDraft) -> tuple[str, ...]:
    """Return the files of a draft that have changed in what is in force since it was begun, sorted.

    Raises `StoreUnavailable`.
    """
    active = context.policies.current
    if draft.base_revision == active.policies.revision:
        return ()
    base = await context.store.read(lambda connection: find_revision(connection, draft.base_revision))
    return changed_since(None if base is None else base.read(), active.files.read(), draft.changes)


async def draft_files(context: Context, draft: PolicyDraft) -> dict[str, bytes]:
    """Return the files of the set in force with the changes of a draft.

    Raises `ProblemError` if a file that the draft changes has changed in force since, `StoreUnavailable`.
    """
    if conflicts := await draft_conflicts(context, draft):
        detail = (
            f"Since the draft was begun, {', '.join(conflicts)} came into force otherwise. Open the draft: it offers"
            " to take up what is in force."
        )
        raise ProblemError(make_problem(ProblemKind.DRAFT_CHANGED, detail))
    return put_in(context.policies.current.files.read(), draft.changes)


async def rebase_draft(
    context: Context, caller: Caller, draft_id: str, taken: frozenset[str], seen: dt.datetime
) -> PolicyDraft:
    """Base a draft on what is in force now: of the files in `taken` the text in force, of others its own.

    Raises `ProblemError` if it has changed since `seen` or is another's, `StoreUnavailable`.
    """
    active = context.policies.current
    present = active.files.read()

    def rebase(connection: Connection) -> PolicyDraft:
        draft = _to_change(connection, caller, draft_id, seen)
        own = _changes_left(draft.changes, present, taken)
        based = replace(
            draft, base_revision=active.policies.revision, changes=own, updated_at=_moment(context)
        )
        replace_draft(connection, based)
        return based

    return await _write(context, rebase)


def _changes_left(
    changes: Mapping[str, str | None], present: Mapping[str, bytes], taken: frozenset[str]
) -> dict[str, str | None]:
    """The changes that are still some beside what is in force, without those of the files in `taken`."""
    return {
        name: text
        for name, text in changes.items()
        if name not in taken and present.get(name) != (None if text is None else text.encode())
    }


def may_draft(caller: Caller) -> bool:
    """Whether the caller may see and make drafts."""
    return may_call(caller.role, PROPOSE)


def _check_right(caller: Caller) -> None:
    if not may_draft(caller):
        raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, "Your role proposes no policies."))


def _to_change(connection: Connection, caller: Caller, draft_id: str, seen: dt.datetime) -> PolicyDraft:
    """The draft, if the caller may change it and saw it as it is."""
    _check_right(caller)
    draft = _present(_find(connection, draft_id))
    if not draft.is_of(caller):
        detail = f"The draft is that of {draft.owner}, who alone changes it. Begin one of your own."
        raise ProblemError(make_problem(ProblemKind.NOT_PERMITTED, detail))
    if draft.updated_at != seen:
        detail = "It was changed meanwhile, in another window perhaps. Nothing of yours was stored."
        raise ProblemError(make_problem(ProblemKind.DRAFT_CHANGED, detail))
    return draft


def is_draft_id(text: str) -> bool:
    """Whether a text can be the id of a draft: any other is not looked for, and not every database takes it."""
    return _DRAFT_ID.fullmatch(text) is not None


def _find(connection: Connection, draft_id: str) -> PolicyDraft | None:
    return find_draft(connection, draft_id) if is_draft_id(draft_id) else None


def _present(draft: PolicyDraft | None) -> PolicyDraft:
    if draft is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "No draft has this id, or it was deleted."))
    return draft


async def _write(context: Context, change: Callable[[Connection], T]) -> T:
    """Run a change of the table as a unit of work: it adds nothing to the log."""
    return await context.store.work(lambda connection, _: ((), change(connection)))


def _moment(context: Context) -> dt.datetime:
    """The present time as it is stored."""
    return context.clock().astimezone(dt.UTC)


def _wrong(member: str, detail: str) -> ProblemError:
    fault = FieldError(parameter=member, detail=detail)
    problem = make_problem(ProblemKind.INVALID_REQUEST, "Nothing was stored.", errors=[fault])
    return ProblemError(problem)
