"""The decision log over HTTP: its newest checkpoint and its tiles for everybody, its entries for the auditor.

With `/v1/log` as prefix, checkpoint and tiles stand where C2SP tlog-tiles has them; entries have a path of their own.
"""

from __future__ import annotations

import datetime as dt
from base64 import b64encode
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import ConfigDict, Field

from api.http.authentication.authenticate import Admitted, context_of
from api.http.openapi import answer, paging_parameters, problems
from api.http.request_body import read_query
from api.ledger.entries import EntryKind
from api.ledger.export import as_line
from api.ledger.reader import newest_note, page_of_entries
from api.parsing.answers import JsonAnswer, WrittenAs
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.log_proofs import read_entry_bytes, read_log_tile
from api.services.paging import LOG_ENTRIES, MAX_SEQUENCE, PAGING, read_limit, read_sequence_after

router = APIRouter(prefix="/v1/log", tags=["log"])


class LogEntryAnswer(JsonAnswer):
    """An entry: its place, then the members and payloads of its kind, then its bytes, which the proofs are about."""

    model_config = ConfigDict(extra="allow")

    sequence: int
    kind: EntryKind
    key: str
    at: dt.datetime
    bytes: str = Field(description="In Base64")


class LogPage(JsonAnswer):
    """A page of the log; `next` is the `after` of the next page, absent where there is none."""

    entries: tuple[Annotated[Mapping[str, Any], WrittenAs(LogEntryAnswer)], ...]
    next: int | None = None


_SELECTION = paging_parameters(LOG_ENTRIES, {"type": "integer", "minimum": 0, "maximum": MAX_SEQUENCE})
_NOTE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A note of the form tlog-checkpoint", "content": {"text/plain": {}}}
}
_OCTETS = "application/octet-stream"
_UNCHANGING = {"Cache-Control": "private, max-age=31536000, immutable"}
"""What was recorded is answered the same for good; only to whom is for the service to say each time."""
_BYTES: dict[int | str, dict[str, Any]] = {200: {"description": "Bytes", "content": {_OCTETS: {}}}}


@router.get(
    "/checkpoint",
    summary="Read the newest signed checkpoint",
    response_class=Response,
    responses=_NOTE | problems(503),
)
async def get_checkpoint(request: Request, caller: Admitted) -> Response:
    """Return the checkpoint over everything recorded so far; keep it where the log's writers cannot reach it."""
    read_query(request, frozenset())
    return Response(await context_of(request).store.read(newest_note), media_type="text/plain")


@router.get(
    "/entries",
    summary="Read the log",
    openapi_extra={"parameters": _SELECTION},
    responses=answer("Entries in their order; `bytes` is what the proofs are about", LogPage)
    | problems(400, 503),
)
async def get_log_entries(request: Request, caller: Admitted) -> Response:
    """Return the entries behind the place `after`, or from the first; `next` leads on if there may be more."""
    query = read_query(request, PAGING)
    limit, after = read_limit(query, LOG_ENTRIES), read_sequence_after(query)
    first = -1 if after is None else after
    page = await context_of(request).store.read(lambda connection: page_of_entries(connection, first, limit))
    log_page = LogPage(
        entries=tuple(
            {**as_line(stored.sequence, entry), "bytes": b64encode(stored.entry).decode()}
            for stored, entry in page
        ),
        next=page[-1][0].sequence if len(page) == limit else None,
    )
    return Response(log_page.to_bytes(), media_type="application/json")


@router.get(
    "/tile/{tile:path}",
    summary="Read a tile of the log's tree",
    response_class=Response,
    responses=_BYTES | problems(404, 503),
)
async def get_tile(request: Request, tile: str, caller: Admitted) -> Response:
    """Return hashes of the tree, 32 bytes each (C2SP tlog-tiles): `LEVEL/INDEX`, of a part `LEVEL/INDEX.p/WIDTH`."""
    read_query(request, frozenset())
    content = await read_log_tile(context_of(request), tile)
    if content is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The log has no such tile, or not yet."))
    return Response(content, media_type=_OCTETS, headers=_UNCHANGING)


@router.get(
    "/entry/{sequence}",
    summary="Read the bytes of an entry",
    response_class=Response,
    responses=_BYTES | problems(404, 503),
)
async def get_entry(request: Request, sequence: str, caller: Admitted) -> Response:
    """Return the bytes of an entry, of which the tree is built."""
    read_query(request, frozenset())
    content = await read_entry_bytes(context_of(request), sequence)
    if content is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The log has no entry at this place."))
    return Response(content, media_type=_OCTETS, headers=_UNCHANGING)
