"""`channelgate policies test`: what an officer reads, what is recorded, and that accepted scenarios notice."""

from __future__ import annotations

import builtins
import importlib.util
import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.compliance.rehearsed_sample import CONFTEST, FEATURE, STORY
from tests.engine.evaluation.test_default_logic import SKELETON

ROOT = Path(__file__).parents[1]


def make_project(root: Path, feature: str = FEATURE, **policies: str) -> Path:
    for name, text in {**SKELETON, **policies}.items():
        (root / "policies").mkdir(exist_ok=True)
        (root / "policies" / name).write_text(text, encoding="utf-8")
    (root / "features").mkdir()
    (root / "features" / "samples.feature").write_text(dedent(feature).lstrip(), encoding="utf-8")
    (root / "conftest.py").write_text(dedent(CONFTEST), encoding="utf-8")
    (root / "story.py").write_text(dedent(STORY), encoding="utf-8")
    (root / "pytest.ini").write_text(
        "[pytest]\nbdd_features_base_dir = features\nfilterwarnings = error\npythonpath = .\n"
        "addopts = --strict-markers -p no:hypothesispytest -p no:anyio\n",
        encoding="utf-8",
    )
    return root


def run(root: Path, *arguments: str) -> Result:
    folders = [str(root / "policies"), "--features", str(root / "features")]
    return CliRunner().invoke(app, ["policies", "test", *folders, *arguments])


@pytest.fixture(autouse=True)
def _steps_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result, dict[str, Any]]:
    """The sample project, tested once, its proposals accepted."""
    twice = SKELETON["directive.yaml"].replace("    clause: H3\n", "    clause: [H3, H2]\n")
    twice = twice.replace('samples"}', 'samples", clause: H2}')
    root = make_project(tmp_path_factory.mktemp("project"), **{"directive.yaml": twice})
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", str(ROOT))
        result = run(root, "--out", str(root / "out" / "test.json"), "--accept")
    return root, result, json.loads((root / "out" / "test.json").read_text(encoding="utf-8"))


Told = tuple[Path, Result, dict[str, Any]]


def fates(record: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(row["subject"], row["said"]): row["fate"] for row in record["mutants"]["all"]}


def test_changes_that_no_scenario_notices_are_findings(told: Told) -> None:
    _, result, record = told
    assert result.exit_code == 1, result.output
    assert record["mutants"]["survived"] > 0
    assert not record["ready"]
    assert "NOT NOTICED directive.yaml:" in result.output
    assert "Result: NOT READY" in result.output


def test_each_change_has_its_fate(told: Told) -> None:
    found = fates(told[2])
    quantity = "small-quantities-are-sent"
    assert found[quantity, "drops the condition `item.quantity <= {largest_quantity}`"] == "killed"
    assert found[quantity, 'drops the condition `handover.by == "committee"`'] == "survived"
    assert found["no-sample-leaves", "drops the rule `no-sample-leaves`"] == "refused"
    assert found["{largest_quantity}", "puts 2 for 3"] == "killed"
    assert found["{largest_quantity}", "puts 6 for 5"] == "survived"
    totals = told[2]["mutants"]
    counted = ("killed", "refused", "equivalent", "survived", "not_decided")
    assert sum(totals[fate] for fate in counted) == totals["tried"] == len(totals["all"])


def test_a_change_of_what_is_never_answered_is_proved_equivalent(told: Told) -> None:
    rows = [row for row in told[2]["mutants"]["all"] if row["fate"] == "equivalent"]
    said = {(row["subject"], row["said"]) for row in rows}
    assert ("small-quantities-are-sent", "drops the clause H2") in said, "its duty cites the clause anyway"


def test_the_record_ties_clauses_to_rules_and_scenarios(told: Told) -> None:
    record = told[2]
    clause = next(row for row in record["clauses"] if row["clause"] == "H3")
    assert clause["rules"] == ["small-quantities-are-sent"]
    assert clause["verdict"] == "verified"
    assert clause["scenarios"] == ["features/samples.feature:31"]
    assert record["scenarios"]["promised"] == record["scenarios"]["passed"] == 7
    assert record["policies"]["instruction"] == {"from": "2020-01-01", "until": "2029-12-31"}


