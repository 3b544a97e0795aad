"""Pre-checks that arrive together and are worked out: each is answered as it would be alone, and all are one job.

Covers: api.http.round_completion, api.http.worked_out_rounds
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from uvicorn.server import ServerState

from api.app import create_app
from api.http import worked_out_rounds
from api.http.authentication.key_file import add_api_key, new_api_key
from api.http.fast_path import FastPathProtocol
from api.http.openapi import EXAMPLE_REQUEST
from api.ledger.log import Ledger
from api.ledger.preconditions import StaleRead
from api.ledger.reader import find_decision
from api.runtime.current_call import current_call
from api.server import server_config
from api.services.context import Context
from api.services.decision_work import DecisionWork
from api.settings import Settings
from benchmarks.protocol_load import Transport
from tests.support.shaped import TRACE
from tests.support.shipped_roles import COMMITTEE, DEPARTMENT, POLICY_OFFICER

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]
OWN = re.compile(rb'"(decision_id|from_decision|evaluated_at)":"[^"]+"|date: [^\r]+|[0-9a-f]{16}-[0-9a-f]+')
ROLES = {"department": DEPARTMENT, "committee": COMMITTEE, "officer": POLICY_OFFICER}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def body(**changes: Any) -> bytes:
    return json.dumps({**EXAMPLE_REQUEST, **changes}).encode()


class _Transport(Transport):
    """A connection that takes one answer."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def write(self, data: bytes) -> None:
        """The route writes a head and a body, and the fast path both at once."""
        if not self.answer.done() and not data.endswith(b"\r\n\r\n"):
            self.answer.set_result(data)


class Rounds:
    """A service whose calls are put into rounds, of which the jobs are counted."""

    def __init__(self, app: Any, keys: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = app
        self.keys = keys
        self.context: Context = app.state.context
        self.jobs: list[tuple[int, bool]] = []
        submit = Ledger.submit

        def counted(ledger: Ledger, entries: Any, policies: Any, read: int | None, *rest: Any) -> None:
            self.jobs.append((len(entries), read is not None))
            submit(ledger, entries, policies, read, *rest)

        monkeypatch.setattr(Ledger, "submit", counted)

    def call(self, content: bytes, caller: str | None = "department", *lines: str) -> bytes:
        own = [f"Authorization: Bearer {self.keys[caller]}"] if caller else []
        head = ["POST /v1/pre-check HTTP/1.1", "Host: x", "Content-Type: application/json", *own, *lines]
        return "\r\n".join([*head, f"Content-Length: {len(content)}", "", ""]).encode() + content

    async def ask(self, *calls: bytes) -> list[bytes]:
        """What calls are answered that arrive in one turn of the event loop, each on a new connection."""
        config, state, transports, protocols = server_config(self.app), ServerState(), [], []
        config.load()
        for sent in calls:
            transport = _Transport()
            protocol: Any = config.http_protocol_class(config, state, {})  # type: ignore[call-arg]
            protocol.connection_made(transport)
            protocol.data_received(sent)
            transports.append(transport)
            protocols.append(protocol)
        async with asyncio.timeout(30):
            answers = [await transport.answer for transport in transports]
        for protocol in protocols:
            protocol.connection_lost(None)
        return answers


@asynccontextmanager
async def rounds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rounds]:
    keys = {}
    for name, role in ROLES.items():
        keys[name], stored = new_api_key(name, role, "metallurgy" if role == DEPARTMENT else None)
        add_api_key(folder / "keys.json", stored)
    app = create_app(
        Settings(
            policies=ROOT / "policies",
            database=str(folder / "log.db"),
            api_keys=folder / "keys.json",
            accept_unproved=True,
            console=False,
            request_shapes=0,
        )
    )
    async with app.router.lifespan_context(app):
        found = Rounds(app, keys, monkeypatch)
        await found.ask(found.call(body()))  # it reads what there are records about
        found.jobs.clear()
        yield found


def plain(answers: Sequence[bytes]) -> list[bytes]:
    return [OWN.sub(b"*", answer) for answer in answers]


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def content_of(answer: bytes) -> Any:
    return json.loads(answer.partition(b"\r\n\r\n")[2])


async def test_each_call_is_answered_as_it_would_be_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rounds(tmp_path, monkeypatch) as served:
        sent = [
            served.call(body()),
            served.call(b"{"),
            served.call(body(request_id="a", items=[{"legacy_list": "none"}])),
            served.call(body(request_id="b", items=[{"legacy_list": "none"}]), "committee"),
            served.call(body(department={"id": "textiles"})),
            served.call(body(department={"id": "textiles"}), "committee"),
            served.call(body(), None),
            served.call(body(trigger="no word")),
            served.call(body(request_id="c"), "officer"),
            served.call(body()).replace(b"application/json", b"text/plain"),
            served.call(body()).replace(b"Bearer ", b"Bearer x"),
        ]
        together = await served.ask(*sent)
        assert served.jobs == [(4, True), (1, False)]
        alone = [(await served.ask(one))[0] for one in sent]
        assert plain(together) == plain(alone)
        assert [status_of(one) for one in together] == [
            *(200, 400, 200, 200, 403, 200, 401),
            *(400, 200, 400, 401),
        ]
        ids = [content_of(one)["decision_id"] for one in together if status_of(one) == 200]
        assert len({*ids}) == 5


