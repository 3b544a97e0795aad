"""The addresses of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.frame.routing import page
from api.console.live.events import stream_events
from api.console.live.feed import FEED, show_feed
from api.console.live.pages import show_news
from api.services.live.streams import READING

ROUTES: list[Route] = [
    Route("/cases/events", stream_events, methods=["GET"], name="console /cases/events"),
    Route(FEED, show_feed, methods=["GET"], name=f"console {FEED}"),
    page("/cases/news", show_news, READING),
]
