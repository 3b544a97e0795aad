"""`channelgate log erase`: the erasable texts of a decision, a case or a handover."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.completion import complete_erasable_fact
from api.cli.exit_codes import fail
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption
from api.ledger.database import Database, StoreUnavailable
from api.ledger.database_url import name_of
from api.ledger.entries import Entry
from api.ledger.erasure import Erasable, ErasableText, Erasure, find_erasable
from api.ledger.log import Ledger
from api.policies.erasable_facts import erasable_facts
from api.services.recorded_words import words_at
from api.settings import Settings
from api.signing.faults import SigningFault
from api.storage.cases import redact_facts
from api.storage.handovers import find_clearances_about
from api.storage.redaction import redact_events, redact_handover
from api.storage.stored_responses import clear_call_hashes
from engine import suggestion

if TYPE_CHECKING:
    from sqlalchemy import Connection

COPIED = frozenset({"handover.evidence", "handover.reason", "transfer.reference", "withdrawal.reason"})
COPIES = "event.reference"
"""The reference of an event that a handover caused repeats the texts of `COPIED`, under the handover's own key."""


def erase(
    key: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="The id of a decision, a case or a handover; of an event, event-NUMBER."
        ),
    ],
    ground: Annotated[
        str, typer.Option(help="By what right or on whose wish; it stays in the log, so it names nobody.")
    ],
    by: Annotated[
        str,
        typer.Option(
            help="Who erases; it stays in the log.",
            default_factory=getpass.getuser,
            show_default="the user of this machine",
        ),
    ],
    fact: Annotated[
        list[str] | None,
        typer.Option(
            "--fact",
            autocompletion=complete_erasable_fact,
            help="Only the texts of this fact; may be repeated. All if left out.",
        ),
    ] = None,
    database: DatabaseOption = DEFAULT_DATABASE,
) -> None:
    """Erase the texts of a decision, a case, a handover or an event that were kept apart from the log, and no more.

    The log keeps who erased what and on what ground, and every proof from before. It may be in use meanwhile.
    """
    if not ground.strip() or not by.strip():
        raise typer.BadParameter("say on what --ground the texts are erased, and --by whom")
    facts = _with_copies(fact) if fact else None
    with reading_log(database) as connection:
        found = find_erasable(connection, key, facts)
        clearances = find_clearances_about(connection, key)
        known = () if found.first is None else erasable_facts(words_at(connection, found.first))
    _check(found, key, fact or (), known, clearances)
    if found.stored:
        erased = _erase(database, Erasure(key, facts, by, ground))
        names = ", ".join(sorted({text.fact for text in erased}))
        _print_line(f"erased: {_texts(len(erased))} of {key} ({names})")
    else:
        _print_line(
            f"nothing was left to erase of {key}: {_texts(len(found.detached))} of it had been erased before"
        )
    for clearance_id in clearances:
        _print_line(
            f"not erased: the clearance {clearance_id}; it is signed as a whole, with the descriptions of its items"
        )
    _tidy(database)


def _with_copies(facts: Sequence[str]) -> frozenset[str]:
    """The named facts, and the one that repeats them."""
    return frozenset([*facts, *([COPIES] if COPIED & set(facts) else [])])


def _check(
    found: Erasable, key: str, facts: Sequence[str], known: Collection[str], clearances: Sequence[str]
) -> None:
    """End the command unless the log has erasable texts under the key."""
    if key in clearances:
        fail(
            f"{key} is a clearance; it is signed as a whole, so none of it can be erased",
            "erase its decision and its handover, each by its own id",
        )
    if not found.entries:
        fail(
            f"no decision, no case, no handover and no event in the log has the id {key}",
            "copy the id from an answer",
        )
    if not found.detached:
        what = f"no text of {' or '.join(facts)}" if facts else "no text"
        near = [close for name in facts if name not in known and (close := suggestion(name, known))]
        fail(
            f"{what} of {key} was kept apart from the log, so none of it can be erased",
            "; ".join(near) or "what a service with --keep-apart records from now on can be erased later",
        )


def _erase(database: str, erasure: Erasure) -> tuple[ErasableText, ...]:
    settings = Settings(database=database)
    if not settings.key_file.is_file():
        fail(
            f"the signing key {settings.key_file} is not there, and the log has to record what is erased",
            "run the command where the service runs, or name the key with CHANNELGATE_SIGNING_KEY",
        )

    def unit(connection: Connection, _: int) -> tuple[Sequence[Entry], tuple[ErasableText, ...]]:
        entries, texts = erasure.run(connection, _now(), clear_call_hashes)
        redact_facts(connection, texts)
        redact_handover(connection, erasure.key, texts)
        redact_events(connection, texts)
        return entries, texts

    ledger = Ledger(Database(database), settings.key_file, settings.log_origin, _now)
    try:
        ledger.open()
        return asyncio.run(ledger.work(unit))
    except StoreUnavailable as error:
        fail(
            f"nothing was erased, the log {name_of(database)} cannot be written ({error})",
            "try again in a minute",
        )
    except SigningFault as fault:
        fail(f"the signing key {settings.key_file}: {fault.fact}", fault.remedy)
    finally:
        ledger.close()


_REWRITTEN = ("personal_data", "case_facts", "answered_calls", "handovers", "transfers", "register_events")
"""The tables in which erasing changes rows."""


def _tidy(database: str) -> None:
    """Empty the write-ahead log of SQLite, or say what is left to do."""
    if "://" in database and not database.startswith("sqlite"):
        _print_line(f"left to do: VACUUM FULL {', '.join(_REWRITTEN)}")
        _print_line("until then PostgreSQL may keep the texts in its files")
        _print_line("its backups and archived logs keep them until they are replaced")
        return
    opened = Database(database)
    try:
        emptied = opened.truncate_wal()
    except StoreUnavailable:
        emptied = False
    finally:
        opened.dispose()
    if not emptied:
        _print_line(
            "left to do: run the command again in a minute; the -wal file is in use and may keep the texts"
        )
    _print_line("backups of the log keep the texts until they are replaced")


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"


def _now() -> datetime:
    return datetime.now(UTC)


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
