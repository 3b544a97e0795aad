"""The page of news, for those who want to see at once what has happened lately."""

from __future__ import annotations

from starlette.responses import Response

from api.console.frame.visits import Visit
from api.console.live.events import MOST_PLACES
from api.console.live.words import words_of
from api.parsing.parameters import number_parameter
from api.services.live.pages import read_news


async def show_news(visit: Visit) -> Response:
    """Show the news, the newest first."""
    before = number_parameter(visit.query, "before", 0, MOST_PLACES)
    page = await read_news(visit.context, visit.caller, before)
    return visit.render("live/news.html", page=page, words_of=words_of, is_first=before is None)
