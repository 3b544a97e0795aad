"""Erased texts of events taken out of the tables."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from api.ledger.commitments import blank_texts, ways_of
from api.ledger.erasure import ApartText
from api.ledger.tables import register_events
from api.services.register_events import EVENT


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
