"""Other systems are notified: signed, in order, until they have taken it, and only where that is allowed.

Covers: api.services.live.deliveries, api.services.live.sending, api.services.live.webhook_file, api.cli.webhooks,
api.domain.live.webhooks
"""

import base64
import datetime as dt
import json
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.domain.live import webhooks
from api.domain.live.webhooks import EndpointState
from api.doors.running_server import running_server
from api.ledger.database import Database
from api.services.live import deliveries, sending
from api.services.live.webhook_fault import WebhookFault
from api.services.live.webhook_file import read_webhooks
from api.settings import Settings
from api.storage.live.endpoints import load_endpoints
from tests.support.desks import KEYS, URGENT
from tests.support.receivers import SECRET, Call, receiving, write_certificate
from tests.support.server_process import Running, environment
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
LOOPBACK = ["127.0.0.0/8"]
DEPARTMENT = {"department": {"id": "metallurgy", "kind": "institute"}}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(webhooks, "_WAITS", (0.05,) * 100)


def write_file(folder: Path, *endpoints: dict[str, Any]) -> Path:
    file = folder / "webhooks.yaml"
    named = [
        {
            key: value
            for key, value in {"name": f"e{place}", "secret": SECRET, **one}.items()
            if value is not None
        }
        for place, one in enumerate(endpoints)
    ]
    file.write_text(json.dumps({"endpoints": named}))
    return file


@contextmanager
def notifying(folder: Path, *endpoints: dict[str, Any], **settings: Any) -> Iterator[httpx.Client]:
    """Serve with these endpoints; yields a client once their places in the log are stored."""
    served = Settings(
        policies=ROOT / "policies",
        database=str(folder / "log.db"),
        insecure_no_auth=True,
        webhooks=write_file(folder, *endpoints),
        **settings,
    )
    with running_server(served) as url, httpx.Client(base_url=url, trust_env=False) as client:
        wait_until(lambda: len(states(folder)) == len(endpoints))
        yield client


def states(folder: Path) -> list[EndpointState]:
    """What is stored of each endpoint."""
    database = Database(str(folder / "log.db"), read_only=True)
    try:
        with database.reading() as connection:
            return load_endpoints(connection)
    finally:
        database.dispose()


def run(folder: Path, *arguments: str) -> Result:
    given = ["webhooks", "--database", str(folder / "log.db"), "--webhooks", str(folder / "webhooks.yaml")]
    return CliRunner().invoke(app, [*given, *arguments])


def ask(client: httpx.Client) -> str:
    body = {**URGENT, **DEPARTMENT, "request_id": f"w{next(KEYS)}"}
    answer = client.post("/v1/pre-check", json=body)
    assert answer.json()["outcome"] == "escalate_urgent", answer.text
    return str(answer.json()["decision_id"])


def test_an_endpoint_is_notified_in_order_and_can_check_by_whom(tmp_path: Path) -> None:
    with (
        receiving() as receiver,
        notifying(
            tmp_path,
            {"url": f"{receiver.url}/in?for=us", "networks": LOOPBACK},
            public_url="https://desk.example",
        ) as client,
    ):
        decided = [ask(client) for _ in range(5)]
        wait_until(lambda: len(receiver.calls) == 5)
        assert receiver.subjects == decided
        assert all(call.is_signed() for call in receiver.calls)
        assert len({call.headers["webhook-id"] for call in receiver.calls}) == 5
        first = receiver.calls[0]
        assert first.path == "/in?for=us"
        assert first.headers["content-type"] == "application/json"
        assert abs(int(first.headers["webhook-timestamp"]) - time.time()) < 60
        assert set(first.data) == {"type", "timestamp", "data"}
        assert first.data["type"] == "request.urgent"
        assert first.data["data"]["links"] == {
            "page": "https://desk.example/cases",
            "call": f"https://desk.example/v1/decisions/{decided[0]}",
        }
        assert set(first.data["data"]) == {"id", "sequence", "links"}
        wait_until(lambda: states(tmp_path)[0].delivered == 5)
    shown = run(tmp_path)
    assert (shown.exit_code, "took 5 pieces" in shown.output, "last answer" in shown.output) == (
        0,
        True,
        True,
    )


