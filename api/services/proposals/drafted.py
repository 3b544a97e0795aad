"""What can be found out about a set of files before anybody proposes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.domain.approvals.history import ApprovalHistory
from api.domain.line_changes import FileChange, find_changes
from api.ledger.revisions import PolicyFiles, find_revision
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.evidence_runs import EvidenceInputs
from api.services.evidence_tasks import ReportProgress
from api.services.proposals.commands import approved_policies
from api.services.proposals.evidence import REPLAYED_DECISIONS
from api.services.proposals.making import FEATURES
from api.services.proposals.views import ViewedEvidence, view_evidence
from api.services.recorded_decisions import collect_decisions
from engine import Diagnostic, revision_of

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def find_set_faults(context: Context, files: Mapping[str, bytes]) -> tuple[Diagnostic, ...]:
    """Return why a set could not be in force under the floor in force; empty if it could. Raises `ProblemError`."""
    policies = approved_policies(context)
    floor = policies.in_force.floor
    return await policies.find_faults(PolicyFiles.of(revision_of(files), files), floor)


def changes_of_set(context: Context, files: Mapping[str, bytes]) -> tuple[FileChange, ...]:
    """Return in which lines a set differs from the one in force."""
    return find_changes(_texts(context.policies.current.files.read()), _texts(files))


def preview_of(context: Context, revision: str) -> str:
    """Return the name under which the evidence of a set is computed that nobody has proposed yet."""
    in_force = approved_policies(context).in_force
    return f"preview {revision} {in_force.revision} {in_force.floor_digest}"


def start_preview(context: Context, files: Mapping[str, bytes]) -> None:
    """Begin to compute in the background what a set would change, without scenarios. Raises `ProblemError`."""
    policies = approved_policies(context)
    name, base, floor = preview_of(context, revision_of(files)), policies.current, policies.in_force.floor

    async def compute(report: ReportProgress) -> None:
        decisions = await context.store.read(
            lambda connection: collect_decisions(connection, base.policies, REPLAYED_DECISIONS)
        )
        inputs = EvidenceInputs(base.files.read(), files, floor.encode(), decisions=decisions)
        context.evidence.hold(name, await context.evidence.runs.compute_evidence(inputs, report))

    if name not in context.evidence.previews:
        context.evidence.start(name, compute)


def find_preview(context: Context, revision: str) -> ViewedEvidence | None:
    """Return what a set would change, if that was computed here. Raises `ProblemError`."""
    found = context.evidence.previews.get(preview_of(context, revision))
    return None if found is None else view_evidence(found)


async def read_set(context: Context, revision: str) -> dict[str, bytes]:
    """Return the files of a revision that the ledger has. Raises `ProblemError` if it has none."""

    def read(connection: Connection) -> PolicyFiles | None:
        return find_revision(connection, revision)

    found = await context.store.read(read)
    if found is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The ledger does not know this revision."))
    return found.read()


def find_features(context: Context, history: ApprovalHistory) -> dict[str, str]:
    """Return the feature files in `features` beside the policy folder; if there are none, those proposed last."""
    folder = context.settings.policies.resolve().parent / "features"
    beside = {
        file.name: file.read_text(encoding="utf-8", errors="replace")
        for file in sorted(folder.glob("*.feature"))
    }
    return beside or _proposed_features(history)


def _proposed_features(history: ApprovalHistory) -> dict[str, str]:
    for one in reversed([*history.proposals.values()]):
        found = {
            name.removeprefix(FEATURES): text for name, text in one.texts.items() if name.startswith(FEATURES)
        }
        if found:
            return found
    return {}


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: content.decode(errors="replace") for name, content in files.items()}
