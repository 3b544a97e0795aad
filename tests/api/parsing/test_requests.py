"""Strict reading: what is refused, which place is reported, and that nothing of the caller is repeated.

Covers: api.parsing.strict_json, engine.contract.request
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from api.http.openapi import EXAMPLE_REQUEST
from api.parsing.problems import Problem
from api.parsing.requests import (
    MAX_ERRORS,
    Received,
    read_model,
    read_request,
    read_requests,
    read_sound_request,
)
from api.parsing.strict_json import (
    MAX_DEPTH,
    MAX_POINTER,
    DoubtError,
    NotJsonError,
    find_faults,
    json_pointer,
    read_entries,
    read_faultless,
    read_value,
)
from engine import Request
from tests.support.shipped_words import VERSION_1, make_request


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"1.10", Decimal("1.10")),
        (b"-0", 0),
        (b"1e3", Decimal("1e3")),
        (b"1" * 40, int("1" * 40)),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (' {"\u4e2d": [null, true]}\n'.encode(), {"\u4e2d": [None, True]}),
    ],
)
def test_sound_json_is_read_with_exact_numbers(body: bytes, value: object) -> None:
    assert read_value(body) == value
    assert not isinstance(read_value(body), float)
    assert find_faults(read_value(body)) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a": "\xff"}', "not UTF-8 at byte 8"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8 at byte 8"),
        ("{}".encode("utf-16"), "not UTF-8 at byte 1"),
        (b"{} {}", "follows the end of the value at line 1, column 4"),
        (b'{\n  "a" 1}', "a colon is expected at line 2, column 7"),
        (b'{"a": 1,}', "a member name in double quotes is expected"),
        (b"{'a': 1}", "a member name in double quotes is expected at line 1, column 2"),
        (b'{"a": 1 "b": 2}', "a comma or the closing bracket is expected"),
        (b'{"a": }', "a value is expected at line 1, column 7"),
        (b'{"a": "b', "a text is not closed"),
        (b'{"a": "b\nc"}', "unescaped control character"),
        (b'{"a": "\\x"}', "an escape that JSON does not know"),
        (b'{"a": "\\u12"}', "an escape that JSON does not know"),
        (b'{"a": 01}', "a comma or the closing bracket is expected"),
        (b"nan", "a value is expected"),
        (nested(100_000), "nested deeper than 32 levels"),
    ],
)
def test_a_text_that_is_no_json_is_refused_with_its_place(body: bytes, message: str) -> None:
    with pytest.raises(NotJsonError, match=message):
        read_value(body)


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        (b'{"a": 1, "b": 0, "a": 1}', "/a", "more than once"),
        (b'{"a": 1, "\\u0061": 1}', "/a", "more than once"),
        (b'[{"x/y~": {"a": 1, "a": 2}}]', "/0/x~1y~0/a", "more than once"),
        (b'{"a": NaN}', "/a", "not JSON numbers"),
        (b'{"a": [Infinity]}', "/a/0", "not JSON numbers"),
        (b"-Infinity", "", "not JSON numbers"),
        (b'{"a": 1e999999}', "/a", "digits"),
        (b'{"a": 1e-999999}', "/a", "digits"),
        (b'{"a": 1e999999999999999999999999}', "/a", "digits"),
        (b'{"a": ' + b"1" * 41 + b"}", "/a", "digits"),
        (b'{"a": ' + b"1" * 5000 + b"}", "/a", "digits"),
        (b'{"a": 0.' + b"1" * 5000 + b"}", "/a", "digits"),
        (b'{"a": "\\ud800"}', "/a", "surrogate"),
        (b'{"a": {"\\udc00": 1}}', "/a", "surrogate"),
        (b'["\\ud800"]', "/0", "surrogate"),
        (nested(MAX_DEPTH + 1), "/0" * MAX_DEPTH, "nested deeper"),
    ],
)
def test_a_faulty_value_is_named_by_its_pointer(body: bytes, pointer: str, message: str) -> None:
    (fault,) = find_faults(read_value(body))
    assert fault.pointer == pointer
    assert message in fault.detail


def test_the_deepest_lawful_nesting_is_read() -> None:
    assert find_faults(read_value(nested(MAX_DEPTH))) == []


def test_a_pointer_that_would_be_over_long_ends_at_an_ancestor() -> None:
    assert json_pointer(["items", 0, "x" * MAX_POINTER]) == "/items/0"


def test_every_entry_keeps_its_own_bytes() -> None:
    own = [b'{"a":  1}', b"[ 2 ,3]", '"\u4e2d"'.encode()]
    assert [entry for _, entry in read_entries(b" [ " + b" ,\n".join(own) + b" ] ")] == own


@pytest.mark.parametrize("body", [b"[1", b"[1,]", b"[1 2]", b"[,]", b"[1] 2", b"[", b"{}", b'"["', b""])
def test_a_text_that_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(NotJsonError):
        list(read_entries(body))


def request(**changes: Any) -> bytes:
    return json.dumps({**EXAMPLE_REQUEST, **changes}).encode()


def problem_of(body: bytes) -> Problem:
    problem = read_request(body, VERSION_1)
    assert isinstance(problem, Problem)
    return problem


def test_a_sound_request_keeps_its_bytes() -> None:
    received = read_request(b" " + request(), VERSION_1)
    assert isinstance(received, Received)
    assert received.body == b" " + request()


def test_every_fault_is_reported_at_once() -> None:
    body = request(trigger="x", as_of=5).replace(
        b'"time_sensitive": false', b'"time_sensitive": NaN, "ground": "\\ud800"'
    )
    assert [error.pointer for error in problem_of(body).errors or ()] == [
        "/urgency/time_sensitive",
        "/urgency/ground",
        "/as_of",
        "/trigger",
    ]


def test_the_list_of_faults_is_bounded_and_says_so() -> None:
    problem = problem_of(request(**{f"x{number}": 1 for number in range(MAX_ERRORS + 1)}))
    assert len(problem.errors or ()) == MAX_ERRORS
    assert problem.detail == "51 faults were found; the first 50 are listed."


@pytest.mark.parametrize(
    ("own", "echoed"),
    [
        ('"desk-7"', "desk-7"),
        ('"\u8bf7\u6c42"', "\u8bf7\u6c42"),
        (f'"{"x" * 200}"', "x" * 200),
        (f'"{"x" * 201}"', None),
        ('""', None),
        ("7", None),
        ('"\\ud800"', None),
        ('"a", "request_id": "b"', None),
    ],
)
def test_the_request_id_is_echoed_only_when_it_can_be_read_without_doubt(
    own: str, echoed: str | None
) -> None:
    assert problem_of(f'{{"request_id": {own}}}'.encode()).request_id == echoed


def test_a_faulty_entry_does_not_spoil_the_others() -> None:
    entries = read_requests(
        b"[" + request() + b',{"request_id":"b","a":NaN},5,' + request() + b"]", 4, VERSION_1
    )
    assert not isinstance(entries, Problem)
    assert [type(entry) for entry in entries] == [Received, Problem, Problem, Received]
    assert isinstance(entries[1], Problem)
    assert entries[1].request_id == "b"


def test_a_list_may_be_as_long_as_the_limit_and_no_longer() -> None:
    assert not isinstance(read_requests(b"[1,1]", 2, VERSION_1), Problem)
    problem = read_requests(b"[1,1,1]", 2, VERSION_1)
    assert isinstance(problem, Problem)
    assert problem.status == 413


# Reading quickly


def json_texts() -> st.SearchStrategy[str]:
    """JSON of any sort, sound or with all that may be wrong with it, at times cut or with something put in."""
    whole = ["0", "-0", "01", "+1", "-", "1" * 40, "1" * 41, "1" * 5000]
    other = [
        "1.10",
        "1e3",
        "1E-40",
        "1e39",
        "1e40",
        "0." + "3" * 60,
        "1.",
        ".5",
        "NaN",
        "Infinity",
        "-Infinity",
    ]
    numbers = st.sampled_from([*whole, *other])
    texts = st.sampled_from(
        ['"a"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\uDC00"', '"\u4e2d"', '"\\n"', '"\\x"', '"\n"']
    )
    texts |= st.text(max_size=4).map(json.dumps)
    names = st.sampled_from(['"a"', '"a"', '"b"', '"\\u0061"', '"\\ud800"', "a"])
    values = st.recursive(
        numbers | texts | st.sampled_from(["true", "null", "tru", ""]),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
            st.lists(st.tuples(names, inner), max_size=3).map(
                lambda pairs: "{" + ",".join(f"{name}: {value}" for name, value in pairs) + "}"
            ),
            st.tuples(st.integers(1, 40), inner).map(lambda deep: "[" * deep[0] + deep[1] + "]" * deep[0]),
        ),
        max_leaves=6,
    )
    return st.one_of(values, values.map(lambda text: f" {text}\n"), values.map(lambda text: text[:-1]))


def bodies() -> st.SearchStrategy[bytes]:
    encoded = json_texts().map(lambda text: text.encode("utf-8", "surrogatepass"))
    return st.one_of(
        encoded, encoded, encoded.map(lambda body: b"\xef\xbb\xbf" + body), st.binary(max_size=8)
    )


@settings(max_examples=2000)
@given(bodies())
@example(b'{"a": {"b": 1, "b": 1}}')
@example(b'"\\ud800"')
@example(nested(MAX_DEPTH + 1))
@example(nested(100_000))
@example(b"1" * 5000)
@example(b"\xef\xbb\xbf{}")
def test_what_is_quickly_read_is_what_is_slowly_read_and_has_no_fault(body: bytes) -> None:
    try:
        quickly = read_faultless(body)
    except DoubtError:
        event("read slowly")
        return
    event("read quickly")
    slowly = read_value(body)
    assert find_faults(slowly) == []
    assert spelled(quickly) == spelled(slowly)


def mostly(sound: list[str], odd: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from([*sound * -(-8 * len(odd) // len(sound)), *odd])


def request_texts() -> st.SearchStrategy[bytes]:
    """Requests as JSON, sound or nearly: members given twice, numbers and days in every spelling, colons in texts."""
    numbers = mostly(
        ["7", "12", "null"],
        [
            "-0",
            "0.10",
            "1e2",
            "1E+2",
            "100.0",
            "1e400",
            "NaN",
            "-1",
            "true",
            '"7"',
            "1" * 28,
            "1" * 40,
            "1" * 41,
        ],
    )
    days = mostly(
        ['"1965-03-01"', "null"],
        ['"1965-3-1"', '"1965-03-01T00:00:00"', "-152841600", '"1965-02-30"', '"+1965-03-01"'],
    )
    texts = mostly(
        ['"a"', '"\u4e2d"', '"\\ud83d\\ude00"', '"\\n"', '"\\u003a"'],
        ['"a: b"', '"\\ud83d"', '""', "null", "7", '"\x0b"'],
    )
    truths = mostly(["true", "false", "null"], ["1", '"true"'])
    item = st.fixed_dictionaries(
        {},
        optional={
            '"line"': numbers | texts,
            '"description"': texts,
            '"quantity"': numbers,
            '"kind"': mostly(['"drawing"', '"\\u0064rawing"'], ['"drawings"']),
            '"published"': truths,
            '"channel"': st.fixed_dictionaries(
                {}, optional={'"inclusion_session"': numbers, '"project_no"': texts}
            ),
        },
    )
    request = st.fixed_dictionaries(
        {'"request_id"': texts, '"items"': st.lists(item, min_size=1, max_size=3)},
        optional={
            '"as_of"': days,
            '"mission"': st.fixed_dictionaries(
                {},
                optional={
                    '"countries"': mostly(['["KP"]', '["KP", "VN"]'], ['["XX"]', "[]"]),
                    '"name"': texts,
                },
            ),
            '"urgency"': st.fixed_dictionaries({}, optional={'"time_sensitive"': truths, '"deadline"': days}),
        },
    )
    once = request.map(written)
    name = st.sampled_from(['"request_id"', '"\\u0069tems"', '"as_of"'])
    twice = st.tuples(once, name, texts | days).map(lambda parts: f"{parts[0][:-1]},{parts[1]}:{parts[2]}}}")
    return st.one_of(
        once, once, twice, once.map(lambda text: f" {text} \n"), once.map(lambda text: text[:-1])
    ).map(lambda text: text.encode("utf-8", "surrogatepass"))


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{name}: {written(member)}" for name, member in value.items()) + "}"
    return f"[{','.join(map(written, value))}]" if isinstance(value, list) else str(value)


@settings(max_examples=2000)
@given(request_texts())
@example(b'{"request_id":"a","items":[{"line":1,"line":1}]}')
@example(b'{"request_id":"a:","request_id":"a","items":[{}]}')
@example(b'{"request_id":"a","items":[{"quantity":NaN}]}')
@example(b'{"request_id":"\xff","items":[{}]}')
@example(b'\xef\xbb\xbf{"request_id":"a","items":[{}]}')
def test_a_request_that_is_quickly_read_is_the_one_that_is_strictly_read(body: bytes) -> None:
    try:
        quickly = read_sound_request(body, VERSION_1)
    except DoubtError:
        event("read strictly")
        return
    event("read quickly")
    strictly = read_model(body, VERSION_1.request)
    assert isinstance(strictly, Request)
    assert spelled(quickly) == spelled(strictly)
    assert quickly.model_dump(exclude_unset=True) == strictly.model_dump(exclude_unset=True)


def test_a_usual_request_is_quickly_read() -> None:
    assert read_sound_request(json.dumps(EXAMPLE_REQUEST).encode(), VERSION_1) == make_request(
        EXAMPLE_REQUEST
    )


def spelled(value: object) -> str:
    """The value with the types and digits of all its parts."""
    return repr(value)


@pytest.mark.parametrize("name", ["request_id", "items", "mission"])
def test_a_member_given_twice_is_refused_with_its_name(name: str) -> None:
    text = json.dumps(EXAMPLE_REQUEST)
    answer = read_request(f'{text[:-1]}, "{name}": {json.dumps(EXAMPLE_REQUEST[name])}}}'.encode(), VERSION_1)
    assert isinstance(answer, Problem)
    assert [error.pointer for error in answer.errors or ()] == [f"/{name}"]


def test_sound_requests_are_read_quickly() -> None:
    assert read_faultless(json.dumps(EXAMPLE_REQUEST, ensure_ascii=False).encode()) == EXAMPLE_REQUEST
