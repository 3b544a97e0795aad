"""The folder that the service writes for the process: its files, read once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from api.domain.approvals.decision_lines import read_decision_line
from api.policies.folder import PolicyFolder, read_folder
from api.services.backtest import BacktestRequest
from engine import (
    OuterInvariants,
    PolicyFaults,
    PolicySet,
    Vocabulary,
    load_recorded_policies,
    read_floor,
    revision_of,
    vocabulary_in,
)

FLOOR = "floor.yaml"


class JobFailed(Exception):
    """The evidence cannot be computed, which says nothing about the proposal."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(f"{fact}; {remedy}")
        self.fact = fact
        self.remedy = remedy


@dataclass(frozen=True)
class WorkFolder:
    """What lies in the folder; each part is read when it is first wanted."""

    path: Path

    @cached_property
    def base(self) -> PolicyFolder:
        """The files of the base. Raises `JobFailed`."""
        return self._policies("base")

    @cached_property
    def proposed(self) -> PolicyFolder:
        """The files of the proposed set. Raises `JobFailed`."""
        return self._policies("proposed")

    @cached_property
    def floor_content(self) -> bytes:
        """The floor as it is written. Raises `JobFailed`."""
        try:
            return (self.path / FLOOR).read_bytes()
        except OSError as error:
            raise JobFailed(
                f"the floor cannot be read ({error.strerror})", f"put it in as {FLOOR}"
            ) from error

    @cached_property
    def floor(self) -> OuterInvariants:
        """The floor that the proposed set is held to. Raises `JobFailed`: its faults are not of the proposal."""
        try:
            return read_floor(FLOOR, self.floor_content)
        except PolicyFaults as faults:
            raise JobFailed(f"the floor has faults: {_listed(faults)}", "mend the floor") from faults

    @property
    def floor_digest(self) -> str:
        """The SHA-256 of the floor's file."""
        return hashlib.sha256(self.floor_content).hexdigest()

    @property
    def base_revision(self) -> str:
        """The revision of the base, whether or not it has faults."""
        return revision_of(self.base.files)

    def load_base(self) -> PolicySet:
        """Return the base, which may have been taken up by an earlier version. Raises `PolicyFaults`."""
        return load_recorded_policies(self.base.files)

    @property
    def features(self) -> Path | None:
        """The folder of the feature files, if it has any."""
        folder = self.path / "features"
        return folder if any(folder.rglob("*.feature")) else None

    def has_decisions(self) -> bool:
        """Whether there are recorded decisions."""
        return self._decisions.exists()

    def count_decisions(self) -> int:
        """Return how many recorded decisions there are. Raises OSError."""
        with self._decisions.open("rb") as lines:
            return sum(1 for _ in lines)

    def decisions(self, base: Vocabulary) -> Iterator[BacktestRequest]:
        """Yield the recorded decisions, each in the words of its policies, else in those of the base.

        Raises ValueError, OSError and PolicyFaults for what cannot be read.
        """
        words: dict[str, Vocabulary] = {self.base_revision: base}
        with self._decisions.open("rb") as lines:
            for line in lines:
                decision = read_decision_line(line)
                if decision.revision not in words:
                    words[decision.revision] = self._words(decision.revision, base)
                facts = decision.facts(words[decision.revision])
                yield BacktestRequest(facts.request, decision.at, facts.claimed, decision.decision_id)

    @property
    def _decisions(self) -> Path:
        return self.path / "decisions.jsonl"

    def _words(self, revision: str, base: Vocabulary) -> Vocabulary:
        folder = self.path / "words" / revision
        return vocabulary_in(read_folder(folder).files) if folder.is_dir() else base

    def _policies(self, name: str) -> PolicyFolder:
        if not (self.path / name).is_dir():
            raise JobFailed(f"the folder has no `{name}`", f"put the policy files into `{name}`")
        try:
            return read_folder(self.path / name)
        except PolicyFaults as faults:
            raise JobFailed(
                f"`{name}` cannot be read: {_messages(faults)}", "put policy files into it"
            ) from faults


def _listed(faults: PolicyFaults) -> str:
    return "; ".join(map(str, faults.diagnostics))


def _messages(faults: PolicyFaults) -> str:
    return "; ".join(finding.message for finding in faults.diagnostics)
