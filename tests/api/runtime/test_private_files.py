"""What only the owner may read is so from the first byte, whatever the umask, and durable before it is used."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api.cli.main import app
from api.runtime.private_files import create_private, restrict, write_private
from api.server import ServerFault, run_server
from api.settings import Settings
from api.signing.keys import load_signing_key
from tests.support.desks import URGENT, serving

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def lax_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def modes_in(folder: Path) -> dict[str, int]:
    return {str(file.relative_to(folder)): mode_of(file) for file in folder.rglob("*") if file.is_file()}


def run(*arguments: object) -> None:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output


def test_database_key_backup_and_exports_are_their_owners_alone(tmp_path: Path) -> None:
    database = tmp_path / "log.db"
    with serving(tmp_path) as desk:
        assert desk.call("department", "POST", "/v1/pre-check", URGENT).status_code == 200
        while_open = modes_in(tmp_path)
    assert {"log.db", "log.db-wal", "log.db-shm", "log.db.key"} <= while_open.keys()
    run("store", "backup", database, "--out", tmp_path / "backup.db")
    run("store", "restore", tmp_path / "backup.db", "--database", tmp_path / "restored.db")
    run("registers", "export", "--database", database, "--out", tmp_path / "lists")
    requests = tmp_path / "requests.csv"
    requests.write_text("request_id,mission.countries\nr1,KP\n")
    requests.chmod(0o600)
    for ending in ("csv", "jsonl", "parquet"):
        run("screen", requests, "--policies", ROOT / "policies", "--out", tmp_path / f"answers.{ending}")
    modes = while_open | modes_in(tmp_path)
    assert {"backup.db", "restored.db", "answers.csv", "answers.jsonl", "answers.parquet"} <= modes.keys()
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


def test_a_database_and_a_key_that_others_could_read_are_theirs_no_longer_and_that_is_logged(
    tmp_path: Path,
) -> None:
    database, key = tmp_path / "log.db", tmp_path / "log.db.key"
    keys: dict[str, str] = {}
    with serving(tmp_path, keys=keys):
        pass
    database.chmod(0o644)
    key.chmod(0o640)
    with capture_logs() as lines, serving(tmp_path, keys=keys):
        assert (mode_of(database), mode_of(key)) == (0o600, 0o600)
    assert {line["file"] for line in lines if line["event"] == "file_restricted"} >= {str(database), str(key)}


def test_a_file_whose_mode_cannot_be_changed_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    file = tmp_path / "file"
    file.touch(0o644)
    monkeypatch.setattr(Path, "chmod", refuse)
    with capture_logs() as lines:
        restrict(file)
        restrict(tmp_path / "absent")
    assert [line["event"] for line in lines] == ["file_open_to_others"]


def test_a_folder_in_the_place_of_a_file_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o755)
    with capture_logs() as lines:
        restrict(folder)
    assert (folder.stat().st_mode & 0o777, lines) == (0o755, [])


def test_a_file_is_written_whole_in_the_place_of_a_looser_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    write_private(file, b"new")
    assert (file.read_bytes(), mode_of(file)) == (b"new", 0o600)
    assert list(tmp_path.iterdir()) == [file]
    write_private(Path("/dev/null"), b"new")


def test_a_key_is_durable_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are flushed before they appear, and the folder after."""
    key, steps = tmp_path / "log.key", []
    flush = os.fsync

    def flushed(handle: int) -> None:
        steps.append((stat.S_ISDIR(os.fstat(handle).st_mode), key.exists()))
        flush(handle)

    monkeypatch.setattr(os, "fsync", flushed)
    load_signing_key(key, "log")
    assert steps == [(False, False), (True, True)]
    assert list(tmp_path.iterdir()) == [key]


def test_a_key_that_another_process_makes_meanwhile_is_the_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "log.key"
    other = load_signing_key(tmp_path / "other.key", "log")

    def late(path: Path, content: bytes) -> None:
        path.write_bytes(other.to_pem())
        create_private(path, content)

    monkeypatch.setattr("api.signing.keys.create_private", late)
    assert load_signing_key(file, "log").verifying == other.verifying


def test_an_empty_key_file_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings(
        policies=ROOT / "policies", database=tmp_path / "log.db", port=0, insecure_no_auth=True
    )
    settings.key_file.touch(0o600)
    with pytest.raises(ServerFault, match="is empty, and so is the log") as fault:
        run_server(settings)
    assert "delete the file" in fault.value.remedy
    settings.key_file.unlink()
    with serving(tmp_path) as desk:
        assert desk.call("department", "POST", "/v1/pre-check", URGENT).status_code == 200
    settings.key_file.write_bytes(b"")
    with pytest.raises(ServerFault, match="is empty, but the log has entries") as fault:
        run_server(settings)
    assert "copy" in fault.value.remedy
    assert settings.key_file.read_bytes() == b""
