"""The decision log over HTTP: its newest checkpoint for everybody, its entries for the auditor."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from api.http.authentication.authenticate import Admitted, context_of
from api.http.openapi import answer, parameter, problems
from api.http.request_body import read_query
from api.ledger.export import as_line
from api.ledger.reader import newest_note, page_of_entries
from api.parsing.problems import ProblemError, ProblemKind, make_problem

MAX_ENTRIES = 1000

router = APIRouter(prefix="/v1/log", tags=["log"])

_PAGE = {
    "type": "object",
    "required": ["entries"],
    "properties": {
        "entries": {"type": "array", "items": {"type": "object", "required": ["sequence", "kind", "bytes"]}},
        "next": {"type": "integer"},
    },
}
_SELECTION = [
    parameter("after", "query", {"type": "integer", "minimum": 0}),
    parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": MAX_ENTRIES}),
]
_NOTE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A note of the form tlog-checkpoint", "content": {"text/plain": {}}}
}


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
    responses=answer("Entries in their order; `bytes` is what the proofs are about", _PAGE)
    | problems(400, 503),
)
async def get_entries(request: Request, caller: Admitted) -> Response:
    """Return the entries behind the place `after`, or from the first; `next` leads on if there may be more."""
    asked = read_query(request, frozenset({"after", "limit"}))
    after, limit = _number(asked, "after", -1, 0, 2**62), _number(asked, "limit", 100, 1, MAX_ENTRIES)
    page = await context_of(request).store.read(lambda connection: page_of_entries(connection, after, limit))
    entries = [
        {**as_line(stored.sequence, entry), "bytes": b64encode(stored.entry).decode()}
        for stored, entry in page
    ]
    said = {"entries": entries, **({"next": page[-1][0].sequence} if len(page) == limit else {})}
    return Response(json.dumps(said, ensure_ascii=False), media_type="application/json")


def _number(asked: Mapping[str, str], name: str, otherwise: int, least: int, most: int) -> int:
    text = asked.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and least <= int(text) <= most):
        detail = f"`{name}` is a number from {least} to {most}."
        raise ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
    return int(text)
