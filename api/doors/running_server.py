"""A really running server on a free port, for as long as it is wanted."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from api.app import create_app
from api.server import server_config
from api.settings import Settings

SECONDS_TO_STOP = 10


@contextmanager
def running_server(settings: Settings, **options: Any) -> Iterator[str]:
    """Run the service on a free port of the loopback address; yields its base URL. `options` are the server's.

    Raises RuntimeError if it does not start.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(server_config(create_app(settings), **options))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            thread.join(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(SECONDS_TO_STOP)
