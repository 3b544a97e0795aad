"""A witness over HTTP: it takes checkpoints of the logs it knows, and shows what it cosigned last of each."""

from __future__ import annotations

import asyncio
from functools import partial

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.http.bounded_connections import BoundedProtocol
from api.http.connection_limits import USUAL_SECONDS, ConnectionGate, ConnectionLimits, Wait
from api.ledger.witness import Witness, WitnessRefusal
from api.ledger.witness_protocol import ADD_CHECKPOINT, MAX_MESSAGE_BYTES, SIZE_TYPE

BODY_SECONDS = 10
LIMITS = ConnectionLimits(connections=64, seconds={**USUAL_SECONDS, Wait.BODY: BODY_SECONDS})


def witness_application(witness: Witness) -> Starlette:
    """Return the application of a witness: C2SP tlog-witness at the root of the address."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            content = await _read(request)
        except ClientDisconnect:  # or one that was too slow, and has got its answer
            return Response(status_code=400)
        if content is None:
            return PlainTextResponse(f"a body here holds at most {MAX_MESSAGE_BYTES} bytes\n", 413)
        try:
            return PlainTextResponse(await asyncio.to_thread(witness.add_checkpoint, content))
        except WitnessRefusal as refusal:
            if refusal.size is not None:
                return Response(f"{refusal.size}\n", refusal.status, media_type=SIZE_TYPE)
            return PlainTextResponse(f"{refusal.fact}\n", refusal.status)

    async def show_checkpoint(request: Request) -> Response:
        note = await asyncio.to_thread(witness.cosigned, request.path_params["log"])
        if note is None:
            return PlainTextResponse("nothing was cosigned of such a log\n", 404)
        return PlainTextResponse(note, headers={"Cache-Control": "no-cache"})

    routes = [
        Route(ADD_CHECKPOINT, add_checkpoint, methods=["POST"]),
        Route("/{log:str}/checkpoint", show_checkpoint, methods=["GET"]),
    ]
    return Starlette(routes=routes)


async def _read(request: Request) -> bytes | None:
    """The body of a call; None for one that is too large."""
    content = b""
    async for piece in request.stream():
        content += piece
        if len(content) > MAX_MESSAGE_BYTES:
            return None
    return content


def witness_server(witness: Witness, limits: ConnectionLimits = LIMITS) -> uvicorn.Server:
    """Return the server of a witness; `run(sockets=[...])` answers until it is stopped.

    Whoever is silent, or slow, loses the connection after a while: logs elsewhere find a place again.
    """
    return uvicorn.Server(
        uvicorn.Config(
            witness_application(witness),
            http=partial(BoundedProtocol, limits=limits, gate=ConnectionGate(limits.connections)),  # type: ignore[arg-type]  # a class in all but name
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=BODY_SECONDS,
        )
    )
