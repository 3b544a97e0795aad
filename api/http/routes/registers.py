"""The registers, read: lists, their items, an item, and how the figures reconcile."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from api.domain.registers.figures_check import Verdict
from api.domain.registers.lists import LegacyList, TransferProcedure
from api.files.columns import TABLES, TableKind
from api.files.figures_file import FiguresSettings
from api.http.authentication.authenticate import Admitted, context_of
from api.http.openapi import answer, parameter, problems
from api.http.request_body import read_query
from api.services.register_queries import MOST, PAGE, USUAL, show_item, show_list, show_lists, show_report
from engine import WORDS

router = APIRouter(prefix="/v1/registers", tags=["registers"])

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_DAY = {"type": "string", "format": "date"}
_SORTS: dict[str, dict[str, Any]] = {
    "legacy_list": {"enum": list(LegacyList)},
    "transfer_procedure": {"enum": list(TransferProcedure)},
    "kind": {"enum": list(WORDS["item.kind"].choices)},
    "put_to_session": _NUMBER,
    "provided_on": _DAY,
    "quantity": {"type": "string", "description": "A decimal number, as text so that no digit is lost"},
}


def _entry(kind: TableKind, **more: dict[str, Any]) -> dict[str, Any]:
    """The schema of a list or an item; what is not known of one is left out."""
    columns = TABLES[kind]
    return {
        "type": "object",
        "required": [column.name for column in columns if column.required] + list(more),
        "properties": {**{column.name: _SORTS.get(column.name, _TEXT) for column in columns}, **more},
    }


_RECORDED = {"type": "string", "format": "date-time"}
_LIST = _entry(TableKind.LISTS, items=_NUMBER, recorded_at=_RECORDED, recorded_by=_TEXT, sequence=_NUMBER)
_ITEM = _entry(TableKind.ITEMS, place=_NUMBER, sequence=_NUMBER)
_EVENTS = {"type": "array", "items": {"type": "object"}}
_ITEM_TOLD = _entry(
    TableKind.ITEMS, place=_NUMBER, sequence=_NUMBER, list=_LIST, confirmation=_TEXT, events=_EVENTS
)
_LISTS = {"type": "object", "required": ["lists"], "properties": {"lists": {"type": "array", "items": _LIST}}}
_LIST_PAGE = {
    "type": "object",
    "required": ["list", "items"],
    "properties": {"list": _LIST, "items": {"type": "array", "items": _ITEM}, "next": _TEXT},
}
_COUNTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["list_id", "items"],
        "properties": {"list_id": _TEXT, "items": _NUMBER},
    },
}
_FIGURE = {
    "type": "object",
    "required": ["figure", "says", "found", "expected", "floor", "verdict", "lists", "source"],
    "properties": {
        "figure": _TEXT,
        "says": _TEXT,
        "where": {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["figure", "found"],
                "properties": {"figure": _TEXT, "found": _NUMBER},
            },
        },
        "found": _NUMBER,
        "expected": _NUMBER,
        "floor": {"type": "boolean"},
        "verdict": {"enum": list(Verdict)},
        "lists": _COUNTS,
        "source": _TEXT,
    },
}
_REPORT = {
    "type": "object",
    "required": ["reconciles", "figures", "uncounted_lists", "alike"],
    "properties": {
        "reconciles": {"type": "boolean"},
        "figures": {"type": "array", "items": _FIGURE},
        "uncounted_lists": _COUNTS,
        "alike": {
            "type": "array",
            "items": {
                "type": "array",
                "items": {"type": "object", "properties": {"item_no": _TEXT, "list_id": _TEXT}},
            },
        },
    },
}
_PAGING = [
    parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}),
    parameter("after", "query", _TEXT),
]


@router.get(
    "",
    summary="Read the lists of the registers",
    responses=answer("The lists", _LISTS) | problems(400, 503),
)
async def get_lists(request: Request, caller: Admitted) -> Response:
    """Return every list with its provenance and the number of its items."""
    read_query(request, frozenset())
    return _told(await show_lists(context_of(request)))


@router.get(
    "/report",
    summary="Reconcile the registers with their figures",
    responses=answer("Each figure: found, expected, and from which lists", _REPORT) | problems(400, 503),
)
async def get_report(request: Request, caller: Admitted) -> Response:
    """Return how what is recorded stands to the figures of the office (`CHANNELGATE_FIGURES`)."""
    read_query(request, frozenset())
    return _told(await show_report(context_of(request), FiguresSettings().figures))


@router.get(
    "/lists/{list_id}",
    summary="Read a list",
    openapi_extra={"parameters": _PAGING},
    responses=answer("The list and a page of its items", _LIST_PAGE) | problems(400, 404, 503),
)
async def get_list(request: Request, list_id: str, caller: Admitted) -> Response:
    """Return a list and its items in their order, behind the item `after`."""
    return _told(await show_list(context_of(request), list_id, read_query(request, PAGE)))


@router.get(
    "/items/{item_no}",
    summary="Read an item",
    responses=answer("The item, its list, and what has happened to it", _ITEM_TOLD) | problems(400, 404, 503),
)
async def get_item(request: Request, item_no: str, caller: Admitted) -> Response:
    """Return an item with its list and its events."""
    read_query(request, frozenset())
    return _told(await show_item(context_of(request), item_no))


def _told(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
