"""The log as a Parquet file: made by the command, read by DuckDB, verified without the database.

Covers: api.ledger.archives, api.ledger.archive_form
"""

from __future__ import annotations

import json
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pyarrow
import pyarrow.parquet
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.ledger import archives
from api.ledger.checkpoints import parse_checkpoint, sign_checkpoint
from api.ledger.merkle import leaf_hash
from api.settings import Settings
from api.signing.keys import load_signing_key
from tests.support.grouped_log import change_entries, entry_rows

ROOT = Path(__file__).parents[2]
EXAMPLES = [json.loads(path.read_text()) for path in sorted((ROOT / "examples").glob("*.json"))] * 2
PLACE = {"place": "a hall that nobody else names"}
METADATA = b"channelgate.archive"


def record(folder: Path, requests: list[dict[str, Any]], **more: Any) -> Path:
    """A log in which the requests are recorded."""
    settings = Settings(policies=ROOT / "policies", database=folder / "log.db", insecure_no_auth=True, **more)
    with running_server(settings) as address, httpx.Client(base_url=address) as client:
        assert client.post("/v1/pre-checks", json=requests).status_code == 200
    return folder / "log.db"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("log"), EXAMPLES)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["log", *map(str, arguments)])


def key_of(log: Path) -> str:
    return run("key", "--database", log).stdout.strip()


@pytest.fixture
def archive(log: Path, tmp_path: Path) -> Path:
    made = run("archive", "--database", log, "--out", tmp_path / "log.parquet")
    assert made.exit_code == 0, made.output
    return tmp_path / "log.parquet"


def test_an_archive_verifies_like_the_log_it_was_made_of(log: Path, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "anchor").write_text(run("checkpoint", "--database", log).stdout)
    shown = run("verify", "--archive", archive, "--key", key_of(log), "--anchor", tmp_path / "anchor")
    assert shown.exit_code == 0, shown.output
    intact, alone, trusted = shown.stdout.splitlines()
    assert intact == run("verify", "--database", log).stdout.splitlines()[0]
    assert intact.startswith("intact: 22 entries, 22 of them under")
    assert alone.startswith("an archive holds the entries alone")
    assert trusted == "trusted: the keys given with --key"
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["anchor", "log.parquet"]


def test_duckdb_reads_it_and_its_hashes_are_those_of_the_bytes(log: Path, archive: Path) -> None:
    stored = [(row.sequence, row.kind, row.key, row.leaf) for row in entry_rows(log)]
    with duckdb.connect() as connection:
        query = (
            "SELECT sequence, kind, key, leaf, unhex(sha256('\\x00'::BLOB || entry)), recorded_at::TEXT FROM"
        )
        rows = connection.execute(f"{query} '{archive}' ORDER BY sequence").fetchall()
    assert [row[:4] for row in rows] == stored
    assert [row[3] for row in rows] == [row[4] for row in rows]
    assert all(row[5].startswith("20") for row in rows)


def test_a_proof_from_the_archive_is_that_from_the_log(log: Path, archive: Path) -> None:
    export = [json.loads(line) for line in run("export", "--database", log).stdout.splitlines()]
    for entry in export:
        if entry["kind"] == "decision":
            proof = run("prove", entry["key"], "--archive", archive)
            assert proof.exit_code == 0, proof.output
            assert proof.stdout == run("prove", entry["key"], "--database", log).stdout
    missing = run("prove", "no-such-id", "--archive", archive)
    assert missing.exit_code == 2
    assert "no decision in the log has the id no-such-id" in missing.stderr


def test_row_groups_are_bounded_by_the_bytes_of_their_entries(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "GROUP_BYTES", 12_000)
    archive = tmp_path / "log.parquet"
    assert run("archive", "--database", log, "--out", archive).exit_code == 0
    groups = pyarrow.parquet.read_metadata(archive)
    assert groups.num_row_groups > 5
    assert groups.num_rows == 22
    assert run("verify", "--archive", archive, "--key", key_of(log)).exit_code == 0


Rows = list[dict[str, Any]]


def swap(rows: Rows, one: int, other: int) -> None:
    rows[one], rows[other] = rows[other], rows[one]


def exchange(rows: Rows) -> None:
    swap(rows, 5, 6)
    for sequence in (5, 6):
        rows[sequence]["sequence"] = sequence


def edit(rows: Rows, place: int) -> None:
    rows[place]["entry"] = rows[place]["entry"].replace(b'{"decision_id":', b'{"decision_no":')