def test_an_endpoint_that_fails_is_notified_again_under_the_same_id_and_nothing_overtakes(
    tmp_path: Path,
) -> None:
    with receiving() as receiver, notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}) as client:
        receiver.answer = lambda _: (500, {}) if len(receiver.calls) < 3 else (200, {})
        decided = [ask(client), ask(client)]
        wait_until(lambda: len(receiver.calls) == 5)
        assert receiver.subjects == [decided[0]] * 4 + [decided[1]]
        assert len({call.headers["webhook-id"] for call in receiver.calls[:4]}) == 1
        assert len({call.body for call in receiver.calls[:4]}) == 1
        assert all(call.is_signed() for call in receiver.calls)


def test_an_endpoint_gets_the_kinds_that_it_wants(tmp_path: Path) -> None:
    with (
        receiving() as cases,
        receiving() as requests,
        notifying(
            tmp_path,
            {"url": cases.url, "networks": LOOPBACK, "kinds": ["case.opened"]},
            {"url": requests.url, "networks": LOOPBACK, "kinds": ["request.urgent"]},
        ) as client,
    ):
        decided = ask(client)
        body = {**URGENT, **DEPARTMENT, "request_id": f"w{next(KEYS)}"}
        opened = client.post("/v1/cases", json=body, headers={"Idempotency-Key": "k"})
        again = ask(client)
        wait_until(lambda: len(requests.calls) == 2 and len(cases.calls) == 1)
        assert requests.subjects == [decided, again]
        assert cases.subjects == [opened.json()["case_id"]]


def test_a_slow_endpoint_is_given_up_for_now_and_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CALL_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, receiving() as receiver:
        slow = f"http://127.0.0.1:{silent.getsockname()[1]}"
        endpoints = ({"url": slow, "networks": LOOPBACK}, {"url": receiver.url, "networks": LOOPBACK})
        with notifying(tmp_path, *endpoints) as client:
            decided = ask(client)
            wait_until(lambda: receiver.subjects == [decided])
            wait_until(lambda: states(tmp_path)[0].failures > 0)
            assert "no answer" in str(states(tmp_path)[0].answer)
    shown = run(tmp_path)
    assert (shown.exit_code, "FAILED" in shown.output) == (1, True)


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with receiving() as elsewhere, receiving() as receiver:
        receiver.answer = lambda _: (307, {"Location": elsewhere.url})
        with notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}) as client:
            ask(client)
            wait_until(lambda: len(receiver.calls) > 1)
            assert states(tmp_path)[0].answer == "307"
        assert elsewhere.calls == []


def test_an_endpoint_that_is_gone_is_notified_no_more_until_it_has_another_address(tmp_path: Path) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: (410, {})
        with notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}) as client:
            decided = ask(client)
            wait_until(lambda: states(tmp_path)[0].disabled_at is not None)
            later = ask(client)
            assert len(receiver.calls) == 1
        assert "DISABLED" in run(tmp_path).output
        receiver.answer = lambda _: (200, {})
        with notifying(tmp_path, {"url": f"{receiver.url}/new", "networks": LOOPBACK}):
            wait_until(lambda: len(receiver.calls) == 3)
            assert receiver.subjects == [decided, decided, later]


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    with receiving() as receiver:
        endpoint = {"url": receiver.url, "networks": LOOPBACK}
        receiver.answer = lambda _: (503, {})
        with notifying(tmp_path, endpoint) as client:
            decided = [ask(client) for _ in range(3)]
            wait_until(lambda: len(receiver.calls) > 0)
        receiver.answer = lambda _: (200, {})
        before = len(receiver.calls)
        with notifying(tmp_path, endpoint):
            wait_until(lambda: len(receiver.calls) >= before + 3)
            wait_until(lambda: states(tmp_path)[0].delivered == 3)
        assert receiver.subjects[-3:] == decided


