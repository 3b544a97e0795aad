"""The decision log from outside: verified, anchored, proved, exported and replayed after a server has written it.

Covers: api.cli.log, api.cli.log_replay, api.services.replay
"""

import base64
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.ledger.checkpoints import Checkpoint, sign_checkpoint, verify_checkpoint
from api.ledger.database import Database
from api.ledger.decision_groups import GroupedEntry
from api.ledger.merkle import CompactTree, leaf_hash, verify_inclusion
from api.ledger.reader import stored_at, stored_entries
from api.settings import Settings
from api.signing.cosignatures import witness_key
from api.signing.keys import SigningKey, VerifyingKey, load_signing_key
from tests.support.grouped_log import change_entries, change_group, entry_rows, ungroup
from tests.support.ocsf import find_ocsf_faults

ROOT = Path(__file__).parents[2]
EXAMPLES = [json.loads(path.read_text()) for path in sorted((ROOT / "examples").glob("*.json"))] * 2
"""Every example twice, so that the log holds texts that recur."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a log of one run: eighteen decisions, taken by the shipped policies."""
    folder = tmp_path_factory.mktemp("log")
    settings = Settings(policies=ROOT / "policies", database=folder / "log.db", insecure_no_auth=True)
    with running_server(settings) as address, httpx.Client(base_url=address) as client:
        assert client.post("/v1/pre-checks", json=EXAMPLES).status_code == 200
    return folder


@pytest.fixture
def log(written: Path, tmp_path: Path) -> Path:
    """A copy of that log to tamper with, its key beside it."""
    for file in written.iterdir():
        shutil.copy(file, tmp_path)
    return tmp_path / "log.db"


@pytest.fixture
def rows(log: Path) -> Path:
    """The same log as an earlier version wrote it: each decision in a row of its own."""
    ungroup(log)
    return log


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["log", *map(str, arguments)])


def alter(log: Path, *statements: str) -> None:
    with closing(sqlite3.connect(log)) as connection, connection:
        connection.create_function(
            "edited", 1, lambda entry: entry.replace(b'{"decision_id":', b'{"decision_no":')
        )
        for statement in statements:
            connection.execute(statement)


def key_of(log: Path) -> SigningKey:
    return load_signing_key(log.with_name("log.db.key"), "channelgate")


def anchor_of(log: Path) -> Path:
    anchor = log.with_name("anchor.txt")
    anchor.write_text(run("checkpoint", log).stdout, encoding="utf-8")
    return anchor


def sign_again(log: Path) -> None:
    """Do what a key holder can: compute the tree anew over the rows as they are now, and sign it."""
    database = Database(str(log), read_only=True)
    with database.reading() as connection:
        entries = [stored.entry for stored in stored_entries(connection)]
    database.dispose()
    with closing(sqlite3.connect(log)) as written, written:
        tree = CompactTree().extended(leaf_hash(entry) for entry in entries)
        for sequence, entry in enumerate(entries):
            statement = "UPDATE log_entries SET leaf = ? WHERE sequence = ?"
            written.execute(statement, (leaf_hash(entry), sequence))
        note = sign_checkpoint(Checkpoint("channelgate", tree.size, tree.root), key_of(log))
        written.execute("UPDATE log_state SET tree = ?, note = ?", (tree.to_bytes().decode(), note))


def test_an_untouched_log_is_intact_and_holds_start_key_policies_decisions_and_stop(log: Path) -> None:
    assert run("verify", log).exit_code == 0
    assert run("verify", log, "--anchor", anchor_of(log)).exit_code == 0
    kinds = [json.loads(line)["kind"] for line in run("export", log).stdout.splitlines()]
    assert kinds == ["started", "signing_key", "policies", *["decision"] * len(EXAMPLES), "stopped"]


