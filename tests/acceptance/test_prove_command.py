"""`channelgate policies prove`: what an officer reads, the exit codes, and z3 only where it is needed.

Covers: api.cli.policies_prove
"""

from __future__ import annotations

import builtins
import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.support.mistakes import ROOT, SHIPPED

DEPARTMENT_MAY = ('handover.by in ["receiving_department", "other"]', 'handover.by == "other"')

MILD = ("--floor", str(ROOT / "tests" / "data" / "mild_floor.yaml"), "--role", "committee")
"""A floor that does not stop what is delivered by mistake here, and facts that are those of their owners."""


def prove(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["policies", "prove", *arguments])


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """The shipped folder, in which the department may deliver itself."""
    for name, content in SHIPPED.items():
        (tmp_path / name).write_bytes(content)
    directive = tmp_path / "directive.yaml"
    directive.write_text(directive.read_text().replace(*DEPARTMENT_MAY))
    return tmp_path


def test_the_shipped_policies_are_proved() -> None:
    result = prove(str(ROOT / "policies"))
    assert result.exit_code == 0, result.output
    assert re.search(r"^ok   every rule decides something +(\d+) of \1 proved +\d+ ms$", result.output, re.M)
    assert "everything is proved for all requests" in result.output


def test_a_failure_is_reported_with_its_request_clauses_and_places(faulty: Path) -> None:
    result = prove("--policies", str(faulty))
    assert result.exit_code == 1
    output = result.output
    assert re.search(r"^invariants.yaml:\d+:\d+: `no-department-hands-over` does not hold", output, re.M)
    assert "clauses: D1, S3.6, S3.12" in output
    assert "handover.by is receiving_department: Who would hand the item over?" in output
    assert re.search(r"^    directive.yaml:\d+:\d+ in-a-signed-resolution \[S3.6", output, re.M)


def test_the_worked_request_can_be_fed_to_check(faulty: Path) -> None:
    found = json.loads(prove(str(faulty), "--format", "json").output)
    assert found["proved"] is False
    refuted = refuted_invariant(found)
    (worked,) = refuted["worked"]
    shown = CliRunner().invoke(
        app,
        ["check", "-", "--policies", str(faulty), *MILD, "--format", "json"],
        input=json.dumps(worked["request"]),
    )
    assert json.loads(shown.output)["outcome"] == worked["outcome"] == "deliver"


def refuted_invariant(found: dict[str, Any]) -> dict[str, Any]:
    (refuted,) = [
        obligation
        for group in found["groups"]
        if group["name"] == "invariants"
        for obligation in group["obligations"]
        if obligation["verdict"] != "proved"
    ]
    return dict(refuted)


def test_a_worked_request_states_nothing_that_could_be_left_out(faulty: Path) -> None:
    found = json.loads(prove(str(faulty), "--format", "json").output)
    refuted = refuted_invariant(found)
    whole: dict[str, Any] = refuted["worked"][0]["request"]
    for less in one_fact_less(whole):
        arguments = ["check", "-", "--policies", str(faulty), *MILD, "--format", "json"]
        shown = CliRunner().invoke(app, arguments, input=json.dumps(less))
        assert json.loads(shown.output)["outcome"] != "deliver", less


def one_fact_less(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The request with one of its facts left out, in every way; the day stays."""
    found = []
    for place in places(request):
        less = json.loads(json.dumps(request))
        part = less
        for step in place[:-1]:
            part = part[step]
        del part[place[-1]]
        found.append(less)
    return found


def places(part: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(part, dict):
        rest = [
            places(value, (*before, key)) for key, value in part.items() if key not in ("request_id", "as_of")
        ]
        return [place for found in rest for place in found]
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return places(part[0], (*before, 0))
    return [before]


def test_a_folder_with_faults_cannot_be_proved(faulty: Path) -> None:
    (faulty / "korea.yaml").write_text("policy: korea")
    assert prove(str(faulty)).exit_code == 2


def test_without_z3_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *arguments: Any, **named: Any) -> Any:
        if name == "z3":
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    result = prove(str(ROOT / "policies"))
    assert result.exit_code == 2
    assert "pip install z3-solver" in result.stderr