def test_what_is_too_old_is_given_up_once_it_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "GIVE_UP_AFTER", dt.timedelta())
    with receiving() as receiver:
        receiver.answer = lambda _: (500, {}) if len(receiver.calls) == 0 else (200, {})
        with notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}) as client:
            given_up = ask(client)
            wait_until(lambda: states(tmp_path)[0].given_up == 1)
            taken = ask(client)
            wait_until(lambda: states(tmp_path)[0].delivered == 1)
        assert receiver.subjects == [given_up, taken]


def test_a_wish_to_wait_is_respected() -> None:
    state = webhooks.EndpointState("e", "https://x", 1)
    item: Any = None
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    reply = webhooks.WebhookReply("429", 429, dt.timedelta(minutes=7))
    assert state.after(reply, item, now).next_at == now + dt.timedelta(minutes=7)
    for_ever = webhooks.WebhookReply("429", 429, dt.timedelta(days=7))
    assert state.after(for_ever, item, now).next_at == now + webhooks.LONGEST_WAIT


def test_waits_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    state = webhooks.EndpointState("e", "https://x", 1)
    now, waits = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), []
    for _ in range(8):
        item: Any = None
        state = state.after(webhooks.WebhookReply("500", 500), item, now)
        assert state.next_at
        waits.append((state.next_at - now).total_seconds())
    assert waits == [5, 30, 120, 600, 1800, 3600, 3600, 3600]


# Where calls go


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])
def test_no_call_goes_to_this_machine_unless_the_file_allows_it(tmp_path: Path, host: str) -> None:
    certificate = write_certificate(tmp_path / "own.pem")
    with receiving(certificate) as receiver:
        url = f"https://{host}:{receiver.url.rpartition(':')[2]}"
        with notifying(tmp_path, {"url": url, "certificates": str(certificate)}) as client:
            ask(client)
            wait_until(lambda: states(tmp_path)[0].failures > 0)
            assert states(tmp_path)[0].answer == "its address lies in a network that news is not sent to"
        assert receiver.calls == []


@pytest.mark.parametrize(("named", "is_taken"), [(True, True), (False, False)])
def test_a_certificate_has_to_hold(tmp_path: Path, named: bool, is_taken: bool) -> None:
    certificate = write_certificate(tmp_path / "own.pem")
    trusted = {"certificates": "own.pem"} if named else {}
    with (
        receiving(certificate) as receiver,
        notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK, **trusted}) as client,
    ):
        decided = ask(client)
        if is_taken:
            wait_until(lambda: receiver.subjects == [decided])
        else:
            wait_until(lambda: states(tmp_path)[0].failures > 0)
            assert "certificate does not hold" in str(states(tmp_path)[0].answer)
            assert receiver.calls == []


def test_a_certificate_of_another_host_does_not_hold(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path / "own.pem", "127.0.0.2")
    with (
        receiving(certificate) as receiver,
        notifying(
            tmp_path, {"url": receiver.url, "networks": LOOPBACK, "certificates": str(certificate)}
        ) as client,
    ):
        ask(client)
        wait_until(lambda: states(tmp_path)[0].failures > 0)
        assert "certificate does not hold" in str(states(tmp_path)[0].answer)


# Several processes


def test_of_several_processes_one_notifies(tmp_path: Path) -> None:
    with receiving() as receiver, notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}) as first:
        with notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}) as second:
            decided = [ask(client) for client in (first, second) * 5]
            wait_until(lambda: states(tmp_path)[0].delivered == 10)
        assert receiver.subjects == decided


