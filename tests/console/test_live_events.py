"""News in streams of events: who gets what, from where on, and when a stream ends.

Covers: api.services.live.streams, api.storage.live.news, api.console.live.events
"""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.doors.running_server import running_server
from api.http.authentication.key_file import add_api_key, new_api_key
from api.services.live import streams
from api.settings import Settings
from tests.support.consoles import ServedConsole, served_console
from tests.support.desks import KEYS, URGENT, fact
from tests.support.news import listening
from tests.support.server_process import Running, environment
from tests.support.shipped_roles import DEPARTMENT
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
CHANNEL = "item.channel."


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("news")


@pytest.fixture(scope="module")
def console(place: Path) -> Iterator[ServedConsole]:
    with served_console(place) as running:
        key, stored = new_api_key("textiles", DEPARTMENT, "textiles")
        add_api_key(place / "keys.json", stored)
        running.keys["other"] = key
        yield running


def new_id() -> str:
    return f"n{next(KEYS)}"


def call(console: ServedConsole, role: str, path: str, body: Any, **headers: str) -> Any:
    sent = {"Authorization": f"Bearer {console.keys[role]}", "Idempotency-Key": new_id(), **headers}
    answer = console.api.post(path, json=body, headers=sent)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def ask(
    console: ServedConsole, role: str = "department", request_id: str | None = None, **changes: Any
) -> Any:
    return call(console, role, "/v1/pre-check", {**URGENT, "request_id": request_id or new_id(), **changes})


def open_case(console: ServedConsole, role: str = "department") -> str:
    return str(call(console, role, "/v1/cases", {**URGENT, "request_id": new_id()})["case_id"])


def record(console: ServedConsole, case_id: str, version: int, *facts: dict[str, Any]) -> None:
    call(console, "committee", f"/v1/cases/{case_id}/facts", {"facts": facts}, **{"If-Match": f'"{version}"'})


def test_what_happens_appears_in_order_and_with_its_links(console: ServedConsole) -> None:
    with listening(console.visitor("committee").client) as events:
        decided = ask(console)
        case_id = open_case(console)
        urgent, opened = events.next(), events.next()
        assert (urgent["type"], urgent["data"]["id"]) == ("request.urgent", decided["decision_id"])
        assert urgent["data"]["links"] == {
            "page": "/cases",
            "call": f"/v1/decisions/{decided['decision_id']}",
        }
        assert (opened["type"], opened["data"]["id"]) == ("case.opened", case_id)
        assert opened["data"]["links"] == {"page": f"/cases/{case_id}", "call": f"/v1/cases/{case_id}"}
        version = opened["data"]["version"]
        stated = (fact(f"{CHANNEL}reported_to_committee", True), fact(f"{CHANNEL}consultation", "agreed"))
        record(console, case_id, version, *stated)
        changed = events.next()
        assert (changed["type"], changed["data"]["version"]) == ("case.changed", version + 2)
        assert events.last_id == str(changed["data"]["sequence"])
        assert set(changed["data"]) == {"id", "version", "sequence", "links"}


def test_a_request_that_is_checked_again_is_no_news(console: ServedConsole) -> None:
    request_id = new_id()
    with listening(console.visitor("auditor").client) as events:
        first = ask(console, request_id=request_id)
        ask(console, request_id=request_id)
        last = ask(console)
        assert [events.next()["data"]["id"] for _ in range(2)] == [first["decision_id"], last["decision_id"]]


def test_a_department_gets_its_own_news_alone(console: ServedConsole) -> None:
    with listening(console.visitor("other").client) as events:
        ask(console)
        open_case(console)
        own = ask(console, "other")
        assert events.next()["data"]["id"] == own["decision_id"]


def test_a_stream_takes_up_where_another_ended(console: ServedConsole) -> None:
    visitor = console.visitor("liaison")
    with listening(visitor.client) as events:
        ask(console)
        events.next()
        last = events.last_id
    missed = [ask(console)["decision_id"] for _ in range(3)]
    with listening(visitor.client, **{"Last-Event-ID": last}) as events:
        assert [events.next()["data"]["id"] for _ in missed] == missed
    with listening(visitor.client, f"/cases/events?after={last}") as events:
        assert [events.next()["data"]["id"] for _ in missed] == missed
        ask(console)
        assert events.next()["type"] == "request.urgent"