async def test_a_round_has_one_moment_and_each_call_its_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rounds(tmp_path, monkeypatch) as served:
        parent = f"traceparent: 00-{TRACE}-b7ad6b7169203331-01"
        answers = await served.ask(served.call(body()), served.call(body(), "department", parent))
        found = [content_of(answer) for answer in answers]
        assert found[0]["evaluated_at"] == found[1]["evaluated_at"]
        for decided, trace in zip(found, (None, TRACE), strict=True):
            find = partial(find_decision, decision_id=decided["decision_id"])
            entry = await served.context.store.read(find)
            assert entry is not None
            assert entry.members.get("trace_id") == trace


async def test_what_fails_for_one_hinders_no_other_and_is_logged_for_its_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide, calls = DecisionWork.decide, []

    def failing(work: DecisionWork) -> None:
        if work.request_id == "fails":
            call = current_call()
            calls.append(call and call.request_id)
            raise RuntimeError("a fault")
        decide(work)

    monkeypatch.setattr("api.http.worked_out_rounds._DECIDING", _deciding(failing))
    async with rounds(tmp_path, monkeypatch) as served:
        with capture_logs() as logs:
            answers = await served.ask(
                served.call(body()),
                served.call(body(request_id="fails"), "department", "X-Request-ID: mine"),
                served.call(body()),
            )
        assert [status_of(answer) for answer in answers] == [200, 500, 200]
        assert b"x-request-id: mine\r\n" in answers[1]
        assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["deciding_failed"]
        assert calls == ["mine"]
        assert current_call() is None
        assert served.jobs == [(2, True)]
        assert served.context.counters.numbers()["deciding_failed"] == 1


def _deciding(decide: Any) -> tuple[Any, ...]:
    steps = DecisionWork.establish, decide, DecisionWork.write
    return tuple(map(vars(worked_out_rounds)["_of_work"], steps))


async def test_calls_behind_newer_records_are_left_to_the_route(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rounds(tmp_path, monkeypatch) as served:
        usual = Ledger.submit

        def stale(_: Ledger, entries: Any, policies: Any, read: Any, completion: Any, *rest: Any) -> None:
            monkeypatch.setattr(Ledger, "submit", usual)
            completion.set_exception(StaleRead())

        before = served.context.counters.numbers()["decisions"]
        monkeypatch.setattr(Ledger, "submit", stale)
        answers = await served.ask(served.call(body(request_id="a")), served.call(body(request_id="b")))
        assert [
            content_of(b"\r\n\r\n" + answer[answer.find(b"{") :])["request_id"] for answer in answers
        ] == [
            "a",
            "b",
        ]
        assert served.context.counters.numbers()["decisions"] == before + 2


async def test_calls_that_cannot_be_recorded_are_answered_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with rounds(tmp_path, monkeypatch) as served:
        vars(served.context.store)["_open"] = False
        answers = await served.ask(served.call(body(request_id="a")), served.call(body(request_id="b")))
        vars(served.context.store)["_open"] = True
        assert [status_of(answer) for answer in answers] == [503, 503]
        assert [content_of(answer)["request_id"] for answer in answers] == ["a", "b"]
        assert served.context.counters.numbers()["not_recorded"] == 2


async def test_calls_that_cannot_be_handed_to_the_log_are_answered_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault")

    async with rounds(tmp_path, monkeypatch) as served:
        monkeypatch.setattr(Ledger, "submit", fail)
        answers = await served.ask(served.call(body()), served.call(body()))
        assert [status_of(answer) for answer in answers] == [500, 500]


async def test_an_answer_that_cannot_be_given_hinders_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = FastPathProtocol.answer

    def failing(protocol: FastPathProtocol, call: Any, found: Any) -> None:
        if found.request_id == "fails":
            protocol.transport.write(b"HTTP/1.1 000 the test need not wait")
            raise RuntimeError("a fault")
        answer(protocol, call, found)

    monkeypatch.setattr(FastPathProtocol, "answer", failing)
    async with rounds(tmp_path, monkeypatch) as served:
        with capture_logs() as logs:
            answers = await served.ask(
                served.call(body(request_id="fails")), served.call(body()), served.call(body())
            )
        assert [status_of(found) for found in answers] == [0, 200, 200]
        assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["answer_not_given"]
