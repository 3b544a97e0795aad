"""`channelgate policies test`: what an officer reads, what is recorded, and that accepted scenarios notice.

Covers: api.cli.policies_test
"""

from __future__ import annotations

import builtins
import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.feature_folder import find_features
from api.cli.main import app
from api.runtime.shipped import default_policies, shipped_policies
from tests.engine.evaluation.test_default_logic import SKELETON
from tests.support.mutation_sample import CONFTEST, FEATURE, STORY

ROOT = Path(__file__).parents[2]


def make_project(root: Path, feature: str = FEATURE, **policies: str) -> Path:
    for name, text in {**SKELETON, **policies}.items():
        (root / "policies").mkdir(exist_ok=True)
        (root / "policies" / name).write_text(text, encoding="utf-8")
    (root / "features").mkdir()
    (root / "features" / "samples.feature").write_text(dedent(feature).lstrip(), encoding="utf-8")
    (root / "features" / "conftest.py").write_text(dedent(CONFTEST), encoding="utf-8")
    (root / "features" / "story.py").write_text(dedent(STORY), encoding="utf-8")
    return root


def run(root: Path, *arguments: str) -> Result:
    folders = [str(root / "policies"), "--features", str(root / "features")]
    return CliRunner().invoke(app, ["policies", "test", *folders, *arguments])


@pytest.fixture(scope="module")
def project_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result, dict[str, Any]]:
    """The sample project, tested once, its proposals accepted."""
    twice = SKELETON["directive.yaml"].replace("    clause: H3\n", "    clause: [H3, H2]\n")
    twice = twice.replace('samples"}', 'samples", clause: H2}')
    root = make_project(tmp_path_factory.mktemp("project"), **{"directive.yaml": twice})
    result = run(root, "--out", str(root / "out" / "test.json"), "--accept")
    return root, result, json.loads((root / "out" / "test.json").read_text(encoding="utf-8"))


ProjectRun = tuple[Path, Result, dict[str, Any]]