def test_conditions_say_what_was_never_seen_and_what_never_can_be(told: Told) -> None:
    rows = {row["condition"]: row for row in told[2]["conditions"]}
    assert rows['handover.by == "committee"']["unseen"] == ["false"]
    assert rows["item.quantity <= {largest_quantity}"]["unseen"] == []
    assert rows["mission.country == {country}"]["unseen"] == ["unknown"]


def test_every_survivor_comes_with_a_scenario(told: Told) -> None:
    survivors = [row for row in told[2]["mutants"]["all"] if row["fate"] == "survived"]
    assert [row["said"] for row in survivors if "proposal" not in row] == []
    assert all("Scenario: " in row["proposal"]["text"] for row in survivors)


def test_accepted_scenarios_notice_the_changes_they_were_written_for(told: Told) -> None:
    root, _, before = told
    feature = (root / "features" / "samples.feature").read_text(encoding="utf-8")
    survivors = {key for key, fate in fates(before).items() if fate == "survived"}
    assert all(row["proposal"]["title"] in feature for row in before["mutants"]["all"] if "proposal" in row)
    again = json.loads(run(root, "--format", "json").stdout)
    assert again["scenarios"]["findings"] == []
    assert {fates(again)[key] for key in survivors} == {"killed"}
    assert again["mutants"]["score"] == 1


def test_without_mutants_only_the_scenarios_count(tmp_path: Path) -> None:
    result = run(make_project(tmp_path), "--no-mutants")
    assert result.exit_code == 0, result.output
    assert "Scenarios   7 promised, 7 passed" in result.output
    assert "Result: nothing is left to do" in result.output


def test_a_scenario_that_fails_is_a_finding(tmp_path: Path) -> None:
    wrong = FEATURE.replace("Then the outcome is not_governed", "Then the outcome is refuse")
    result = run(make_project(tmp_path, wrong), "--no-mutants")
    assert result.exit_code == 1
    assert "FAILED features/samples.feature:" in result.output
    assert "Visitors from elsewhere are not decided" in result.output


def test_a_step_mistyped_is_a_finding_with_its_remedy(tmp_path: Path) -> None:
    mistyped = FEATURE.replace("When the host asks", "When the hots asks", 1)
    result = run(make_project(tmp_path, mistyped), "--no-mutants")
    assert result.exit_code == 1, result.output
    assert "S01 no step definition fits `When the hots asks`; did you mean `the host asks`?" in result.output


def test_a_rule_without_scenario_is_a_finding(tmp_path: Path) -> None:
    untagged = FEATURE.replace("@rule:not_settled", "@boundary")
    result = run(make_project(tmp_path, untagged), "--no-mutants")
    assert result.exit_code == 1
    assert "not_settled: no scenario" in result.output


def test_faulty_policies_are_not_tested(tmp_path: Path) -> None:
    faulty = SKELETON["directive.yaml"].replace("outcome: deliver", "outcome: deliverr")
    result = run(make_project(tmp_path, **{"directive.yaml": faulty}))
    assert result.exit_code == 2
    assert "nothing is tested; mend the places named above" in result.output


def test_a_folder_without_features_is_named(tmp_path: Path) -> None:
    make_project(tmp_path)
    result = CliRunner().invoke(
        app, ["policies", "test", str(tmp_path / "policies"), "--features", str(tmp_path / "fetures")]
    )
    assert result.exit_code == 2
    assert (
        "fetures holds no feature file; name the folder of the feature files with --features" in result.output
    )


def test_without_the_test_tools_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "pytest_bdd" else real(name)
    )
    result = run(make_project(tmp_path))
    assert result.exit_code == 2
    assert "the test tools are not installed (pytest-bdd)" in result.output
    assert "pip install 'channelgate[dev]'" in result.output


def test_the_test_tools_are_not_imported_by_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    real = builtins.__import__

    def watched(name: str, *rest: Any, **more: Any) -> Any:
        imported.append(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", watched)
    result = CliRunner().invoke(app, ["policies", "test", "--help"])
    assert result.exit_code == 0
    assert not {"pytest", "pytest_bdd", "z3"} & {name.split(".")[0] for name in imported}