def edit_with_leaf(rows: Rows, place: int) -> None:
    edit(rows, place)
    rows[place]["leaf"] = leaf_hash(rows[place]["entry"])


def renumber(rows: Rows) -> None:
    """Leave out an entry so that no number is missing."""
    del rows[5]
    for sequence, row in enumerate(rows):
        row["sequence"] = sequence


TAMPERING: dict[str, tuple[Callable[[Rows], object], str]] = {
    "altered": (lambda rows: edit(rows, 5), "entry 5: its bytes do not fit the leaf"),
    "altered with its leaf": (lambda rows: edit_with_leaf(rows, 5), "these are not the entries that were signed"),
    "altered leaf": (lambda rows: rows[5].update(leaf=bytes(32)), "entry 5: its bytes do not fit the leaf"),
    "altered kind": (lambda rows: rows[5].update(kind="stopped"), "entry 5: kind, key or time in the columns"),
    "altered key": (lambda rows: rows[5].update(key="another"), "entry 5: kind, key or time in the columns"),
    "altered time": (
        lambda rows: rows[5].update(recorded_at=rows[0]["recorded_at"]),
        "entry 5: kind, key or time in the columns",
    ),
    "made no entry": (lambda rows: rows[5].update(entry=b"nothing"), "entry 5: its bytes are those of no entry"),
    "reordered": (lambda rows: swap(rows, 5, 6), "missing before entry 6"),
    "exchanged": (exchange,
                  "these are not the entries that were signed"),
    "row removed": (lambda rows: rows.pop(5), "entry 5: missing before entry 6"),
    "row removed, numbered anew": (renumber, "entry 21: missing at the end"),
    "row repeated": (lambda rows: rows.insert(6, dict(rows[5])), "entry 5: stands where entry 6 is due"),
    "tail cut": (lambda rows: rows.__delitem__(slice(9, None)), "missing at the end; the log was cut"),
    "emptied": (list.clear, "missing at the end; the log was cut"),
}  # fmt: skip


def rewritten(archive: Path, change: Callable[[Rows], object], metadata: bytes | None = None) -> None:
    """Write the archive anew, in its own form, after a change of its rows."""
    table = pyarrow.parquet.read_table(archive)
    rows, schema = table.to_pylist(), table.schema
    change(rows)
    schema = schema.with_metadata({METADATA: metadata}) if metadata else schema
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, schema), archive)


@pytest.mark.parametrize("what", TAMPERING)
def test_an_archive_that_was_tampered_with_is_named(log: Path, archive: Path, what: str) -> None:
    change, finding = TAMPERING[what]
    rewritten(archive, change)
    shown = run("verify", "--archive", archive, "--key", key_of(log))
    assert shown.exit_code == 1, shown.output
    assert finding in shown.stdout
    assert "TAMPERED WITH" in shown.stdout.splitlines()[-1]


def test_an_archive_rewritten_in_its_own_form_without_a_change_is_intact(log: Path, archive: Path) -> None:
    rewritten(archive, lambda rows: None)
    assert run("verify", "--archive", archive, "--key", key_of(log)).exit_code == 0


def test_another_key_signs_nothing(log: Path, archive: Path, tmp_path: Path) -> None:
    other = load_signing_key(tmp_path / "other.key", "channelgate")
    stated = json.loads(pyarrow.parquet.read_schema(archive).metadata[METADATA])
    signed = [parse_checkpoint(note).checkpoint for note in stated["checkpoints"]]
    forged = {
        **stated,
        "checkpoints": [sign_checkpoint(replace(one), other) for one in signed],
        "verifying_keys": [other.verifying.format()],
    }
    rewritten(archive, lambda rows: None, json.dumps(forged).encode())
    assert run("verify", "--archive", archive).exit_code == 0  # by the keys that it names itself
    shown = run("verify", "--archive", archive, "--key", key_of(log))
    assert shown.exit_code == 1
    assert "the stored checkpoint over them proves nothing" in shown.stdout


def test_without_checkpoints_nothing_is_shown(log: Path, archive: Path) -> None:
    stated = json.loads(pyarrow.parquet.read_schema(archive).metadata[METADATA])
    rewritten(archive, lambda rows: None, json.dumps({**stated, "checkpoints": []}).encode())
    shown = run("verify", "--archive", archive, "--key", key_of(log))
    assert shown.exit_code == 1
    assert "covered by no signed checkpoint" in shown.stdout


