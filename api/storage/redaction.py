"""Redaction of erased texts in the tables: of a handover and its transfer, of events, of stored responses."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from api.ledger.commitments import member_paths, redact_texts
from api.ledger.entries import EVENT, HANDOVER, TRANSFER, WITHDRAWAL
from api.ledger.erasure import ErasableText
from api.storage.tables import answered_calls, handovers, register_events, transfers


def redact_handover(connection: Connection, handover_id: str, texts: Iterable[ErasableText]) -> None:
    """Put null in the place of texts erased under the key of a handover; of another key, nothing is done."""
    names = {text.fact for text in texts}
    paths = {path for payload in (HANDOVER, TRANSFER, WITHDRAWAL) for path in member_paths(payload, names)}
    this = handovers.c.handover_id == handover_id
    content = connection.execute(select(handovers.c.content).where(this)).scalar()
    if content is None or not paths:
        return
    connection.execute(update(handovers).where(this).values(content=redact_texts(content, paths)))
    if f"{TRANSFER}.reference" in names:
        of_this = transfers.c.handover_id == handover_id
        connection.execute(update(transfers).where(of_this).values(reference=""))
    # The answer to a correction names the handover as well, and holds texts of another.
    its_own = f'"handover_id": "{handover_id}"'
    answers = answered_calls.c.answer.contains(its_own, autoescape=True)
    for row in connection.execute(select(answered_calls).where(answers)).all():
        which = (answered_calls.c.caller == row.caller, answered_calls.c.key == row.key)
        redacted = redact_texts(row.answer, paths)
        connection.execute(update(answered_calls).where(*which).values(answer=redacted))


def redact_events(connection: Connection, texts: Iterable[ErasableText]) -> None:
    """Put null in the place of erased texts in the events that were recorded with them."""
    for text in texts:
        if not (paths := member_paths(EVENT, {text.fact}).keys()):
            continue
        this = register_events.c.sequence == text.sequence
        content = connection.execute(select(register_events.c.content).where(this)).scalar_one()
        redacted = {"content": redact_texts(content, paths)}
        if text.fact == f"{EVENT}.reference":
            redacted["reference"] = ""
        connection.execute(update(register_events).where(this).values(redacted))
