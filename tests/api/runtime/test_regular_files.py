"""A pipe or a device among the files that a command or the service reads is a fault, and holds nobody."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.clock import now
from api.cli.main import app
from api.domain.identity import IdentityFault, NotIdentified
from api.evidence.reviews.review_file import REVIEW_FILE
from api.files.figures_file import FiguresFault, load_figures
from api.http.authentication import api_keys
from api.http.authentication.api_keys import KeyAuthenticator
from api.http.authentication.issuer_keys import IssuerKeys
from api.http.authentication.key_file import add_api_key, new_api_key
from api.runtime.regular_files import NotRegularError, read_regular_file
from tests.support.mistakes import ROOT
from tests.support.shipped_roles import DEPARTMENT, shipped_roles

Make = Callable[[Path], None]


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


ENDLESS = pytest.mark.parametrize("make", [os.mkfifo, make_device])


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.mark.parametrize(("length", "read"), [(0, 0), (9, 9), (10, 10), (11, 11), (12, 11)])
def test_of_a_longer_file_one_byte_more_than_may_be_is_read(tmp_path: Path, length: int, read: int) -> None:
    (tmp_path / "file").write_bytes(b"x" * length)
    assert read_regular_file(tmp_path / "file", 10) == b"x" * read


@ENDLESS
def test_nothing_is_read_of_what_is_no_regular_file(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "file")
    with pytest.raises(NotRegularError):
        read_regular_file(tmp_path / "file", 10)


def test_every_file_is_closed_again(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    before = os.listdir("/proc/self/fd")
    read_regular_file(tmp_path / "file", 10)
    for name in ("pipe", "."):
        with pytest.raises(OSError, match=r"it is a pipe|Is a directory"):
            read_regular_file(tmp_path / name, 10)
    assert os.listdir("/proc/self/fd") == before


def test_among_the_files_of_a_register(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lists.csv")
    result = run("registers", "import", tmp_path, "--database", tmp_path / "log.db")
    assert result.exit_code == 2
    assert "cannot be read (it is a pipe)" in result.stderr


@ENDLESS
def test_as_the_file_of_figures(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "figures.yaml")
    with pytest.raises(FiguresFault, match=r"cannot be read \(it is a "):
        load_figures(tmp_path / "figures.yaml", ())


@pytest.mark.parametrize("name", [REVIEW_FILE, "more.feature"])
@ENDLESS
def test_among_the_feature_files(tmp_path: Path, make: Make, name: str) -> None:
    features = Path(shutil.copytree(ROOT / "features", tmp_path / "features"))
    (features / name).unlink(missing_ok=True)
    make(features / name)
    result = run("policies", "review", ROOT / "policies", "--features", features)
    assert result.exit_code == 2
    assert "it is a " in result.stderr


@ENDLESS
def test_as_the_keys_of_an_issuer(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "jwks.json")
    with pytest.raises(IdentityFault, match=r"cannot be read from .* \(it is a "):
        IssuerKeys(str(tmp_path / "jwks.json"))


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key in the file of a service that looks for changes at every call."""
    monkeypatch.setattr(api_keys, "CHECK_INTERVAL_SECONDS", 0)
    key, stored = new_api_key("desk-7", DEPARTMENT, "x")
    add_api_key(tmp_path / "keys.json", stored)
    return key


@ENDLESS
def test_in_the_place_of_the_api_keys_it_identifies_nobody(tmp_path: Path, key: str, make: Make) -> None:
    way = KeyAuthenticator(tmp_path / "keys.json", shipped_roles, now)
    (tmp_path / "keys.json").rename(tmp_path / "away.json")
    make(tmp_path / "keys.json")
    with pytest.raises(NotIdentified):
        way.holder_of(key)


@pytest.mark.usefixtures("key")
def test_api_keys_may_come_from_a_pipe_at_the_start(tmp_path: Path) -> None:
    content = (tmp_path / "keys.json").read_bytes()
    os.mkfifo(tmp_path / "pipe")
    writing = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[content])
    writing.start()
    KeyAuthenticator(tmp_path / "pipe", shipped_roles, now)  # which raises if there is no key
    writing.join()


def test_a_request_may_come_from_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    content = (ROOT / "examples" / "refuse.json").read_bytes()
    writing = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[content])
    writing.start()
    result = run("check", tmp_path / "pipe", "--policies", ROOT / "policies")
    writing.join()
    assert result.exit_code == 0, result.output
