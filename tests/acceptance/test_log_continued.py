"""A log is closed and goes on in another database, in which everything that was begun is carried on.

Covers: api.ledger.beginnings, api.ledger.continuation, api.ledger.joined_logs, api.cli.log_continue
"""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.ledger import continuation, proofs
from api.ledger.beginnings import Beginning, CarriedEntries
from api.ledger.checkpoints import parse_checkpoint
from api.ledger.database import Database, StoreUnavailable
from api.ledger.entries import Entry, EntryKind
from api.ledger.merkle import CompactTree, leaf_hash, verify_consistency, verify_inclusion
from api.ledger.proofs import ProofBlocks, find_checkpoint, prove_consistency
from api.ledger.reader import newest_note
from api.settings import Settings
from tests.acceptance.test_approvals import answer, evidenced, permitted
from tests.support.approving import approving, make_office
from tests.support.desks import Desk, serving
from tests.support.grouped_log import change_entries
from tests.support.handing_over import cleared, decided, hand_over

ROOT = Path(__file__).parents[2]
EXAMPLES = [json.loads(path.read_text()) for path in sorted((ROOT / "examples").glob("*.json"))] * 2
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run(command: str, *arguments: str | Path, key: Path | None = None) -> Result:
    environment = {"CHANNELGATE_SIGNING_KEY": str(key)} if key else {}
    return CliRunner().invoke(app, [*command.split(), *map(str, arguments)], env=environment)


def record(log: Path, requests: Sequence[dict[str, Any]] = EXAMPLES) -> list[str]:
    """Record requests, by default an example of each outcome twice; return the ids of the decisions."""
    settings = Settings(policies=ROOT / "policies", database=str(log), insecure_no_auth=True)
    with running_server(settings) as address, httpx.Client(base_url=address) as client:
        answers = client.post("/v1/pre-checks", json=requests)
        assert answers.status_code == 200, answers.text
        return [str(one["decision_id"]) for one in answers.json()]


def continued(old: Path, new: Path, *more: str) -> Path:
    """Let a log go on, without the decisions that nothing rests on."""
    made = run("log continue", "--database", old, "--into", new, "--keep-days", "0", *more)
    assert made.exit_code == 0, made.output
    return new


@pytest.fixture
def old(tmp_path: Path) -> Path:
    record(tmp_path / "old.db")
    return tmp_path / "old.db"


def kinds(log: Path) -> list[str]:
    return [json.loads(line)["kind"] for line in run("log export", "--database", log).stdout.splitlines()]


def test_the_log_goes_on_with_its_tree_and_without_most_decisions(old: Path, tmp_path: Path) -> None:
    new, anchor = tmp_path / "new.db", tmp_path / "anchor.txt"
    continued(old, new, "--anchor-out", str(anchor))
    assert kinds(old)[-1] == "closed"
    size = len(kinds(old))
    began = kinds(new)
    assert began[:3] == ["started", "signing_key", "policies"]
    assert began[-2:] == ["closed", "continued"]
    record(new)
    for log in (old, new):
        shown = run("log verify", "--database", log, "--anchor", anchor)
        assert shown.exit_code == 0, shown.output
    assert (
        "closed: it takes no more entries, and goes on in new.db"
        in run("log verify", "--database", old).stdout
    )
    joined = run("log verify", "--database", new, "--earlier", old)
    assert joined.exit_code == 0, joined.output
    assert f"of its {size} entries; they join, and {old} is intact" in joined.stdout
    assert parse_checkpoint(run("log checkpoint", "--database", new).stdout).checkpoint.size > size


def test_an_earlier_log_that_is_another_one_or_was_altered_does_not_join(old: Path, tmp_path: Path) -> None:
    new = continued(old, tmp_path / "new.db")
    record(tmp_path / "other.db", EXAMPLES[:1])
    other = run("log verify", "--database", new, "--earlier", tmp_path / "other.db")
    assert other.exit_code == 1
    assert "this is another one, or not the whole of it" in other.stdout
    change_entries(old, lambda entry: entry + b" ", 5)
    altered = run("log verify", "--database", new, "--earlier", old)
    assert altered.exit_code == 1
    assert f"{old}: entry 5: its bytes do not fit the leaf" in altered.stdout
    assert run("log verify", "--database", old, "--earlier", new).exit_code == 2


