"""The pages of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.registers import imports, items, lists

ROUTES: list[Route] = [*lists.ROUTES, *items.ROUTES, *imports.ROUTES]
