"""The pages of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.registers import confirmations, dues, events, imports, items, lists, papers, sessions

ROUTES: list[Route] = [
    *lists.ROUTES,
    *items.ROUTES,
    *dues.ROUTES,
    *events.ROUTES,
    *confirmations.ROUTES,
    *sessions.ROUTES,
    *papers.ROUTES,
    *imports.ROUTES,
]
