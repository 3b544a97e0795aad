"""`channelgate policies test --changed`: what has changed since a record is run, and nothing else.

Covers: api.evidence.scenarios.changed_part
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.acceptance.test_scenarios_command import make_project, run

EXCEPTION, PARAMETER = "small-quantities-are-sent", "{largest_quantity}"
LAST = "Before the first day everything is referred"


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample project, with the record of its whole test."""
    made = make_project(tmp_path_factory.mktemp("unchanged"))
    tested = run(made, "--no-mutants", "--out", str(made / "test.json"))
    assert tested.exit_code == 0, tested.output
    return made


@pytest.fixture
def root(unchanged: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(unchanged, tmp_path / "changed")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def run_changed(root: Path, *arguments: str) -> Result:
    return run(root, "--changed", str(root / "test.json"), "--format", "json", *arguments)


def found(result: Result) -> dict[str, Any]:
    assert result.exit_code in (0, 1), result.output
    record: dict[str, Any] = json.loads(result.stdout)
    assert record["ready"] is False
    assert record["partial"]["because"].startswith("of what ")
    return record


def names(record: dict[str, Any]) -> set[str]:
    return {row["name"] for row in record["scenarios"]["all"]}


def test_where_nothing_has_changed_nothing_is_run(root: Path) -> None:
    feature = root / "features" / "samples.feature"
    feature.write_text("# moved down\n\n" + feature.read_text(encoding="utf-8"), encoding="utf-8")
    replace(root / "policies" / "directive.yaml", "rules:\n", "# moved down\nrules:\n")
    result = run_changed(root)
    assert result.exit_code == 0
    assert result.stdout == ""
    assert f"nothing has changed since {root / 'test.json'}, so nothing is run" in result.stderr


def test_a_changed_rule_is_tried_with_its_scenarios_alone(root: Path) -> None:
    directive = root / "policies" / "directive.yaml"
    replace(directive, "item.quantity <= {largest_quantity}", "item.quantity < {largest_quantity}")
    result = run_changed(root)
    record = found(result)
    assert {row["subject"] for row in record["mutants"]["all"]} == {EXCEPTION}
    assert all(f"@rule:{EXCEPTION}" in row["tags"] for row in record["scenarios"]["all"])
    assert record["partial"]["scenarios"] == {"run": 2, "of": 7}
    assert [row["verdict"] for row in record["scenarios"]["failing"]] == ["FAILED"]
    assert result.exit_code == 1


def test_a_changed_scenario_is_run_with_those_of_its_rules(root: Path) -> None:
    replace(root / "features" / "samples.feature", 'as_of is "2019-12-31"', 'as_of is "2019-12-30"')
    record = found(run_changed(root))
    assert names(record) == {LAST, "Visitors from elsewhere are not decided"}
    assert {row["subject"] for row in record["mutants"]["all"]} <= {"not_governed", "proposed"}
    assert record["partial"]["changes"]["tried"] > 0


def test_a_rule_that_lost_a_scenario_is_tried_anew(root: Path) -> None:
    feature = root / "features" / "samples.feature"
    text = feature.read_text(encoding="utf-8")
    feature.write_text(text[: text.index(f"    Scenario: {LAST}")], encoding="utf-8")
    record = found(run_changed(root))
    assert names(record) == {"Visitors from elsewhere are not decided"}
    assert {row["subject"] for row in record["mutants"]["all"]} <= {"not_governed", "proposed"}


def test_a_changed_parameter_changes_the_rules_that_name_it(root: Path) -> None:
    france = root / "policies" / "france.yaml"
    replace(france, "value: 3", "value: 2")
    record = found(run_changed(root))
    assert {row["subject"] for row in record["mutants"]["all"]} == {EXCEPTION, PARAMETER}
    assert record["partial"]["scenarios"]["run"] == 2
    assert len(record["scenarios"]["failing"]) == 1


def test_a_new_rule_without_a_scenario_is_a_gap(root: Path) -> None:
    directive = root / "policies" / "directive.yaml"
    rule = (
        "  - {rule: nothing-published, clause: H2, when: item.published, outcome: refuse,\n"
        "     duties: [{who: host, must: wait}], say: Not this.}\n"
    )
    replace(directive, "rules:\n", f"rules:\n{rule}")
    result = run_changed(root, "--no-mutants")
    assert result.exit_code == 1
    assert [(row["rule"], row["verdict"]) for row in found(result)["rules"]] == [
        ("nothing-published", "no scenario")
    ]


def test_what_had_not_passed_is_run_again(root: Path) -> None:
    feature = root / "features" / "samples.feature"
    steps = '          And item.kind is "drawing"\n'.removeprefix("    ")
    replace(feature, steps, steps.replace("drawing", "sample"))
    failed = run(root, "--no-mutants", "--out", str(root / "test.json"))
    assert failed.exit_code == 1
    assert "A drawing is decided by the office" in names(found(run_changed(root, "--no-mutants")))


def test_both_options_choose_what_both_are_about(root: Path) -> None:
    replace(root / "policies" / "france.yaml", "value: 3", "value: 2")
    replace(root / "features" / "samples.feature", 'as_of is "2019-12-31"', 'as_of is "2019-12-30"')
    record = found(run_changed(root, "--only", "H3", "--no-mutants"))
    assert [row["rule"] for row in record["rules"]] == [EXCEPTION]
    assert record["partial"]["because"] == (
        f"of what is about `H3` and has changed since {root / 'test.json'}"
    )
    nothing = run_changed(root, "--only", "What it is, is asked")
    assert nothing.exit_code == 0
    assert "nothing is about `What it is, is asked` and has changed since " in nothing.stderr


def without_fingerprints(record: dict[str, Any]) -> None:
    del record["fingerprints"]
    for row in record["scenarios"]["all"]:
        del row["fingerprint"]


def of_a_part(record: dict[str, Any]) -> None:
    record["partial"] = {}


def with_a_rule_more(record: dict[str, Any]) -> None:
    record["fingerprints"]["rules"]["no-drawing-leaves"] = "0123456789abcdef"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            without_fingerprints,
            "does not say what each rule and scenario said; an earlier version wrote it; "
            "write it anew with `channelgate policies test --out`",
        ),
        (of_a_part, "is of a part of the scenarios alone; make it with `channelgate policies test --out`"),
        (with_a_rule_more, "run it without --changed"),
        (dict.clear, "is not such a record"),
    ],
)
def test_a_record_that_does_not_say_what_has_changed_is_refused(root: Path, change: Any, fault: str) -> None:
    record = json.loads((root / "test.json").read_text(encoding="utf-8"))
    change(record)
    (root / "test.json").write_text(json.dumps(record), encoding="utf-8")
    result = run_changed(root)
    assert result.exit_code == 2
    assert fault in result.stderr


def test_a_record_that_is_not_there_is_named(root: Path) -> None:
    result = run(root, "--changed", str(root / "none.json"))
    assert result.exit_code == 2
    assert "none.json cannot be read" in result.stderr


def test_what_is_stated_of_all_policies_needs_the_whole_test(root: Path) -> None:
    replace(root / "policies" / "directive.yaml", "from: 2020-01-01", "from: 2019-01-01")
    result = run_changed(root)
    assert result.exit_code == 2
    assert "such as the instruction, or a phrase has changed since" in result.stderr
    assert "run it without --changed" in result.stderr
