"""The client for `async`: `AsyncClient`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from channelgate_client.failures import NoAnswer
from channelgate_client.generated.async_calls import AsyncCalls
from channelgate_client.operations import Operation
from channelgate_client.retries import Lost, Retries, retry_after_of
from channelgate_client.wire import Sent, check_head, check_length, prepare, read_answer

T = TypeVar("T")


class AsyncClient(AsyncCalls):
    """Calls a service from asyncio; to be closed, or used as `async with AsyncClient(...) as client`.

    `credential` is an API key or a token. `timeout` is how many seconds a call may take, with all its attempts.
    `http` is a client of httpx to use (a proxy, certificates); it stays open when this one is closed.
    """

    def __init__(
        self,
        base_url: str,
        credential: str | None = None,
        *,
        timeout: float = 10.0,
        retries: Retries = Retries(),  # noqa: B008  it is frozen
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        self._timeout = timeout
        self._retries = retries
        self._own = http is None
        self._http = http or httpx.AsyncClient()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that the client has opened."""
        if self._own:
            await self._http.aclose()

    async def _call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T:
        sent = prepare(operation, path, query, header, body)
        until = time.monotonic() + self._timeout
        attempt, lost = 0, ""
        while True:
            outcome: Lost | int
            try:
                async with asyncio.timeout(max(until - time.monotonic(), 0)):
                    status, headers, content = await self._send(sent)
                outcome, retry_after = status, retry_after_of(headers)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                outcome, retry_after, lost = Lost.NOT_SENT, None, str(error)
            except (httpx.TransportError, TimeoutError) as error:
                outcome, retry_after, lost = Lost.PERHAPS_SENT, None, str(error) or "the time was up"
            remaining = until - time.monotonic()
            pause = self._retries.pause(
                attempt, outcome, retry_after, repeatable=sent.repeatable, remaining=remaining
            )
            if pause is None:
                break
            await asyncio.sleep(pause)
            attempt += 1
        if isinstance(outcome, Lost):
            raise NoAnswer(f"{operation.name} had no answer: {lost}")
        return read_answer(operation, status, headers, content)

    async def _send(self, sent: Sent) -> tuple[int, httpx.Headers, bytes]:
        """Return status, headers and body. Raises `httpx.TransportError`."""
        async with self._http.stream(
            sent.method,
            self._base_url + sent.path,
            params=dict(sent.query),
            headers={**self._headers, **sent.headers},
            content=sent.content,
            timeout=self._timeout,
            follow_redirects=False,  # a credential goes nowhere else
        ) as response:
            check_head(response.headers)
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                check_length(content)
            return response.status_code, response.headers, bytes(content)
