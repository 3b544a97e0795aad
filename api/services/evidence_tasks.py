"""The computations of evidence that are under way in one process, by their proposals."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.ledger.database import StoreUnavailable
from api.runtime.loggers import get_logger
from api.services.evidence_runs import EvidenceFailed, EvidenceRuns

if TYPE_CHECKING:
    from api.domain.approvals.evidence import EvidenceProgress, ProposalEvidence

MOST_PREVIEWS = 20
ReportProgress = Callable[["EvidenceProgress"], None]

log = get_logger()


@dataclass(frozen=True, slots=True)
class EvidenceTask:
    """A computation under way: how far it is. `fault` says why it came to nothing."""

    progress: EvidenceProgress | None = None
    fault: str | None = None


@dataclass(slots=True)
class EvidenceTasks:
    """What is under way, and what came to nothing; one for each application.

    `previews` holds the newest evidence of what nobody has proposed yet; it is recorded nowhere.
    """

    runs: EvidenceRuns = field(default_factory=EvidenceRuns)
    state: dict[str, EvidenceTask] = field(default_factory=dict)
    previews: OrderedDict[str, ProposalEvidence] = field(default_factory=OrderedDict)
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def start(self, proposal_id: str, compute: Callable[[ReportProgress], Awaitable[None]]) -> None:
        """Begin the computation for a proposal, unless it is under way."""
        if proposal_id in self._running:
            return
        self.state[proposal_id] = EvidenceTask()
        task = asyncio.ensure_future(self._run(proposal_id, compute))
        self._running[proposal_id] = task
        task.add_done_callback(lambda _: self._running.pop(proposal_id, None))

    def hold(self, name: str, evidence: ProposalEvidence) -> None:
        """Hold evidence of what nobody has proposed yet, and let go of the oldest beyond `MOST_PREVIEWS`."""
        self.previews[name] = evidence
        while len(self.previews) > MOST_PREVIEWS:
            self.previews.popitem(last=False)

    async def stop(self) -> None:
        """End what is under way; it is computed again when somebody asks for it."""
        running = [*self._running.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _run(self, proposal_id: str, compute: Callable[[ReportProgress], Awaitable[None]]) -> None:
        def report(progress: EvidenceProgress) -> None:
            self.state[proposal_id] = EvidenceTask(progress)

        try:
            await compute(report)
        except (EvidenceFailed, StoreUnavailable) as failure:
            log.error("evidence_not_computed", proposal_id=proposal_id, reason=str(failure))
            self.state[proposal_id] = EvidenceTask(fault=str(failure))
        except Exception:
            log.exception("evidence_not_computed", proposal_id=proposal_id)
            self.state[proposal_id] = EvidenceTask(fault="it failed; see the log of the service")
        else:
            self.state.pop(proposal_id, None)
