"""The dependencies that the calls of the service share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from api.domain.decision_moment import DecisionMoment
from api.domain.identity import Authenticator
from api.ledger.entries import Entry
from api.ledger.log import Ledger
from api.ledger.proofs import ProofBlocks
from api.policies.active_set import ActiveSet
from api.policies.source import PolicySource
from api.runtime.counters import Counted, Counters
from api.runtime.drain import Drain
from api.services.last_reconciliation import LastReconciliation
from api.services.old_words import OldWords
from api.services.reading_policies import ReadingPolicies
from api.services.record_index import RecordIndex
from api.settings import Settings

if TYPE_CHECKING:
    from api.runtime.metrics import Metrics
    from api.services.case_board import CaseBoard
    from api.services.evidence_tasks import EvidenceTasks
    from api.services.register_memory import RegisterMemory
    from api.services.upcoming_tasks import UpcomingTasks


@dataclass(frozen=True)
class Context:
    """One for each application. `store` is the decision log, `index` what it has records about.

    `old_words` says what of them the policies in force have no word for, `reading` holds these policies as they are
    read in other languages, `drain` says whether a stop has begun. `metrics` are None where nobody reads them.
    What pre-checks do without is made, and its module loaded, when it is first read.
    """

    settings: Settings
    policies: PolicySource
    store: Ledger
    index: RecordIndex
    counters: Counters
    authenticator: Authenticator
    clock: Callable[[], datetime]
    metrics: Metrics | None = None
    old_words: OldWords = field(default_factory=OldWords)
    reading: ReadingPolicies = field(default_factory=ReadingPolicies)
    proof_blocks: ProofBlocks = field(default_factory=ProofBlocks)
    drain: Drain = field(default_factory=Drain)
    reconciled: LastReconciliation = field(default_factory=LastReconciliation)

    @cached_property
    def board(self) -> CaseBoard:
        """Where each case stands in the queue."""
        from api.services.case_board import CaseBoard

        return CaseBoard()

    @cached_property
    def registers(self) -> RegisterMemory:
        """What the registers hold."""
        from api.services.register_memory import RegisterMemory

        return RegisterMemory()

    @cached_property
    def evidence(self) -> EvidenceTasks:
        """The computations of evidence that are under way."""
        from api.services.evidence_tasks import EvidenceTasks

        return EvidenceTasks()

    @cached_property
    def upcoming(self) -> UpcomingTasks:
        """What is known of the days ahead, and its computation."""
        from api.services.upcoming_tasks import UpcomingTasks

        return UpcomingTasks()

    async def stop_computing(self) -> None:
        """End the computations that are under way, if any were ever begun."""
        begun = (tasks for name in ("evidence", "upcoming") if (tasks := vars(self).get(name)) is not None)
        await asyncio.gather(*(tasks.stop() for tasks in begun))

    def moment(self, active: ActiveSet) -> DecisionMoment:
        """Return the present time, and the status that a set has now."""
        at = self.clock()
        return DecisionMoment(at, self.policies.serving_status(active, at))

    def count_entries(self, entries: Sequence[Entry]) -> None:
        """Count decisions that are recorded, by their entries."""
        self.count_decisions([(entry.members["outcome"], entry.members["revision"]) for entry in entries])

    def count_decisions(self, decisions: Sequence[tuple[str, str]]) -> None:
        """Count decisions that are recorded, by their outcomes and the revisions of their policies."""
        self.counters.count(Counted.DECISION, len(decisions))
        if self.metrics is not None:
            for outcome, revision in decisions:
                self.metrics.count_decision(outcome, revision)