def test_who_has_missed_too_much_is_sent_none_of_it(
    console: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_MISSED", 2)
    with listening(console.visitor("liaison").client, **{"Last-Event-ID": "0"}) as events:
        assert events.next() == {"event": "gap"}
        decided = ask(console)
        assert events.next()["data"]["id"] == decided["decision_id"]


@pytest.mark.parametrize("stated", ["x", "-1", "1e3", "01", "99999999999999999999"])
def test_what_is_no_place_is_refused(console: ServedConsole, stated: str) -> None:
    answer = console.visitor("liaison").client.get("/cases/events", params={"after": stated})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "after")


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("policy_officer", 403)])
def test_who_may_read_no_cases_gets_no_news(console: ServedConsole, role: str | None, status: int) -> None:
    assert console.visitor(role).open("/cases/events").status_code == status


def test_a_page_of_another_site_gets_no_news(console: ServedConsole) -> None:
    visitor = console.visitor("liaison")
    assert visitor.client.get("/cases/events", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_the_headers_alone_come_without_a_stream(console: ServedConsole) -> None:
    answer = console.visitor("liaison").client.head("/cases/events")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")


def test_streams_leave_most_connections_to_others(tmp_path: Path) -> None:
    settings = Settings(
        policies=ROOT / "policies",
        database=str(tmp_path / "log.db"),
        insecure_no_auth=True,
        max_connections=16,
    )
    with (
        running_server(settings) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
        ExitStack() as stack,
    ):
        for _ in range(3):
            stack.enter_context(listening(client))
        with listening(client):
            refused = client.get("/cases/events")
            assert (refused.status_code, refused.json()["type"]) == (503, "/problems/not-taken")
            assert refused.headers["retry-after"]
            body = {**URGENT, "request_id": new_id()}
            assert client.post("/v1/pre-check", json=body).status_code == 200

        def is_free() -> bool:
            with client.stream("GET", "/cases/events") as answer:
                return answer.status_code == 200

        wait_until(is_free)


def test_a_stream_ends_soon_after_the_sign_in(
    console: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHECK_SECONDS", 0)
    leaving, staying = console.visitor("committee"), console.visitor("committee")
    with listening(leaving.client) as ended, listening(staying.client) as going_on:
        leaving.send("/sign-out", {}, at="/account")
        assert ended.next() == {"event": "end", "reason": "sign_in_ended"}
        assert ended.next() is None
        ask(console)
        assert going_on.next()["type"] == "request.urgent"


def test_a_stream_ends_when_its_key_is_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "CHECK_SECONDS", 0)
    with served_console(tmp_path) as console:
        bearer = {"Authorization": f"Bearer {console.keys['auditor']}"}
        with (
            listening(console.visitor("auditor").client) as by_sign_in,
            listening(console.visitor().client, **bearer) as by_key,
        ):
            (tmp_path / "keys.json").write_text(json.dumps({"keys": []}))
            assert by_sign_in.next()["reason"] == by_key.next()["reason"] == "sign_in_ended"


def test_a_silent_stream_sends_comments(console: ServedConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.console.live.events.HEARTBEAT_SECONDS", 0.05)
    with listening(console.visitor("liaison").client) as events:
        assert events.block() == {"comment": ""}


def test_to_wait_for_news_is_not_to_use_the_console(console: ServedConsole, place: Path) -> None:
    from sqlalchemy import create_engine, text

    visitor = console.visitor("liaison")
    engine = create_engine(f"sqlite:///{place / 'log.db'}")
    long_ago = "2020-01-01T00:00:00.000000+00:00"
    with engine.begin() as connection:
        connection.execute(text("UPDATE sign_ins SET used_at = :at"), {"at": long_ago})
    engine.dispose()
    assert visitor.open("/cases/events").status_code == 401


def test_what_another_process_records_appears_too(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        settings = Settings(
            policies=ROOT / "policies", database=str(tmp_path / "log.db"), api_keys=tmp_path / "keys.json"
        )
        with (
            listening(console.visitor("committee").client) as events,
            running_server(settings) as other,
            httpx.Client(base_url=other, trust_env=False) as client,
        ):
            sent = {"Authorization": f"Bearer {console.keys['department']}"}
            decided = client.post("/v1/pre-check", json={**URGENT, "request_id": new_id()}, headers=sent)
            assert events.next()["data"]["id"] == decided.json()["decision_id"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_with_an_open_stream_stops_at_once(tmp_path: Path, workers: str) -> None:
    running = Running({**environment(tmp_path), "CHANNELGATE_WORKERS": workers}, anew=workers != "1")
    with httpx.Client(base_url=running.url, trust_env=False) as client, listening(client) as events:
        begun = time.monotonic()
        running.end(signal.SIGTERM)
        assert time.monotonic() - begun < 10
        assert events.next() == {"event": "end", "reason": "stopping"}
        assert events.next() is None
