"""The tree of a served log as tiles: over HTTP and as a folder, read by a package that is not ours.

Covers: api.ledger.tiles, api.cli.log_tiles, api.http.routes.decision_log
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.ledger.checkpoints import parse_checkpoint
from api.ledger.merkle import leaf_hash, root_of
from api.ledger.tiles import tiles_of
from tests.support.desks import ROOT, Desk, serving
from tests.support.tlog_judge import install_judge, judge

EXAMPLE = json.loads((ROOT / "examples" / "deliver.json").read_text())
MANY_ITEMS = [{**EXAMPLE["items"][0], "line": line} for line in range(1, 51)]


@dataclass(frozen=True)
class Served:
    """A service and its log, in which one entry is larger than an entry bundle takes."""

    desk: Desk
    database: Path

    def read(self, path: str, caller: str = "auditor") -> Any:
        return self.desk.call(caller, "GET", f"/v1/log/{path}")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with serving(folder) as desk:
        body = {**EXAMPLE, "request_id": "many", "items": MANY_ITEMS}
        assert desk.call("committee", "POST", "/v1/pre-check", body).status_code == 200
        calls = [{**EXAMPLE, "request_id": f"r{number}"} for number in range(100)]
        for _ in range(3):
            assert desk.call("committee", "POST", "/v1/pre-checks", calls).status_code == 200
        yield Served(desk, folder / "log.db")


def write(served: Served, folder: Path, *more: str) -> Result:
    command = ["log", "tiles", str(folder), "--database", str(served.database), *more]
    return CliRunner().invoke(app, command)


def test_an_entry_larger_than_a_bundle_takes_is_read_and_hashes_to_its_leaf(served: Served) -> None:
    size = parse_checkpoint(served.read("checkpoint").text).checkpoint.size
    entries = [served.read(f"entry/{place}").content for place in range(size)]
    assert max(map(len, entries)) > 65_535
    leaves = b"".join(map(leaf_hash, entries))
    assert served.read("tile/0/000").content == leaves[:8192]
    assert served.read(f"tile/0/001.p/{size - 256}").content == leaves[8192:]
    assert served.read("tile/1/000.p/1").content == root_of(map(leaf_hash, entries[:256]))
    answer = served.read("tile/0/000")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/002",
        "tile/0/001",
        "tile/0/000.p/256",
        "tile/0/0",
        "tile/entries/000",
        "tile/",
        "entry/999",
        "entry/-1",
        "entry/00",
        "entry/x",
        "entry/99999999999999999999",
        "tile/5/x001/000.p/7",
    ],
)
def test_what_there_is_not_is_not_found(served: Served, path: str) -> None:
    assert served.read(path).status_code == 404


def test_the_folder_has_the_same_bytes_as_the_calls(served: Served, tmp_path: Path) -> None:
    assert write(served, tmp_path / "tiles", "--entries").exit_code == 0
    note = (tmp_path / "tiles" / "checkpoint").read_text()
    assert note == served.read("checkpoint").text
    size = parse_checkpoint(note).checkpoint.size
    files = [file for file in (tmp_path / "tiles").rglob("*") if file.is_file()]
    assert len(files) == 1 + len([*tiles_of(size)]) + size
    for tile in tiles_of(size):
        assert (tmp_path / "tiles" / "tile" / tile.path).read_bytes() == served.read(
            f"tile/{tile.path}"
        ).content
    assert (tmp_path / "tiles" / "entry" / "256").read_bytes() == served.read("entry/256").content


def test_a_folder_is_continued_and_keeps_what_it_had(served: Served, tmp_path: Path) -> None:
    assert write(served, tmp_path).exit_code == 0
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "tile").rglob("*") if file.is_file()}
    assert served.desk.call("committee", "POST", "/v1/pre-check", EXAMPLE).status_code == 200
    assert write(served, tmp_path).exit_code == 0
    assert all(file.stat().st_mtime_ns == at for file, at in before.items())
    assert (tmp_path / "checkpoint").read_text() == served.read("checkpoint").text


def test_a_folder_that_the_log_does_not_continue_is_left_as_it_is(served: Served, tmp_path: Path) -> None:
    shorter = tmp_path / "shorter.db"
    with closing(sqlite3.connect(served.database)) as source, closing(sqlite3.connect(shorter)) as copy:
        source.backup(copy)
    folder = tmp_path / "tiles"
    assert served.desk.call("committee", "POST", "/v1/pre-check", EXAMPLE).status_code == 200
    assert write(served, folder).exit_code == 0
    published = (folder / "checkpoint").read_text()
    altered = published.replace(parse_root(published), b64encode(bytes(32)).decode())
    for note, database in ((published, shorter), (altered, served.database)):
        (folder / "checkpoint").write_text(note)
        done = CliRunner().invoke(app, ["log", "tiles", str(folder), "--database", str(database)])
        assert done.exit_code == 1
        assert "NOT CONTINUED" in done.stdout
        assert (folder / "checkpoint").read_text() == note
    (folder / "checkpoint").write_text("not a checkpoint")
    assert write(served, folder).exit_code == 2


def parse_root(note: str) -> str:
    return note.split("\n")[2]


def test_an_empty_log_has_no_tiles(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    done = CliRunner().invoke(
        app, ["log", "tiles", str(tmp_path / "t"), "--database", str(tmp_path / "empty.db")]
    )
    assert done.exit_code == 2
    assert not (tmp_path / "t").exists()


def test_a_package_that_is_not_ours_verifies_the_log_by_its_tiles(served: Served, tmp_path: Path) -> None:
    programs = install_judge(tmp_path / "venv")
    folder, older = tmp_path / "tiles", tmp_path / "older"
    assert write(served, folder, "--entries").exit_code == 0
    shutil.copy(folder / "checkpoint", older)
    assert served.desk.call("committee", "POST", "/v1/pre-check", EXAMPLE).status_code == 200
    assert write(served, folder).exit_code == 0
    key = CliRunner().invoke(app, ["log", "key", "--database", str(served.database)]).stdout
    (tmp_path / "log.key").write_text(key)
    by_tiles = ["--tiles", str(folder), "--vkey-file", str(tmp_path / "log.key")]
    large = max((folder / "entry").rglob("*"), key=lambda file: file.stat().st_size if file.is_file() else 0)
    index = str(int(large.name))
    calls = [
        ["verify-checkpoint", *by_tiles],
        ["verify-inclusion", "--index", index, "--leaf", str(large), *by_tiles],
        ["verify-consistency", "--old-checkpoint", str(older), *by_tiles],
        ["verify-inclusion", "--index", "0", "--leaf", str(large), *by_tiles],
    ]
    assert [verdict["ok"] for verdict in judge(programs, calls)] == [True, True, True, False]
