"""A malformed body is a 400 that names the place, suggests the nearest word, and repeats no value.

Covers: api.parsing.problems, api.parsing.validation_messages
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.settings import Settings
from tests.acceptance.test_http import SHIPPED, running

LIMIT = 20_000


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    database = tmp_path_factory.mktemp("log") / "log.db"
    with running(
        Settings(
            policies=SHIPPED,
            database=database,
            max_body_bytes=LIMIT,
            max_list_bytes=LIMIT,
            insecure_no_auth=True,
        )
    ) as client:
        yield client


def body(**members: str) -> bytes:
    """A request with members as JSON text."""
    written = {"request_id": '"r-1"', "items": "[{}]"} | members
    return ("{" + ",".join(f'"{name}":{text}' for name, text in written.items()) + "}").encode()


def item(text: str) -> bytes:
    return body(items="[{}, {" + text + "}]")


CASES: list[tuple[bytes, str, str, str]] = [
    # what is sent, the pointer, the detail, what must not be repeated
    (b'{"request_id": "r-1"}', "/items", "the member `items` is required", ""),
    (b'{"items": [{}]}', "/request_id", "the member `request_id` is required", ""),
    (b'"zzz"', "", "must be an object in braces", "zzz"),
    (b"[]", "", "must be an object in braces", ""),
    (b"null", "", "must be an object in braces", ""),
    (body(request_id='""'), "/request_id", "must not be empty", ""),
    (body(request_id=f'"{"z" * 201}"'), "/request_id", "must have at most 200 characters", "zzz"),
    (body(request_id="77123"), "/request_id", "must be a text in double quotes", "77123"),
    (body(items="[]"), "/items", "must not be empty", ""),
    (body(items='"zzz"'), "/items", "must be a list in square brackets", "zzz"),
    (body(items='["zzz"]'), "/items/0", "must be an object in braces", "zzz"),
    (body(items='[{"line": 7}, {"line": "7"}]'), "/items", "two items carry the same line number", ""),
    (body(as_of='"1965-02-30"'), "/as_of", "must be a day of the calendar, which it is not", "1965"),
    (body(as_of='"1965-3-2"'), "/as_of", "must be a date, YYYY-MM-DD", "1965"),
    (body(as_of='"1965-03-02T00:00:00Z"'), "/as_of", "must be a date, YYYY-MM-DD", "1965"),
    (body(as_of="19650302"), "/as_of", "must be a date, YYYY-MM-DD", "1965"),
    (body(visit='{"starts_on": "02.03.1965"}'), "/visit/starts_on", "must be a date, YYYY-MM-DD", "1965"),
    (body(visit="[]"), "/visit", "must be an object in braces", ""),
    (body(visit='"zzz"'), "/visit", "must be an object in braces", "zzz"),
    (body(trigger='"zzz"'), "/trigger", "must be one of `ad_hoc_request`, `host_offer`", "zzz"),
    (body(trigger="true"), "/trigger", "must be one of `ad_hoc_request`", "true"),
    (body(trigger='["zzz"]'), "/trigger", "must be one of `ad_hoc_request`", "zzz"),
    (body(mission='{"countries": ["qq"]}'), "/mission/countries/0", "two capital letters", "qq"),
    (body(mission='{"countries": ["QQ"]}'), "/mission/countries/0", "ISO 3166-1 alpha-2 code", "QQ"),
    (body(mission='{"countries": ["VD"]}'), "/mission/countries/0", "VD was withdrawn; write VN", ""),
    (body(mission='{"countries": ["UK"]}'), "/mission/countries/0", "write GB", ""),
    (body(mission='{"countries": ["NT"]}'), "/mission/countries/0", "state which of IQ, SA is meant", ""),
    (body(mission='{"countries": ["QQQ"]}'), "/mission/countries/0", "must have at most 2 characters", "QQQ"),
    (body(mission='{"countries": "QQ"}'), "/mission/countries", "must be a list in square brackets", "QQ"),
    (body(mission='{"countries": []}'), "/mission/countries", "must not be empty", ""),
    (
        body(urgency='{"time_sensitive": "true"}'),
        "/urgency/time_sensitive",
        "must be true or false, without",
        '"true"',
    ),
    (
        body(urgency='{"time_sensitive": 1}'),
        "/urgency/time_sensitive",
        "must be true or false, without quotes",
        "",
    ),
    (body(handover='{"by": null, "to": 5123}'), "/handover/to", "must be one of `mission`", "5123"),
    (item('"line": -1'), "/items/1/line", "must be at least 0", ""),
    (item('"line": ""'), "/items/1/line", "must not be empty", ""),
    (item('"line": 1.5'), "/items/1/line", "must be a whole number, without quotes", "1.5"),
    (item('"line": true'), "/items/1/line", "or must be a text in double quotes", "true"),
    (item('"line": {"zzz": 1}'), "/items/1/line", "must be a whole number", "zzz"),
    (item('"quantity": "51234"'), "/items/1/quantity", "must be a number, without quotes", "51234"),
    (item('"quantity": true'), "/items/1/quantity", "must be a number, without quotes", "true"),
    (item('"quantity": -51234'), "/items/1/quantity", "must be at least 0", "51234"),
    (item('"quantity": 77777e28'), "/items/1/quantity", "must have at most 28 digits", "77777"),
    (item('"quantity": NaN'), "/items/1/quantity", "NaN and infinities are not JSON numbers", ""),
    (item('"quantity": -Infinity'), "/items/1/quantity", "NaN and infinities are not JSON numbers", "-Inf"),
    (item('"quantity": 777e777777'), "/items/1/quantity", "the number needs more than 40 digits", "777"),
    (item(f'"quantity": {"7" * 5000}'), "/items/1/quantity", "the number needs more than 40 digits", "777"),
    (item('"published": "zzz"'), "/items/1/published", "must be true or false, without quotes", "zzz"),
    (item('"description": ""'), "/items/1/description", "must not be empty", ""),
    (
        item(f'"description": "{"z" * 2001}"'),
        "/items/1/description",
        "must have at most 2000 characters",
        "zzz",
    ),
    (item('"description": "zzz\\udfff"'), "/items/1/description", "half of a surrogate pair", "zzz"),
    (item('"\\ud812zzz": 1'), "/items/1", "a member name holds half of a surrogate pair", "zzz"),
    (item('"kind": "data", "kind": "zzz"'), "/items/1/kind", "the member occurs more than once", "zzz"),
    (
        item('"channel": {"inclusion_session": 0}'),
        "/items/1/channel/inclusion_session",
        "must be at least 1",
        "",
    ),
    (
        item('"channel": {"inclusion_session": 77123}'),
        "/items/1/channel/inclusion_session",
        "at most 9999",
        "77123",
    ),
    (item('"channel": {"zzz": {"yyy": 1}}'), "/items/1/channel/zzz", "unknown member", "yyy"),
    (item(f'"{"z" * 300}": 1'), "/items/1", "unknown member", "zzz"),
    (item(f'"unit": {"[" * 31}1{"]" * 31}'), "/items/1/unit" + "/0" * 29, "nested deeper than 32 levels", ""),
    (b'{"request_id": "r-1", "items": [{}], "request_id": "r-2"}', "/request_id", "more than once", "r-2"),
    (b'{"request_id": "r-1", "items": [{}]} zzz', "", "something follows the end of the value", "zzz"),
    (
        b'{"request_id": "r-1", "items": [{}',
        "",
        "a comma or the closing bracket is expected at line 1",
        "r-1",
    ),
    (b'{"request_id": zzz}', "", "a value is expected at line 1, column 16", "zzz"),
    (b'{"request_id": "zzz\xff"}', "", "the body is not UTF-8 at byte 20", "zzz"),
    (b"\xef\xbb\xbf{}", "", "byte order mark", ""),
    (b"", "", "the body is empty", ""),
    (b"[" * 9_000, "", "nested deeper than 32 levels", ""),
]


@pytest.mark.parametrize(("sent", "pointer", "detail", "secret"), CASES)
def test_a_malformed_request_is_named_at_its_place_and_not_repeated(
    client: httpx.Client, sent: bytes, pointer: str, detail: str, secret: str
) -> None:
    answer = client.post("/v1/pre-check", content=sent)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    details = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert detail in details[pointer]
    assert not secret or secret not in answer.text
    assert answer.json()["status"] == 400
    if pointer and "/request_id" not in details:
        assert answer.json()["request_id"] == "r-1"


@pytest.mark.parametrize(
    ("sent", "pointer", "suggestion"),
    [
        (body(urgancy="{}"), "/urgancy", "urgency"),
        (body(urgency='{"time-sensitiv": true}'), "/urgency/time-sensitiv", "time_sensitive"),
        (item('"chanel": {}'), "/items/1/chanel", "channel"),
        (
            item('"channel": {"comittee_agrees": true}'),
            "/items/1/channel/comittee_agrees",
            "committee_agrees",
        ),
        (item('"kind": "documnt"'), "/items/1/kind", "document"),
        (item('"kind": "Equipment Part"'), "/items/1/kind", "equipment_part"),
        (body(handover='{"to": "third-country"}'), "/handover/to", "third_country"),
    ],
)
def test_the_nearest_word_of_the_contract_is_suggested(
    client: httpx.Client, sent: bytes, pointer: str, suggestion: str
) -> None:
    (error,) = client.post("/v1/pre-check", content=sent).json()["errors"]
    assert (error["pointer"], error["suggestion"]) == (pointer, suggestion)
    assert error["detail"].endswith(f"; did you mean `{suggestion}`?")


@pytest.mark.parametrize("word", ["zzzzzz", "documnt" * 20, ""])
def test_nothing_is_suggested_for_a_word_that_is_near_to_none(client: httpx.Client, word: str) -> None:
    (error,) = client.post("/v1/pre-check", content=item(f'"kind": {json.dumps(word)}')).json()["errors"]
    assert "suggestion" not in error


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/jsonp"},
        {"Content-Type": ""},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_another_media_type_is_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    answer = client.post("/v1/pre-check", content=body(), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/media-type")


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
def test_json_may_say_that_it_is_utf_8(client: httpx.Client, media_type: str) -> None:
    assert (
        client.post("/v1/pre-check", content=body(), headers={"Content-Type": media_type}).status_code == 200
    )


@pytest.mark.parametrize("path", ["/v1/pre-check", "/v1/pre-checks"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_may_be_as_long_as_the_limit_and_no_longer(
    client: httpx.Client, path: str, chunked: bool
) -> None:
    def send(size: int) -> Any:
        whole = (body() if path == "/v1/pre-check" else b"[" + body() + b"]").ljust(size)
        return client.post(path, content=iter([whole[:100], whole[100:]]) if chunked else whole)

    assert send(LIMIT).status_code == 200
    assert (send(LIMIT + 1).status_code, send(LIMIT + 1).json()["type"]) == (413, "/problems/too-large")


def test_the_entries_of_a_list_are_answered_one_by_one(client: httpx.Client) -> None:
    sent = [sent for sent, pointer, _, _ in CASES if pointer]
    answers = client.post("/v1/pre-checks", content=b"[" + b",".join(sent[:10]) + b"," + body() + b"]").json()
    assert [answer["status"] if "status" in answer else answer["request_id"] for answer in answers] == [
        400
    ] * 10 + ["r-1"]


@pytest.mark.parametrize("sent", [body(), b"[" + body(), b"[" + body() + b"] ]", b"", b"\xff", b"[NaNN]"])
def test_a_body_that_is_no_list_is_refused_whole(client: httpx.Client, sent: bytes) -> None:
    answer = client.post("/v1/pre-checks", content=sent)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-json")
