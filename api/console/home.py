"""The first page: the areas that its visitor may work in."""

from __future__ import annotations

from starlette.responses import Response

from api.console.frame.routing import page
from api.console.frame.visits import Visit


async def show_home(visit: Visit) -> Response:
    """Show the areas."""
    return visit.render("home.html")


ROUTES = [page("/", show_home, "GET /v1/vocabulary")]
