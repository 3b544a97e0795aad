"""No command writes over what it reads, nor, without --force, over a file that is there.

Covers: api.cli.output_files
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.acceptance.test_scenarios_command import make_project

ROOT = Path(__file__).parents[2]
ROW = '{"request_id": "r-1", "items": [{"line": "L1"}]}\n'


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows to screen, a ledger, policies, scenarios and a record of them."""
    folder = tmp_path_factory.mktemp("made")
    make_project(folder)
    (folder / "rows.jsonl").write_text(ROW)
    ledger = folder / "ledger.db"
    imported = run("registers", "import", ROOT / "examples" / "opening_balance", "--database", ledger)
    assert imported.exit_code == 0, imported.output
    record = folder / "record.json"
    tested = run("policies", "test", folder / "policies", "--no-mutants", "--out", record)
    assert tested.exit_code in (0, 1), tested.output
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with what was made, for one test."""
    monkeypatch.chdir(shutil.copytree(made, tmp_path / "here"))
    return tmp_path / "here"


SCREEN = "screen rows.jsonl --policies policies"
REPORT = "policies report policies --record record.json"
WRITERS = {
    "screen": f"{SCREEN} --out FILE.jsonl",
    "screen, rows set aside": f"{SCREEN} --out answers.csv --rejects FILE.jsonl",
    "table": f"policies table which-answer --policies {ROOT}/examples/second_directive/policies --out FILE.csv",
    "report": f"{REPORT} --out FILE.html",
    "report, for machines": f"{REPORT} --out page.html --junit FILE.xml",
    "export": "registers export --database ledger.db --out FILE.xlsx",
    "key of an officer": "keys officer officer-1 --out FILE.pem",
    "backup": "store backup --database ledger.db --out FILE.db",
    "print": f"registers print confirmation-list --database ledger.db --policies {ROOT}/policies --out FILE.html",
}
"""Every command that writes files, to FILE with a fitting ending."""


@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS)
def test_a_file_that_is_there_is_replaced_by_force_alone(here: Path, command: str) -> None:
    words = command.replace("FILE", "there").split()
    (there,) = (here / word for word in words if word.startswith("there."))
    there.write_text("valuable")
    refused = run(*words)
    assert refused.exit_code == 2, refused.output
    assert f"already there: {there.name}; name another place with --" in refused.stderr
    assert refused.stderr.endswith(", or replace it with --force\n")
    assert there.read_text() == "valuable"
    assert not {"answers.csv", "page.html"} & {file.name for file in here.iterdir()}
    replaced = run(*words, "--force")
    assert replaced.exit_code in (0, 1), replaced.output
    assert "rejects" in command or there.read_bytes() != b"valuable"


def hard_link(target: Path, link: Path) -> None:
    os.link(target, link)


def symbolic_link(target: Path, link: Path) -> None:
    link.symlink_to(target)


@pytest.mark.parametrize("link_to", [hard_link, symbolic_link])
@pytest.mark.parametrize(
    ("command", "read"),
    [
        (WRITERS["screen"], "rows.jsonl"),
        (WRITERS["screen, rows set aside"], "rows.jsonl"),
        (WRITERS["screen"], "policies/directive.yaml"),
        (WRITERS["report"], "record.json"),
        (WRITERS["report, for machines"], "policies/directive.yaml"),
        (WRITERS["backup"], "ledger.db"),
        (WRITERS["backup"], "ledger.db.key"),
        (WRITERS["print"], "ledger.db"),
        (WRITERS["export"], "ledger.db"),
        ("policies test policies --no-mutants --out FILE.json", "features/samples.feature"),
        ("policies test policies --no-mutants --out FILE.json", "policies/directive.yaml"),
    ],
)
def test_nothing_is_written_over_what_is_read(
    here: Path, command: str, read: str, link_to: Callable[[Path, Path], None]
) -> None:
    words = command.replace("FILE", "link").split()
    (link,) = (here / word for word in words if word.startswith("link."))
    link_to(here / read, link)
    before = (here / read).read_bytes()
    forced = [] if "policies test" in command else ["--force"]
    refused = run(*words, *forced)
    assert refused.exit_code == 2, refused.output
    assert f"{link.name} would write over {read}, which is read; name another file" in refused.stderr
    assert (here / read).read_bytes() == before
    assert link.read_bytes() == before


def test_a_screened_file_keeps_its_rows(here: Path) -> None:
    refused = run(*SCREEN.split(), "--out", "rows.jsonl")
    assert refused.exit_code == 2, refused.output
    assert (
        refused.stderr
        == "channelgate: --out rows.jsonl would write over rows.jsonl, which is read; name another file\n"
    )
    assert (here / "rows.jsonl").read_text() == ROW


@pytest.mark.parametrize(
    ("words", "second"),
    [
        (f"{SCREEN} --out new.jsonl --rejects new.jsonl", "--rejects"),
        (f"{REPORT} --out n --junit n", "--junit"),
    ],
)
def test_two_outputs_are_two_files(here: Path, words: str, second: str) -> None:
    refused = run(*words.split())
    assert refused.exit_code == 2, refused.output
    assert f"--out and {second} name the same file" in refused.stderr


def test_a_record_of_a_run_is_written_anew(here: Path) -> None:
    again = run("policies", "test", "policies", "--no-mutants", "--out", "record.json", "--only", "samples")
    assert again.exit_code in (0, 1), again.output
    assert "partial" in json.loads((here / "record.json").read_text())


def test_what_is_no_file_is_written_to(here: Path) -> None:
    assert run(*REPORT.split(), "--out", "/dev/null", "--junit", "/dev/null").exit_code in (0, 1)
