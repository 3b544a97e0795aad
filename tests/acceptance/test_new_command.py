"""`channelgate new`: what it makes is sound, proved and shown by scenarios, and nothing that is there is touched.

Covers: api.cli.new, api.files.starter
"""

import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.support.mistakes import ROOT
from tests.support.shown_commands import commands_shown, prints_as_shown

MADE = [
    "features/first.feature",
    "floor.yaml",
    "policies/authzen.yaml",
    "policies/directive.yaml",
    "policies/home.yaml",
    "policies/iceland.yaml",
    "policies/invariants.yaml",
    "policies/other_countries.yaml",
    "policies/readings.yaml",
    "policies/vocabulary.yaml",
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def office(tmp_path: Path) -> Path:
    folder = tmp_path / "office"
    made = run("new", folder)
    assert made.exit_code == 0, made.output
    return folder


def test_the_folder_holds_what_is_printed_and_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "our office"
    made = run("new", folder)
    assert made.exit_code == 0, made.output
    assert names_in(tmp_path) == [f"our office/{name}" for name in MADE]
    assert [line.strip() for line in made.output.splitlines() if line.startswith("  ")] == [
        *MADE,
        f"channelgate policies check '{folder}/policies'",
        f"channelgate policies test '{folder}/policies'",
        f"channelgate serve --policies '{folder}/policies' --insecure-no-auth",
    ]


def test_it_is_sound_laid_out_and_proved_and_held_to_its_own_floor(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office.parent)
    checked = run("policies", "check", "office/policies")
    assert checked.exit_code == 0, checked.output
    assert checked.output.count("\n") == 1, "a remark"
    assert checked.output.endswith(", held to office/floor.yaml\n")
    assert run("policies", "fmt", "office/policies", "--check").exit_code == 0
    proved = run("policies", "prove", "office/policies")
    assert proved.exit_code == 0, proved.output
    assert "held to office/floor.yaml" in proved.output
    clauses = run("clauses", "--policies", "office/policies")
    assert (clauses.exit_code, "6 clauses, 0 with a gap." in clauses.output) == (0, True), clauses.output


def test_its_scenarios_leave_nothing_to_do_as_the_page_shows(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office.parent)
    command = "policies test office/policies"
    tested = run(*command.split(), "--out", "record.json")
    assert tested.exit_code == 0, tested.output
    record = json.loads(Path("record.json").read_text())
    assert (record["ready"], record["mutants"]["score"]) == (True, 1)
    assert record["mutants"]["killed"] >= 90
    shown = commands_shown(ROOT / "docs" / "use" / "your-directive.md")[command]
    assert prints_as_shown(shown, tested.stdout), tested.stdout


def test_the_file_with_parameters_that_is_shown_can_stand_in_the_place_of_its_own(office: Path) -> None:
    page = (ROOT / "docs" / "use" / "policy-officers.md").read_text()
    shown = re.search(r"```yaml\n(policy: iceland\n.*?)```", page, re.DOTALL)
    assert shown is not None
    (office / "policies" / "iceland.yaml").write_text(shown[1])
    checked = run("policies", "check", office / "policies")
    assert (checked.exit_code, checked.output.count("\n")) == (0, 1), checked.output
    assert run("policies", "fmt", office / "policies", "--check").exit_code == 0


def test_every_link_is_left_to_whoever_reads_it_first(office: Path) -> None:
    left = run("policies", "review", office / "policies")
    assert left.exit_code == 1
    assert "15 of 15 links to review" in left.output
    assert run("policies", "review", office / "policies", "--all", "--by", "the officer").exit_code == 0
    assert run("policies", "review", office / "policies").exit_code == 0


@pytest.mark.parametrize(("approval", "outcome"), [("approved", "deliver"), ("refused", "refuse")])
def test_the_owner_of_a_fact_alone_gives_a_permission(office: Path, approval: str, outcome: str) -> None:
    request = {
        "request_id": "a first question",
        "as_of": "2026-03-02",
        "mission": {"countries": ["IS"]},
        "handover": {"by": "host", "to": "visitor"},
        "visitor": {"signed": True},
        "items": [{"kind": "document", "quantity": 1, "approval": approval}],
    }
    (office / "request.json").write_text(json.dumps(request))
    arguments = ("check", office / "request.json", "--policies", office / "policies", "--format", "json")
    assert json.loads(run(*arguments).stdout)["outcome"] == "route_bilateral"
    stated = run(*arguments, "--role", "host", "--role", "release_desk")
    assert json.loads(stated.stdout)["outcome"] == outcome


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    assert run("new", tmp_path / "office").exit_code == 0
    assert names_in(tmp_path / "office") == MADE


def test_a_folder_with_something_in_it_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "notes.txt").write_text("mine")
    refused = run("new", tmp_path / "office")
    assert refused.exit_code == 2
    assert "is not empty, so nothing is written; name a folder that does not exist yet" in refused.stderr
    assert names_in(tmp_path) == ["office/notes.txt"]


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "office").write_text("mine")
    refused = run("new", tmp_path / "office")
    assert (refused.exit_code, "is a file, so nothing is written" in refused.stderr) == (2, True)
    assert (tmp_path / "office").read_text() == "mine"


def test_a_folder_in_one_that_is_not_there_is_refused(tmp_path: Path) -> None:
    refused = run("new", tmp_path / "nowhere" / "office")
    assert refused.exit_code == 2
    assert "nowhere is no folder; make that one first, or name another" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_folder_in_which_one_is_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused = run("new", ".")
    assert refused.exit_code == 2
    assert "name a new folder in it" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        if path.name == "vocabulary.yaml":
            raise OSError(28, "No space left on device")
        return os.write(os.open(path, os.O_CREAT | os.O_WRONLY), content)

    monkeypatch.setattr(Path, "write_bytes", full)
    refused = run("new", tmp_path / "office")
    assert refused.exit_code == 2
    assert "cannot be made (No space left on device); name a folder" in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_made_is_what_the_package_ships() -> None:
    starter = ROOT / "api" / "files" / "starter"
    assert [name for name in names_in(starter) if name.endswith((".yaml", ".feature"))] == MADE
