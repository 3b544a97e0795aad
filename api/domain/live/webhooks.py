"""Other systems that are notified by calls (Standard Webhooks 1.0.0): how a call is signed, when it is repeated.

One piece of news after the other, in the order of the log: what an endpoint has not taken holds up what is behind it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from api.domain.live.addresses import IpNetwork
from api.domain.live.news import NewsItem, NewsKind

GIVE_UP_AFTER = dt.timedelta(days=1)
"""For so long after it came, news is sent again and again."""
LONGEST_WAIT = dt.timedelta(hours=1)
_WAITS = (5, 30, 120, 600, 1800)
"""The seconds between the first tries; after them, the longest wait."""
GONE = 410
"""The answer of an endpoint that wants no more calls, ever."""


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """An endpoint as an operator named it, with its secret, and the networks it may lie in beside the public ones.

    `certificates` is a file of those that its certificate has to rest on; None for those that the system trusts.
    """

    name: str
    url: str
    secret: bytes
    kinds: frozenset[NewsKind]
    networks: Sequence[IpNetwork] = ()
    certificates: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookReply:
    """What became of a call: the status of the answer, None without any, and the same in words.

    `retry_after` is for how long the endpoint wants not to be called.
    """

    words: str
    status: int | None = None
    retry_after: dt.timedelta = dt.timedelta()

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint has taken the news."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class EndpointState:
    """How far an endpoint has been notified: up to `place` of the log nothing is left to send."""

    name: str
    url: str
    place: int
    failures: int = 0
    delivered: int = 0
    given_up: int = 0
    tried_at: dt.datetime | None = None
    next_at: dt.datetime | None = None
    answer: str | None = None
    disabled_at: dt.datetime | None = None

    def is_due(self, now: dt.datetime) -> bool:
        """Whether it may be called."""
        return self.disabled_at is None and (self.next_at is None or self.next_at <= now)

    def moved_to(self, url: str) -> EndpointState:
        """The state where an operator gave it another address: it is called there at once."""
        return replace(self, url=url, failures=0, next_at=None, disabled_at=None)

    def after(self, reply: WebhookReply, item: NewsItem, now: dt.datetime) -> EndpointState:
        """The state after a call about a piece of news."""
        tried = replace(self, tried_at=now, answer=reply.words)
        if reply.is_taken:
            return replace(tried, place=item.sequence, failures=0, next_at=None, delivered=self.delivered + 1)
        if reply.status == GONE:
            return replace(tried, failures=self.failures + 1, disabled_at=now)
        wait = max(_wait_after(self.failures), min(reply.retry_after, LONGEST_WAIT))
        return replace(tried, failures=self.failures + 1, next_at=now + wait)

    def without(self, too_old: Sequence[NewsItem]) -> EndpointState:
        """The state where news is given up."""
        if not too_old:
            return self
        return replace(self, place=too_old[-1].sequence, given_up=self.given_up + len(too_old))


def _wait_after(failures: int) -> dt.timedelta:
    return dt.timedelta(seconds=_WAITS[failures]) if failures < len(_WAITS) else LONGEST_WAIT


def is_too_old(item: NewsItem, now: dt.datetime) -> bool:
    """Whether news is sent no longer, once a call about it or before it has failed."""
    return now - item.at >= GIVE_UP_AFTER


def body_of(item: NewsItem, base_url: str) -> bytes:
    """Return the body of the call about a piece of news: the same at every try."""
    return json.dumps(item.as_message(base_url), separators=(",", ":")).encode()


def headers_of(target: WebhookTarget, item: NewsItem, body: bytes, now: dt.datetime) -> Mapping[str, str]:
    """Return the headers of a call: the id of the news, the time of this try, and the signature over all of it."""
    message_id, timestamp = f"msg_{item.uuid.hex}", str(int(now.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.new(target.secret, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