def test_archives_of_both_logs_verify_and_join(old: Path, tmp_path: Path) -> None:
    new = continued(old, tmp_path / "new.db")
    (decision,) = record(new, EXAMPLES[:1])
    key = run("log key", "--database", new).stdout.strip()
    for log in (old, new):
        archive = tmp_path / f"{log.stem}.parquet"
        assert run("log archive", "--database", log, "--out", archive).exit_code == 0
        shown = run("log verify", "--archive", archive, "--key", key)
        assert shown.exit_code == 0, shown.output
    joined = run("log verify", "--database", new, "--earlier", tmp_path / "old.parquet")
    assert joined.exit_code == 0, joined.output
    by_archive = run("log prove", decision, "--archive", tmp_path / "new.parquet")
    assert by_archive.stdout == run("log prove", decision, "--database", new).stdout != ""


@pytest.mark.parametrize("block", [2, 4, 512])
def test_what_is_recorded_from_then_on_is_proved_and_the_old_checkpoint_is_continued(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(proofs, "BLOCK", block)
    new = continued(old, tmp_path / "new.db")
    size = len(kinds(old))
    decisions = record(new)
    for decision in decisions:
        proof = json.loads(run("log prove", decision, "--database", new).stdout)
        signed = parse_checkpoint(proof["checkpoint"]).checkpoint
        path = [base64.b64decode(node) for node in proof["inclusion_proof"]]
        leaf = leaf_hash(base64.b64decode(proof["entry"]))
        assert verify_inclusion(leaf, proof["sequence"], signed.size, path, signed.root)
    database = Database(str(new), read_only=True)
    with database.reading() as connection:
        stored = find_checkpoint(connection, size)
        assert stored is not None
        blocks = ProofBlocks()
        while blocks.learn(connection):
            pass
        proof = prove_consistency(connection, blocks, stored.note, newest_note(connection))
    database.dispose()
    first, second = (parse_checkpoint(proof[name]).checkpoint for name in ("first", "second"))
    path = [base64.b64decode(node) for node in proof["consistency_proof"]]
    assert verify_consistency(size, second.size, first.root, second.root, path)


def test_a_decision_of_before_is_not_found_and_the_problem_says_where_it_is(
    old: Path, tmp_path: Path
) -> None:
    before = json.loads(run("log export", "--database", old).stdout.splitlines()[3])["key"]
    new = continued(old, tmp_path / "new.db")
    size = len(kinds(old))
    settings = Settings(policies=ROOT / "policies", database=str(new), insecure_no_auth=True)
    with running_server(settings) as address, httpx.Client(base_url=address) as client:
        missing = client.get(f"/v1/decisions/{before}")
        assert missing.status_code == 404
        assert f"is in the log that ended at {size} entries" in missing.json()["detail"]
    assert run("log prove", before, "--database", old).exit_code == 0


def test_decisions_of_the_days_to_keep_are_carried_over(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    assert run("log continue", "--database", old, "--into", new).exit_code == 0
    assert kinds(new) == [*kinds(old), "continued"]
    assert run("log replay", "--database", new).exit_code == 0
    decision = json.loads(run("log export", "--database", new).stdout.splitlines()[3])["key"]
    proof = run("log prove", decision, "--database", new)
    assert proof.exit_code == 2
    assert "its proof is in the log that ended at" in proof.stderr


def test_a_closed_log_takes_nothing_and_says_where_it_goes_on(old: Path, tmp_path: Path) -> None:
    settings = Settings(policies=ROOT / "policies", database=str(old), insecure_no_auth=True)
    with running_server(settings) as address, httpx.Client(base_url=address) as client:
        assert client.post("/v1/pre-check", json=EXAMPLES[0]).status_code == 200
        continued(old, tmp_path / "new.db")
        refused = client.post("/v1/pre-check", json=EXAMPLES[0])
        assert refused.status_code == 503
    assert kinds(old)[-1] == "closed"
    started = run(
        "serve", "--database", old, "--policies", ROOT / "policies", "--port", "0", "--insecure-no-auth"
    )
    assert started.exit_code == 2
    assert "the log goes on in new.db" in started.stderr
    rotated = run("log rotate-key", "--database", old)
    assert rotated.exit_code == 2
    assert "the log goes on in new.db" in rotated.stderr
    again = run("log continue", "--database", old, "--into", tmp_path / "third.db")
    assert again.exit_code == 2
    assert "the log was closed to go on in new.db" in again.stderr


def test_what_broke_off_after_the_log_was_closed_is_done_again(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise StoreUnavailable("the disk is full")

    new = tmp_path / "new.db"
    with monkeypatch.context() as patch:
        patch.setattr(continuation, "_take_over", full)
        broken = run("log continue", "--database", old, "--into", new)
        assert broken.exit_code == 2
        assert "the disk is full" in broken.stderr
    continued(old, new)
    assert kinds(old).count("closed") == 1
    assert run("log verify", "--database", new, "--earlier", old).exit_code == 0


def test_a_log_is_continued_more_than_once_and_backed_up(old: Path, tmp_path: Path) -> None:
    second = continued(old, tmp_path / "second.db")
    record(second)
    assert run("log rotate-key", "--database", second).exit_code == 0
    third = continued(second, tmp_path / "third.db")
    record(third, EXAMPLES[:1])
    key = run("log key", "--database", old).stdout.strip()
    shown = run("log verify", "--database", third, "--earlier", second, "--key", key)
    assert shown.exit_code == 0, shown.output
    backup, restored = tmp_path / "backup.db", tmp_path / "restored.db"
    assert run("store backup", "--database", third, "--out", backup).exit_code == 0
    made = run("store restore", backup, "--database", restored, "--key", key)
    assert made.exit_code == 0, made.output


TAMPERING: dict[str, tuple[str, str]] = {
    "carried entry removed": (
        "DELETE FROM log_entries WHERE sequence = 0",
        "they are not those that were carried over",
    ),
    "carried entry altered": (
        "UPDATE log_entries SET entry = CAST(replace(CAST(entry AS TEXT), 'channelgate', 'channelgatf') AS BLOB)"
        " WHERE sequence = 0",
        "entry 0: its bytes do not fit the leaf",
    ),
    "beginning altered": (
        "UPDATE log_entries SET entry = CAST(replace(CAST(entry AS TEXT), '\"carried\":', '\"carrieb\":') AS BLOB)"
        " WHERE kind = 'continued'",
        "missing before entry",
    ),
    "beginning removed": ("DELETE FROM log_entries WHERE kind = 'continued'", "missing before entry"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_a_beginning_that_was_tampered_with_is_named(old: Path, tmp_path: Path, what: str) -> None:
    new = continued(old, tmp_path / "new.db")
    statement, finding = TAMPERING[what]
    with closing(sqlite3.connect(new)) as connection, connection:
        assert connection.execute(statement).rowcount == 1
    shown = run("log verify", "--database", new)
    assert shown.exit_code == 1, shown.output
    assert finding in shown.stdout


def test_nobody_without_the_key_can_name_a_beginning_and_drop_what_was_before(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("DELETE FROM decision_groups")
        state, note = connection.execute("SELECT tree, note FROM log_state").fetchone()
        tree, carried = CompactTree.from_bytes(state.encode()), CarriedEntries()
        for row in connection.execute("SELECT sequence, leaf FROM log_entries ORDER BY sequence"):
            carried.add(*row)
        beginning = Beginning(tree, note, carried.count, carried.digest)
        at = parse_checkpoint(note).checkpoint
        forged = Entry(EntryKind.CONTINUED, at.origin, NOW, beginning.members()).to_bytes()
        leaf = leaf_hash(forged)
        row = (tree.size, "continued", at.origin, NOW.isoformat(), forged, leaf)
        connection.execute("INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.execute("UPDATE log_state SET tree = ?", (tree.extended([leaf]).to_bytes().decode(),))
    shown = run("log verify", "--database", old)
    assert shown.exit_code == 1
    assert "that the log goes on from there is under no signed checkpoint" in shown.stdout


def test_an_anchor_of_the_earlier_log_is_for_that_log(old: Path, tmp_path: Path) -> None:
    anchor = tmp_path / "anchor.txt"
    anchor.write_text(run("log checkpoint", "--database", old).stdout)
    new = continued(old, tmp_path / "new.db")
    shown = run("log verify", "--database", new, "--anchor", anchor)
    assert shown.exit_code == 1
    assert "is about the earlier log; verify that one with it" in shown.stdout


REFUSED: dict[str, tuple[Callable[[Path], list[str | Path]], str]] = {
    "itself": (lambda old: ["--into", old], "the log cannot go on where it is"),
    "not empty": (lambda old: ["--into", old.with_name("full.db")], "the new database is not empty"),
    "another key": (lambda old: ["--into", old.with_name("keyed.db")], "another key lies where"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_continued_so_stays_open(old: Path, what: str) -> None:
    shutil.copy(old, old.with_name("full.db"))
    old.with_name("keyed.db.key").write_text("another key")
    arguments, reason = REFUSED[what]
    made = run("log continue", "--database", old, *arguments(old))
    assert made.exit_code == 2
    assert reason in made.stderr
    assert kinds(old)[-1] == "stopped"


def test_what_was_begun_before_is_carried_on_after(where: str, tmp_path: Path) -> None:
    old, keys = str(tmp_path / "old.db"), dict[str, str]()
    signing_key = tmp_path / "signing.key"
    with serving(tmp_path, old, keys=keys) as desk:
        case = desk.opened()
        clearance, used = cleared(desk), cleared(desk)
        permitted = decided(desk)["decision_id"]
        hand_over(desk, clearance=used["clearance_id"])
        hand_over(desk)
        before = reconciled(desk)
    made = run("log continue", "--database", old, "--into", where, "--keep-days", "0", key=signing_key)
    assert made.exit_code == 0, made.output
    with serving(tmp_path, where, keys=keys) as desk:
        assert reconciled(desk) == before
        assert desk.case(case)["case_id"] == case
        fact = {"line": 1, "fact": "item.channel.reported_to_committee", "value": True,
                "happened_on": "1965-03-01", "evidence": "a note"}  # fmt: skip
        desk.record("committee", case, fact)
        handover = hand_over(desk, clearance=clearance["clearance_id"])
        assert (handover["status"], handover["clearance_used_up"]) == ("in_order", True)
        again = hand_over(desk, clearance=used["clearance_id"])
        assert again["status"] != "in_order"
        assert desk.call("committee", "GET", f"/v1/decisions/{permitted}").status_code == 404
    shown = run("log verify", "--database", where, "--earlier", old, key=signing_key)
    assert shown.exit_code == 0, shown.output


def reconciled(desk: Desk) -> Any:
    found = desk.call("committee", "GET", "/v1/reconcile")
    assert found.status_code == 200, found.text
    return found.json()


def test_a_proposal_approved_before_comes_into_force_after(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    with approving(office) as clients:
        proposal = evidenced(clients)
        clients.approve(proposal, "officer-2", "officer-3")
    new = str(tmp_path / "new.db")
    made = CliRunner().invoke(
        app, ["log", "continue", "--database", office.database, "--into", new], env=office.log_variables
    )
    assert made.exit_code == 0, made.output
    with approving(office, database=new) as clients:
        before = answer(clients)["policy"]["revision"]
        clients.activate(proposal)
        assert answer(clients)["policy"]["revision"] != before


def test_a_restored_log_that_nobody_confirmed_permits_nothing_once_it_is_continued(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    with approving(office) as clients:
        answer(clients)
    backup, restored, new = (str(tmp_path / name) for name in ("backup.db", "restored.db", "new.db"))
    for words in (
        ["store", "backup", "--database", office.database, "--out", backup],
        ["store", "restore", backup, "--database", restored],
        ["log", "continue", "--database", restored, "--into", new],
    ):
        made = CliRunner().invoke(app, words, env=office.log_variables)
        assert made.exit_code == 0, made.output
    with approving(office, database=new) as clients:
        revision = clients.ready()["revision"]
        assert permitted(clients)["outcome"] == "hold"
        clients.post("head-1", "/v1/policies/confirmation", {"revision": revision})
        assert permitted(clients)["outcome"] == "deliver"


def test_what_needs_the_whole_tree_is_made_of_the_earlier_log(old: Path, tmp_path: Path) -> None:
    new = continued(old, tmp_path / "new.db")
    size = len(kinds(old))
    for command in (
        ["log export", "--format", "bytes", "--database", new],
        ["log tiles", tmp_path / "tiles", "--database", new],
    ):
        refused = run(*map(str, command))
        assert refused.exit_code == 2
        assert f"the log goes on from one that ended at {size} entries" in refused.stderr
    assert not (tmp_path / "tiles").exists()
    assert run("log tiles", tmp_path / "tiles", "--database", old).exit_code == 0


def test_the_signing_key_is_rotated_before_and_after(old: Path, tmp_path: Path) -> None:
    first = run("log key", "--database", old).stdout.strip()
    assert run("log rotate-key", "--database", old).exit_code == 0
    new = continued(old, tmp_path / "new.db")
    assert run("log rotate-key", "--database", new).exit_code == 0
    record(new, EXAMPLES[:1])
    joining: tuple[str | Path, ...] = ("--earlier", old)
    for more in ((), joining):
        shown = run("log verify", "--database", new, "--key", first, *more)
        assert shown.exit_code == 0, shown.output
