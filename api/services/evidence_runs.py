"""The evidence of proposed policy changes, computed by a process of its own, one proposal at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.domain.approvals.evidence import EvidenceProgress, ProposalEvidence
from api.runtime.child_process import ChildTooSlow
from api.services.recorded_decisions import RecordedDecisions
from api.services.work_folders import UnwritableName, last_words, run_module, work_folder, write_files

PROCESS = "api.proposal_evidence"
"""The module that is run; it is not imported here, so that the service loads neither z3 nor the test tools."""


class EvidenceFailed(Exception):
    """The evidence could not be computed: `fact` says why, `remedy` what helps; of the proposal it says nothing."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(f"{fact}; {remedy}")
        self.fact = fact
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class EvidenceInputs:
    """What evidence is computed of: the files of both sets, the floor, the base's feature files and decisions.

    Files are name -> content; the names of feature files are paths below their folder.
    """

    base: Mapping[str, bytes]
    proposed: Mapping[str, bytes]
    floor: bytes
    features: Mapping[str, bytes] = field(default_factory=dict)
    decisions: RecordedDecisions = field(default_factory=RecordedDecisions)


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """For how many seconds the whole may take, and trying small changes of the policies."""

    whole_seconds: float = 1800
    mutant_seconds: float = 300


class EvidenceRuns:
    """Computes evidence; one for each application, so that one computation runs at a time and the others queue."""

    def __init__(self, limits: EvidenceLimits = EvidenceLimits()) -> None:
        self._limits = limits
        self._turn = asyncio.Semaphore(1)

    async def compute_evidence(
        self, inputs: EvidenceInputs, progress: Callable[[EvidenceProgress], None]
    ) -> ProposalEvidence:
        """Return the evidence; `progress` is called with how far the steps are. Raises `EvidenceFailed`.

        The process is ended when the call is cancelled, and its folder is removed in any case.
        """
        async with self._turn:
            try:
                async with work_folder("evidence") as folder:
                    await asyncio.to_thread(_write_inputs, folder, inputs)
                    return await self._run(folder, progress)
            except UnwritableName as error:
                raise EvidenceFailed(error.fact, error.remedy) from error
            except OSError as error:
                fact = f"the evidence could not be computed ({error.strerror or error})"
                raise EvidenceFailed(
                    fact, "look for a full disk or too few processes, and try again"
                ) from error

    async def _run(self, folder: Path, progress: Callable[[EvidenceProgress], None]) -> ProposalEvidence:
        limits = self._limits
        answer = _ChildAnswer(progress)
        try:
            end = await run_module(
                PROCESS,
                folder,
                ("--mutant-seconds", str(limits.mutant_seconds)),
                answer.read,
                limit_seconds=limits.whole_seconds,
            )
        except ChildTooSlow as error:
            fact = (
                f"computing the evidence took longer than {limits.whole_seconds:.0f} seconds, and was ended"
            )
            raise EvidenceFailed(
                fact, "try again when the machine is less busy, or raise the limit"
            ) from error
        except (ValueError, LookupError, TypeError) as error:
            fact = "the process that computes evidence wrote something that cannot be read"
            raise EvidenceFailed(
                fact, "see that one version of channelgate is installed, and no other"
            ) from error
        if answer.fault:
            raise answer.fault
        if end.exit_code != 0 or answer.evidence is None:
            fact = f"the process that computes evidence ended with code {end.exit_code}: {last_words(end)}"
            raise EvidenceFailed(
                fact, "run `channelgate policies evidence` with the same files, which shows more"
            )
        return answer.evidence


class _ChildAnswer:
    """What the process has written so far."""

    def __init__(self, progress: Callable[[EvidenceProgress], None]) -> None:
        self._progress = progress
        self.evidence: ProposalEvidence | None = None
        self.fault: EvidenceFailed | None = None

    def read(self, line: bytes) -> None:
        """Take one line. Raises ValueError, LookupError or TypeError for what is not of the protocol."""
        members: dict[str, Any] = json.loads(line)
        if "evidence" in members:
            self.evidence = ProposalEvidence.model_validate(members["evidence"])
        elif "fault" in members:
            self.fault = EvidenceFailed(members["fault"], members["remedy"])
        else:
            self._progress(EvidenceProgress.model_validate(members))


def _write_inputs(folder: Path, inputs: EvidenceInputs) -> None:
    """Write what the process reads. Raises `UnwritableName` and OSError."""
    write_files(folder / "base", inputs.base)
    write_files(folder / "proposed", inputs.proposed)
    (folder / "floor.yaml").write_bytes(inputs.floor)
    if inputs.features:
        write_files(folder / "features", inputs.features)
    if inputs.decisions.lines:
        lines = (line.to_bytes() + b"\n" for line in inputs.decisions.lines)
        (folder / "decisions.jsonl").write_bytes(b"".join(lines))
        for revision, files in inputs.decisions.words.items():
            write_files(folder / "words" / revision, files)
