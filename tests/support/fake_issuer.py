"""An issuer of tests, as hostile as a test wants it: what it publishes, signs and answers can be changed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

CLIENT_ID = "channelgate"
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
PERSON = {"sub": "officer-1", "role": "auditor"}


@dataclass
class FakeIssuer:
    """What is answered from now on, and what was sent."""

    url: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    keys: list[Any] = field(default_factory=lambda: [RSA, EC])
    claims: dict[str, Any] = field(default_factory=dict)
    """Members of the next ID token; None takes one out."""
    user_info: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, bytes | int] = field(default_factory=dict)
    """Answers in place of the usual ones, by path: a document, or a status."""
    pace: float = 0.0
    """The seconds between the bytes of an answer."""
    nonce: str = ""
    id_token: str | None = None
    sent: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    """Path, form and header Authorization of each call."""

    def clear(self) -> None:
        """Be honest again."""
        self.keys, self.claims, self.answers, self.pace = [RSA, EC], {}, {}, 0.0
        self.user_info, self.id_token = dict(PERSON), None
        self.sent.clear()
        self.metadata = {
            "issuer": self.url,
            **{
                f"{name}_endpoint": f"{self.url}/{name}"
                for name in ("authorization", "token", "userinfo", "end_session")
            },
            "jwks_uri": f"{self.url}/jwks",
            "authorization_response_iss_parameter_supported": True,
        }

    def sign(self, claims: dict[str, Any], key: Any = RSA, algorithm: str = "RS256", **header: Any) -> str:
        """Return a token of this issuer for the client, made now; members that are None are left out."""
        now = int(time.time())
        members = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **claims}
        stated = {name: value for name, value in members.items() if value is not None}
        return jwt.encode({"alg": algorithm, "kid": key.kid, **header}, stated, key, algorithms=[algorithm])

    def paths(self) -> list[str]:
        """The paths that were called."""
        return [path for path, _, _ in self.sent]

    def answer(self, path: str) -> bytes | int:
        """Return what is answered at a path."""
        if path in self.answers:
            return self.answers[path]
        match path:
            case "/.well-known/openid-configuration":
                document: Any = self.metadata
            case "/jwks":
                document = {"keys": [key.as_dict(private=False) for key in self.keys]}
            case "/token":
                made = self.sign({"sub": PERSON["sub"], "nonce": self.nonce, **self.claims})
                document = {
                    "id_token": self.id_token or made,
                    "access_token": "access",
                    "token_type": "Bearer",
                }
            case "/userinfo":
                document = self.user_info
            case _:
                return 404
        return json.dumps(document).encode()


@contextmanager
def fake_issuer() -> Iterator[FakeIssuer]:
    """Serve an honest issuer on a free port of this machine."""
    issuer = FakeIssuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            form = {name: values[-1] for name, values in parse_qs(self.rfile.read(size).decode()).items()}
            issuer.sent.append((self.path, form, self.headers.get("Authorization", "")))
            answer = issuer.answer(self.path)
            body = answer if isinstance(answer, bytes) else b'{"error": "invalid_grant"}'
            self.send_response(200 if isinstance(answer, bytes) else answer)
            self.send_header("Location", "/jwks")
            self.end_headers()
            with suppress(OSError):  # the reader has gone
                if not issuer.pace:
                    self.wfile.write(body)
                    return
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(issuer.pace)

        do_POST = do_GET  # noqa: N815  called by this name

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        issuer.clear()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