EDITED = "UPDATE log_entries SET entry = edited(entry)"
TAMPERING: dict[str, Callable[[Path], None]] = {
    "edited entry": lambda log: alter(log, f"{EDITED} WHERE sequence = 5"),
    "every entry edited": lambda log: alter(log, EDITED),
    "entry made a text": lambda log: alter(
        log, "UPDATE log_entries SET entry = 'nothing to see' WHERE sequence = 5"
    ),
    "edited leaf": lambda log: alter(log, "UPDATE log_entries SET leaf = zeroblob(32) WHERE sequence = 5"),
    "deleted row": lambda log: alter(log, "DELETE FROM log_entries WHERE sequence = 5"),
    "swapped rows": lambda log: alter(
        log,
        "UPDATE log_entries SET sequence = 999 WHERE sequence = 5",
        "UPDATE log_entries SET sequence = 5 WHERE sequence = 6",
        "UPDATE log_entries SET sequence = 6 WHERE sequence = 999",
    ),
    "cut tail": lambda log: alter(log, "DELETE FROM log_entries WHERE sequence > 8"),
    "recurring text edited": lambda log: alter(
        log,
        "UPDATE recurring_texts"
        " SET content = CAST(replace(CAST(content AS TEXT), 'hand nothing over', 'hand it over') AS BLOB)",
    ),
    "recurring text removed": lambda log: alter(log, "DELETE FROM recurring_texts WHERE number = 1"),
    "recurring texts exchanged": lambda log: alter(
        log,
        "UPDATE recurring_texts SET number = 999 WHERE number = 1",
        "UPDATE recurring_texts SET number = 1 WHERE number = 2",
    ),
    "reference edited": lambda log: alter(
        log, "UPDATE log_entries SET entry = substr(entry, 1, length(entry) - 3) WHERE sequence = 20"
    ),
    "checkpoint removed": lambda log: alter(log, "UPDATE log_state SET note = ''"),
}


@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampering_is_caught_without_an_anchor(rows: Path, tampering: str) -> None:
    assert run("verify", rows).exit_code == 0
    TAMPERING[tampering](rows)
    result = run("verify", rows)
    assert result.exit_code == 1
    assert "TAMPERED WITH" in result.stdout


def edited(entry: bytes) -> bytes:
    assert b'{"decision_id":' in entry
    return entry.replace(b'{"decision_id":', b'{"decision_no":')


def without(entries: list[GroupedEntry], *places: int) -> list[GroupedEntry]:
    """The entries but those of some places, those behind them moved up."""
    left = [one for one in entries if one.sequence not in places]
    return [one._replace(sequence=place) for place, one in enumerate(left, entries[0].sequence)]


def exchanged(entries: list[GroupedEntry]) -> list[GroupedEntry]:
    fifth, sixth = entries[2], entries[3]
    entries[2:4] = [sixth._replace(sequence=5), fifth._replace(sequence=6)]
    return entries


def copy_to_row(log: Path) -> None:
    row = next(row for row in entry_rows(log) if row.sequence == 5)
    with closing(sqlite3.connect(log)) as connection, connection:
        connection.execute("INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?)", row)


def move_into_group(log: Path) -> None:
    """Let the last entry, which is no decision, stand among the decisions before it."""
    last = entry_rows(log)[-1]
    alter(log, f"DELETE FROM log_entries WHERE sequence = {last.sequence}")
    change_group(log, 5, lambda entries: [*entries, GroupedEntry(last.sequence, last.entry, last.leaf)])


def cut_tail(log: Path) -> None:
    alter(log, "DELETE FROM log_entries WHERE sequence > 8")
    change_group(log, 5, lambda entries: entries[:6])


