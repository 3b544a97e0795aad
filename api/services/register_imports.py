"""Recording of an import: the new lists and items, and one log entry that holds the imported files."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.domain.identity import Author, Caller
from api.files.faults import RegisterFaults
from api.files.import_plan import ImportPlan, ImportRules, plan_import
from api.files.import_preview import ImportPreview, plan_digest, preview_import
from api.files.register_files import RegisterFile, read_tables
from api.files.tables import Table
from api.ledger.entries import Entry, EntryKind
from api.services.context import Context
from api.services.decision_ids import new_decision_id
from api.services.required_registers import require_registers
from api.storage.registers import add_items, add_lists, load_register

if TYPE_CHECKING:
    from sqlalchemy import Connection

FILES = "files"
"""The payload of the log entry: by name, the SHA-256 and the bytes (base64) of each file, as JSON."""


def record_import(
    connection: Connection,
    place: int,
    files: Sequence[RegisterFile],
    tables: Sequence[Table],
    rules: ImportRules,
    author: Author,
    system_user: str | None,
    at: dt.datetime,
) -> tuple[Sequence[Entry], ImportPlan]:
    """Add what files add, as a unit of work of the ledger; where nothing is new, nothing is recorded.

    `rules` say which day it is: nothing was provided later. `tables` are the files as read before, since nobody
    else can write while the unit runs. `system_user` is the user of the operating system, where
    that is who was at work.
    Raises `RegisterFaults`.
    """
    plan = plan_import(tables, load_register(connection), rules)
    if not (plan.added.lists or plan.added.items):
        return (), plan
    add_lists(connection, plan.added.lists, place, at, author.name)
    add_items(connection, plan.added.items, place)
    members = {
        "caller": author.name,
        "role": author.role,
        **({} if system_user is None else {"system_user": system_user}),
        "lists": len(plan.added.lists),
        "items": len(plan.added.items),
    }
    payloads = {FILES: _as_payload(files)}
    return [Entry(EntryKind.REGISTER_IMPORTED, new_decision_id(at), at, members, payloads)], plan


async def preview_files(context: Context, files: Sequence[RegisterFile]) -> ImportPreview:
    """Return what an import of the files would do; nothing is recorded. Raises `ProblemError`, `StoreUnavailable`."""
    rules = _rules(context)
    known = await context.store.read(load_register)
    return await asyncio.to_thread(preview_import, files, known, rules)


async def import_files(
    context: Context, caller: Caller, files: Sequence[RegisterFile], shown: str
) -> ImportPlan | None:
    """Record what was shown before: `shown` is its digest. None, and nothing recorded, if it has changed since.

    Raises `ProblemError`, `StoreUnavailable`.
    """
    rules = _rules(context)
    tables = await asyncio.to_thread(read_tables, files)

    def unit(connection: Connection, place: int) -> tuple[Sequence[Entry], ImportPlan]:
        entries, plan = record_import(
            connection, place, files, tables, rules, caller.author, None, context.clock()
        )
        if plan_digest(files, plan) != shown:
            raise _Changed
        return entries, plan

    try:
        return await context.store.work(unit, context.policies.current.files)
    except (_Changed, RegisterFaults):
        return None


class _Changed(Exception):  # an answer to the caller, not a failure
    """The files would add something else by now."""


def _rules(context: Context) -> ImportRules:
    policies = context.policies.current.policies
    return ImportRules.of(policies, require_registers(policies), policies.day_at(context.clock()))


def _as_payload(files: Sequence[RegisterFile]) -> bytes:
    contents = {
        file.name: {
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "base64": base64.b64encode(file.content).decode(),
        }
        for file in files
    }
    return json.dumps(contents, ensure_ascii=False).encode()
