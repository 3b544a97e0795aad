"""The evidence of proposed policy changes, computed by a process of its own, one proposal at a time."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.domain.approvals.evidence import EvidenceProgress, ProposalEvidence
from api.runtime.child_process import ChildTooSlow, run_child
from api.services.recorded_decisions import RecordedDecisions

PROCESS = "api.proposal_evidence"
"""The module that is run; it is not imported here, so that the service loads neither z3 nor the test tools."""

_PLAIN_NAME = re.compile(r"[^/\\\x00.][^/\\\x00]*")


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
            folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="channelgate-evidence-"))
            try:
                await asyncio.to_thread(_write_work_folder, folder, inputs)
                return await self._run(folder, progress)
            except OSError as error:
                fact = f"the evidence could not be computed ({error.strerror or error})"
                raise EvidenceFailed(
                    fact, "look for a full disk or too few processes, and try again"
                ) from error
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _run(self, folder: Path, progress: Callable[[EvidenceProgress], None]) -> ProposalEvidence:
        # -P: a module that lies where the process is started does not shadow the product's.
        command = [sys.executable, "-P", "-m", PROCESS, str(folder)]
        command += ["--mutant-seconds", str(self._limits.mutant_seconds)]
        answer = _ChildAnswer(progress)
        try:
            end = await run_child(
                command,
                answer.read,
                limit_seconds=self._limits.whole_seconds,
                environment=_environment(),
            )
        except ChildTooSlow as error:
            fact = f"computing the evidence took longer than {self._limits.whole_seconds:.0f} seconds, and was ended"
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
            last = end.errors.splitlines()[-1] if end.errors else "it wrote nothing"
            fact = f"the process that computes evidence ended with code {end.exit_code}: {last}"
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


def _environment() -> dict[str, str]:
    """What the process finds around it: nothing of the service's own settings, such as its database and its keys."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CHANNELGATE_")}


def _write_work_folder(folder: Path, inputs: EvidenceInputs) -> None:
    """Write the folder that the process reads. Raises `EvidenceFailed` for a name that is no plain one."""
    _write_files(folder / "base", inputs.base)
    _write_files(folder / "proposed", inputs.proposed)
    (folder / "floor.yaml").write_bytes(inputs.floor)
    if inputs.features:
        _write_files(folder / "features", inputs.features)
    if inputs.decisions.lines:
        lines = (line.to_bytes() + b"\n" for line in inputs.decisions.lines)
        (folder / "decisions.jsonl").write_bytes(b"".join(lines))
        for revision, files in inputs.decisions.words.items():
            _write_files(folder / "words" / revision, files)


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        if not all(_PLAIN_NAME.fullmatch(part) for part in name.split("/")):
            fact = f"the file name {name!r} is none that can be written"
            raise EvidenceFailed(fact, "name the file by letters, digits, `-` and `_`")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
