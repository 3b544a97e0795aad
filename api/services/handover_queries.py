"""Queries about handovers: one of them, or a page of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.domain.handovers.answers import HandoverPage
from api.domain.handovers.corrections import Corrections
from api.domain.handovers.handover import HandoverStatus, RecordedHandover, Transfer
from api.domain.handovers.handover_view import handover_data
from api.domain.identity import Caller
from api.parsing.parameters import wrong_parameter
from api.services.context import Context
from api.services.handover_withdrawals import find_withdrawal
from api.services.handovers import visible
from api.services.paging import HANDOVERS, PAGING, read_after, read_limit, wrong_after
from api.storage.handover_corrections import load_corrections
from api.storage.handovers import find_handover, load_handovers, load_newest_handovers, load_transfers

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE = PAGING | {"status"}
_NAMED = "the id of a handover"


@dataclass(frozen=True, slots=True)
class HandoverSelection:
    """A page of handovers with their corrections; `after` leads on behind the last one, None at the end."""

    handovers: Sequence[RecordedHandover]
    corrections: Corrections
    after: str | None


async def show_handover(context: Context, handover_id: str, caller: Caller) -> bytes:
    """Return a handover with its transfer. Raises `ProblemError`; for others it is not found."""

    def show(connection: Connection) -> bytes:
        handover = visible(find_handover(connection, handover_id), caller)
        transfer = load_transfers(connection, [handover]).get(handover_id)
        corrections = load_corrections(connection, {handover_id})
        return json.dumps(_data(connection, handover, transfer, corrections)).encode()

    return await context.store.read(show)


async def show_handovers(context: Context, caller: Caller, query: Mapping[str, str]) -> bytes:
    """Return a page of the handovers the caller may know of; `next`, if more follow, is its `after`.

    Raises `ProblemError`.
    """
    limit, status = read_limit(query, HANDOVERS), _status(query.get("status"))
    behind = read_after(query)

    def show(connection: Connection) -> bytes:
        after = _place(connection, caller, behind)
        found = load_handovers(connection, caller.department, status, after, limit + 1)
        page = found[:limit]
        transfers = load_transfers(connection, page)
        corrections = load_corrections(connection, {handover.handover_id for handover in page})
        answer = HandoverPage(
            handovers=tuple(
                _data(connection, handover, transfers.get(handover.handover_id), corrections)
                for handover in page
            ),
            next=page[-1].handover_id if len(found) > limit else None,
        )
        return answer.to_text().encode()

    return await context.store.read(show)


async def read_newest_handovers(
    context: Context, caller: Caller, status: str | None, after: str | None, limit: int
) -> HandoverSelection:
    """Return the handovers that the caller may know of, the newest first; of one status alone if one is named.

    `after` is the last of the page before. Raises `ProblemError`.
    """
    chosen = _status(status)

    def read(connection: Connection) -> HandoverSelection:
        before = None
        if after is not None:
            before = find_handover(connection, after)
            if before is None or caller.department not in (None, before.department):
                raise wrong_after(_NAMED)
        found = load_newest_handovers(connection, caller.department, chosen, before, limit + 1)
        page = found[:limit]
        corrections = load_corrections(connection, {handover.handover_id for handover in page})
        return HandoverSelection(page, corrections, page[-1].handover_id if len(found) > limit else None)

    return await context.store.read(read)


def _data(
    connection: Connection, handover: RecordedHandover, transfer: Transfer | None, corrections: Corrections
) -> dict[str, Any]:
    correction = corrections.get(handover.handover_id)
    return handover_data(handover, transfer, correction, find_withdrawal(connection, correction))


def _place(connection: Connection, caller: Caller, after: str | None) -> int | None:
    if after is None:
        return None
    handover = find_handover(connection, after)
    if handover is None or caller.department not in (None, handover.department):
        raise wrong_after(_NAMED)
    return handover.sequence


def _status(text: str | None) -> HandoverStatus | None:
    if text is None:
        return None
    if text not in set(HandoverStatus):
        raise wrong_parameter("status", f"is one of: {', '.join(HandoverStatus)}")
    return HandoverStatus(text)
