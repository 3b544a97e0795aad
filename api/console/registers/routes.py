"""The pages of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.registers import confirmations, events, imports, items, lists

ROUTES: list[Route] = [*lists.ROUTES, *items.ROUTES, *imports.ROUTES, *events.ROUTES, *confirmations.ROUTES]
