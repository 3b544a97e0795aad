"""What was answered under an Idempotency-Key, stored for repetitions of the call."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from api.domain.identity import Caller
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.storage.tables import answered_calls


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
