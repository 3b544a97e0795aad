"""News from the tables of both databases: what is news and what is not, in order, by ranges and from either end.

Covers: api.storage.live.endpoints, api.storage.live.leases
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from api.domain.live.news import NewsItem, NewsKind
from api.domain.live.webhooks import EndpointState
from api.ledger.database import Database
from api.ledger.tables import log_entries
from api.storage.live.endpoints import forget_endpoints, load_endpoints, put_endpoint
from api.storage.live.leases import drop_lease, lease_is_free, take_lease
from api.storage.live.news import NewsSpan, load_news, newest_place
from tests.support.desks import URGENT, Desk, fact, serving

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CALM = {**URGENT, "urgency": {"time_sensitive": False, "eagerly_wanted": True}}
CHANNEL = "item.channel."


@contextmanager
def changing(where: str) -> Iterator[Connection]:
    database = Database(where)
    database.prepare()
    try:
        with database.writing() as connection:
            yield connection
    finally:
        database.dispose()


def news_in(where: str, after: int = -1, limit: int = 100, **options: Any) -> Sequence[NewsItem]:
    database = Database(where, read_only=True)
    newest_first = options.pop("newest_first", False)
    try:
        with database.reading() as connection:
            span = NewsSpan(after, options.pop("until", newest_place(connection)), newest_first)
            return load_news(connection, span, limit, **options)
    finally:
        database.dispose()


def ask(desk: Desk, caller: str, request_id: str, body: Any = URGENT) -> str:
    answer = desk.call(caller, "POST", "/v1/pre-check", {**body, "request_id": request_id})
    return str(answer.json()["decision_id"])


def test_what_happens_is_news_once_and_in_order(where: str, tmp_path: Path) -> None:
    with serving(tmp_path, where) as desk:
        first = ask(desk, "department", "r1")
        ask(desk, "department", "r1")
        other = ask(desk, "other", "r1")
        ask(desk, "department", "r1", CALM)
        again = ask(desk, "department", "r1")
        ask(desk, "department", "r2", CALM)
        case_id = desk.opened(request_id="r3")
        ask(desk, "department", "r3")
        version = desk.case(case_id)["version"]
        reported, agreed = (
            fact(f"{CHANNEL}reported_to_committee", True),
            fact(f"{CHANNEL}consultation", "agreed"),
        )
        desk.record("committee", case_id, reported, agreed)
        desk.record("committee", case_id, fact(f"{CHANNEL}inclusion", "agreed_to_include"))
        found = news_in(where)
        assert [(item.kind, item.subject, item.version) for item in found] == [
            (NewsKind.URGENT_REQUEST, first, None),
            (NewsKind.URGENT_REQUEST, other, None),
            (NewsKind.URGENT_REQUEST, again, None),
            (NewsKind.CASE_OPENED, case_id, version),
            (NewsKind.CASE_CHANGED, case_id, version + 2),
            (NewsKind.CASE_CHANGED, case_id, version + 3),
        ]
        assert [item.department for item in found] == ["metallurgy", "textiles", *["metallurgy"] * 4]
        assert len({item.uuid for item in found}) == 6
        assert [*news_in(where, newest_first=True)] == [*reversed(found)]
        assert news_in(where, limit=2) == found[:2]
        assert news_in(where, found[1].sequence) == found[2:]
        assert news_in(where, until=found[2].sequence) == found[:3]
        assert [item.subject for item in news_in(where, department="textiles")] == [other]
        assert news_in(where, department="nobody") == []
        assert news_in(where, kinds=[NewsKind.CASE_OPENED]) == [found[3]]


def test_policies_are_news_where_they_are_others_than_before(where: str) -> None:
    with changing(where) as connection:
        for sequence, revision in enumerate(("a", "a", "b", "b", "a")):
            row = {"sequence": sequence, "kind": "policies", "key": revision, "recorded_at": NOW.isoformat()}
            connection.execute(insert(log_entries), {**row, "entry": b"", "leaf": bytes([sequence])})
    found = news_in(where, department="anybody")
    assert [(item.sequence, item.subject, item.at) for item in found] == [(2, "b", NOW), (4, "a", NOW)]
    assert {(item.page, item.call) for item in found} == {("/policies", "/v1/policies")}


def test_a_lease_has_one_holder_until_it_ends(where: str) -> None:
    lasts = dt.timedelta(minutes=1)
    with changing(where) as connection:
        assert take_lease(connection, "x", "first", NOW, lasts)
        assert not take_lease(connection, "x", "second", NOW + lasts / 2, lasts)
        assert not lease_is_free(connection, "x", "second", NOW + lasts / 2)
        assert take_lease(connection, "x", "first", NOW + lasts / 2, lasts)
        assert not take_lease(connection, "x", "second", NOW + lasts, lasts)
        assert take_lease(connection, "x", "second", NOW + lasts * 1.5, lasts)
        drop_lease(connection, "x", "first")
        assert not lease_is_free(connection, "x", "first", NOW + lasts * 2)
        drop_lease(connection, "x", "second")
        assert lease_is_free(connection, "x", "first", NOW + lasts * 2)


@pytest.mark.parametrize("at", [None, NOW])
def test_the_state_of_an_endpoint_is_stored_as_it_is(where: str, at: dt.datetime | None) -> None:
    state = EndpointState("one", "https://x", 2**40, 1, 2, 3, at, at, "410", at)
    with changing(where) as connection:
        put_endpoint(connection, EndpointState("one", "https://old", 1))
        put_endpoint(connection, EndpointState("other", "https://y", 1))
        put_endpoint(connection, state)
        forget_endpoints(connection, ["other"])
        assert load_endpoints(connection) == [state]
