"""The responses stored under an Idempotency-Key, for repetitions of the call."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from api.domain.identity import Caller
from api.parsing.json_values import canonical_json
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.parsing.strict_json import read_value
from api.storage.tables import answered_calls


@dataclass(frozen=True, slots=True)
class IdempotentCall:
    """A call that records something: who makes it, where, with which body, under which Idempotency-Key.

    A dry run only shows what the call would be answered; nothing is stored for it.
    """

    caller: Caller
    address: str
    body: bytes
    key: str
    dry_run: bool = False

    @property
    def by(self) -> str:
        """The owner of the key."""
        return json.dumps([self.caller.role.name, self.caller.department, self.caller.name])

    @property
    def hash(self) -> str:
        """The digest of the address and of what the body says: the same for a repetition, and for no other call."""
        return f"value:{self._digest(canonical_json(read_value(self.body)).encode())}"

    @property
    def hash_of_bytes(self) -> str:
        """The digest of the address and the bytes of the body, by which calls were stored before."""
        return self._digest(self.body)

    def _digest(self, content: bytes) -> str:
        return hashlib.sha256(self.address.encode() + b"\n" + content).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """The response to a call that recorded something: JSON, and the version of the record if it has versions."""

    answer: str
    version: int | None = None

    @property
    def address(self) -> str:
        """Where what was recorded can be read."""
        members = json.loads(self.answer)
        found = (address.format(**members) for name, address in _ADDRESSES.items() if name in members)
        return next(found, "what it recorded")


_ADDRESSES = {
    "event_id": "/v1/registers/events (event {sequence})",
    "handover_id": "/v1/handovers/{handover_id}",
    "clearance_id": "/v1/clearances/{clearance_id}",
    "case_id": "/v1/cases/{case_id}",
    "decision_id": "/v1/decisions/{decision_id}",
}
"""By the member that an answer has of its own, where to read; a handover names its clearance and its case too."""


def find_stored_response(connection: Connection, call: IdempotentCall) -> StoredResponse | None:
    """Return the response the same call got before. Raises `ProblemError` if its key was used for another call."""
    query = select(answered_calls).where(answered_calls.c.caller == call.by, answered_calls.c.key == call.key)
    row = connection.execute(query).first()
    if row is None:
        return None
    stored = StoredResponse(row.answer, row.version)
    if row.call not in (call.hash, call.hash_of_bytes):
        differs = (
            "says something else" if row.call else "cannot be compared with it, since its texts were erased"
        )
        detail = (
            f"See {stored.address} for what was recorded. This call {differs}; nothing of it was recorded."
            " Send a new key only for something that is not recorded there."
        )
        raise ProblemError(make_problem(ProblemKind.KEY_REUSED, detail))
    return stored


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