def test_either_key_of_a_rotation_verifies_the_archive(log: Path, tmp_path: Path) -> None:
    for file in log.parent.iterdir():
        shutil.copy(file, tmp_path)
    log, archive = tmp_path / log.name, tmp_path / "log.parquet"
    before = key_of(log)
    assert run("rotate-key", "--database", log).exit_code == 0
    assert run("archive", "--database", log, "--out", archive).exit_code == 0
    assert key_of(log) != before
    for key in (before, key_of(log)):
        shown = run("verify", "--archive", archive, "--key", key)
        assert shown.exit_code == 0, shown.output


@pytest.mark.parametrize("length", [0, 100, 5000, -1])
def test_a_file_that_was_cut_is_named(archive: Path, length: int) -> None:
    archive.write_bytes(archive.read_bytes()[:length])
    shown = run("verify", "--archive", archive)
    assert shown.exit_code == 2
    assert "it is no whole Parquet file" in shown.stderr
    assert "damaged or cut" in shown.stderr


def test_no_byte_of_the_rows_can_be_altered_unseen(log: Path, archive: Path) -> None:
    whole = archive.read_bytes()
    key = key_of(log)
    group = pyarrow.parquet.read_metadata(archive).row_group(0)
    columns = [group.column(index) for index in range(group.num_columns)]
    for column in columns:
        start = column.dictionary_page_offset or column.data_page_offset
        for place in range(start, start + column.total_compressed_size, 97):
            archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
            shown = run("verify", "--archive", archive, "--key", key)
            assert shown.exit_code in (0, 1, 2), f"{place}: {shown.exception!r}"
            if shown.exit_code == 0:
                archive_rows = pyarrow.parquet.read_table(archive).to_pylist()
                archive.write_bytes(whole)
                assert archive_rows == pyarrow.parquet.read_table(archive).to_pylist(), place


def test_what_is_no_archive_is_refused(log: Path, archive: Path, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM '{archive}') TO '{tmp_path}/copied.parquet'")
    for other in (log, tmp_path / "copied.parquet", tmp_path / "missing.parquet"):
        shown = run("verify", "--archive", other)
        assert shown.exit_code == 2
        assert shown.stderr.startswith(f"channelgate: the archive {other} cannot be read: ")


def test_a_database_and_an_archive_are_not_verified_at_once(log: Path, archive: Path) -> None:
    for named in ((log,), ("--database", log)):
        shown = run("verify", *named, "--archive", archive)
        assert shown.exit_code == 2
        assert "a database and an archive are named" in shown.stderr


def test_detached_texts_are_not_in_an_archive(tmp_path: Path) -> None:
    request = {**EXAMPLES[0], "visit": {**EXAMPLES[0].get("visit", {}), **PLACE}}
    log = record(tmp_path, [request], keep_apart="personal")
    archive = tmp_path / "log.parquet"
    made = run("archive", "--database", log, "--out", archive)
    assert "not in it: the texts that were kept apart" in made.stdout
    entries = pyarrow.parquet.read_table(archive)["entry"].to_pylist()
    assert not any(PLACE["place"].encode() in entry for entry in entries)
    assert run("verify", "--archive", archive).exit_code == 0


def test_a_log_that_was_tampered_with_is_not_archived(log: Path, tmp_path: Path) -> None:
    altered, archive = tmp_path / "log.db", tmp_path / "log.parquet"
    shutil.copy(log, altered)
    change_entries(altered, lambda entry: entry + b" ", 5)
    made = run("archive", "--database", altered, "--out", archive)
    assert made.exit_code == 2
    assert "does not verify" in made.stderr
    assert not archive.exists()


def test_a_file_that_is_there_is_replaced_by_force_alone(log: Path, archive: Path) -> None:
    archive.write_text("mine")
    assert run("archive", "--database", log, "--out", archive).exit_code == 2
    assert archive.read_text() == "mine"
    assert run("archive", "--database", log, "--out", archive, "--force").exit_code == 0
    assert run("archive", "--database", log, "--out", log, "--force").exit_code == 2
    assert run("verify", "--archive", archive).exit_code == 0


def test_without_the_libraries_for_tables_the_command_says_what_to_install(
    log: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for arguments in (
        ("archive", "--database", log, "--out", archive, "--force"),
        ("verify", "--archive", archive),
    ):
        shown = run(*arguments)
        assert shown.exit_code == 2
        assert "pip install -e '.[tables]'" in shown.stderr