def test_a_process_that_was_taken_for_dead_notes_nothing_any_more(tmp_path: Path) -> None:
    with receiving() as receiver, notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}) as client:
        engine = create_engine(f"sqlite:///{tmp_path / 'log.db'}")

        def take_over(_: Call) -> tuple[int, dict[str, str]]:
            with engine.begin() as connection:
                connection.execute(
                    text("UPDATE leases SET holder = 'another', ends_at = '2999-01-01T00:00:00+00:00'")
                )
            return 200, {}

        receiver.answer = take_over
        decided = ask(client)
        wait_until(lambda: len(receiver.calls) == 1)
        ask(client)
        engine.dispose()
    assert receiver.subjects == [decided]
    assert states(tmp_path)[0].delivered == 0


def test_another_process_goes_on_where_one_was_killed(tmp_path: Path) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: (503, {})
        file = write_file(tmp_path, {"url": receiver.url, "networks": LOOPBACK})
        running = Running({**environment(tmp_path), "CHANNELGATE_WEBHOOKS": str(file)})
        with httpx.Client(base_url=running.url, trust_env=False) as client:
            wait_until(lambda: bool(states(tmp_path)))
            decided = ask(client)
            wait_until(lambda: len(receiver.calls) > 0)
        running.end(signal.SIGKILL)
        engine = create_engine(f"sqlite:///{tmp_path / 'log.db'}")
        with engine.begin() as connection:  # as if its time had passed
            connection.execute(text("UPDATE leases SET ends_at = '2020-01-01T00:00:00+00:00'"))
        engine.dispose()
        receiver.answer = lambda _: (200, {})
        with notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}):
            wait_until(lambda: states(tmp_path)[0].delivered == 1)
        assert set(receiver.subjects) == {decided}


def test_an_endpoint_that_is_new_gets_what_comes_while_another_process_notifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "LEASE_SECONDS", 0.02)
    with notifying(tmp_path):
        pass
    engine = create_engine(f"sqlite:///{tmp_path / 'log.db'}")
    with engine.begin() as connection:
        later = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat()
        connection.execute(
            text("INSERT INTO leases (name, holder, ends_at) VALUES ('webhooks', 'another', :later)"),
            {"later": later},
        )
    with receiving() as receiver, notifying(tmp_path, {"url": receiver.url, "networks": LOOPBACK}) as client:
        decided = [ask(client), ask(client)]
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM leases"))
        decided.append(ask(client))
        wait_until(lambda: receiver.subjects == decided)
    engine.dispose()


def test_a_service_that_notifies_a_silent_endpoint_stops_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        file = write_file(
            tmp_path, {"url": f"http://127.0.0.1:{silent.getsockname()[1]}", "networks": LOOPBACK}
        )
        running = Running({**environment(tmp_path), "CHANNELGATE_WEBHOOKS": str(file)})
        with httpx.Client(base_url=running.url, trust_env=False) as client:
            wait_until(lambda: bool(states(tmp_path)))
            ask(client)
        silent.accept()[0].close()
        begun = time.monotonic()
        running.end(signal.SIGTERM)
        assert time.monotonic() - begun < 5


