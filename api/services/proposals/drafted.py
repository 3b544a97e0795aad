"""What can be found out about a set of files before anybody proposes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.domain.approvals.history import ApprovalHistory
from api.domain.line_changes import FileChange, find_changes
from api.ledger.revisions import PolicyFiles, find_revision
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.context import Context
from api.services.proposals.commands import approved_policies
from api.services.proposals.making import FEATURES
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


async def read_set(context: Context, revision: str) -> dict[str, bytes]:
    """Return the files of a revision that the ledger has. Raises `ProblemError` if it has none."""

    def read(connection: Connection) -> PolicyFiles | None:
        return find_revision(connection, revision)

    found = await context.store.read(read)
    if found is None:
        raise ProblemError(make_problem(ProblemKind.NOT_FOUND, "The ledger does not know this revision."))
    return found.read()


def newest_features(history: ApprovalHistory) -> dict[str, str]:
    """Return the feature files that the newest proposal with some brought, by their names."""
    for one in reversed([*history.proposals.values()]):
        found = {
            name.removeprefix(FEATURES): text for name, text in one.texts.items() if name.startswith(FEATURES)
        }
        if found:
            return found
    return {}


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: content.decode(errors="replace") for name, content in files.items()}
