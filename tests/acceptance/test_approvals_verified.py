"""`log verify` proves approvals too: one that was edited, removed or added is found and named, in JavaScript as well.

Whoever tampers here holds the key of the log: every entry is hashed and signed anew, as only such a one could.

Covers: api.services.audit.approvals, api.storage.approvals
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from api.domain.approvals.statements import read_statement
from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.database import Database
from api.ledger.entries import STATEMENT, TEXTS, Entry, EntryKind
from api.ledger.merkle import CompactTree, leaf_hash
from api.ledger.reader import stored_entries
from api.signing.keys import load_signing_key
from tests.acceptance.test_approvals import answer, evidenced, looser, reworded
from tests.support.approving import LOG, Office, approving, make_office
from tests.support.export_verifier import ExportVerifier, export_log, running_export_verifier

Entries = list[Entry]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office in whose log a change was approved by signed notes and by calls, and returned from."""
    office = make_office(tmp_path_factory.mktemp("verified"))
    with approving(office) as clients:
        before = clients.get("auditor", "/v1/approvers")["in_force"]["revision"]
        proposal = evidenced(clients, reworded(office))
        clients.approve(proposal, "officer-2", "officer-3")
        answer(clients)
        clients.activate(proposal)
        answer(clients)
        clients.post("head-1", "/v1/policies/return", {"revision": before, "reason": "an emergency"})
        answer(clients)
        loosening = evidenced(clients, looser(office))
        clients.approve(loosening, "officer-2", "officer-3", "head-1")
        clients.activate(loosening)
        answer(clients)
    return office


@pytest.fixture
def office(written: Office, tmp_path: Path) -> Office:
    """A copy of it, to tamper with."""
    shutil.copytree(written.folder, tmp_path / "office")
    return written.moved_to(tmp_path / "office")


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ExportVerifier]:
    with running_export_verifier() as running:
        yield running


def found_elsewhere(elsewhere: ExportVerifier, office: Office) -> list[str]:
    """What the verifier that shares no code finds in an export of the log."""
    file = export_log(office.database, office.folder / "log.jsonl", office.log_variables)
    key = load_signing_key(office.folder / "signing.key", LOG).verifying.format()
    return elsewhere.findings(file, key)


def verified(office: Office) -> str:
    environment = office.log_variables
    result = CliRunner().invoke(app, ["log", "verify", "--database", office.database], env=environment)
    return f"{result.exit_code} {result.output}"


def rewritten(office: Office, change: Callable[[Office, Entries], Entries]) -> str:
    """Verify the log after its entries were changed, with every hash and signature made anew."""
    database = Database(office.database)
    with database.reading() as connection:
        entries = [Entry.from_bytes(stored.entry) for stored in stored_entries(connection)]
    database.dispose()
    rows, tree = [], CompactTree()
    for sequence, entry in enumerate(change(office, entries)):
        content = entry.to_bytes()
        leaf = leaf_hash(content)
        tree = tree.extended([leaf])
        rows.append((sequence, entry.kind.value, entry.key, entry.at.isoformat(), content, leaf))
    key = load_signing_key(office.folder / "signing.key", LOG)
    note = sign_checkpoint(Checkpoint(LOG, tree.size, tree.root), key)
    with closing(sqlite3.connect(office.database)) as file, file:
        file.execute("DELETE FROM log_entries")
        file.execute("DELETE FROM decision_groups")
        file.execute("DELETE FROM checkpoints")
        file.executemany("INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", rows)
        file.execute("UPDATE log_state SET tree = ?, note = ?", (tree.to_bytes().decode(), note))
    return verified(office)


def places(entries: Entries, title: str) -> list[int]:
    """Where something is stated."""
    return [
        place
        for place, entry in enumerate(entries)
        if STATEMENT in entry.payloads and f"channelgate: {title}\n" in json.loads(entry.payloads[STATEMENT])
    ]


def restated(entry: Entry, **changes: object) -> Entry:
    stated = read_statement(json.loads(entry.payloads[STATEMENT]))
    text = stated.model_copy(update=changes).to_text()
    return replace(entry, payloads={**entry.payloads, STATEMENT: json.dumps(text).encode()})


def untouched(_: Office, entries: Entries) -> Entries:
    return entries


def approval_by_somebody_else(_: Office, entries: Entries) -> Entries:
    place = places(entries, "approval")[0]
    entries[place] = restated(entries[place], officer="officer-4")
    return entries