# The file


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        ({"url": "http://hooks.example"}, "https://"),
        ({"url": "ftp://hooks.example"}, "https://"),
        ({"url": "https://me:pw@hooks.example"}, "password"),
        ({"url": "https://hooks.example/#x"}, "fragment"),
        ({"url": "https:///x"}, "no address"),
        ({"url": "https://hooks.example", "kinds": ["everything"]}, "there is no kind everything"),
        ({"url": "https://hooks.example", "kinds": []}, "kinds"),
        ({"url": "https://hooks.example", "networks": ["10.0.0.1/8"]}, "networks"),
        ({"url": "https://hooks.example", "secret": "whsec_AAAA"}, "3 bytes"),
        ({"url": "https://hooks.example", "secret": "AAAA"}, "whsec_"),
        ({"url": "https://hooks.example", "secret": "whsec_??"}, "base64"),
        ({"url": "https://hooks.example", "secret_env": "OTHER"}, "one of"),
        ({"url": "https://hooks.example", "secret": None}, "one of"),
        ({"url": "https://hooks.example", "name": "e0 "}, "name"),
        ({"url": "https://hooks.example", "colour": "red"}, "colour"),
        ({"url": "https://hooks.example", "certificates": "none.pem"}, "No such file"),
        ({"url": "https://hooks.example", "secret": None, "secret_file": "none"}, "No such file"),
    ],
)
def test_a_file_with_a_fault_is_refused(tmp_path: Path, endpoint: dict[str, Any], fault: str) -> None:
    file = write_file(tmp_path, endpoint)
    with pytest.raises(WebhookFault) as refused:
        read_webhooks(file)
    assert fault in str(refused.value)
    assert SECRET not in str(refused.value)
    checked = run(tmp_path, "--check")
    assert (checked.exit_code, fault in checked.stderr) == (2, True)
    with pytest.raises(WebhookFault):
        notifying(tmp_path, endpoint).__enter__()


def test_a_file_that_is_not_there_has_to_be_named_otherwise(tmp_path: Path) -> None:
    checked = run(tmp_path, "--check")
    assert checked.exit_code == 2
    assert "No such file" in checked.stderr
    assert "name a file that is there" in checked.stderr
    assert "endpoints:" not in checked.stderr


def test_two_endpoints_have_two_names(tmp_path: Path) -> None:
    same = {"url": "https://hooks.example", "name": "same"}
    with pytest.raises(WebhookFault, match="the same name"):
        read_webhooks(write_file(tmp_path, same, same))


def test_secrets_come_from_a_file_or_the_environment_too(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    url = "https://hooks.example"
    file = write_file(
        tmp_path,
        {"url": url, "secret": None, "secret_file": "secret"},
        {"url": url, "secret": None, "secret_env": "HOOK"},
    )
    found = read_webhooks(file, {"HOOK": SECRET})
    assert {target.secret for target in found} == {base64.b64decode(SECRET.removeprefix("whsec_"))}
    with pytest.raises(WebhookFault, match="whsec_"):
        read_webhooks(file, {})


def test_a_sound_file_is_shown_without_its_secrets(tmp_path: Path) -> None:
    write_file(tmp_path, {"url": "https://hooks.example", "networks": ["10.1.0.0/16"]})
    shown = run(tmp_path, "--check")
    assert shown.exit_code == 0
    assert "https://hooks.example" in shown.output
    assert "10.1.0.0/16" in shown.output
    assert SECRET.removeprefix("whsec_") not in shown.output


def test_a_service_with_a_faulty_file_does_not_start(tmp_path: Path) -> None:
    file = write_file(tmp_path, {"url": "http://hooks.example"})
    served = CliRunner().invoke(
        app,
        [
            "serve",
            "--insecure-no-auth",
            "--policies",
            str(ROOT / "policies"),
            "--webhooks",
            str(file),
            "--database",
            str(tmp_path / "log.db"),
        ],
    )
    assert (served.exit_code, "https://" in served.stderr) == (2, True), served.stderr


def test_an_endpoint_that_leaves_the_file_is_forgotten(tmp_path: Path) -> None:
    with receiving() as receiver:
        both = [{"url": receiver.url, "networks": LOOPBACK, "name": name} for name in ("stays", "leaves")]
        with notifying(tmp_path, *both):
            pass
        with notifying(tmp_path, both[0]):
            assert [state.name for state in states(tmp_path)] == ["stays"]


def test_without_a_file_nobody_is_notified(tmp_path: Path) -> None:
    with running_server(
        Settings(policies=ROOT / "policies", database=str(tmp_path / "log.db"), insecure_no_auth=True)
    ):
        pass
    shown = CliRunner().invoke(app, ["webhooks", "--database", str(tmp_path / "log.db")])
    assert (shown.exit_code, shown.output) == (0, "no endpoint is notified\n")
