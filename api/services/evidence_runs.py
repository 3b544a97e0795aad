"""The evidence of proposed policy changes, computed by a process of its own, one proposal at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from api.domain.approvals.evidence import Evidence, EvidenceProgress


class EvidenceFailed(Exception):
    """The evidence could not be computed: `fact` says why, `remedy` what helps; of the proposal it says nothing."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(f"{fact}; {remedy}")
        self.fact = fact
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class RecordedDecisions:
    """Decisions of the log as lines of JSON, each with all that deciding again needs.

    `words` has the files of the policies by which they were taken, by their revision: the requests are stated in
    their words.
    """

    lines: tuple[bytes, ...] = ()
    words: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvidenceInputs:
    """What evidence is computed of: the files of both sets, the floor, the base's feature files and decisions.

    Files are name -> content; the names of feature files are paths below their folder.
    """

    base: Mapping[str, bytes]
    proposed: Mapping[str, bytes]
    floor: bytes
    features: Mapping[str, bytes] = field(default_factory=dict)
    decisions: RecordedDecisions = RecordedDecisions()


@dataclass(frozen=True, slots=True)
class EvidenceLimits:
    """For how many seconds the whole may take, and trying small changes of the policies."""

    whole_seconds: float = 1800
    mutant_seconds: float = 300


class EvidenceRuns:
    """Computes evidence; one for each application, so that one computation runs at a time and the others queue."""

    def __init__(self, limits: EvidenceLimits = EvidenceLimits()) -> None:
        self._limits = limits

    async def compute_evidence(
        self, inputs: EvidenceInputs, progress: Callable[[EvidenceProgress], None]
    ) -> Evidence:
        """Return the evidence; `progress` is called with how far the steps are. Raises `EvidenceFailed`."""
        raise NotImplementedError
