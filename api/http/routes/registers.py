"""The registers, read: lists, their items, an item, and how the figures reconcile."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.domain.registers.answers import ItemHistoryAnswer, ListPage, ListsAnswer, ReportAnswer
from api.files.figures_file import FiguresSettings
from api.http.authentication.authenticate import Admitted, context_of
from api.http.openapi import answer, paging_parameters
from api.http.register_schemas import register_problems
from api.http.request_body import read_query
from api.services.paging import PAGING, REGISTER_ITEMS
from api.services.register_queries import show_item, show_list, show_lists, show_report

router = APIRouter(prefix="/v1/registers", tags=["registers"])


@router.get(
    "",
    summary="Read the lists of the registers",
    responses=answer("The lists", ListsAnswer) | register_problems(400, 503),
)
async def get_register_lists(request: Request, caller: Admitted) -> Response:
    """Return every list with its provenance and the number of its items."""
    read_query(request, frozenset())
    return _json(await show_lists(context_of(request)))


@router.get(
    "/report",
    summary="Reconcile the registers with their figures",
    responses=answer("Each figure: found, expected, and from which lists", ReportAnswer)
    | register_problems(400, 503),
)
async def get_register_report(request: Request, caller: Admitted) -> Response:
    """Return how what is recorded stands to the figures of the office (`CHANNELGATE_FIGURES`)."""
    read_query(request, frozenset())
    return _json(await show_report(context_of(request), FiguresSettings().figures))


@router.get(
    "/lists/{list_id}",
    summary="Read a list",
    openapi_extra={"parameters": paging_parameters(REGISTER_ITEMS)},
    responses=answer("The list and a page of its items", ListPage) | register_problems(400, 503),
)
async def get_register_list(request: Request, list_id: str, caller: Admitted) -> Response:
    """Return a list and its items in their order, behind the item `after`."""
    return _json(await show_list(context_of(request), list_id, read_query(request, PAGING)))


@router.get(
    "/items/{item_no}",
    summary="Read an item",
    responses=answer("The item, its list, and what has happened to it", ItemHistoryAnswer)
    | register_problems(400, 503),
)
async def get_register_item(request: Request, item_no: str, caller: Admitted) -> Response:
    """Return an item with its list and its events."""
    read_query(request, frozenset())
    return _json(await show_item(context_of(request), item_no))


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
