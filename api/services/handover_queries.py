"""What is asked about handovers: one of them, or a page of them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection

from api.domain.handovers.handover import Status
from api.domain.identity import Caller
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.handovers import visible
from api.storage.handovers import find_handover, load_handovers, load_transfers

PAGE = frozenset({"status", "limit", "after"})
MAX_PAGE, USUAL_PAGE = 200, 50


async def show_handover(context: Context, handover_id: str, caller: Caller) -> bytes:
    """Return a handover with its transfer. Raises `ProblemError`: for others it is not there."""

    def show(connection: Connection) -> bytes:
        handover = visible(find_handover(connection, handover_id), caller)
        transfer = load_transfers(connection, [handover]).get(handover_id)
        return json.dumps(handover.to_json(transfer)).encode()

    return await context.store.read(show)


async def show_handovers(context: Context, caller: Caller, asked: Mapping[str, str]) -> bytes:
    """Return a page of the handovers the caller may know of; `next`, if more follow, is its `after`.

    Raises `ProblemError`.
    """
    limit, status = _limit(asked.get("limit")), _status(asked.get("status"))

    def show(connection: Connection) -> bytes:
        after = _place(connection, caller, asked.get("after"))
        found = load_handovers(connection, caller.department, status, after, limit + 1)
        page = found[:limit]
        transfers = load_transfers(connection, page)
        said = {
            "handovers": [handover.to_json(transfers.get(handover.handover_id)) for handover in page],
            **({"next": page[-1].handover_id} if len(found) > limit else {}),
        }
        return json.dumps(said).encode()

    return await context.store.read(show)


def _place(connection: Connection, caller: Caller, after: str | None) -> int | None:
    if after is None:
        return None
    handover = find_handover(connection, after)
    if handover is None or caller.department not in (None, handover.department):
        raise _wrong("`after` is the id of a handover: the `next` of the page before.")
    return handover.sequence


def _limit(text: str | None) -> int:
    if text is None:
        return USUAL_PAGE
    if text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE:
        return int(text)
    raise _wrong(f"`limit` is a number from 1 to {MAX_PAGE}.")


def _status(text: str | None) -> Status | None:
    if text is None:
        return None
    if text not in set(Status):
        raise _wrong(f"`status` is one of: {', '.join(Status)}.")
    return Status(text)


def _wrong(detail: str) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
