"""Erased texts taken out of the tables: of a handover and its transfer, of events, of stored answers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from api.ledger.commitments import blank_texts, ways_of
from api.ledger.entries import EVENT, HANDOVER, TRANSFER
from api.ledger.erasure import ApartText
from api.storage.tables import answered_calls, handovers, register_events, transfers


def blank_handover(connection: Connection, handover_id: str, texts: Iterable[ApartText]) -> None:
    """Put null in the place of texts erased under the key of a handover; of another key, nothing is done."""
    names = {text.fact for text in texts}
    ways = ways_of(HANDOVER, names).keys() | ways_of(TRANSFER, names).keys()
    this = handovers.c.handover_id == handover_id
    content = connection.execute(select(handovers.c.content).where(this)).scalar()
    if content is None or not ways:
        return
    connection.execute(update(handovers).where(this).values(content=blank_texts(content, ways)))
    if f"{TRANSFER}.reference" in names:
        of_this = transfers.c.handover_id == handover_id
        connection.execute(update(transfers).where(of_this).values(reference=""))
    answers = answered_calls.c.answer.contains(f'"{handover_id}"', autoescape=True)
    for row in connection.execute(select(answered_calls).where(answers)).all():
        which = (answered_calls.c.caller == row.caller, answered_calls.c.key == row.key)
        blank = blank_texts(row.answer, ways)
        connection.execute(update(answered_calls).where(*which).values(answer=blank))


def blank_events(connection: Connection, texts: Iterable[ApartText]) -> None:
    """Put null in the place of erased texts in the events that were recorded with them."""
    for text in texts:
        if not (ways := ways_of(EVENT, {text.fact}).keys()):
            continue
        this = register_events.c.sequence == text.sequence
        content = connection.execute(select(register_events.c.content).where(this)).scalar_one()
        blank = {"content": blank_texts(content, ways)}
        if text.fact == f"{EVENT}.reference":
            blank["reference"] = ""
        connection.execute(update(register_events).where(this).values(blank))
