"""The addresses of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.live.events import stream_events

ROUTES: list[Route] = [
    Route("/cases/events", stream_events, methods=["GET"], name="console /cases/events"),
]
