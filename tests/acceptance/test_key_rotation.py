"""The signing key of a log is rotated while it is served, and whoever checks the log follows.

Covers: api.ledger.key_rotation, api.cli.log_keys
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from api.cli.clock import now
from api.cli.main import app
from api.doors.running_server import running_server
from api.ledger.checkpoints import Checkpoint, parse_checkpoint, sign_checkpoint
from api.ledger.database import Database
from api.ledger.key_rotation import rotate_signing_key
from api.ledger.log import Ledger
from api.runtime.private_files import write_private
from api.settings import Settings
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, load_signing_key

ROOT = Path(__file__).parents[2]
REQUEST = json.loads((ROOT / "examples/deliver.json").read_text())


class ServedLog:
    """A running service with its log, and the commands on it."""

    def __init__(self, client: httpx.Client, database: Path) -> None:
        self.client = client
        self.database = database
        self.key_file = database.with_name("log.db.key")

    def pre_check(self) -> int:
        return self.client.post("/v1/pre-check", json=REQUEST).status_code

    def run(self, *arguments: str | Path) -> Result:
        return CliRunner().invoke(app, ["log", *map(str, arguments), "--database", str(self.database)])

    def lines(self, *arguments: str | Path) -> list[str]:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()


def settings_of(folder: Path) -> Settings:
    return Settings(policies=ROOT / "policies", database=str(folder / "log.db"), insecure_no_auth=True)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedLog]:
    with running_server(settings_of(tmp_path)) as address, httpx.Client(base_url=address) as client:
        log = ServedLog(client, tmp_path / "log.db")
        assert log.pre_check() == 200
        yield log


def test_the_service_signs_on_with_the_new_key_and_either_key_verifies_the_whole_log(
    served: ServedLog,
) -> None:
    (old,) = served.lines("key")
    anchor = served.key_file.with_name("anchor")
    anchor.write_text(served.run("checkpoint").stdout)
    place, new, before = served.lines("rotate-key")
    assert place == "since entry 4 the log is signed by"
    assert before == f"before, by {old}"
    assert served.pre_check() == 200
    assert served.lines("key") == [new]
    assert served.lines("key", "--all") == [new, f"{old}  succeeded at entry 4"]
    for key in (old, new):
        shown = served.lines("verify", "--key", key, "--anchor", anchor)
        assert shown[0] == "intact: 6 entries, 6 of them under a signed checkpoint"
        assert "and 1 more, by the successions of keys that the log records" in shown
    assert signer_of(served) == load_signing_key(served.key_file, "channelgate").verifying.key_id


def signer_of(served: ServedLog) -> bytes:
    (line,) = parse_checkpoint(served.run("checkpoint").stdout).signatures
    return line.key_id


def test_it_is_rotated_again_and_the_first_key_still_leads_to_the_last(served: ServedLog) -> None:
    (first,) = served.lines("key")
    for _ in range(3):
        served.lines("rotate-key")
        assert served.pre_check() == 200
    assert "and 3 more, by the successions of keys that the log records" in served.lines(
        "verify", "--key", first
    )


def test_a_checkpoint_by_the_old_key_after_its_end_is_a_finding(served: ServedLog) -> None:
    old = load_signing_key(served.key_file, "channelgate")
    served.lines("rotate-key")
    assert served.pre_check() == 200
    newest = parse_checkpoint(served.run("checkpoint").stdout).checkpoint
    forged = sign_checkpoint(Checkpoint("channelgate", newest.size, newest.root), old)
    with closing(sqlite3.connect(served.database)) as written, written:
        written.execute("UPDATE log_state SET note = ?", (forged,))
    result = served.run("verify")
    assert result.exit_code == 1
    assert "the key that signed it had been succeeded by then" in result.stdout


def test_a_node_without_the_new_key_says_which_and_records_nothing_until_it_is_there(
    served: ServedLog, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    shutil.copy(served.key_file, other)
    settings = settings_of(tmp_path).model_copy(update={"signing_key": other})
    with running_server(settings) as address, httpx.Client(base_url=address) as client:
        second = ServedLog(client, served.database)
        assert second.pre_check() == 200
        _, new, _ = served.lines("rotate-key")
        with capture_logs() as lines:
            assert (second.pre_check(), served.pre_check()) == (503, 200)
        assert any(new in line.get("remedy", "") for line in lines)
        os.replace(shutil.copy(served.key_file, tmp_path / "copy"), other)
        assert second.pre_check() == 200
    assert served.lines("verify")[0].startswith("intact: ")


def test_a_start_with_the_old_key_is_refused_and_the_remedy_names_the_new_one(served: ServedLog) -> None:
    old = Path(shutil.copy(served.key_file, served.key_file.with_name("old.key")))
    _, new, _ = served.lines("rotate-key")
    ledger = Ledger(Database(str(served.database)), old, "channelgate", now)
    with pytest.raises(SigningFault, match="the key was succeeded at entry 4") as refused:
        ledger.prepare()
    ledger.close()
    assert new in refused.value.remedy


class PowerCutError(Exception):
    """What stands for a process that ends in the middle."""


@pytest.mark.parametrize("by", ["the service", "another start"])
def test_a_rotation_that_broke_off_after_its_entry_is_carried_through(
    served: ServedLog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by: str
) -> None:
    def cut(*_: object) -> None:
        raise PowerCutError

    (old,) = served.lines("key")
    monkeypatch.setattr("api.ledger.key_rotation.os.replace", cut)
    assert isinstance(served.run("rotate-key").exception, PowerCutError)
    monkeypatch.undo()
    assert load_signing_key(served.key_file, "channelgate").verifying.format() == old
    if by == "the service":
        assert served.pre_check() == 200
    else:
        with running_server(settings_of(tmp_path)) as address, httpx.Client(base_url=address) as client:
            assert client.post("/v1/pre-check", json=REQUEST).status_code == 200
    assert load_signing_key(served.key_file, "channelgate").verifying.format() != old
    assert served.lines("verify", "--key", old)[0].startswith("intact: ")


def test_one_that_broke_off_before_its_entry_leaves_the_old_key_in_force(served: ServedLog) -> None:
    waiting = SigningKey.generate("channelgate")
    write_private(served.key_file.with_name("log.db.key.next"), waiting.to_pem())
    assert served.pre_check() == 200
    assert signer_of(served) == load_signing_key(served.key_file, "channelgate").verifying.key_id
    assert served.lines("rotate-key")[1] == waiting.verifying.format()


def test_a_key_that_the_log_does_not_name_rotates_nothing(served: ServedLog) -> None:
    served.key_file.write_bytes(SigningKey.generate("channelgate").to_pem())
    result = served.run("rotate-key")
    assert result.exit_code == 2
    assert "the log does not name the key as one of its own" in result.output
    assert not served.key_file.with_name("log.db.key.next").exists()


def test_without_a_key_file_there_is_nothing_to_rotate(served: ServedLog) -> None:
    served.key_file.unlink()
    assert served.run("rotate-key").exit_code == 2
    assert not served.key_file.exists()


def test_a_backup_from_after_a_rotation_is_restored_by_the_old_verifying_key(
    served: ServedLog, tmp_path: Path
) -> None:
    (old,) = served.lines("key")
    served.lines("rotate-key")
    for command in (
        ["backup", "--database", served.database, "--out", tmp_path / "a.backup.db"],
        ["restore", tmp_path / "a.backup.db", "--database", tmp_path / "new.db", "--key", old],
    ):
        result = CliRunner().invoke(app, ["store", *map(str, command)])
        assert result.exit_code == 0, result.output


def test_while_one_rotation_goes_on_no_other_puts_a_key_in_its_way(served: ServedLog) -> None:
    """The key that waits to be put into its place would else be that of another rotation, and no entry names it."""
    held_back = []

    def looking() -> datetime:
        folder = os.open(served.key_file.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held_back.append(True)
        finally:
            os.close(folder)
        return now()

    rotate_signing_key(Database(str(served.database)), served.key_file, "channelgate", looking)
    assert held_back == [True]
    assert served.pre_check() == 200
