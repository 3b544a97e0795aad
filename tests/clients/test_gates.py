"""A gate hands nothing over but by an answer `deliver`: as a decorator, before ASGI, WSGI and Django."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from wsgiref.util import setup_testing_defaults

import httpx
import pytest

from channelgate_client import AsyncClient, AsyncGate, Client, Gate, NotHandedOver, Retries
from channelgate_client.middleware.asgi import AsgiGate
from channelgate_client.middleware.django import django_gate
from channelgate_client.middleware.refusals import DECISION, MOST_BYTES
from channelgate_client.middleware.wsgi import WsgiGate
from channelgate_client.permission import SAY_WITHOUT_ANSWER
from tests.clients.conftest import ServedOffice, example, permitted_today

OUTCOMES = ("deliver", "hold", "refuse", "escalate_urgent", "route_bilateral", "needs_information")
Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(scope="module")
def committee(served: ServedOffice) -> Iterator[Client]:
    with Client(served.url, served.keys["committee"], timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def permitting(committee: Client) -> dict[str, Any]:
    """An answer `deliver` as the service gives it, to be altered."""
    return committee.pre_check(permitted_today()).model_dump(mode="json")


# -- the decorator -------------------------------------------------------------------------------------------


def test_what_is_permitted_is_handed_over(committee: Client) -> None:
    @Gate(committee).before(lambda text, **_: permitted_today(request_id=text))
    def hand_over(text: str, *, to: str) -> str:
        return f"{text} to {to}"

    assert hand_over("a-drawing", to="them") == "a-drawing to them"


@pytest.mark.parametrize("outcome", OUTCOMES[1:])
def test_any_other_outcome_hands_nothing_over_and_has_the_sentence_to_say(
    committee: Client, outcome: str
) -> None:
    handed: list[str] = []
    guarded = Gate(committee).before(lambda text: example(outcome))(handed.append)
    with pytest.raises(NotHandedOver) as refused:
        guarded("a drawing")
    assert handed == []
    assert refused.value.decision
    assert (refused.value.decision.outcome, refused.value.sentence) == (outcome, refused.value.decision.say)


def test_lines_have_the_marks_that_the_request_gives_them_or_their_places(committee: Client) -> None:
    request = permitted_today()
    (item,) = request["items"]
    unmarked = {name: value for name, value in item.items() if name != "line"}
    for items in (
        [unmarked],
        [unmarked, unmarked],
        [item | {"line": "A\u0308"}],
        [item | {"line": 7}, unmarked],
    ):
        Gate(committee).ask(request | {"items": items})


def test_a_permission_of_another_day_is_none_for_today(committee: Client) -> None:
    with pytest.raises(NotHandedOver, match="the answer is about 1965-03-01, and not about today"):
        Gate(committee).ask(example("deliver"))


def test_what_keeps_a_request_from_being_made_is_raised_and_nothing_handed_over(committee: Client) -> None:
    handed: list[str] = []
    guarded = Gate(committee).before(lambda text: {"request_id": 1 / 0})(handed.append)
    with pytest.raises(ZeroDivisionError):
        guarded("a drawing")
    assert handed == []


def answering(answer: Any) -> Handler:
    return lambda _: httpx.Response(200, json=answer)


def failing(error: type[httpx.TransportError]) -> Handler:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("no answer", request=request)

    return fail


def altered(answer: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**answer, **changes}


def of_another_day(answer: Mapping[str, Any], days: int) -> dict[str, Any]:
    """The answer as it was given, or will be, to the same request then: what is left in a cache."""
    moved_by = dt.timedelta(days)
    evaluated_at = (dt.datetime.fromisoformat(answer["evaluated_at"]) + moved_by).isoformat()
    dates = {
        name: (dt.date.fromisoformat(answer[name]) + moved_by).isoformat()
        for name in ("as_of", "valid_until")
    }
    return altered(answer, evaluated_at=evaluated_at, **dates)


def encoded(content: bytes, coding: str) -> Handler:
    headers = {"content-type": "application/json", "content-encoding": coding}
    return lambda _: httpx.Response(200, stream=httpx.ByteStream(content), headers=headers)


def line_altered(answer: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return altered(answer, lines=[{**answer["lines"][0], **changes}])


ANSWERS: dict[str, Callable[[dict[str, Any]], Handler]] = {
    "unreachable": lambda _: failing(httpx.ConnectError),
    "timeout": lambda _: failing(httpx.ReadTimeout),
    "cut off": lambda _: failing(httpx.RemoteProtocolError),
    "empty": lambda _: (
        lambda _: httpx.Response(200, content=b"", headers={"content-type": "application/json"})
    ),
    "a page": lambda _: lambda _: httpx.Response(200, text="deliver", headers={"content-type": "text/html"}),
    "a redirect": lambda _: lambda _: httpx.Response(302, headers={"location": "/elsewhere"}),
    "not identified": lambda _: lambda _: httpx.Response(401, json={}),
    "busy": lambda _: lambda _: httpx.Response(503, headers={"retry-after": "0"}),
    "failed": lambda _: lambda _: httpx.Response(500, json={"outcome": "deliver"}),
    "created": lambda answer: lambda _: httpx.Response(201, json=answer),
    "another media type": lambda answer: lambda _: httpx.Response(200, text=json.dumps(answer)),
    "another request": lambda answer: answering(altered(answer, request_id="another")),
    "another line": lambda answer: answering(line_altered(answer, line=2)),
    "a line less": lambda answer: answering(altered(answer, lines=[])),
    "a line refused": lambda answer: answering(line_altered(answer, outcome="refuse")),
    "a line not decided": lambda answer: answering(line_altered(answer, handover_as_asked="not_decided")),
    "not as asked": lambda answer: answering(altered(answer, handover_as_asked="no")),
    "an outcome that is not known": lambda answer: answering(altered(answer, outcome="delivers")),
    "an outcome that is null": lambda answer: answering(altered(answer, outcome=None)),
    "of yesterday": lambda answer: answering(of_another_day(answer, -1)),
    "of last year": lambda answer: answering(of_another_day(answer, -365)),
    "of next year": lambda answer: answering(of_another_day(answer, 365)),
    "of the first day": lambda answer: answering(altered(answer, evaluated_at="0001-01-01T00:00:00+14:00")),
    "of no place": lambda answer: answering(altered(answer, evaluated_at=answer["evaluated_at"].rstrip("Z"))),
    "not as it was packed": lambda _: encoded(b"{}", "gzip"),
    "packed": lambda answer: encoded(gzip.compress(json.dumps(answer).encode()), "gzip"),
    "back at no time": lambda _: (
        lambda _: httpx.Response(503, headers={"retry-after": f"Mon, 01 Jan 2026 00:00:00 +{'9' * 14}"})
    ),
    "ended": lambda answer: answering(altered(answer, valid_until="1965-03-01")),
}


@pytest.mark.parametrize("answer", list(ANSWERS))
@pytest.mark.parametrize("kind", ["waits", "async"])
def test_without_an_answer_that_permits_nothing_is_handed_over(
    answer: str, kind: str, permitting: dict[str, Any]
) -> None:
    handler = ANSWERS[answer](permitting)
    handed: list[str] = []

    async def wait() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http:
            gate = AsyncGate(AsyncClient("http://service", http=http, retries=Retries(most=1, first_pause=0)))

            @gate.before(lambda text: permitted_today())
            async def hand_over(text: str) -> None:
                handed.append(text)

            await hand_over("a drawing")

    def at_once() -> None:
        with httpx.Client(transport=httpx.MockTransport(handler)) as http:
            gate = Gate(Client("http://service", http=http, retries=Retries(most=1, first_pause=0)))
            gate.before(lambda text: permitted_today())(handed.append)("a drawing")

    with pytest.raises(NotHandedOver) as refused:
        asyncio.run(wait()) if kind == "async" else at_once()
    assert handed == []
    assert refused.value.sentence in (SAY_WITHOUT_ANSWER, permitting["say"])


def test_the_answer_that_is_altered_there_does_permit(permitting: dict[str, Any]) -> None:
    with httpx.Client(transport=httpx.MockTransport(answering(permitting))) as http:
        Gate(Client("http://service", http=http)).ask(permitted_today())


# -- before web applications ---------------------------------------------------------------------------------

SAY = "Zwöi, please wait."


def request_in(body: bytes) -> dict[str, Any] | None:
    """A call hands over what its body names: an outcome of the examples, or nothing."""
    outcome = body.decode()
    if not outcome:
        return None
    return permitted_today() if outcome == "deliver" else example(outcome)


def asgi_answer(
    served: ServedOffice, body: bytes, url: str | None = None
) -> tuple[int, dict[str, str], Any, Any]:
    """What a call with this body is answered before an application that repeats it."""
    seen: list[Any] = []

    async def repeat(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        seen.append(scope.get(DECISION))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": message["body"]})

    async def call() -> httpx.Response:
        async with AsyncClient(url or served.url, served.keys["committee"], timeout=60) as client:
            app = AsgiGate(
                repeat, AsyncGate(client, say_without_answer=SAY), lambda _, body: request_in(body)
            )
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as http:
                return await http.post("/", content=body)

    answer = asyncio.run(call())
    return answer.status_code, dict(answer.headers), answer.content, seen


def wsgi_answer(
    served: ServedOffice, body: bytes, url: str | None = None
) -> tuple[int, dict[str, str], Any, Any]:
    seen: list[Any] = []
    started: list[Any] = []

    def repeat(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ.get(DECISION))
        start_response("200 OK", [])
        return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]

    environ: dict[str, Any] = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    setup_testing_defaults(environ)
    with Client(url or served.url, served.keys["committee"], timeout=60) as client:
        app = WsgiGate(repeat, Gate(client, say_without_answer=SAY), lambda _, body: request_in(body))
        content = b"".join(app(environ, lambda status, headers: started.append((status, headers))))  # type: ignore[arg-type]
    ((status, headers),) = started
    return int(status[:3]), {name.lower(): value for name, value in headers}, content, seen


def django_answer(
    served: ServedOffice, body: bytes, url: str | None = None
) -> tuple[int, dict[str, str], Any, Any]:
    django = pytest.importorskip("django")
    from django.conf import settings

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"])
        django.setup()
    from django.http import HttpResponse
    from django.test import RequestFactory

    seen: list[Any] = []

    def repeat(request: Any) -> Any:
        seen.append(request.channelgate_decision)
        return HttpResponse(request.body)

    request = RequestFactory().post("/", data=body, content_type="text/plain")
    with Client(url or served.url, served.keys["committee"], timeout=60) as client:
        gate = Gate(client, say_without_answer=SAY)
        answer = django_gate(gate, lambda request: request_in(request.body))(repeat)(request)
    return answer.status_code, {name.lower(): value for name, value in answer.items()}, answer.content, seen


def async_django_answer(
    served: ServedOffice, body: bytes, url: str | None = None
) -> tuple[int, dict[str, str], Any, Any]:
    django = pytest.importorskip("django")
    from django.conf import settings

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"])
        django.setup()
    from django.http import HttpResponse
    from django.test import AsyncRequestFactory

    seen: list[Any] = []

    async def repeat(request: Any) -> Any:
        seen.append(request.channelgate_decision)
        return HttpResponse(request.body)

    async def call() -> Any:
        request = AsyncRequestFactory().post("/", data=body, content_type="text/plain")
        async with AsyncClient(url or served.url, served.keys["committee"], timeout=60) as client:
            gate = AsyncGate(client, say_without_answer=SAY)
            return await django_gate(gate, lambda request: request_in(request.body))(repeat)(request)

    answer = asyncio.run(call())
    return answer.status_code, {name.lower(): value for name, value in answer.items()}, answer.content, seen


APPLICATIONS = [asgi_answer, wsgi_answer, django_answer, async_django_answer]


@pytest.mark.parametrize("answer", APPLICATIONS)
def test_a_permitted_call_gets_through_with_its_body_and_the_decision(
    served: ServedOffice, answer: Callable[..., Any]
) -> None:
    status, _, content, (decision,) = answer(served, b"deliver")
    assert (status, content, decision.outcome) == (200, b"deliver", "deliver")


@pytest.mark.parametrize("answer", APPLICATIONS)
def test_a_call_that_hands_nothing_over_is_not_asked_about(
    served: ServedOffice, answer: Callable[..., Any]
) -> None:
    status, _, content, (decision,) = answer(served, b"", "http://127.0.0.1:9")
    assert (status, content, decision) == (200, b"", None)


@pytest.mark.parametrize("answer", APPLICATIONS)
def test_a_refused_call_is_answered_with_the_sentence_to_say(
    served: ServedOffice, answer: Callable[..., Any], committee: Client
) -> None:
    status, headers, content, seen = answer(served, b"refuse")
    problem = json.loads(content)
    assert (status, seen) == (403, [])
    assert headers["content-type"] == "application/problem+json"
    assert headers["cache-control"] == "no-store"
    assert problem["detail"] == committee.read_decision(problem["decision_id"]).say


@pytest.mark.parametrize("answer", APPLICATIONS)
def test_without_an_answer_a_call_is_refused_for_now(
    served: ServedOffice, answer: Callable[..., Any]
) -> None:
    status, headers, content, seen = answer(served, b"deliver", "http://127.0.0.1:9")
    assert (status, headers["retry-after"], seen) == (503, "5", [])
    assert json.loads(content)["detail"] == SAY


@pytest.mark.parametrize("answer", [asgi_answer, wsgi_answer])
def test_a_body_that_the_gate_does_not_read_is_refused(
    served: ServedOffice, answer: Callable[..., Any]
) -> None:
    status, _, _, seen = answer(served, b"x" * (MOST_BYTES + 1))
    assert (status, seen) == (413, [])


def test_a_body_that_did_not_arrive_whole_is_not_asked_about() -> None:
    sent: list[Any] = []
    messages: list[Any] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": b"deli", "more_body": True},
    ]

    async def receive() -> Any:
        return messages.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(
        AsgiGate(unreached, AsyncGate(AsyncClient("http://none")), unreached)({"type": "http"}, receive, send)
    )
    assert [message.get("status") for message in sent] == [400, None]
    environ: dict[str, Any] = {"wsgi.input": io.BytesIO(b"deli"), "CONTENT_LENGTH": "7"}
    started: list[str] = []
    with Client("http://none") as client:
        WsgiGate(unreached, Gate(client), unreached)(environ, lambda status, _: started.append(status))  # type: ignore[arg-type]
    assert started == ["400 Bad Request"]


def unreached(*_: Any) -> Any:
    raise AssertionError("it was reached")


def test_a_gate_stands_before_functions_of_its_own_kind(committee: Client) -> None:
    async def awaited() -> None: ...

    def waited_for() -> Any: ...

    with pytest.raises(TypeError, match="AsyncGate"):
        Gate(committee).before(dict)(awaited)
    with pytest.raises(TypeError, match="coroutine"):
        AsyncGate(AsyncClient("http://none")).before(dict)(waited_for)


def test_a_websocket_that_is_not_permitted_is_closed(served: ServedOffice) -> None:
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("it was reached")

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def call() -> None:
        async with AsyncClient(served.url, served.keys["committee"], timeout=60) as client:
            gate = AsgiGate(application, AsyncGate(client), lambda _, __: example("refuse"))
            await gate({"type": "websocket"}, receive, send)

    asyncio.run(call())
    assert sent == [{"type": "websocket.close", "code": 1008}]
