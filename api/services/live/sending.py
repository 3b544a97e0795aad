"""A call to an endpoint: to an address that was checked after the name was resolved, and to no other one.

Redirects are not followed, no proxy is used, and of the answer only its head is read.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from api.domain.live.addresses import may_connect, read_address
from api.domain.live.webhooks import WebhookReply, WebhookTarget
from api.runtime.daemon_calls import call_in_daemon

CONNECT_SECONDS = 5.0
CALL_SECONDS = 15.0
"""So long a call may take in all."""
USER_AGENT = "channelgate"


class _NotAllowed(Exception):
    """No address of the name may be called."""


async def send_webhook(target: WebhookTarget, headers: Mapping[str, str], body: bytes) -> WebhookReply:
    """Make a call, and return what became of it."""
    call = _WebhookCall(target, headers, body)
    reply = call_in_daemon(call.make)
    try:
        await asyncio.wait({reply}, timeout=CALL_SECONDS)
        return reply.result() if reply.done() else WebhookReply(f"no answer within {CALL_SECONDS:g} seconds")
    finally:
        call.abort()


class _WebhookCall:
    """A call that is made in a thread and can be broken off from outside of it."""

    def __init__(self, target: WebhookTarget, headers: Mapping[str, str], body: bytes) -> None:
        self._target = target
        self._headers = headers
        self._body = body
        self._socket: socket.socket | None = None
        self._is_aborted = False

    def make(self) -> WebhookReply:
        """Make it, and return what became of it."""
        parts = urlsplit(self._target.url)
        connection = _PreparedConnection(parts.netloc, self._connected)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", path, self._body, {**self._headers, "User-Agent": USER_AGENT})
            answer = connection.getresponse()
            return WebhookReply(
                str(answer.status), answer.status, _wait_of(answer.headers.get("Retry-After"))
            )
        except _NotAllowed as error:
            return WebhookReply(str(error))
        except ssl.SSLCertVerificationError as error:
            return WebhookReply(f"its certificate does not hold: {error.verify_message}")
        except TimeoutError:
            return WebhookReply("no answer in time")
        except OSError as error:
            return WebhookReply(error.strerror or type(error).__name__)
        except (HTTPException, ValueError):
            return WebhookReply("no answer in HTTP")
        finally:
            connection.close()

    def abort(self) -> None:
        """Break it off, wherever it is."""
        self._is_aborted = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _connected(self) -> socket.socket:
        parts = urlsplit(self._target.url)
        host, is_secure = parts.hostname or "", parts.scheme == "https"
        found = socket.getaddrinfo(host, parts.port or (443 if is_secure else 80), type=socket.SOCK_STREAM)
        allowed = [one for one in found if may_connect(read_address(str(one[4][0])), self._target.networks)]
        if not allowed:
            raise _NotAllowed("its address lies in a network that news is not sent to")
        failure = OSError("no address")
        for family, kind, protocol, _, address in allowed:
            plain = self._socket = socket.socket(family, kind, protocol)
            plain.settimeout(CONNECT_SECONDS)
            try:
                if self._is_aborted:
                    raise TimeoutError
                plain.connect(address)
                plain.settimeout(CALL_SECONDS)
                return self._secured(plain, host) if is_secure else plain
            except ssl.SSLError:
                plain.close()
                raise
            except OSError as error:
                plain.close()
                failure = error
        raise failure

    def _secured(self, plain: socket.socket, host: str) -> socket.socket:
        context = ssl.create_default_context(cafile=self._target.certificates)
        secured = self._socket = context.wrap_socket(plain, server_hostname=host)
        return secured


class _PreparedConnection(HTTPConnection):
    """A connection whose socket is made by somebody else."""

    def __init__(self, netloc: str, connected: Callable[[], socket.socket]) -> None:
        super().__init__(netloc)
        self._connected = connected

    def connect(self) -> None:
        """Take the socket (called by the library)."""
        self.sock = self._connected()


def _wait_of(retry_after: str | None) -> dt.timedelta:
    """For how long an answer asks to wait; a date is not looked at."""
    seconds = retry_after.strip() if retry_after else ""
    return (
        dt.timedelta(seconds=int(seconds[:6])) if seconds.isascii() and seconds.isdigit() else dt.timedelta()
    )
