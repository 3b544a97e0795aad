"""Calls that record something: one that is repeated under its Idempotency-Key is answered again, not done again."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy import Connection, insert, select

from api.domain.identity import Caller
from api.http.authentication.authenticate import context_of
from api.http.request_body import read_body
from api.ledger.tables import answered_calls
from api.parsing.problems import ProblemError, ProblemKind, make_problem

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that records something: who makes it, where, with which body, under which Idempotency-Key."""

    caller: Caller
    address: str
    body: bytes
    key: str

    @property
    def by(self) -> str:
        """The one to whom the key belongs."""
        return json.dumps([self.caller.role, self.caller.department, self.caller.name])

    @property
    def hash(self) -> str:
        """The same for a repetition of the call, and for no other call."""
        return hashlib.sha256(self.address.encode() + b"\n" + self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is answered when something has been recorded: JSON, and the version of the thing if it has versions."""

    answer: str
    version: int | None = None


async def read_call(request: Request, caller: Caller) -> Call:
    """Return the call that `request` makes. Raises `ProblemError`."""
    keys = request.headers.getlist("idempotency-key")
    if len(keys) != 1 or not _KEY.fullmatch(keys[0]):
        detail = "Send one header `Idempotency-Key` of 1 to 200 visible ASCII characters."
        raise ProblemError(make_problem(ProblemKind.KEY_MISSING, detail))
    received = await read_body(request.scope, request.receive, context_of(request).settings.max_body_bytes)
    return Call(caller, request.url.path, received, keys[0])


def find_receipt(connection: Connection, call: Call) -> Receipt | None:
    """Return what the same call was answered before. Raises `ProblemError` if its key was used for another call."""
    query = select(answered_calls).where(answered_calls.c.caller == call.by, answered_calls.c.key == call.key)
    row = connection.execute(query).first()
    if row is None:
        return None
    if row.call != call.hash:
        raise ProblemError(make_problem(ProblemKind.KEY_REUSED, "Nothing was recorded. Send a new key."))
    return Receipt(row.answer, row.version)


def keep_receipt(connection: Connection, call: Call, receipt: Receipt) -> Receipt:
    """Keep what the call is answered, for its repetitions; returns it."""
    row = {
        "caller": call.by,
        "key": call.key,
        "call": call.hash,
        "version": receipt.version,
        "answer": receipt.answer,
    }
    connection.execute(insert(answered_calls), row)
    return receipt


def created(receipt: Receipt) -> Response:
    """Return the answer 201 to a call that was recorded."""
    tag = {} if receipt.version is None else {"ETag": f'"{receipt.version}"'}
    return Response(receipt.answer, 201, media_type="application/json", headers=tag)
