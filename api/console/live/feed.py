"""News as a feed (Atom, RFC 4287) for the programs that people read feeds with, a page at a time (RFC 5005)."""

from __future__ import annotations

import hashlib
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.console.frame.languages import find_language, translations_in
from api.console.live.admission import find_reader
from api.console.live.events import MOST_PLACES
from api.console.live.words import words_of
from api.domain.live.news import NewsItem
from api.http.error_handlers import problem_of, problem_response
from api.parsing.parameters import number_parameter
from api.services.context import Context
from api.services.live.pages import NewsPage, read_news

ATOM = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
FEED = "/cases/feed.atom"


async def show_feed(request: Request) -> Response:
    """Answer with the feed; its older pages by `before`."""
    try:
        before = number_parameter(request.query_params, "before", 0, MOST_PLACES)
        reader = await find_reader(request, touch=True)
        context: Context = request.app.state.context
        page = await read_news(context, reader.caller, before)
    except ClientDisconnect:
        raise
    except Exception as error:  # each gets the problem that says what to do
        problem = problem_of(error)
        how = {"WWW-Authenticate": 'Basic realm="channelgate", charset="UTF-8", Bearer'}
        return problem_response(problem, how if problem.status == 401 else None)
    base_url = (context.settings.public_url or str(request.base_url)).rstrip("/")
    content = _Feed(base_url, find_language(request)).write(page, before)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Language, Authorization, Cookie",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


class _Feed:
    """A feed with links that begin with `base_url`, in a language of the console."""

    def __init__(self, base_url: str, language: str) -> None:
        self._base_url = base_url
        self._language = language
        self._message = translations_in(language).gettext

    def write(self, page: NewsPage, before: int | None) -> bytes:
        """Return a page of news as XML."""
        feed = Element("feed", {"xmlns": ATOM, "xml:lang": self._language})
        SubElement(feed, "id").text = page.feed.urn
        SubElement(feed, "title").text = f"channelgate: {self._message('News')}"
        SubElement(feed, "updated").text = page.changed_at.isoformat()
        SubElement(SubElement(feed, "author"), "name").text = "channelgate"
        self._link(feed, "alternate", "/cases/news", "text/html")
        self._link(feed, "self", FEED if before is None else f"{FEED}?before={before}")
        self._link(feed, "first", FEED)
        if page.before is not None:
            self._link(feed, "next", f"{FEED}?before={page.before}")
        for item in page.items:
            self._add(feed, item)
        content: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
        return content

    def _add(self, feed: Element, item: NewsItem) -> None:
        entry = SubElement(feed, "entry")
        what = self._message(words_of(item))
        if item.version is not None:
            what += f" ({self._message('version %(num)s') % {'num': item.version}})"
        SubElement(entry, "id").text = item.uuid.urn
        SubElement(entry, "title").text = f"{what}: {item.subject}"
        SubElement(entry, "updated").text = item.at.isoformat()
        SubElement(entry, "category", {"term": item.kind.value})
        self._link(entry, "alternate", item.page, "text/html")
        self._link(entry, "related", item.call, "application/json")

    def _link(self, parent: Element, relation: str, path: str, media_type: str = MEDIA_TYPE) -> None:
        href = self._base_url + path
        SubElement(parent, "link", {"rel": relation, "type": media_type, "href": href})
