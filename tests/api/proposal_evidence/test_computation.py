"""The process that computes the evidence of a proposed policy change.

Covers: api.proposal_evidence.work_folder, api.proposal_evidence.comparison, api.proposal_evidence.loosening,
api.proposal_evidence.scenario_run, api.domain.approvals.evidence
"""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.domain.approvals.evidence import EvidenceStep, ProposalEvidence
from api.policies.folder import read_folder
from api.runtime.engine_fingerprint import fingerprint_engine
from engine import ANSWER_EDITION, revision_of
from tests.support.mistakes import ROOT
from tests.support.proposals import PROCESS, Computed, change, compute, processes_about, work_folder

NOTHING_COMPUTED = {"check": "failed", "proof": "not_run", "comparison": "not_run", "scenarios": "not_run"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return work_folder(tmp_path)


@pytest.fixture
def with_features(tmp_path: Path) -> Path:
    return work_folder(tmp_path, features=True)


def sound(computed: Computed) -> bool:
    return ProposalEvidence.model_validate(computed.evidence).sound


def test_a_set_that_changes_nothing_passes_every_step(with_features: Path) -> None:
    computed = compute(with_features)
    assert set(computed.results.values()) == {"passed"}
    assert sound(computed)
    scenarios = computed.evidence["scenarios"]
    assert scenarios["expected"] == scenarios["passed"] > 30
    mutants = scenarios["mutants"]
    assert mutants["made"] == mutants["tried"] > mutants["caught"] > 80
    assert "cut_short" not in mutants
    steps = list(dict.fromkeys(line["step"] for line in computed.lines[:-1]))
    assert steps[:3] == ["checked", "proved", "compared"]
    assert set(steps) == set(EvidenceStep) - {"replayed"}


def test_the_evidence_says_what_it_was_computed_of_and_by_what(folder: Path) -> None:
    change(folder / "proposed", "directive.yaml", "through the release desk", "by the release desk")
    evidence = compute(folder).evidence
    for name in ("base", "proposed"):
        assert evidence[name] == revision_of(read_folder(folder / name).files)
    assert evidence["floor"] == hashlib.sha256((folder / "floor.yaml").read_bytes()).hexdigest()
    assert evidence["engine"] == fingerprint_engine()
    assert evidence["answer_edition"] == ANSWER_EDITION


def test_faults_of_the_proposed_set_are_evidence_and_nothing_else_is_computed(with_features: Path) -> None:
    change(with_features / "proposed", "iceland.yaml", 'item.kind == "sample"', 'item.knd == "sample"')
    computed = compute(with_features)
    assert computed.results == NOTHING_COMPUTED
    (fault,) = computed.evidence["check"]["faults"]
    assert fault["place"].startswith("iceland.yaml:15:")
    assert fault["code"].startswith("C")
    assert "item.knd" in fault["message"]
    assert "item.kind" in fault["remedy"]
    assert computed.evidence["loosens"]["may_loosen"] is True
    assert set(computed.causes) == {"not_computed"}


def test_a_proposed_folder_with_a_file_that_is_not_read_has_a_fault(folder: Path) -> None:
    (folder / "proposed" / "iceland.yaml").rename(folder / "proposed" / "iceland.yml")
    assert compute(folder).evidence["check"]["faults"][0]["code"] == "L08"


def test_an_answer_that_becomes_more_permissive_loosens(folder: Path) -> None:
    change(folder / "proposed", "iceland.yaml", "value: 3", "value: 4")
    computed = compute(folder)
    assert computed.results["comparison"] == "passed"
    assert set(computed.causes) == {"more_permissive"}
    assert "was hold, becomes deliver" in computed.evidence["loosens"]["reasons"][0]["what"]
    assert computed.evidence["comparison"]["data"]["more_permissive"] is True
    assert computed.evidence["comparison"]["markdown"].startswith("## Policy change: something becomes more")


def test_a_set_that_only_rewords_a_text_loosens_nothing(folder: Path) -> None:
    change(folder / "proposed", "directive.yaml", "text: Approves or refuses", "text: Accepts or refuses")
    change(folder / "proposed", "readings.yaml", "taken: It is.", "taken: Yes, it is.")
    change(folder / "proposed", "invariants.yaml", "Wherever enough is known, a", "If enough is known, a")
    computed = compute(folder)
    assert computed.evidence["clauses"] == {"changed": ["C3"]}
    assert computed.evidence["readings"] == {"changed": ["Q1"]}
    assert "invariants" not in computed.evidence
    # A reading that is taken otherwise guards less; the words of a clause or of an invariant's title do not count.
    assert computed.causes == ["less_guarded"]
    change(folder / "proposed", "readings.yaml", "taken: Yes, it is.", "taken: It is.")
    assert compute(folder).evidence["loosens"] == {"may_loosen": False}


def test_an_invariant_that_is_gone_or_says_something_else_loosens(folder: Path) -> None:
    gone = "  - invariant: no-gaps\n    clause: [C6]\n    title: Wherever enough is known, a rule decides.\n"
    change(folder / "proposed", "invariants.yaml", f"{gone}    property: a_rule_decides\n", "")
    change(folder / "proposed", "invariants.yaml", "never: deliver", "never: [deliver, not_governed]")
    change(
        folder / "proposed", "invariants.yaml", 'unless: item.approval == "approved"', "when: visitor.signed"
    )
    computed = compute(folder)
    assert computed.evidence["invariants"] == {
        "removed": ["no-gaps"],
        "changed": ["nothing-without-approval"],
    }
    assert {"invariant_removed", "invariant_changed", "less_guarded"} <= set(computed.causes)


def test_an_invariant_that_is_only_renamed_loosens_nothing(folder: Path) -> None:
    change(folder / "proposed", "invariants.yaml", "invariant: no-gaps", "invariant: without-gaps")
    computed = compute(folder)
    assert computed.evidence["invariants"] == {"added": ["without-gaps"], "removed": ["no-gaps"]}
    assert computed.evidence["loosens"] == {"may_loosen": False}


def test_a_prohibition_that_is_gone_loosens(folder: Path) -> None:
    text = (folder / "proposed" / "other_countries.yaml").read_text()
    (folder / "proposed" / "other_countries.yaml").write_text(text.partition("rules:\n")[0])
    computed = compute(folder)
    assert "prohibition_removed" in computed.causes
    whats = [reason["what"] for reason in computed.evidence["loosens"]["reasons"]]
    assert "the rule no-samples no longer forbids in other-countries" in whats


def test_a_duty_that_is_gone_loosens(folder: Path) -> None:
    duty = "      - {who: host, must: hand the request to the release desk, clause: C2}\n"
    change(folder / "proposed", "directive.yaml", duty, "")
    computed = compute(folder)
    assert set(computed.causes) == {"duty_removed"}
    (reason,) = computed.evidence["loosens"]["reasons"]
    assert reason["what"].startswith(
        "the rule ask-the-desk-first no longer says that host has to hand the request to the release desk, in "
    )


def test_what_is_not_proved_is_named_with_a_request(folder: Path) -> None:
    row = '      - rule: approved-by-the-desk\n        clause: [C3, C4]\n        when: item.approval == "approved"'
    change(folder / "proposed", "directive.yaml", row, row.replace(' == "approved"', ' != "refused"'))
    computed = compute(folder)
    assert computed.results["proof"] == "failed"
    unproved = {one["name"]: one for one in computed.evidence["proof"]["unproved"]}
    assert unproved["nothing-without-approval"]["because"]
    assert unproved["nothing-without-approval"]["request"]["items"]
    assert {"not_proved", "more_permissive"} <= set(computed.causes)


def test_a_comparison_that_is_not_proved_complete_counts_as_loosening(folder: Path) -> None:
    change(
        folder / "proposed",
        "vocabulary.yaml",
        "fact: request.purpose\n    kind: text",
        "fact: request.purpose\n    kind: number",
    )
    computed = compute(folder)
    assert computed.results["comparison"] == "failed"
    assert "not_computed" in computed.causes
    assert "request.purpose was of the kind text" in computed.evidence["comparison"]["because"]


def test_a_base_with_faults_leaves_no_comparison_and_counts_as_loosening(folder: Path) -> None:
    change(folder / "base", "iceland.yaml", "follows: directive", "follows: nothing")
    computed = compute(folder)
    assert computed.results["check"] == "passed"
    assert computed.results["comparison"] == "failed"
    assert "not_computed" in computed.causes


def test_small_changes_are_tried_for_no_longer_than_they_may(with_features: Path) -> None:
    computed = compute(with_features, "--mutant-seconds", "0")
    assert computed.results["scenarios"] == "passed"
    mutants = computed.evidence["scenarios"]["mutants"]
    assert mutants["cut_short"] is True
    assert mutants["tried"] <= mutants["made"]
    assert sound(computed)


def test_ended_twice_it_still_ends_the_runs_of_the_scenarios(with_features: Path) -> None:
    with subprocess.Popen([*PROCESS, str(with_features)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        next(line for line in process.stdout if '"tested"' in line)
        assert len(processes_about(with_features)) > 1
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        assert process.wait() in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    assert processes_about(with_features) == []


def test_scenarios_of_the_base_that_do_not_pass_are_named(with_features: Path) -> None:
    change(with_features / "proposed", "iceland.yaml", "value: 3", "value: 2")
    computed = compute(with_features, "--mutant-seconds", "0")
    assert computed.results["scenarios"] == "failed"
    failed = [one["name"] for one in computed.evidence["scenarios"]["failed"]]
    assert failed == ["Of 3 pieces, sample, the answer is deliver (sample, 3, deliver)"]
    assert computed.causes == []
    assert not sound(computed)


def test_scenarios_that_cannot_be_run_against_the_proposed_set_count_as_loosening(
    with_features: Path,
) -> None:
    change(with_features / "proposed", "other_countries.yaml", "rule: no-samples", "rule: no-sample")
    computed = compute(with_features)
    assert computed.results["scenarios"] == "failed"
    assert "no-samples" in computed.evidence["scenarios"]["because"]
    assert "mutants" not in computed.evidence["scenarios"]
    assert "not_computed" in computed.causes


def test_without_feature_files_there_are_no_scenarios_and_the_evidence_is_not_sound(folder: Path) -> None:
    computed = compute(folder)
    assert computed.results["scenarios"] == "no_scenarios"
    assert computed.evidence["loosens"] == {"may_loosen": False}
    assert not sound(computed)


def test_a_recorded_decision_that_cannot_be_taken_again_counts_as_loosening(folder: Path) -> None:
    (folder / "decisions.jsonl").write_text('{"decision_id": "d1"}\n')
    computed = compute(folder)
    assert computed.evidence["replay"]["result"] == "failed"
    assert computed.causes == ["not_computed"]


def test_the_same_inputs_give_the_same_evidence(folder: Path) -> None:
    change(folder / "proposed", "iceland.yaml", "value: 3", "value: 4")
    assert compute(folder).lines[-1] == compute(folder).lines[-1]


@pytest.mark.parametrize("missing", ["base", "proposed", "floor.yaml"])
def test_a_folder_that_lacks_something_ends_the_job(folder: Path, missing: str) -> None:
    path = folder / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    computed = compute(folder)
    assert computed.exit_code == 2
    assert computed.lines[-1].keys() == {"fault", "remedy"}


def test_a_floor_with_faults_ends_the_job(folder: Path) -> None:
    change(folder, "floor.yaml", "property: unknown_never_permits", "property: unknown_may_permit")
    computed = compute(folder)
    assert computed.exit_code == 2
    assert "floor.yaml:13:" in computed.lines[-1]["fault"]


def test_a_floor_that_the_proposed_set_cannot_state_is_a_fault_of_the_set(folder: Path) -> None:
    change(folder, "floor.yaml", "item.approval ==", "item.approved ==")
    assert compute(folder).evidence["check"]["faults"][0]["code"] == "G02"


def test_without_z3_the_job_ends(folder: Path) -> None:
    hide = "import runpy, sys; sys.modules['z3'] = None"
    run = "runpy.run_module('api.proposal_evidence', run_name='__main__')"
    computed = compute(folder, program=(sys.executable, "-c", f"{hide}; {run}"))
    assert computed.exit_code == 2
    assert computed.lines[-1] == {
        "fault": "z3 is not installed",
        "remedy": "install it: pip install z3-solver",
    }


def test_translations_are_counted_by_language(tmp_path: Path) -> None:
    for name in ("base", "proposed"):
        shutil.copytree(ROOT / "policies", tmp_path / name)
    shutil.copy(ROOT / "floor.yaml", tmp_path)
    change(tmp_path / "proposed", "directive.yaml", "We cannot give it to\n", "We can not give it to\n")
    change(tmp_path / "proposed", "cuba.yaml", "languages: es", "languages: [es, gn]")
    rows = {row["language"]: row for row in compute(tmp_path).evidence["translations"]}
    assert rows.keys() == {"es", "gn", "ko", "sq", "vi", "zh"}
    assert (rows["es"]["missing"], rows["es"]["stale"]) == (1, 1)
    assert rows["es"]["drafts"] > 0
    # No file has anything in this language, so that all that is spoken in Cuba is missing.
    assert rows["gn"]["missing"] > 10
    assert (rows["gn"]["stale"], rows["gn"]["drafts"]) == (0, 0)
