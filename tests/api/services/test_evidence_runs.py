"""Evidence as a service computes it: one at a time, in a process that sees nothing of the service.

Covers: api.services.evidence_runs, api.services.recorded_decisions, api.domain.approvals.decision_lines
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from api.domain.approvals.evidence import EvidenceProgress, EvidenceStep, ProposalEvidence, StepResult
from api.policies.folder import read_folder
from api.services import evidence_runs
from api.services.evidence_runs import EvidenceFailed, EvidenceInputs, EvidenceLimits, EvidenceRuns
from tests.support.proposals import change, processes_about, work_folder


@pytest.fixture
def inputs(tmp_path: Path) -> EvidenceInputs:
    folder = work_folder(tmp_path / "made")
    change(folder / "proposed", "iceland.yaml", "value: 3", "value: 4")
    return EvidenceInputs(
        base=read_folder(folder / "base").files,
        proposed=read_folder(folder / "proposed").files,
        floor=(folder / "floor.yaml").read_bytes(),
    )


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def process_that(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another module in the place of the process."""
    (folder / "stand_in_process.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setattr(evidence_runs, "PROCESS", "stand_in_process")


def compute(inputs: EvidenceInputs, runs: EvidenceRuns | None = None) -> ProposalEvidence:
    async def once() -> ProposalEvidence:
        return await (runs or EvidenceRuns()).compute_evidence(inputs, lambda _: None)

    return asyncio.run(once())


def test_the_evidence_is_returned_and_the_progress_reported(inputs: EvidenceInputs, scratch: Path) -> None:
    seen: list[EvidenceProgress] = []
    evidence = asyncio.run(EvidenceRuns().compute_evidence(inputs, seen.append))
    assert evidence.compared is StepResult.PASSED
    assert evidence.loosens.may_loosen
    assert EvidenceProgress(step=EvidenceStep.CHECKED, done=1, of=1) in seen
    assert list(scratch.iterdir()) == []


def test_the_evidence_is_read_back_as_it_was_written(inputs: EvidenceInputs) -> None:
    evidence = compute(inputs)
    assert ProposalEvidence.model_validate_json(evidence.to_bytes()) == evidence


def test_one_proposal_is_computed_at_a_time(
    inputs: EvidenceInputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "running"
    code = (
        "import pathlib, sys, time\n"
        f"mark = pathlib.Path({str(mark)!r})\n"
        "mark.touch(exist_ok=False)\n"  # fails beside another one
        "time.sleep(0.2)\n"
        "mark.unlink()\n"
        'print(\'{"fault": "alone", "remedy": "none"}\')\n'
    )
    process_that(code, tmp_path, monkeypatch)

    async def three() -> list[ProposalEvidence | BaseException]:
        runs = EvidenceRuns()
        calls = (runs.compute_evidence(inputs, lambda _: None) for _ in range(3))
        return await asyncio.gather(*calls, return_exceptions=True)

    found = asyncio.run(three())
    assert [str(one) for one in found] == ["alone; none"] * 3


def test_a_cancelled_computation_leaves_nothing_behind_and_lets_the_next_one_begin(
    inputs: EvidenceInputs, scratch: Path
) -> None:
    async def cancel_the_first() -> ProposalEvidence:
        runs = EvidenceRuns()
        begun: asyncio.Future[EvidenceProgress] = asyncio.get_running_loop().create_future()

        def begin(progress: EvidenceProgress) -> None:
            if not begun.done():
                begun.set_result(progress)

        first = asyncio.create_task(runs.compute_evidence(inputs, begin))
        second = asyncio.create_task(runs.compute_evidence(inputs, lambda _: None))
        await begun
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await second

    assert asyncio.run(cancel_the_first()).checked is StepResult.PASSED
    assert list(scratch.iterdir()) == []


def test_the_process_sees_no_setting_of_the_service(
    inputs: EvidenceInputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import json, os\n"
        "named = [name for name in os.environ if name.startswith('CHANNELGATE_')]\n"
        "print(json.dumps({'fault': str(named), 'remedy': 'none'}))\n"
    )
    process_that(code, tmp_path, monkeypatch)
    monkeypatch.setenv("CHANNELGATE_DATABASE", "postgresql://somewhere/else")
    with pytest.raises(EvidenceFailed, match=r"\[\]; none"):
        compute(inputs)


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("raise SystemExit('out of memory')", "ended with code 1: out of memory"),
        ("print('no json')", "wrote something that cannot be read"),
        ("print('{\"evidence\": {}}')", "wrote something that cannot be read"),
        ("", "ended with code 0: it wrote nothing"),
    ],
    ids=["fails", "no JSON", "no evidence", "nothing"],
)
def test_a_process_that_fails_says_nothing_about_the_proposal(
    inputs: EvidenceInputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, fact: str
) -> None:
    process_that(code, tmp_path, monkeypatch)
    with pytest.raises(EvidenceFailed) as failed:
        compute(inputs)
    assert fact in failed.value.fact
    assert failed.value.remedy


def test_a_computation_that_takes_too_long_is_ended(inputs: EvidenceInputs, scratch: Path) -> None:
    with pytest.raises(EvidenceFailed, match="longer than 0 seconds"):
        compute(inputs, EvidenceRuns(EvidenceLimits(whole_seconds=0.1)))
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("name", ["../iceland.yaml", "/iceland.yaml", "", ".", "..", "a//b.yaml", "a\0.yaml"])
def test_a_name_that_leads_out_of_the_folder_is_refused(
    inputs: EvidenceInputs, scratch: Path, name: str
) -> None:
    changed = EvidenceInputs(inputs.base, {**inputs.proposed, name: b"x"}, inputs.floor)
    with pytest.raises(EvidenceFailed, match="file name"):
        compute(changed)
    assert list(scratch.iterdir()) == []


def test_a_service_that_computes_evidence_loads_neither_z3_nor_the_test_tools() -> None:
    code = (
        "import sys; import api.services.evidence_runs;"
        "print({'z3', 'pytest', 'pytest_bdd', 'gherkin', 'engine.analysis'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_the_runs_of_the_scenarios_end_with_the_computation(tmp_path: Path, scratch: Path) -> None:
    folder = work_folder(tmp_path / "made", features=True)
    inputs = EvidenceInputs(
        base=read_folder(folder / "base").files,
        proposed=read_folder(folder / "proposed").files,
        floor=(folder / "floor.yaml").read_bytes(),
        features={"first.feature": (folder / "features" / "first.feature").read_bytes()},
    )

    async def cancel_in_the_midst() -> None:
        reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def watch(progress: EvidenceProgress) -> None:
            if progress.step is EvidenceStep.TESTED and not reached.done():
                reached.set_result(None)

        call = asyncio.create_task(EvidenceRuns().compute_evidence(inputs, watch))
        await reached
        assert processes_about(scratch) != []
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(cancel_in_the_midst())
    assert processes_about(scratch) == []
    assert list(scratch.iterdir()) == []
