"""News as server-sent events: a response without an end, for the scripts of the pages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from api.console.frame.forms import check_sender
from api.console.live.admission import find_reader
from api.domain.live.news import NewsItem
from api.http.error_handlers import problem_of, problem_response
from api.http.methods import BODY_LEFT_OUT
from api.parsing.fields import read_whole_number
from api.parsing.parameters import wrong_parameter
from api.services.live.streams import NewsStream, NewsStreams

HEARTBEAT_SECONDS = 15.0
"""So often a stream without news sends a comment: whatever lies between would give up a silent one."""
RETRY_MILLISECONDS = 2000
MOST_PLACES = 2**62


async def stream_events(request: Request) -> Response:
    """Answer with the news from now on, or behind the place that `Last-Event-ID`, or `after`, names."""
    try:
        check_sender(request, request.app.state.context.settings.public_url)
        after = _place_of(request)
        reader = await find_reader(request)
        if BODY_LEFT_OUT in request.scope:
            return Response(headers=_HEADERS)
        streams: NewsStreams = request.app.state.news
        return _EventResponse(streams, await streams.open(reader, after))
    except ClientDisconnect:
        raise
    except Exception as error:  # each gets the problem that says what to do
        return problem_response(problem_of(error), {"Cache-Control": "no-store"})


class _EventResponse(StreamingResponse):
    """The events of a stream, which is left however the call ends."""

    def __init__(self, streams: NewsStreams, stream: NewsStream) -> None:
        super().__init__(_lines(stream), headers=_HEADERS)
        self._streams = streams
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._streams.leave(self._stream)


async def _lines(stream: NewsStream) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MILLISECONDS}\nid: {max(stream.begins_at, 0)}\n\n"
    if stream.gap_until is not None:
        yield f"event: gap\nid: {stream.gap_until}\ndata: {{}}\n\n"
    while True:
        items = await stream.take(HEARTBEAT_SECONDS)
        if items:
            yield "".join(map(_event, items))
        elif stream.end is not None:
            yield f"event: end\ndata: {json.dumps({'reason': stream.end})}\n\n"
            return
        else:
            yield ":\n\n"


def _event(item: NewsItem) -> str:
    return f"id: {item.sequence}\ndata: {json.dumps(item.as_message(''))}\n\n"


def _place_of(request: Request) -> int | None:
    """The place behind which the caller wants news. Raises `ProblemError`."""
    stated = request.headers.get("last-event-id") or request.query_params.get("after")
    if not stated:
        return None
    place = read_whole_number(stated, 0, MOST_PLACES)
    if place is None:
        raise wrong_parameter("after", "is the `id` of an event of this stream")
    return place


_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}
