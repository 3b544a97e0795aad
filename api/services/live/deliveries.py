"""Notifying other systems: by one of the processes on a database, each endpoint in order, until it took it.

What was sent is stored after the endpoint has taken it: a process that ends in between leaves it to be sent again,
under the same id.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from api.domain.live.news import NewsItem
from api.domain.live.webhooks import (
    EndpointState,
    WebhookReply,
    WebhookTarget,
    body_of,
    headers_of,
    is_too_old,
)
from api.ledger.database import StoreUnavailable
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.services.live.sending import send_webhook
from api.storage.live.endpoints import forget_endpoints, load_endpoints, put_endpoint
from api.storage.live.leases import drop_lease, lease_is_free, take_lease
from api.storage.live.news import NewsSpan, load_news, newest_place

if TYPE_CHECKING:
    from sqlalchemy import Connection

POLL_SECONDS = 1.0
LEASE = "webhooks"
LEASE_LASTS = dt.timedelta(seconds=60)
LEASE_SECONDS = 15.0
"""At this interval the lease is extended, or it is looked whether it is free."""
MOST_GIVEN_UP = 500
"""So much news is given up at once."""

Stored = TypeVar("Stored")

log = get_logger()


class LeaseLost(Exception):  # nothing is stored by a process that was taken for dead
    """Another process notifies the endpoints now, or has meanwhile."""


class WebhookDeliveries:
    """Notifies the endpoints of a file, as long as `run` runs."""

    def __init__(self, context: Context, targets: Sequence[WebhookTarget]) -> None:
        self._context = context
        self._targets = {target.name: target for target in targets}
        self._holder = secrets.token_hex(16)
        self._states: dict[str, EndpointState] = {}
        self._is_holder = False
        self._looked_at: float | None = None
        self._calls: dict[str, asyncio.Task[None]] = {}
        self._searched: dict[str, int] = {}
        """For each endpoint, up to where the log has been searched for what it is to be sent."""

    async def begin(self) -> None:
        """Store from where on an endpoint that is new is sent what comes; called before a call is answered.

        Whichever process notifies it, and from when on, it misses nothing that this one records.
        """
        try:
            if await self._context.store.read(self._find_new):
                await self._store(self._add_new)
        except StoreUnavailable as error:
            log.warning("webhooks_wait", reason=str(error))

    async def run(self, stop: asyncio.Event) -> None:
        """Notify them until `stop` is set; calls that are being made then are broken off."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                try:
                    await self._step()
                except StoreUnavailable as error:
                    log.warning("webhooks_wait", reason=str(error))
                except Exception:
                    log.exception("webhooks_wait")
                await asyncio.wait(
                    {stopping, *self._calls.values()},
                    timeout=POLL_SECONDS,
                    return_when=asyncio.FIRST_COMPLETED,
                )
        finally:
            stopping.cancel()
            await self._end()

    async def _end(self) -> None:
        for call in self._calls.values():
            call.cancel()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)
        if self._is_holder:
            with suppress(StoreUnavailable):
                await self._store(lambda connection: drop_lease(connection, LEASE, self._holder))

    async def _step(self) -> None:
        """Look after the lease, and begin the calls that are due."""
        loop_time = asyncio.get_running_loop().time()
        if self._looked_at is None or loop_time - self._looked_at >= LEASE_SECONDS:
            self._looked_at = loop_time
            await self._look_after_lease()
        self._calls = {name: call for name, call in self._calls.items() if not call.done()}
        if not self._is_holder:
            return
        now = self._context.clock()
        waiting = [
            state for state in self._states.values() if state.is_due(now) and state.name not in self._calls
        ]
        if waiting:
            found = await self._context.store.read(lambda connection: self._find_next(connection, waiting))
            for state, item in found:
                self._calls[state.name] = asyncio.create_task(
                    self._call(self._targets[state.name], state, item)
                )

    async def _look_after_lease(self) -> None:
        now, had_it = self._context.clock(), self._is_holder
        is_free = await self._context.store.read(
            lambda connection: lease_is_free(connection, LEASE, self._holder, now)
        )
        self._is_holder = False  # unless it is taken now, whatever keeps it from that
        self._is_holder = is_free and await self._store(
            lambda connection: take_lease(connection, LEASE, self._holder, now, LEASE_LASTS)
        )
        if self._is_holder and not had_it:
            self._searched = {}
            self._states = await self._store(self._take_up)

    def _find_new(self, connection: Connection) -> list[EndpointState]:
        """The states of the endpoints of the file that have none: they are sent what comes from now on."""
        known = {state.name for state in load_endpoints(connection)}
        return [
            EndpointState(name, target.url, newest_place(connection))
            for name, target in self._targets.items()
            if name not in known
        ]

    def _add_new(self, connection: Connection) -> None:
        for state in self._find_new(connection):
            put_endpoint(connection, state)

    def _take_up(self, connection: Connection) -> dict[str, EndpointState]:
        """The stored states of the endpoints of the file."""
        self._add_new(connection)
        stored = {state.name: state for state in load_endpoints(connection)}
        forget_endpoints(connection, sorted(stored.keys() - self._targets.keys()))
        states = {}
        for name, target in self._targets.items():
            before = stored[name]
            states[name] = before if before.url == target.url else before.moved_to(target.url)
            if states[name] != before:
                put_endpoint(connection, states[name])
        return states

    def _find_next(
        self, connection: Connection, states: Sequence[EndpointState]
    ) -> list[tuple[EndpointState, NewsItem]]:
        """For each endpoint that is to be sent something, what that is next."""
        newest, found = newest_place(connection), []
        for state in states:
            after = max(state.place, self._searched.get(state.name, state.place))
            if after >= newest:
                continue
            kinds = self._targets[state.name].kinds
            items = load_news(connection, NewsSpan(after, newest), 1, kinds=kinds)
            self._searched[state.name] = items[0].sequence - 1 if items else newest
            found += [(state, item) for item in items]
        return found

    async def _call(self, target: WebhookTarget, state: EndpointState, item: NewsItem) -> None:
        """Notify an endpoint of a piece of news, and store what became of it."""
        try:
            after, reply = await self._tried(target, state, item)
        except LeaseLost:
            self._is_holder = False
        except Exception as error:
            # It is sent again later, but not as often as the database is looked at.
            self._states[state.name] = replace(state, next_at=self._context.clock() + LEASE_LASTS)
            is_expected = isinstance(error, StoreUnavailable)
            log.error("webhook_not_noted", endpoint=state.name, exc_info=None if is_expected else error)
        else:
            self._states[state.name] = after
            self._report(after, reply, item)

    async def _tried(
        self, target: WebhookTarget, state: EndpointState, item: NewsItem
    ) -> tuple[EndpointState, WebhookReply]:
        """Call an endpoint, and store what became of it. Raises `LeaseLost`, `StoreUnavailable`."""
        body = body_of(item, (self._context.settings.public_url or "").rstrip("/"))
        reply = await send_webhook(target, headers_of(target, item, body, self._context.clock()), body)
        after = await self._store(lambda connection: self._settle(connection, target, state, reply, item))
        return after, reply

    def _settle(
        self,
        connection: Connection,
        target: WebhookTarget,
        state: EndpointState,
        reply: WebhookReply,
        item: NewsItem,
    ) -> EndpointState:
        now = self._context.clock()
        has_lease = take_lease(connection, LEASE, self._holder, now, LEASE_LASTS)
        places = {stored.name: stored.place for stored in load_endpoints(connection)}
        if not has_lease or places.get(state.name) != state.place:
            raise LeaseLost
        after = state.after(reply, item, now)
        if not reply.is_taken and after.disabled_at is None:
            span = NewsSpan(state.place, newest_place(connection))
            items = load_news(connection, span, MOST_GIVEN_UP, kinds=target.kinds)
            after = after.without([one for one in items if is_too_old(one, now)])
        put_endpoint(connection, after)
        return after

    def _report(self, state: EndpointState, reply: WebhookReply, item: NewsItem) -> None:
        facts = {"endpoint": state.name, "sequence": item.sequence, "answer": reply.words}
        if reply.is_taken:
            log.info("webhook_delivered", **facts)
        elif state.disabled_at is not None:
            remedy = "take it out of the file, or give it another address"
            log.error("webhook_disabled", **facts, remedy=remedy)
        else:
            next_at = None if state.next_at is None else state.next_at.isoformat()
            log.warning("webhook_not_delivered", **facts, failures=state.failures, next_at=next_at)

    async def _store(self, change: Callable[[Connection], Stored]) -> Stored:
        """Change the tables in a transaction of its own; it adds nothing to the log."""
        return await self._context.store.work(lambda connection, _: ((), change(connection)))
