"""The responses stored under an Idempotency-Key, for repetitions of the call."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from api.domain.identity import Caller
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.storage.tables import answered_calls


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """A call that records something: who makes it, where, with which body, under which Idempotency-Key."""

    caller: Caller
    address: str
    body: bytes
    key: str

    @property
    def by(self) -> str:
        """The owner of the key."""
        return json.dumps([self.caller.role, self.caller.department, self.caller.name])

    @property
    def hash(self) -> str:
        """The digest of address and body: the same for a repetition of the call, and for no other call."""
        return hashlib.sha256(self.address.encode() + b"\n" + self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The response to a call that recorded something: JSON, and the version of the record if it has versions."""

    answer: str
    version: int | None = None


def find_stored_response(connection: Connection, call: IdempotentCall) -> StoredResponse | None:
    """Return the response the same call got before. Raises `ProblemError` if its key was used for another call."""
    query = select(answered_calls).where(answered_calls.c.caller == call.by, answered_calls.c.key == call.key)
    row = connection.execute(query).first()
    if row is None:
        return None
    if row.call != call.hash:
        raise ProblemError(make_problem(ProblemKind.KEY_REUSED, "Nothing was recorded. Send a new key."))
    return StoredResponse(row.answer, row.version)


def store_response(connection: Connection, call: IdempotentCall, response: StoredResponse) -> StoredResponse:
    """Store the response to the call, for its repetitions; returns it."""
    row = {
        "caller": call.by,
        "key": call.key,
        "call": call.hash,
        "version": response.version,
        "answer": response.answer,
    }
    connection.execute(insert(answered_calls), row)
    return response


def clear_call_hashes(connection: Connection, key: str) -> None:
    """Clear the hashes of the calls answered with `key`: they have no salt, so texts could be guessed from them.

    Such a call repeated under its Idempotency-Key is refused as another call; it is not done again.
    """
    answered = answered_calls.c.answer.contains(f'"{key}"', autoescape=True)
    connection.execute(update(answered_calls).where(answered).values(call=""))
