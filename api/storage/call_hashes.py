"""The hashes of stored calls, cleared when texts that such a call brought are erased."""

from __future__ import annotations

from sqlalchemy import Connection, update

from api.storage.tables import answered_calls


def clear_call_hashes(connection: Connection, key: str) -> None:
    """Clear the hashes of the calls answered with `key`: they have no salt, so texts could be guessed from them.

    Such a call repeated under its Idempotency-Key is refused as another call; it is not done again.
    """
    answered = answered_calls.c.answer.contains(f'"{key}"', autoescape=True)
    connection.execute(update(answered_calls).where(answered).values(call=""))