def fates(record: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {(row["subject"], row["said"]): row["fate"] for row in record["mutants"]["all"]}


def test_changes_that_no_scenario_notices_are_findings(project_run: ProjectRun) -> None:
    _, result, record = project_run
    assert result.exit_code == 1, result.output
    assert record["mutants"]["survived"] > 0
    assert not record["ready"]
    assert "NOT NOTICED directive.yaml:" in result.output
    assert "Result: NOT READY" in result.output


def test_each_change_has_its_fate(project_run: ProjectRun) -> None:
    found = fates(project_run[2])
    quantity = "small-quantities-are-sent"
    assert found[quantity, "drops the condition `item.quantity <= {largest_quantity}`"] == "killed"
    assert found[quantity, 'drops the condition `handover.by == "committee"`'] == "survived"
    assert found["no-sample-leaves", "drops the rule `no-sample-leaves`"] == "refused"
    assert found["{largest_quantity}", "puts 2 for 3"] == "killed"
    assert found["{largest_quantity}", "puts 6 for 5"] == "survived"
    totals = project_run[2]["mutants"]
    counted = ("killed", "refused", "equivalent", "survived", "not_decided")
    assert sum(totals[fate] for fate in counted) == totals["tried"] == len(totals["all"])


def test_a_change_of_what_is_never_answered_is_proved_equivalent(project_run: ProjectRun) -> None:
    rows = [row for row in project_run[2]["mutants"]["all"] if row["fate"] == "equivalent"]
    equivalents = {(row["subject"], row["said"]) for row in rows}
    assert ("small-quantities-are-sent", "drops the clause H2") in equivalents, (
        "its duty cites the clause anyway"
    )


def test_the_record_ties_clauses_to_rules_and_scenarios(project_run: ProjectRun) -> None:
    record = project_run[2]
    clause = next(row for row in record["clauses"] if row["clause"] == "H3")
    assert clause["rules"] == ["small-quantities-are-sent"]
    assert clause["verdict"] == "verified"
    assert clause["scenarios"] == ["features/samples.feature:31"]
    assert record["scenarios"]["promised"] == record["scenarios"]["passed"] == 7
    assert record["policies"]["instruction"] == {"from": "2020-01-01", "until": "2029-12-31"}


def test_conditions_say_what_was_never_seen_and_what_never_can_be(project_run: ProjectRun) -> None:
    rows = {row["condition"]: row for row in project_run[2]["conditions"]}
    assert rows['handover.by == "committee"']["unseen"] == ["false"]
    assert rows["item.quantity <= {largest_quantity}"]["unseen"] == []
    assert rows["mission.country == {country}"]["unseen"] == ["unknown"]


def test_every_survivor_comes_with_a_scenario(project_run: ProjectRun) -> None:
    survivors = [row for row in project_run[2]["mutants"]["all"] if row["fate"] == "survived"]
    assert [row["said"] for row in survivors if "proposal" not in row] == []
    assert all("Scenario: " in row["proposal"]["text"] for row in survivors)


def test_accepted_scenarios_notice_the_changes_they_were_written_for(project_run: ProjectRun) -> None:
    root, _, before = project_run
    feature = (root / "features" / "samples.feature").read_text(encoding="utf-8")
    survivors = {key for key, fate in fates(before).items() if fate == "survived"}
    assert all(row["proposal"]["title"] in feature for row in before["mutants"]["all"] if "proposal" in row)
    again = json.loads(run(root, "--format", "json").stdout)
    assert again["scenarios"]["findings"] == []
    assert {fates(again)[key] for key in survivors} == {"killed"}
    assert again["mutants"]["score"] == 1


def test_countries_that_no_scenario_asks_about_are_named(project_run: ProjectRun, tmp_path: Path) -> None:
    assert project_run[2]["unasked_countries"] == []
    group = SKELETON["france.yaml"].replace("policy: france", "policy: group")
    files = {
        "group.yaml": group.replace("country: FR", "countries: [DE, {country: ES, until: 2024-12-31}]"),
        "others.yaml": "policy: others\ntitle: Others\ncountries: all_others\nnot_governed: {clause: H4}\n",
    }
    result = run(make_project(tmp_path, **files), "--out", str(tmp_path / "test.json"))
    assert json.loads((tmp_path / "test.json").read_text())["unasked_countries"] == ["DE", "ES", "any other"]
    assert "Countries   no scenario asks about DE, ES, any other" in result.output
    assert result.exit_code == 1


def test_without_mutants_only_the_scenarios_count(tmp_path: Path) -> None:
    result = run(make_project(tmp_path), "--no-mutants")
    assert result.exit_code == 0, result.output
    assert "Scenarios   7 promised, 7 passed" in result.output
    assert "Result: nothing is left to do" in result.output


def test_a_part_is_run_alone_and_is_never_the_whole(project_run: ProjectRun, tmp_path: Path) -> None:
    root = make_project(tmp_path)
    out = tmp_path / "part.json"
    result = run(root, "--only", "no-sample-leaves", "--out", str(out))
    record = json.loads(out.read_text(encoding="utf-8"))
    assert {row["subject"] for row in record["mutants"]["all"]} == {"no-sample-leaves"}
    whole = len(project_run[2]["scenarios"]["all"])
    assert 0 < record["scenarios"]["promised"] == record["scenarios"]["passed"] < whole
    assert all("@rule:no-sample-leaves" in row["tags"] for row in record["scenarios"]["all"])
    assert [row["rule"] for row in record["rules"]] == ["no-sample-leaves"]
    assert record["ready"] is False
    partial = record["partial"]
    assert partial["scenarios"] == {"run": record["scenarios"]["promised"], "of": 7}
    assert partial["changes"]["tried"] == record["mutants"]["tried"] < partial["changes"]["of"]
    shown = " ".join(result.output.split())
    assert "PARTIAL, of what is about `no-sample-leaves`: " in shown
    assert "nothing is left" not in shown
    assert result.exit_code == (1 if partial["left"] else 0)
    page = str(tmp_path / "page.html")
    reported = CliRunner().invoke(
        app, ["policies", "report", str(root / "policies"), "--record", str(out), "--out", page]
    )
    assert reported.exit_code == 2
    assert "part.json is of a part of the scenarios alone; make it with" in reported.output


@pytest.mark.parametrize(
    ("text", "rules"),
    [("H3", {"small-quantities-are-sent"}), ("SAMPLES.feature", None), ("visitors from ELSEWHERE", set())],
)
def test_a_part_is_named_by_clause_file_or_title(tmp_path: Path, text: str, rules: set[str] | None) -> None:
    result = run(make_project(tmp_path), "--no-mutants", "--only", text, "--format", "json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record["scenarios"]["passed"] == record["partial"]["scenarios"]["run"] > 0
    assert not record["partial"]["left"]
    if rules:
        assert {row["rule"] for row in record["rules"]} == rules
    if rules is None:
        assert record["partial"]["scenarios"]["run"] == 7


def test_a_part_that_there_is_not_is_named(tmp_path: Path) -> None:
    result = run(make_project(tmp_path), "--only", "no-sample-leave")
    assert result.exit_code == 2
    assert "nothing is about `no-sample-leave`" in result.output
    assert "did you mean `no-sample-leaves`?" in result.output


@pytest.mark.parametrize("text", ["", "  "])
def test_a_part_without_a_name_is_refused(tmp_path: Path, text: str) -> None:
    result = run(make_project(tmp_path), "--only", text)
    assert result.exit_code == 2
    assert "--only names nothing; name a rule" in result.output


def test_how_far_it_is_is_shown_line_by_line_where_there_is_no_terminal(tmp_path: Path) -> None:
    result = run(make_project(tmp_path), "--format", "json")
    json.loads(result.stdout)
    lines = result.stderr.splitlines()
    assert lines
    assert all(
        re.fullmatch(r"(\d+ of \d+ runs of scenarios)?(, )?(\d+ of \d+ small changes tried)?", line)
        for line in lines
    )
    assert re.search(r"(\d+) of \1 small changes tried", lines[-1])


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # that process has ended


def _heed_interrupts() -> None:
    """A shell has its background jobs ignore them, and what such a job starts does too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_what_was_found_until_it_is_interrupted_is_shown(tmp_path: Path, how: signal.Signals) -> None:
    root = make_project(tmp_path)
    out = root / "out.json"
    command: list[str | Path] = [
        Path(sys.executable).with_name("channelgate"),
        "policies",
        "test",
        root / "policies",
    ]
    command += ["--features", root / "features", "--out", out]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_heed_interrupts
    )
    assert running.stderr
    assert any(re.match(r"[1-9]\d* of \d+ runs of scenarios", line) for line in running.stderr)
    running.send_signal(how)
    printed, complaint = running.communicate(timeout=60)
    assert running.returncode == 130, printed + complaint
    left = [file for file in Path("/proc").glob("[0-9]*/cmdline") if str(root).encode() in _content(file)]
    assert not left, "the runs of the scenarios have ended too"
    shown = " ".join(printed.split())
    assert "PARTIAL, interrupted: " in shown
    assert "nothing is left" not in shown
    assert not out.exists(), "the record of a whole run is not replaced"


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
    shown = " ".join(result.output.split())
    assert "docs/use/vocabulary.md lists the steps, and `phrases` in vocabulary.yaml adds sentences" in shown


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


EXCHANGE = ROOT / "tests" / "data" / "seed_exchange"


def make_exchange(root: Path, *changes: tuple[str, str]) -> Path:
    """Another directive in a folder of its own: policies and features, not a line of Python."""
    shutil.copytree(EXCHANGE, root / "exchange")
    feature = root / "exchange" / "features" / "seeds.feature"
    text = feature.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    feature.write_text(text, encoding="utf-8")
    return root / "exchange"


def test_the_scenarios_of_another_directive_run_in_any_folder_in_the_shipped_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = make_exchange(tmp_path)
    # What lies around the folders of the officer is not for pytest, nor are modules named like the product's.
    (exchange / "conftest.py").write_text("raise RuntimeError('not for these scenarios')", encoding="utf-8")
    (exchange / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (exchange / "api").mkdir()
    (exchange / "api" / "__init__.py").write_text("raise RuntimeError('not the product')", encoding="utf-8")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    result = CliRunner().invoke(app, ["policies", "test", str(exchange / "policies"), "--no-mutants"])
    assert result.exit_code == 0, result.output
    assert "Scenarios   17 promised, 17 passed" in result.output
    assert "Clauses     4: 4 verified, 0 without a rule" in result.output


def test_each_fault_of_a_feature_file_is_a_finding_with_place_and_remedy(tmp_path: Path) -> None:
    exchange = make_exchange(
        tmp_path,
        ("And a mission whose country", "And a mission whose county"),
        ("And the exchange desk must send the seed", "And the exchange desk musst send the seed"),
        ("@rule:the-desk-sends", "@rule:the-desk-send"),
        ("@clause:G3", "@clause:G33"),
        ("When the department", "* the department"),
    )
    result = CliRunner().invoke(app, ["policies", "test", str(exchange / "policies"), "--no-mutants"])
    assert result.exit_code == 1, result.output
    shown = " ".join(result.output.split())
    for finding in (
        "features/seeds.feature:12 F09 `* the department asks before the handover` is neither Given, When nor Then",
        "seeds.feature:78 S01 no step definition fits `Given a mission whose county is not known`; did you mean"
        " `a mission whose country is not known`?",
        "S01 no step definition fits `Then the exchange desk musst send the seed`; did you mean `the <party> must"
        " <must>`?",
        "F21 the rule `the-desk-send` is unknown; did you mean `the-desk-sends`?",
        "F20 the clause `G33` is unknown; did you mean `G3`?",
    ):
        assert finding in shown
    assert "`None" not in shown, "what a star step means cannot be looked up, and F09 says enough"


def test_a_scenario_that_fails_says_which_answer_it_was(tmp_path: Path) -> None:
    exchange = make_exchange(tmp_path, ("curator must wait", "curator must stay"))
    result = CliRunner().invoke(app, ["policies", "test", str(exchange / "policies"), "--no-mutants"])
    assert result.exit_code == 1, result.output
    assert "the curator must stay: under G4 the curator must wait" in " ".join(result.output.split())


def test_a_country_that_does_not_exist_is_found_before_anything_runs(tmp_path: Path) -> None:
    exchange = make_exchange(tmp_path, ("from France", "from Francia"))
    result = CliRunner().invoke(app, ["policies", "test", str(exchange / "policies"), "--no-mutants"])
    assert result.exit_code == 1, result.output
    assert "S06 no country is called `Francia`; name Mongolia, " in " ".join(result.output.split())


def test_an_empty_folder_of_features_is_named(tmp_path: Path) -> None:
    exchange = make_exchange(tmp_path)
    (exchange / "features" / "seeds.feature").unlink()
    result = CliRunner().invoke(app, ["policies", "test", str(exchange / "policies")])
    assert result.exit_code == 2
    assert (
        "features holds no feature file; name the folder of the feature files with --features"
        in result.output
    )


def test_the_features_beside_the_policies_go_before_those_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies, here = tmp_path / "other" / "policies", tmp_path / "here"
    for folder in (policies, here):
        folder.mkdir(parents=True)
    monkeypatch.chdir(here)
    assert find_features(None, policies) == Path("features"), "there is none, and this is the one to make"
    (here / "features").mkdir()
    assert find_features(None, policies) == Path("features")
    beside = tmp_path / "other" / "features"
    beside.mkdir()
    assert find_features(None, policies) == beside
    assert find_features(Path("named"), policies) == Path("named")


def test_features_here_are_taken_for_the_shipped_policies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_features(None, shipped_policies()) == ROOT / "features"
    (tmp_path / "features").mkdir()
    assert find_features(None, shipped_policies()) == Path("features")


def test_the_feature_files_of_the_installed_package_are_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = make_exchange(tmp_path)
    shutil.copy(ROOT / "floor.yaml", exchange)
    monkeypatch.setattr("api.runtime.shipped._INSTALLED", exchange)
    monkeypatch.chdir(tmp_path)
    for command in (["test", "--accept"], ["review", "--all", "--by", "an officer"]):
        result = CliRunner().invoke(app, ["policies", *command, "--policies", str(exchange / "policies")])
        assert result.exit_code == 2, result.output
        assert "of the installed package are not changed; copy " in result.output
    assert default_policies() == exchange / "policies"


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


LOOKING = """
    @then("the directive is written line by line")
    def _(policy_files):
        assert not policy_files["directive.yaml"].startswith(b"{")
"""


def test_a_scenario_that_looks_at_more_than_its_answer_is_tried_with_every_change(tmp_path: Path) -> None:
    last = "Then the outcome is not_governed"
    feature = FEATURE.replace(last, f"{last}\n          And the directive is written line by line")
    root = make_project(tmp_path, feature)
    (root / "features" / "story.py").write_text(dedent(STORY) + dedent(LOOKING), encoding="utf-8")
    run(root, "--out", str(root / "test.json"))
    changes = json.loads((root / "test.json").read_text(encoding="utf-8"))["mutants"]["all"]
    of_directive = [row for row in changes if row["file"] == "directive.yaml" and row["fate"] != "refused"]
    assert [row["said"] for row in of_directive if row["operator"].startswith("drop-")]
    assert [row["said"] for row in of_directive if row["fate"] != "killed"] == []
