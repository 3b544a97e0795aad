"""`channelgate log`: check the decision log, prove an entry, keep a checkpoint elsewhere, replay it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.anchors import anchor_in
from api.cli.archive_verification import reading_archive, verify_archive
from api.cli.exit_codes import FINDINGS, fail
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, database_by_position_too
from api.cli.signing_key import read_verifying_keys
from api.ledger.beginnings import closed_into, find_beginning, first_place
from api.ledger.database import Database, StoreUnavailable, translated
from api.ledger.database_url import name_of
from api.ledger.detached_text_check import verify_texts
from api.ledger.joined_logs import compare_joined
from api.ledger.key_rotation import keys_to_verify_by
from api.ledger.proofs import EarlierEntry, ProofBlocks, prove_decision
from api.ledger.reader import (
    newest_note,
    signing_keys,
    stored_entries,
)
from api.ledger.stored_log import verify_stored_log
from api.ledger.verifier import find_cosigning_fault
from api.services.audit.audit import audit_tables
from api.settings import Settings
from api.signing.cosignatures import WitnessKey
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey

if TYPE_CHECKING:
    from sqlalchemy import Connection


KeyOption = Annotated[
    list[str] | None,
    typer.Option("--key", help="A verifying key to trust, as name+id+base64; may be repeated."),
]


@database_by_position_too
def verify(
    database: DatabaseOption = DEFAULT_DATABASE,
    anchor: Annotated[Path | None, typer.Option(help="A checkpoint that was kept elsewhere.")] = None,
    key: KeyOption = None,
    witness_key: Annotated[
        list[str] | None,
        typer.Option(
            "--witness-key", help="The key of a witness who has to have cosigned the anchor; may be repeated."
        ),
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(help="Verify an archive made by `log archive`, instead of a database.")
    ] = None,
    earlier: Annotated[
        str | None,
        typer.Option(help="The log that this one goes on from: a database, or a .parquet archive."),
    ] = None,
) -> None:
    """Check every entry against its hash, its place and the signed checkpoints, and every table against the log.

    A log cut at its end, or rewritten by whoever holds the key, is only caught with --anchor.
    """
    if archive and earlier:
        fail(
            "an archive and an earlier log are named",
            "give --earlier with the database that goes on from it",
        )
    with anchor_in(anchor) as note:
        if archive:
            verify_archive(archive, key or (), note)
        else:
            _verify_database(database, note, key, _witnesses(witness_key or (), anchor), earlier)


def _verify_database(
    database: str,
    note: str | None,
    key: list[str] | None,
    witnesses: Sequence[WitnessKey],
    earlier: str | None,
) -> None:
    """Verify the log in a database and print the result; findings end the command with exit code 1."""
    with reading_log(database) as connection:
        keys, trusted = _keys(connection, database, key)
        followed = keys_to_verify_by(connection, keys)
        verdict = verify_stored_log(connection, followed, note)
        texts = verify_texts(connection)
        began = None if verdict.findings else find_beginning(connection)
        closed = None if verdict.findings else closed_into(connection)
        tables = audit_tables(connection)
        joins = _joins(connection, earlier, keys) if earlier else []
    missing = [find_cosigning_fault(note or "", witness) for witness in witnesses]
    cosigning = [f"all entries: {fault}" for fault in missing if fault]
    findings = (*verdict.findings, *cosigning, *texts.findings, *tables.findings, *joins)
    for finding in findings:
        _print_line(_plain(finding))
    if findings:
        _print_line(f"TAMPERED WITH: {len(findings)} findings in {name_of(database)}")
        raise typer.Exit(FINDINGS)
    _print_line(f"intact: {verdict.size} entries, {verdict.signed} of them under a signed checkpoint")
    if began is not None:
        _print_line(
            f"it goes on from an earlier log, with {began.carried} of its {began.place} entries;"
            + (f" they join, and {earlier} is intact" if earlier else " --earlier checks that they join")
        )
    if closed is not None:
        _print_line(f"closed: it takes no more entries, and goes on in {closed}")
    if texts.stored or texts.erased:
        _print_line(f"kept apart: {_texts(texts.stored)} as recorded, {_texts(texts.erased)} erased")
    _print_line("cases, handovers, registers and policies are as the log recorded them")
    if tables.not_compared:
        _print_line(
            f"not compared, as the tables are old: {', '.join(tables.not_compared)}; see `channelgate store upgrade`"
        )
    _print_line(f"trusted: {trusted}")
    if len(followed.keys) > len(keys):
        _print_line(
            f"and {len(followed.keys) - len(keys)} more, by the successions of keys that the log records"
        )
    if note is None:
        _print_line(
            "no anchor was compared: that nothing was cut off the end, or rewritten with the key, is not shown"
        )


@database_by_position_too
def checkpoint(database: DatabaseOption = DEFAULT_DATABASE) -> None:
    """Print the newest signed checkpoint; keep it where nobody who can write the log can reach it."""
    with reading_log(database) as connection:
        sys.stdout.write(newest_note(connection) or fail("the log is empty", "record something first"))


@database_by_position_too
def prove(
    decision_id: Annotated[str, typer.Argument(help="The id of a decision.")],
    database: DatabaseOption = DEFAULT_DATABASE,
    archive: Annotated[
        Path | None, typer.Option(help="An archive made by `log archive`, instead of a database.")
    ] = None,
) -> None:
    """Print the proof (RFC 6962) that a decision is in the log, as JSON."""
    if archive:
        with reading_archive(archive) as opened:
            proof = opened.prove_decision(decision_id)
    else:
        with reading_log(database) as connection:
            proof = _proved(connection, decision_id)
    if proof is None:
        fail(f"no decision in the log has the id {decision_id}", "copy the id from an answer")
    sys.stdout.write(json.dumps(proof, indent=2) + "\n")


def _witnesses(given: Sequence[str], anchor: Path | None) -> list[WitnessKey]:
    """The witnesses given by their keys, who have to have cosigned the anchor."""
    try:
        keys = [WitnessKey.parse(text) for text in given]
    except SigningFault as fault:
        fail(f"the key of a witness cannot be read ({fault})", "give what `channelgate witness key` prints")
    if keys and anchor is None:
        fail("no anchor is named that witnesses could have cosigned", "name one with --anchor")
    return keys


def _keys(connection: Connection, database: str, given: list[str] | None) -> tuple[list[VerifyingKey], str]:
    """The keys to trust, and in words why."""
    settings = Settings(database=database)
    if given:
        return read_verifying_keys(given), "the keys given with --key"
    try:
        if settings.key_file.is_file():
            own = SigningKey.from_pem(settings.log_origin, settings.key_file.read_bytes())
            return [own.verifying], f"the key in {settings.key_file}"
    except (SigningFault, OSError) as fault:
        fail(f"a key cannot be read ({fault})", "give the verifying key with --key")
    return signing_keys(connection), "only the keys that the log itself names; give one with --key to be sure"


def _proved(connection: Connection, decision_id: str) -> dict[str, Any] | None:
    try:
        return prove_decision(connection, ProofBlocks(), decision_id)
    except EarlierEntry as earlier:
        fail(str(earlier).removesuffix("."), "name that log, or an archive of it")


def _joins(connection: Connection, earlier: str, keys: Sequence[VerifyingKey]) -> list[str]:
    """Everything in the earlier log that does not fit, and where the log does not go on from it."""
    try:
        beginning = find_beginning(connection)
    except ValueError as fault:
        return [str(fault)]
    if beginning is None:
        fail("the log goes on from no other one", "leave --earlier out")
    carried = stored_entries(connection, beginning.place)
    if earlier.endswith(".parquet"):
        with reading_archive(Path(earlier)) as archive:
            found = archive.verify(keys)
            joins = [*compare_joined(beginning, found.log, carried, archive.entries)]
            return [*(f"{earlier}: {finding}" for finding in found.findings), *joins]
    with reading_log(earlier, "--earlier") as old:
        verdict = verify_stored_log(old, keys_to_verify_by(old, keys), None)
        joins = [*compare_joined(beginning, verdict, carried, lambda: stored_entries(old))]
    return [*(f"{name_of(earlier)}: {finding}" for finding in verdict.findings), *joins]


def require_whole(connection: Connection, what: str) -> None:
    """End the command with exit code 2 for a log that goes on from an earlier one: it lacks most entries before."""
    if place := first_place(connection):
        fail(
            f"the log goes on from one that ended at {place} entries, without which there are no {what}",
            "make them of that one; `channelgate log verify --earlier` says whether both join",
        )


@contextmanager
def reading_log(database: str, option: str = "--database") -> Iterator[Connection]:
    """A read-only connection; whatever keeps the log from being read ends the command with exit code 2.

    `option` is the one that names the database.
    """
    try:
        opened = Database(database, read_only=True)
        try:
            with translated(), opened.reading() as connection:
                yield connection
        finally:
            opened.dispose()
    except (StoreUnavailable, ValueError, SigningFault) as error:
        remedy = f"name the file or URL of a decision log with {option}"
        fail(f"the log {name_of(database)} cannot be read ({error})", remedy)


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"


def _plain(finding: str) -> str:
    """A finding without what would steer a terminal: entries can hold anything, and are quoted."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in finding
    )


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
