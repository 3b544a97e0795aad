"""Time-outs of idle connections with one timer for each connection, which is not set anew for each call."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OneTimerProtocol(HttpToolsProtocol):
    """The protocol of the server (HTTP/1.1); where uvicorn's own sets a timer after each call, it notes the time."""

    _idle_since: float | None = None

    def on_response_complete(self) -> None:
        """Go on with the next call of the pipeline, or note that the connection idles (callback of the call)."""
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._check_idle_in(self.timeout_keep_alive)

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None
        if self.transport.is_closing():
            super()._unset_keepalive_if_required()

    def _check_idle_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it has idled for long, else set the timer again (callback of the timer)."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._check_idle_in(left)
        else:
            super().timeout_keep_alive_handler()
