"""The audit: every row that the service decides from is rebuilt from the log and compared, and nothing is beside it.

Log and tables are read once, in the order of the log; of a table, the rows of one entry are held at a time. Not
compared are the responses stored for repeated calls: no decision is based on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, assert_never

from api.domain.cases.case import CaseKey
from api.ledger.database import DATABASE_ERRORS
from api.ledger.entries import EntryKind
from api.ledger.group_check import find_group_faults
from api.ledger.tables import log_entries
from api.ledger.verifier import MAX_ROW_FINDINGS
from api.services.audit.approvals import ApprovalAudit
from api.services.audit.case_rows import fact_rows, opened_rows
from api.services.audit.handover_rows import clearance_rows, handover_rows, transfer_rows, withdrawal_rows
from api.services.audit.papers import PaperAudit
from api.services.audit.recorded_entries import AuditedEntry, read_audited_entries
from api.services.audit.register_rows import RegisterLog
from api.services.audit.revisions import find_revision_faults, revision_named
from api.storage.row_comparison import RowsByTable
from api.storage.table_comparison import open_tables
from api.storage.tables import urgencies
from api.storage.urgencies import urgency_row

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class TableVerdict:
    """What the audit found, and the names of tables too old to be compared."""

    findings: tuple[str, ...]
    not_compared: tuple[str, ...]


def audit_tables(connection: Connection) -> TableVerdict:
    """Compare the tables beside the log with the log. At most 100 findings are spelled out."""
    audit = _Audit(connection)
    found = audit.run()
    findings = list(islice(found, MAX_ROW_FINDINGS))
    if left_out := sum(1 for _ in found):
        findings.append(f"tables beside the log: {left_out} more findings are left out")
    return TableVerdict(tuple(findings), tuple(audit.not_compared))


@dataclass(slots=True)
class _Audit:
    """One pass over the log."""

    connection: Connection
    not_compared: list[str] = field(default_factory=list)
    _registers: RegisterLog = field(default_factory=RegisterLog)
    _revisions: dict[str, int] = field(default_factory=dict)
    _urgent: set[CaseKey] = field(default_factory=set)
    _approvals: ApprovalAudit = field(default_factory=ApprovalAudit)
    _papers: PaperAudit = field(default_factory=PaperAudit)

    def run(self) -> Iterator[str]:
        """Yield every finding."""
        tables, self.not_compared = open_tables(self.connection)
        for sequence, recorded in read_audited_entries(self.connection):
            rows = self._rows_of(recorded) if recorded else None
            if recorded:
                yield from self._approvals.check(sequence, recorded.stored)
                yield from self._papers.check(sequence, recorded.stored)
            for table in tables:
                if rows is None:
                    yield from table.pass_over(sequence)
                else:
                    yield from table.compare(sequence, rows.get(table.table, ()))
            if rows is None:
                yield f"entry {sequence}: what it records cannot be read, so its rows cannot be compared"
        for table in tables:
            yield from table.finish()
        yield from find_group_faults(self.connection)
        yield from find_revision_faults(self.connection, self._revisions)

    def _rows_of(self, recorded: AuditedEntry) -> RowsByTable | None:
        """The rows an entry recorded; None where it cannot be read."""
        entry = recorded.stored
        if revision := revision_named(entry):
            self._revisions.setdefault(revision, recorded.sequence)
        head = {
            "sequence": recorded.sequence,
            "kind": entry.kind.value,
            "key": entry.key,
            "recorded_at": entry.at.isoformat(),
        }
        try:
            own = [] if recorded.is_grouped else [head]
            return {log_entries: own, **self._rows_beside(recorded)}
        except DATABASE_ERRORS:
            raise
        except Exception:  # an entry that was tampered with can fail in any way, and each is a finding
            return None

    def _rows_beside(self, recorded: AuditedEntry) -> RowsByTable:
        match recorded.stored.kind:
            case EntryKind.CASE_OPENED:
                return opened_rows(self.connection, recorded)
            case EntryKind.CASE_FACT:
                return fact_rows(recorded)
            case EntryKind.CLEARANCE_ISSUED:
                return clearance_rows(self.connection, recorded)
            case EntryKind.HANDOVER:
                return handover_rows(self.connection, recorded)
            case EntryKind.HANDOVER_WITHDRAWN:
                return withdrawal_rows(recorded)
            case EntryKind.TRANSFER_RECORDED:
                return transfer_rows(recorded)
            case EntryKind.REGISTER_IMPORTED:
                return self._registers.imported_rows(recorded)
            case EntryKind.REGISTER_EVENT:
                return self._registers.event_rows(recorded)
            case EntryKind.STARTED | EntryKind.STOPPED | EntryKind.SIGNING_KEY | EntryKind.API_KEY:
                return {}
            case EntryKind.POLICIES | EntryKind.CLOSED | EntryKind.CONTINUED:
                return {}
            case EntryKind.DECISION:
                row = urgency_row(recorded.sequence, recorded.stored, self._urgent)
                return {} if row is None else {urgencies: [row]}
            case EntryKind.ERASED | EntryKind.REGISTER_PAPER:
                return {}
            case EntryKind.APPROVALS_FOUNDED | EntryKind.PROPOSAL | EntryKind.PROPOSAL_EVIDENCE:
                return {}
            case EntryKind.OFFICER_STATEMENT:
                return {}
            case _:
                assert_never(recorded.stored.kind)
