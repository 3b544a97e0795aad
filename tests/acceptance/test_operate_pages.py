"""What docs/operate has operators type is typed, in a fresh copy of the repository: each page from top to bottom."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.domain.identity import Credential
from api.domain.sign_ins import SignIn
from api.ledger.database import Database
from api.storage.sign_ins import add_sign_in
from tests.support.page_scripts import ROOT, blocks_of, copy_of_repository, run_script
from tests.support.postgres import new_database
from tests.support.waiting import PATIENCE_SECONDS

OPERATE = ROOT / "docs" / "operate"
ELSEWHERE_RUN = {"witnesses"}
"""Pages that two offices type, by turns: tests/acceptance/test_witnesses.py does."""
PAGES = [
    page
    for page in sorted(OPERATE.glob("*.md"))
    if page.stem not in ELSEWHERE_RUN and any(not one.reason for one in blocks_of(page))
]
DATABASE = "postgresql://channelgate@db.example.org/channelgate"
ELSEWHERE = "/etc/channelgate"


def nothing(_: Path) -> None:
    """A page that begins with an empty folder."""


def begin_log(folder: Path) -> None:
    """A service that has run once."""
    status, output = run_script(
        "channelgate serve --database decisions.db --insecure-no-auth", folder, {"CHANNELGATE_PORT": "0"}
    )
    assert status == 0, output


def sign_in(folder: Path) -> None:
    """Somebody who has signed in."""
    begin_log(folder)
    now = dt.datetime.now(dt.UTC)
    database = Database(str(folder / "decisions.db"))
    database.prepare()
    with database.writing() as connection:
        ends = now + dt.timedelta(hours=12)
        add_sign_in(
            connection,
            SignIn("0" * 64, "officer-3", "auditor", None, Credential.API_KEY, "0" * 64, now, now, ends),
        )
    database.dispose()


BEFORE: dict[str, Callable[[Path], None]] = {
    "growth": begin_log,
    "keys": begin_log,
    "sign-in": sign_in,
    "stores": begin_log,
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path, postgres: Any) -> None:
    folder = copy_of_repository(tmp_path / "repository")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "client-secret").write_text("a secret of the provider")
    BEFORE.get(page.stem, nothing)(folder)
    script = "\n".join(block.text for block in blocks_of(page) if not block.reason)
    with new_database(postgres, f"page_{page.stem}") as url:
        here = {DATABASE: url, ELSEWHERE: str(tmp_path / "etc"), "10.0.0.11": "127.0.0.1"}
        for shown, own in here.items():
            script = script.replace(shown, own)
        status, output = run_script(script, folder, {"CHANNELGATE_PORT": "0"})
    assert status == 0, output


@pytest.mark.parametrize("page", sorted(OPERATE.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_has_no_shell_block_that_is_overlooked(page: Path) -> None:
    fences = [
        line for line in page.read_text().splitlines() if line.startswith(("```sh", "```bash", "```console"))
    ]
    assert len(fences) == len(blocks_of(page))
    assert set(fences) <= {"```sh"}


@pytest.mark.parametrize("words", [[], ["channelgate"], ["--help"]], ids=["nothing", "relative", "help"])
def test_an_installation_needs_an_absolute_folder_and_begins_nothing_without(
    words: list[str], tmp_path: Path
) -> None:
    done = subprocess.run(
        ["sh", str(ROOT / "deploy" / "install"), *words],
        env={**os.environ, "DESTDIR": str(tmp_path / "root/")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("usage: deploy/install FOLDER")
    assert list(tmp_path.iterdir()) == []
