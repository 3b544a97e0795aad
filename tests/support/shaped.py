"""Answers filled in by the shapes of requests, beside those worked out for the same bytes: without a database."""

import contextlib
import dataclasses
import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from api.app import create_app
from api.domain.decision_moment import DecisionMoment
from api.domain.identity import Caller
from api.domain.known_facts import NO_RECORDS
from api.http.authentication.key_file import add_api_key, new_api_key
from api.ledger.group_commit import Leaf
from api.ledger.preconditions import NOTHING
from api.parsing.answers import as_plain
from api.parsing.problems import Problem
from api.parsing.requests import read_request
from api.runtime.current_call import STEP, Call, TraceParent
from api.services import decision_work
from api.services.context import Context
from api.services.decision_work import DecisionAnswer
from api.services.pre_checks import answer_prepared
from api.services.prepared_requests import prepare_request
from api.services.shape_cache import Lesson, ShapeCache
from api.services.shape_templates import FilledAnswer, filled_decision
from api.settings import Settings
from tests.support.shipped_roles import DEPARTMENT, ROLES

ROOT = Path(__file__).parents[2]
NOON = dt.datetime(1965, 3, 1, 4, tzinfo=dt.UTC)
TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLERS = {
    "department": (DEPARTMENT, "metallurgy"),
    **{name: (role, None) for name, role in ROLES.items() if role is not DEPARTMENT},
}
EXAMPLES = [json.loads(path.read_bytes()) for path in sorted((ROOT / "examples").glob("*.json"))]


class Found(NamedTuple):
    """What became of a body: the answer that was filled in, if one was, and the one that was worked out."""

    filled: FilledAnswer | None
    strict: DecisionAnswer | Problem | None


class Shapes:
    """The templates of an application whose clock the test sets."""

    def __init__(self, folder: Path, limit: int = 4096, **settings: Any) -> None:
        self.keys = {}
        for name, (role, department) in CALLERS.items():
            self.keys[name], stored = new_api_key(name, role, department)
            add_api_key(folder / "keys.json", stored)
        self.app = create_app(
            Settings(
                policies=settings.pop("policies", ROOT / "policies"),
                database=str(folder / "log.db"),
                api_keys=folder / "keys.json",
                console=False,
                accept_unproved=True,
                **settings,
            )
        )
        self.at = NOON
        usual: Context = self.app.state.context
        self.context = dataclasses.replace(usual, clock=lambda: self.at)
        self.context.index.read_sequence = NOTHING  # as after a look at a log without records
        self.cache = ShapeCache(self.context, limit)

    def authorization(self, caller: str) -> bytes:
        return f"Bearer {self.keys[caller]}".encode()

    def caller(self, name: str) -> Caller:
        return self.context.authenticator.caller_of(self.authorization(name).decode())

    def look_up(
        self, body: bytes, caller: str = "department", trace: str | None = None
    ) -> FilledAnswer | Lesson | None:
        """What a call is answered by its shape."""
        shapes = self.cache.begin_round()
        return None if shapes is None else shapes.answer(self.authorization(caller), body, trace)

    def work_out(
        self,
        body: bytes,
        caller: str = "department",
        trace: str | None = None,
        filled: FilledAnswer | None = None,
    ) -> DecisionAnswer | Problem:
        """The answer that is worked out, with the id of the one that was filled in, if there is one."""
        active = self.context.policies.current
        received = read_request(body, active.policies.vocabulary)
        if isinstance(received, Problem):
            return received
        moment = DecisionMoment(self.at, self.context.policies.serving_status(active, self.at))
        name = filled.entry.key if filled else None
        with _decided_as(name), _in_trace(trace):
            prepared = prepare_request(active, *received, self.caller(caller))
            (answer,) = answer_prepared([prepared], NO_RECORDS, active, moment, self.caller(caller))
        return answer

    def send(self, body: bytes, caller: str = "department", trace: str | None = None) -> Found:
        """Have a call answered as the service does, and learn from it; what is filled in is worked out as well."""
        found = self.look_up(body, caller, trace)
        if isinstance(found, FilledAnswer):
            return Found(found, self.work_out(body, caller, trace, found))
        strict = None
        if isinstance(found, Lesson):
            strict = self.work_out(body, caller, trace)
            if isinstance(strict, DecisionAnswer):
                self.cache.learn(found, strict)
        return Found(None, strict)

    def teach(self, body: bytes, caller: str = "department") -> None:
        """Have a shape learned."""
        self.send(body, caller)
        self.send(body, caller)