MISFIT = "its bytes do not fit the leaf stored beside them"
GROUP_TAMPERING: dict[str, tuple[Callable[[Path], None], str]] = {
    "edited entry": (lambda log: change_entries(log, edited, 5), f"entry 5: {MISFIT}"),
    "every entry edited": (lambda log: change_entries(log, edited, *range(3, 21)), f"entry 20: {MISFIT}"),
    "content made a text": (
        lambda log: alter(log, "UPDATE decision_groups SET content = 'nothing to see'"),
        f"entry 3: {MISFIT}",
    ),
    "edited leaf": (
        lambda log: change_group(
            log,
            5,
            lambda found: [one._replace(leaf=bytes(32)) if one.sequence == 5 else one for one in found],
        ),
        f"entry 5: {MISFIT}",
    ),
    "leaves cut": (
        lambda log: alter(log, "UPDATE decision_groups SET leaves = substr(leaves, 1, length(leaves) - 1)"),
        f"entry 20: {MISFIT}",
    ),
    "leaves lengthened": (
        lambda log: alter(log, "UPDATE decision_groups SET leaves = CAST(leaves || x'00' AS BLOB)"),
        f"entry 20: {MISFIT}",
    ),
    "bytes added": (
        lambda log: alter(log, "UPDATE decision_groups SET content = CAST(content || x'20' AS BLOB)"),
        f"entry 20: {MISFIT}",
    ),
    "cut within": (
        lambda log: alter(
            log, "UPDATE decision_groups SET content = substr(content, 1, length(content) / 2)"
        ),
        f"entry 20: {MISFIT}",
    ),
    "damaged within": (
        lambda log: alter(
            log,
            "UPDATE decision_groups SET content = CAST(substr(content, 1, length(content) - 200) || x'ffffffffff'"
            " || substr(content, length(content) - 194) AS BLOB)",
        ),
        f"entry 20: {MISFIT}",
    ),
    "deleted entry": (
        lambda log: change_group(log, 5, lambda entries: without(entries, 5)),
        "entry 20: missing before entry 21",
    ),
    "deleted group": (
        lambda log: alter(log, "DELETE FROM decision_groups"),
        "entries 3 to 20: missing before entry 21",
    ),
    "swapped entries": (
        lambda log: change_group(log, 5, exchanged),
        "these are not the entries that were signed",
    ),
    "renumbered": (
        lambda log: alter(log, "UPDATE decision_groups SET first = first + 100, last = last + 100"),
        "missing before entry 21",
    ),
    "last renumbered": (
        lambda log: alter(log, "UPDATE decision_groups SET last = last - 1"),
        "entry 20: missing before entry 21",
    ),
    "last made a text": (
        lambda log: alter(log, "UPDATE decision_groups SET last = 'the end'"),
        "entries 4 to 20: missing before entry 21",
    ),
    "cut tail": (cut_tail, "entries 9 to 21: missing at the end; the log was cut"),
    "reference edited": (
        lambda log: change_entries(log, lambda entry: entry[:-3], 20),
        f"entry 20: {MISFIT}",
    ),
    "highest id edited": (
        lambda log: alter(log, "UPDATE decision_groups SET highest_id = lowest_id"),
        "decision_groups (first 3): `highest_id` is not that of its entries; the row was altered",
    ),
    "lowest id edited": (
        lambda log: alter(log, "UPDATE decision_groups SET lowest_id = x'00'"),
        "decision_groups (first 3): `lowest_id` is not that of its entries; the row was altered",
    ),
    "copied to a row": (copy_to_row, "entry 5: stands where entry 6 is due; it was repeated or moved"),
    "another entry among them": (
        move_into_group,
        "entry 21: it stands among decisions, and is none; it was moved there",
    ),
    "table dropped": (
        lambda log: alter(log, "DROP TABLE decision_groups"),
        "entries 3 to 20: missing before entry 21",
    ),
}


@pytest.mark.parametrize("tampering", GROUP_TAMPERING)
def test_tampering_with_a_group_is_caught_without_an_anchor(log: Path, tampering: str) -> None:
    change, finding = GROUP_TAMPERING[tampering]
    change(log)
    result = run("verify", log)
    assert result.exit_code == 1
    assert "TAMPERED WITH" in result.stdout
    assert finding in result.stdout, result.stdout


