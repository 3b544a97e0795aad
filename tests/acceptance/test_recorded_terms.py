"""A log from before terms were checked: it is replayed, and no due that it records gets lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import api.policies.folder
from api.cli.main import app
from engine import PolicyFaults, Severity, load_policies, load_recorded_policies
from tests.support.desks import ROOT, serving
from tests.support.handing_over import cleared, decided, hand_over, issue

PROSE = "thirty days of delivery"
STATED = "within: 30 days of delivery"


def written_with(term: str, folder: Path) -> Path:
    """The shipped policies with another term everywhere."""
    folder.mkdir()
    for path in (ROOT / "policies").glob("*.yaml"):
        (folder / path.name).write_text(path.read_text().replace(STATED, f"within: {term}"))
    return folder


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.yaml")}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def earlier(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A service as it was before terms were checked."""
    monkeypatch.setattr(api.policies.folder, "load_policies", lambda files, _: load_recorded_policies(files))
    yield monkeypatch
    monkeypatch.undo()


def transfers_due(database: Path, day: str) -> list[Any]:
    shown = run(
        "due", "--database", database, "--as-of", day, "--policies", ROOT / "policies", "--format", "json"
    )
    assert shown.exit_code in (0, 1), shown.output
    return [due for due in json.loads(shown.stdout)["due"] if "handover_id" in due["subject"]]


def test_a_set_with_prose_for_a_term_is_loaded_to_decide_again_and_never_to_become_active(
    tmp_path: Path,
) -> None:
    files = content_of(written_with(PROSE, tmp_path / "old"))
    with pytest.raises(PolicyFaults) as refused:
        load_policies(files)
    assert {fault.code for fault in refused.value.diagnostics} == {"R30"}
    remarks = load_recorded_policies(files).hints
    assert remarks == refused.value.diagnostics
    assert {remark.severity for remark in remarks} == {Severity.HINT}


def test_every_other_fault_of_a_recorded_set_is_a_fault_still(tmp_path: Path) -> None:
    files = content_of(written_with('"{nobody} days of delivery"', tmp_path / "old"))
    with pytest.raises(PolicyFaults) as refused:
        load_recorded_policies(files)
    assert "R07" in {fault.code for fault in refused.value.diagnostics}


def test_a_recorded_term_that_cannot_be_counted_is_due_without_a_day(
    earlier: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old, database = written_with(PROSE, tmp_path / "old"), tmp_path / "log.db"
    with serving(tmp_path, str(database), policies=old) as desk:
        hand_over(desk, clearance=cleared(desk)["clearance_id"])
    earlier.undo()
    (due,) = transfers_due(database, "1999-12-31")
    assert (due["due"], due["overdue"], due["clause"]) == (None, False, "S3.12")
    assert due["what"].endswith(f"no transfer is recorded; no due day can be told: {PROSE}")
    as_text = run("due", "--database", database, "--as-of", "1999-12-31", "--policies", ROOT / "policies")
    assert f"no due day can be told: {PROSE}" in as_text.stdout
    ended = run("reconcile", database, "--as-of", "1999-12-31", "--policies", ROOT / "policies")
    assert ended.exit_code in (0, 1)


@pytest.mark.parametrize(
    ("term", "last_day"),
    [
        ("30 days of delivery", "1965-04-01"),
        ("30 days after delivery", "1965-04-01"),
        ("P1M of delivery", "1965-04-02"),
    ],
)
def test_a_recorded_term_that_can_be_counted_falls_due(
    earlier: pytest.MonkeyPatch, tmp_path: Path, term: str, last_day: str
) -> None:
    old, database = written_with(term, tmp_path / "old"), tmp_path / "log.db"
    with serving(tmp_path, str(database), policies=old) as desk:
        hand_over(desk, clearance=cleared(desk)["clearance_id"])
    earlier.undo()
    (due,) = transfers_due(database, "1965-04-02")
    assert (due["due"], due["overdue"]) == (last_day, last_day < "1965-04-02")
    assert due["what"].endswith("no transfer is recorded")


@pytest.mark.parametrize("term", [PROSE, '"{next_session} days of delivery"'])
def test_a_log_with_prose_for_a_term_is_replayed_to_the_same_bytes_and_compared(
    earlier: pytest.MonkeyPatch, tmp_path: Path, term: str
) -> None:
    old, database, keys = written_with(term, tmp_path / "old"), tmp_path / "log.db", dict[str, str]()
    with serving(tmp_path, str(database), policies=old, keys=keys) as desk:
        decision = decided(desk)
    earlier.undo()
    texts = {duty.get("within") for line in decision["lines"] for duty in line["duties"]} - {None}
    assert len(texts) == 1
    assert texts <= {PROSE, "8 days of delivery"}
    replayed = run("log", "replay", database)
    assert (replayed.exit_code, replayed.stdout) == (
        0,
        "1 decision taken again, 0 differ from what was recorded\n",
    )
    revision = decision["policy"]["revision"]
    compared = run("policies", "compare", revision, ROOT / "policies", "--database", database)
    assert compared.exit_code == 0, compared.output
    with serving(tmp_path, str(database), keys=keys) as desk:
        assert issue(desk, decision["decision_id"]).status_code == 201
