"""An issuer's key server: a JWK set over HTTP that changes, fails, or keeps its readers waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class KeyServer:
    """What is answered from now on: a document, or the status of a failure. `paths` are those of the requests."""

    def __init__(self, answer: bytes | int) -> None:
        self.answer = answer
        self.paths: list[str] = []
        self.url = ""
        self.gate: threading.Semaphore | None = None
        """If there is one, each request waits until it is released once."""
        self.pace = 0.0
        """The seconds between the bytes of an answer."""

    @property
    def readings(self) -> int:
        """How often the keys have been requested."""
        return len(self.paths)


@contextmanager
def key_server(answer: bytes | int) -> Iterator[KeyServer]:
    """Serve the keys on a free port of this machine."""
    issuer = KeyServer(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.paths.append(self.path)
            if issuer.gate:
                issuer.gate.acquire()
            answer = issuer.answer
            self.send_response(200 if isinstance(answer, bytes) else answer)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            with suppress(OSError):  # the reader has gone
                for byte in answer if isinstance(answer, bytes) else b"":
                    self.wfile.write(bytes([byte]))
                    if issuer.pace:
                        time.sleep(issuer.pace)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        issuer.url = f"http://127.0.0.1:{server.server_port}/keys"
        try:
            yield issuer
        finally:
            if issuer.gate:
                issuer.gate.release(issuer.readings)
            server.shutdown()
            thread.join()