@pytest.mark.parametrize("tampering", ["edited entry", "edited leaf"])
def test_of_a_group_no_entry_is_named_but_those_that_were_altered(log: Path, tampering: str) -> None:
    GROUP_TAMPERING[tampering][0](log)
    named = [line for line in run("verify", log).stdout.splitlines() if MISFIT in line]
    assert [line.split(":")[0] for line in named] == ["entry 5"]


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        ("Dear colleague,\n", "is no checkpoint: no signature lines follow the text of the checkpoint"),
        ("", "is no checkpoint: no signature lines"),
        ("a log\n2\n\n— key AAAAAAAA\n", "is no checkpoint: a checkpoint has three lines"),
        ("one\ntwo\xff", "cannot be read ('utf-8' codec"),
    ],
)
def test_a_file_that_is_no_checkpoint_says_nothing_of_the_log(log: Path, content: str, fact: str) -> None:
    anchor = log.with_name("letter.txt")
    anchor.write_text(content, encoding="latin-1" if "\xff" in content else "utf-8")
    result = run("verify", log, "--anchor", anchor)
    assert result.exit_code == 2
    assert "no anchor was compared" in result.stdout
    assert f"{anchor} {fact}" in result.stderr
    alter(log, "UPDATE log_entries SET leaf = zeroblob(32) WHERE sequence = 1")
    witness = witness_key(SigningKey.generate("witness.example")).format()
    for more in ((), ("--witness-key", witness)):
        result = run("verify", log, "--anchor", anchor, *more)
        assert result.exit_code == 1, result.stderr
        assert "TAMPERED WITH" in result.stdout


@pytest.mark.parametrize("statement", [EDITED, "DELETE FROM log_entries WHERE sequence > 8"])
def test_what_the_key_holder_does_is_caught_by_the_anchor_alone(rows: Path, statement: str) -> None:
    anchor = anchor_of(rows)
    alter(rows, statement)
    sign_again(rows)
    assert run("verify", rows).exit_code == 0
    result = run("verify", rows, "--anchor", anchor)
    assert result.exit_code == 1
    assert "TAMPERED WITH" in result.stdout


def test_what_the_key_holder_does_to_a_group_is_caught_by_the_anchor_alone(log: Path) -> None:
    anchor = anchor_of(log)
    change_entries(log, lambda entry: entry.replace(b"department", b"departmenx"), *range(3, 21))
    change_group(log, 5, lambda found: [one._replace(leaf=leaf_of(log, one)) for one in found])
    sign_again(log)
    result = run("verify", log, "--anchor", anchor)
    assert result.exit_code == 1
    assert MISFIT not in result.stdout
    assert "the log was rewritten" in result.stdout


def leaf_of(log: Path, one: GroupedEntry) -> bytes:
    """The hash of an entry as it is by now."""
    database = Database(str(log), read_only=True)
    with database.reading() as connection:
        stored = stored_at(connection, one.sequence)
    database.dispose()
    assert stored
    return leaf_hash(stored.entry)


def test_a_key_that_is_not_trusted_confirms_nothing(log: Path) -> None:
    stranger = SigningKey.generate("channelgate").verifying.format()
    assert run("verify", log, "--key", stranger).exit_code == 1
    assert run("verify", log, "--key", key_of(log).verifying.format()).exit_code == 0


def test_the_key_of_the_log_verifies_its_checkpoint(log: Path) -> None:
    printed = run("key", log).stdout
    assert printed == key_of(log).verifying.format() + "\n"
    assert verify_checkpoint(run("checkpoint", log).stdout, [VerifyingKey.parse(printed.strip())])