def approval_by_the_author(_: Office, entries: Entries) -> Entries:
    place = places(entries, "approval")[0]
    entries[place] = restated(entries[place], officer="officer-1")
    entries[place].members = {**entries[place].members, "caller": "officer-1"}
    return entries


def approval_of_another_revision(_: Office, entries: Entries) -> Entries:
    place = places(entries, "approval")[0]
    entries[place] = restated(entries[place], content="0" * 64)
    return entries


def approval_removed(_: Office, entries: Entries) -> Entries:
    place = places(entries, "approval")[0]
    return [*entries[:place], *entries[place + 1 :]]


def approval_added(_: Office, entries: Entries) -> Entries:
    place = places(entries, "approval")[0]
    added = restated(entries[place], officer="officer-4")
    added.members = {**added.members, "caller": "officer-4"}
    return [*entries[: place + 1], added, *entries[place + 1 :]]


def approval_by_nobody_known(_: Office, entries: Entries) -> Entries:
    place = places(entries, "approval")[0]
    entries[place] = restated(entries[place], officer="officer-9")
    return entries


def activated_without(_: Office, entries: Entries) -> Entries:
    """The first change comes into force with one of its approvals left out, and nothing else to be seen."""
    place = places(entries, "approval")[1]
    entries[place] = replace(
        entries[place], kind=EntryKind.STOPPED, key="channelgate", members={}, payloads={}
    )
    for entry in entries:
        if entry.kind is EntryKind.POLICIES:
            entry.members = {
                **entry.members,
                "approvals": [one for one in entry.members["approvals"] if one != place],
            }
    return entries


def policies_without_approvals(_: Office, entries: Entries) -> Entries:
    first = next(entry for entry in entries if entry.kind is EntryKind.POLICIES)
    return [*entries, replace(first, members={})]


def decided_by_others(_: Office, entries: Entries) -> Entries:
    for entry in entries:
        if entry.kind is EntryKind.DECISION:
            found = [one.key for one in entries if one.kind is EntryKind.POLICIES]
            other = next(revision for revision in found if revision != entry.members["revision"])
            entry.members = {**entry.members, "revision": other}
            break
    return entries


def return_by_one_who_does_not_decide(_: Office, entries: Entries) -> Entries:
    (place,) = places(entries, "emergency return")
    entries[place] = restated(entries[place], officer="officer-2")
    entries[place].members = {**entries[place].members, "caller": "officer-2"}
    stated = read_statement(json.loads(entries[place].payloads[STATEMENT]))
    entries[place + 1].members = {**entries[place + 1].members, "cause": stated.digest}
    return entries


def other_approvers_founded(_: Office, entries: Entries) -> Entries:
    place = next(at for at, entry in enumerate(entries) if entry.kind is EntryKind.APPROVALS_FOUNDED)
    texts = json.loads(entries[place].payloads[TEXTS])
    texts["approvers"] = texts["approvers"].replace("approvers:\n", "approvers:\n  needed: 3\n")
    entries[place] = replace(
        entries[place], payloads={**entries[place].payloads, TEXTS: json.dumps(texts).encode()}
    )
    return entries


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (approval_by_somebody_else, "the approval is by officer-4, and the call was made by officer-2"),
        (approval_by_the_author, "the approval is by officer-1, who is the author"),
        (approval_of_another_revision, "the approval is about another revision than the proposal"),
        (approval_removed, "policies came into force that were not approved: 1 of 2 officers"),
        (approval_added, "it names other approvals than those that counted then"),
        (
            approval_by_nobody_known,
            "the approval is by officer-9, whom the approvers in force then do not name",
        ),
        (activated_without, "policies came into force that were not approved: 1 of 2 officers"),
        (
            policies_without_approvals,
            "policies came into force without approvals, which were required by then",
        ),
        (decided_by_others, "it was decided by other policies than"),
        (return_by_one_who_does_not_decide, "the emergency return is by officer-2, who does not decide"),
        (other_approvers_founded, "the founding is about another floor, or other approvers"),
    ],
)
def test_what_was_tampered_with_is_named_by_both_verifiers(
    office: Office,
    elsewhere: ExportVerifier,
    change: Callable[[Office, Entries], Entries],
    part: str,
) -> None:
    found = rewritten(office, change)
    assert found.startswith("1 "), found
    assert part in found
    assert part in "\n".join(found_elsewhere(elsewhere, office))


def test_a_log_that_was_only_written_anew_is_intact(office: Office, elsewhere: ExportVerifier) -> None:
    assert rewritten(office, untouched).startswith("0 intact")
    assert found_elsewhere(elsewhere, office) == []
