"""`channelgate log`: check the decision log, prove an entry, keep a checkpoint elsewhere, replay it."""

from __future__ import annotations

import base64
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.exit_codes import FINDINGS, fail
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, FloorOption, database_by_position_too
from api.ledger.database import Database, StoreUnavailable, name_of, translated
from api.ledger.detached_text_check import verify_texts
from api.ledger.key_rotation import trusted_keys
from api.ledger.merkle import inclusion_proof, root_of
from api.ledger.reader import (
    find_stored_decision,
    leaf_hashes,
    newest_note,
    signing_keys,
    stored_entries,
    stored_notes,
)
from api.ledger.verifier import find_cosigning_fault, verify_log
from api.policies.floor import load_floor
from api.policies.folder import read_folder
from api.runtime.shipped import default_policies, floor_of
from api.services.audit.audit import audit_tables
from api.services.replay import ReplayFault, replay
from api.settings import Settings
from api.signing.cosignatures import WitnessKey
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey
from engine import ANSWER_EDITION, PolicyFaults, hold_to

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
) -> None:
    """Check every entry against its hash, its place and the signed checkpoints, and every table against the log.

    A log cut at its end, or rewritten by whoever holds the key, is only caught with --anchor.
    """
    note = _text(anchor) if anchor else None
    with reading_log(database) as connection:
        keys, trusted = _keys(connection, database, key)
        followed = trusted_keys(connection, keys)
        verdict = verify_log(stored_entries(connection), stored_notes(connection), followed, note)
        texts = verify_texts(connection)
        tables = audit_tables(connection)
    cosigning = _cosigning_faults(note, witness_key or ())
    findings = (*verdict.findings, *cosigning, *texts.findings, *tables.findings)
    for finding in findings:
        _print_line(finding)
    if findings:
        _print_line(f"TAMPERED WITH: {len(findings)} findings in {name_of(database)}")
        raise typer.Exit(FINDINGS)
    _print_line(f"intact: {verdict.size} entries, {verdict.signed} of them under a signed checkpoint")
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
            "no anchor was given: that nothing was cut off the end, or rewritten with the key, is not shown"
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
) -> None:
    """Print the proof (RFC 6962) that a decision is in the log, as JSON."""
    with reading_log(database) as connection:
        stored = find_stored_decision(connection, decision_id)
        if stored is None:
            fail(f"no decision in the log has the id {decision_id}", "copy the id from an answer")
        leaves = leaf_hashes(connection)
        proof = {
            "sequence": stored.sequence,
            "size": len(leaves),
            "root": _encoded(root_of(leaves)),
            "inclusion_proof": [_encoded(node) for node in inclusion_proof(leaves, stored.sequence)],
            "entry": _encoded(stored.entry),
            "checkpoint": newest_note(connection),
        }
    sys.stdout.write(json.dumps(proof, indent=2) + "\n")


@database_by_position_too
def replay_log(
    floor: FloorOption = None,
    database: DatabaseOption = DEFAULT_DATABASE,
    policies: Annotated[
        Path | None, typer.Option(help="A candidate policy folder; left out, the policies of each day.")
    ] = None,
) -> None:
    """Take every decision again and list those that come out differently; exit 1 if there are any."""
    floor = floor or floor_of(policies or default_policies())
    try:
        held_to = load_floor(floor)
        candidate = hold_to(read_folder(policies).load(), held_to) if policies else None
    except PolicyFaults as faults:
        what = f"the policies in {policies}" if policies else f"the floor {floor}"
        fail(f"{what} cannot be used:\n{faults}", "mend the places named")
    taken = changed = in_old_words = 0
    older: Counter[int] = Counter()
    with reading_log(database) as connection, _replay_faults(database):
        for replayed in replay(connection, candidate, held_to):
            taken += 1
            if replayed.edition < ANSWER_EDITION:
                older[replayed.edition] += 1
            if not replayed.same:
                changed += 1
                _print_line(
                    f"{replayed.decision_id} ({replayed.request_id}): was {replayed.was}, is {replayed.is_now}"
                )
            if replayed.lacking:
                in_old_words += 1
                _print_line(
                    f"{replayed.decision_id} ({replayed.request_id}): not known to the candidate, which lacks "
                    + ", ".join(replayed.lacking)
                )
    how = "change under the candidate" if candidate else "differ from what was recorded"
    _print_line(f"{taken} {'decision' if taken == 1 else 'decisions'} taken again, {changed} {how}")
    if in_old_words:
        _print_line(f"{in_old_words} of them are recorded in words that the candidate lacks")
    for edition, count in () if candidate else sorted(older.items()):
        _print_line(
            f"{count} of them have answers of edition {edition}, and were compared by what was decided"
        )
    if changed:
        raise typer.Exit(FINDINGS)


def _cosigning_faults(anchor: str | None, given: Sequence[str]) -> list[str]:
    """Which of the witnesses given by their keys have not cosigned the anchor."""
    try:
        keys = [WitnessKey.parse(text) for text in given]
    except SigningFault as fault:
        fail(f"the key of a witness cannot be read ({fault})", "give what `channelgate witness key` prints")
    if keys and anchor is None:
        fail("no anchor is named that witnesses could have cosigned", "name one with --anchor")
    return [f"all entries: {missing}" for key in keys if (missing := find_cosigning_fault(anchor or "", key))]


def _keys(connection: Connection, database: str, given: list[str] | None) -> tuple[list[VerifyingKey], str]:
    """The keys to trust, and in words why."""
    settings = Settings(database=database)
    try:
        if given:
            return [VerifyingKey.parse(text) for text in given], "the keys given with --key"
        if settings.key_file.is_file():
            own = SigningKey.from_pem(settings.log_origin, settings.key_file.read_bytes())
            return [own.verifying], f"the key in {settings.key_file}"
    except (SigningFault, OSError) as fault:
        fail(f"a key cannot be read ({fault})", "give the verifying key with --key")
    return signing_keys(connection), "only the keys that the log itself names; give one with --key to be sure"


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


@contextmanager
def _replay_faults(database: str) -> Iterator[None]:
    """End the command with exit code 2 where decisions cannot be taken again."""
    try:
        yield
    except ReplayFault as fault:
        fail(f"the policies {fault.revision} kept in {name_of(database)} {fault.fact}", fault.remedy)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read ({error})", "name a file with a checkpoint")


def _texts(count: int) -> str:
    return "1 text" if count == 1 else f"{count} texts"


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