def test_a_key_that_is_not_the_logs_is_not_shown_as_its_key(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANNELGATE_LOG_ORIGIN", "example.org/another")
    renamed = run("key", log)
    monkeypatch.delenv("CHANNELGATE_LOG_ORIGIN")
    log.with_name("log.db.key").write_bytes(SigningKey.generate("channelgate").to_pem())
    for refused in (renamed, run("key", log)):
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "holds no key that the log" in refused.stderr
    log.with_name("log.db.key").unlink()
    assert run("key", log).exit_code == 2


def test_without_a_key_at_hand_the_check_says_whom_it_believes(log: Path) -> None:
    log.with_name("log.db.key").unlink()
    result = run("verify", log)
    assert result.exit_code == 0
    assert "only the keys that the log itself names" in result.stdout


def test_what_cannot_be_checked_exits_2(log: Path) -> None:
    assert run("verify", log.with_name("absent.db")).exit_code == 2
    assert not log.with_name("absent.db").exists()
    assert run("verify", log, "--anchor", log.with_name("absent.txt")).exit_code == 2
    assert run("verify", log, "--key", "no key").exit_code == 2
    assert run("prove", "no-such-decision", log).exit_code == 2
    log.write_bytes(b"not a database at all, only some text that is long enough to be read" * 20)
    assert run("verify", log).exit_code == 2


def test_a_proof_holds_against_the_signed_checkpoint(log: Path) -> None:
    decision = json.loads(run("export", log).stdout.splitlines()[4])
    proof = json.loads(run("prove", decision["key"], log).stdout)
    checkpoint = verify_checkpoint(proof["checkpoint"], [key_of(log).verifying])
    entry, *nodes = (base64.b64decode(text) for text in (proof["entry"], *proof["inclusion_proof"]))
    assert decision["key"].encode() in entry
    assert (checkpoint.size, base64.b64encode(checkpoint.root).decode()) == (proof["size"], proof["root"])
    assert verify_inclusion(leaf_hash(entry), proof["sequence"], checkpoint.size, nodes, checkpoint.root)


def test_old_decisions_come_out_the_same_byte_for_byte(log: Path) -> None:
    result = run("replay", log)
    assert result.exit_code == 0
    assert f"{len(EXAMPLES)} decisions taken again, 0 differ" in result.stdout


def test_a_candidate_in_other_words_decides_by_what_it_knows_and_the_log_is_not_blamed(log: Path) -> None:
    result = run("replay", log, "--policies", ROOT / "examples" / "second_directive" / "policies")
    assert result.exit_code == 1
    assert "cannot be read" not in result.stderr
    assert "words" in result.stdout


def test_a_candidate_shows_what_it_would_change(log: Path, tmp_path: Path) -> None:
    candidate = tmp_path / "candidate"
    shutil.copytree(ROOT / "policies", candidate)
    korea = candidate / "korea.yaml"
    korea.write_text(korea.read_text().replace("value: 8", "value: 9"))
    result = run("replay", log, "--policies", candidate)
    assert result.exit_code == 1
    assert "(an-agreed-project): was deliver, is hold" in result.stdout
    assert run("replay", log, "--policies", ROOT / "policies").exit_code == 0


def test_what_a_candidate_has_no_word_for_is_named_and_the_rest_is_compared(
    log: Path, tmp_path: Path
) -> None:
    candidate = tmp_path / "candidate"
    shutil.copytree(ROOT / "policies", candidate)
    vocabulary = candidate / "vocabulary.yaml"
    for before, after in (
        ("item.kind: drawing", "item.kind: sketch"),
        ("  drawing: ", "  sketch: "),
        ("fact: mission.level", "fact: mission.rank"),
        ("{mission.level}", "{mission.rank}"),
        ("mission.level:", "mission.rank:"),
    ):
        vocabulary.write_text(vocabulary.read_text().replace(before, after))
    for name in ("directive.yaml", "authzen.yaml"):
        file = candidate / name
        file.write_text(file.read_text().replace("mission.level", "mission.rank"))
    result = run("replay", log, "--policies", candidate)
    assert "which lacks the fact mission.level, the choice drawing of item.kind" in result.stdout
    named = sum(" not known to the candidate" in line for line in result.stdout.splitlines())
    assert f"{len(EXAMPLES)} decisions taken again, " in result.stdout
    assert f"{named} of them are recorded in words that the candidate lacks" in result.stdout
    compared = CliRunner().invoke(
        app, ["policies", "compare", str(ROOT / "policies"), str(candidate), "--log", str(log), "--accept"]
    )
    assert f"{len(EXAMPLES)} requests with " in compared.stdout, compared.output
    assert f"{named} requests in words that the newer set lacks" in compared.stdout
    assert "the fact mission.level, the choice drawing of item.kind" in " ".join(compared.stdout.split())


def test_an_edited_answer_is_seen_when_the_log_is_replayed(log: Path) -> None:
    change_entries(log, edited, *range(3, 21))
    assert run("replay", log).exit_code in (1, 2)


def test_events_are_valid_by_the_schema_they_name(log: Path) -> None:
    events = [json.loads(line) for line in run("export", log, "--format", "ocsf").stdout.splitlines()]
    assert [fault for event in events for fault in find_ocsf_faults(event)] == []
    actions = [event["action"] for event in events if event["activity_name"] == "decision"]
    assert (actions.count("Allowed"), actions.count("Denied")) == (2, 10)
    assert actions.count("not_governed") == actions.count("needs_information") == actions.count("refer") == 2
