"""A gate before a WSGI application."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from channelgate_client.gates import Gate
from channelgate_client.middleware.refusals import (
    DECISION,
    MOST_BYTES,
    Refusal,
    cut_off,
    refusal_of,
    too_long,
)
from channelgate_client.permission import NotHandedOver

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

RequestOfCall = Callable[[Mapping[str, Any], bytes], Mapping[str, Any] | None]
"""Makes the request of a pre-check of a call and its body; None for a call that hands nothing over."""


class WsgiGate:
    """Lets a call through once its handover is permitted; the decision is in the environment under its name.

    What `request_of` raises ends the call.
    """

    def __init__(self, app: WSGIApplication, gate: Gate, request_of: RequestOfCall) -> None:
        self._app = app
        self._gate = gate
        self._request_of = request_of

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a call."""
        body = _read_body(environ)
        if isinstance(body, Refusal):
            return _refuse(start_response, body)
        request = self._request_of(environ, body)
        if request is not None:
            try:
                environ[DECISION] = self._gate.ask(request)
            except NotHandedOver as refused:
                return _refuse(start_response, refusal_of(refused))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return self._app(environ, start_response)


def _read_body(environ: WSGIEnvironment) -> bytes | Refusal:
    """The body, or the answer to one that is too long or did not arrive whole.

    Its length is stated, or the server ends it (`wsgi.input_terminated`), as it does where it takes chunks.
    """
    stated = environ.get("CONTENT_LENGTH") or "0"
    if environ.get("wsgi.input_terminated"):
        body: bytes = environ["wsgi.input"].read(MOST_BYTES + 1)
        return body if len(body) <= MOST_BYTES else too_long()
    if not (stated.isascii() and stated.isdigit()) or int(stated) > MOST_BYTES:
        return too_long()
    body = environ["wsgi.input"].read(int(stated))
    return body if len(body) == int(stated) else cut_off()


def _refuse(start_response: StartResponse, refusal: Refusal) -> Iterable[bytes]:
    start_response(f"{refusal.status} {refusal.phrase}", list(refusal.headers))
    return [refusal.body]
