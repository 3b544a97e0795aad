"""The least a service can do: read the body, answer ready bytes. Run by `benchmarks.over_http`, as its measure.

`python -m benchmarks.bare_asgi PORT FILE` gives the lines of the file in turn as answers. The server is set up as
`channelgate serve` sets up its own.
"""

import socket
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import uvicorn


class BareApp:
    def __init__(self, answers: list[bytes]) -> None:
        self._starts_and_bodies = cycle([(_start(len(answer)), _body(answer)) for answer in answers])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise RuntimeError("this application answers HTTP only")
        more = True
        while more:
            more = (await receive()).get("more_body", False)
        start, body = next(self._starts_and_bodies)
        await send(start)
        await send(body)


def _start(length: int) -> dict[str, Any]:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def _body(answer: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": answer}


def main() -> None:
    port, file = sys.argv[1:]
    app = BareApp(Path(file).read_bytes().splitlines())
    with socket.create_server(("127.0.0.1", int(port)), backlog=2048) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