def assert_same(found: Found) -> None:
    """What was filled in is what was worked out: the answer, the entry, its bytes and their hash."""
    assert found.filled
    assert isinstance(found.strict, DecisionAnswer), found.strict
    filled, strict = found.filled, found.strict
    assert filled.content == strict.content
    assert filled.entry.is_same(filled_decision(strict.entry))
    again = filled.entry.to_entry()
    assert again == strict.entry
    assert [*again.members.items()] == [*strict.entry.members.items()]
    assert Leaf.of(again) == Leaf.of(strict.entry)


@contextlib.contextmanager
def _decided_as(name: str | None) -> Iterator[None]:
    usual = vars(decision_work)["new_decision_id"]
    if name is not None:
        vars(decision_work)["new_decision_id"] = lambda _: name
    try:
        yield
    finally:
        vars(decision_work)["new_decision_id"] = usual


@contextlib.contextmanager
def _in_trace(trace: str | None) -> Iterator[None]:
    STEP.call = Call("", TraceParent(trace, "b7ad6b7169203331", 1), 0.0) if trace else None
    try:
        yield
    finally:
        STEP.call = None


def body_of(request: Any) -> bytes:
    return json.dumps(request, ensure_ascii=False, default=as_plain).encode()


VALUES = [
    *(b'"%b"' % text for text in (b"", b"x", b"x" * 200, b"x" * 201, b"x" * 2000, b"x" * 2001)),
    *(
        f'"{text}"'.encode()
        for text in ("ä" * 100, "ä" * 101, "電" * 66, "電" * 200, "e\u0301", "a\u200bb", "\u00e9", "a\u2028b")
    ),
    *(
        b'"%b"' % text
        for text in (b"a\\nb", b'a\\"b', b"a\\u0041", b"a\tb", b"a\x00b", b"a\x7fb", b"\xff", b"a:b", b" ")
    ),
    *(
        b'"%b"' % text
        for text in (
            b"1965-03-02",
            b"1965-02-29",
            b"1964-02-29",
            b"1965-3-2",
            b"0000-01-01",
            b"19650302",
            b"1965-W01-1",
        )
    ),
    *(b"0", b"7", b"01", b"-1", b"1.5", b"1e3", b"9" * 15, b"9" * 16, b"9" * 28, b"9" * 41, b'"5"', b'"abc"'),
    *(b"null", b"true", b"{}", b"[]", b'["x"]', b'"desk-7/0042"', b'"%b"' % b"metallurgy"),
]
"""Values that a member may have or not, among them each bound and what lies behind it."""
TOKENS = [
    *b'"\\{}[],: \n\x00\x7f\xff\xc3',
    b"null",
    b'"request_id": "x", ',
    b'"x": 1, ',
    "\u0301".encode(),
    b"0",
    b"-",
    b".5",
    b"e9",
]
"""What is put in anywhere."""


def mutate(body: bytes, chance: random.Random) -> bytes:
    """The body with one change, or a few."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        body = chance.choice(
            (
                _with_value,
                _with_value,
                _with_text,
                _with_text,
                _with_byte,
                _with_token,
                _without,
                _twice,
                _swapped,
            )
        )(body, chance)
    return body


def _with_value(body: bytes, chance: random.Random) -> bytes:
    """Another value for some member."""
    colons = [place for place, byte in enumerate(body) if byte == ord(":")]
    if not colons:
        return body
    start = chance.choice(colons) + 1
    start += body[start : start + 1] == b" "
    ends = [end for end in (body.find(mark, start) for mark in (b",", b"}")) if end >= 0]
    return body[:start] + chance.choice(VALUES) + body[min(ends, default=len(body)) :]


def _with_text(body: bytes, chance: random.Random) -> bytes:
    """Another text of letters and figures for some text."""
    parts = body.split(b'"')
    place = chance.randrange(len(parts)) | 1
    if place >= len(parts):
        return body
    parts[place] = "".join(chance.choices("abc 0123-.é電", k=chance.randrange(1, 30))).encode()
    return b'"'.join(parts)


def _with_byte(body: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(body) or 1)
    return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]


def _with_token(body: bytes, chance: random.Random) -> bytes:
    place, token = chance.randrange(len(body) + 1), chance.choice(TOKENS)
    return body[:place] + (token if isinstance(token, bytes) else bytes([token])) + body[place:]


def _without(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body) or 1)
    return body[:start] + body[start + chance.randrange(1, 12) :]


def _twice(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body) or 1)
    end = start + chance.randrange(1, 60)
    return body[:end] + body[start:end] + body[end:]


def _swapped(body: bytes, chance: random.Random) -> bytes:
    first, second = sorted(chance.sample(range(len(body) + 1), 2)) if body else (0, 0)
    return (
        body[second:] + body[first:second] + body[:first]
        if chance.random() < 0.1
        else (body[:first] + body[first:second][::-1] + body[second:])
    )
