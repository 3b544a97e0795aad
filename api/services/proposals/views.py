"""Proposals as values for those who show them: how they stand, their evidence, what they change line by line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from api.domain.approvals.evidence import ProposalEvidence
from api.domain.approvals.history import APPROVERS, FLOOR, ApprovalHistory, RecordedActivation
from api.domain.approvals.proposal_view import ProposalView, view_proposal
from api.domain.approvals.statements import ProposalStatement, ProposalSubject
from api.domain.line_changes import FileChange, find_changes
from api.ledger.entries import EVIDENCE, EntryKind
from api.ledger.reader import find_newest
from api.ledger.revisions import find_revision
from api.services.context import Context
from api.services.paging import PROPOSALS, PageBound, read_after, read_limit, read_sequence_after, wrong_after
from api.services.proposals.commands import approved_policies, find_proposal, moment_at

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine import Comparison

IN_FORCE = PageBound(maximum=200, default=50)


@dataclass(frozen=True, slots=True)
class ViewedProposals:
    """A page of proposals, the newest first; `next` is the last of them where there are more behind it."""

    history: ApprovalHistory
    views: tuple[ProposalView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ViewedActivations:
    """A page of what came into force, the newest first; `next` is the place of the last where there are more."""

    history: ApprovalHistory
    activations: tuple[RecordedActivation, ...]
    next: int | None


async def read_history(context: Context) -> ApprovalHistory:
    """Return what the ledger holds about approvals now. Raises `ProblemError`."""
    policies = approved_policies(context)
    await policies.catch_up()
    return policies.history


async def view_page(context: Context, query: Mapping[str, str]) -> ViewedProposals:
    """Return a page of proposals as they stand. Raises `ProblemError`."""
    limit, after = read_limit(query, PROPOSALS), read_after(query)
    history = await read_history(context)
    ids = [*reversed([*history.proposals])]
    if after is not None and after not in history.proposals:
        raise wrong_after("the id of a proposal")
    start = 0 if after is None else ids.index(after) + 1
    page = ids[start : start + limit]
    moment = moment_at(context, context.clock())
    views = tuple(view_proposal(history, history.proposals[one], moment) for one in page)
    return ViewedProposals(history, views, page[-1] if start + limit < len(ids) else None)


async def view_one(context: Context, proposal_id: str) -> tuple[ApprovalHistory, ProposalView]:
    """Return a proposal as it stands. Raises `ProblemError`."""
    history = await read_history(context)
    recorded = find_proposal(history, proposal_id)
    return history, view_proposal(history, recorded, moment_at(context, context.clock()))


async def view_activations(context: Context, query: Mapping[str, str]) -> ViewedActivations:
    """Return a page of what came into force by approvals. Raises `ProblemError`."""
    limit, after = read_limit(query, IN_FORCE), read_sequence_after(query)
    history = await read_history(context)
    newest_first = [one for one in reversed(history.activations) if after is None or one.sequence < after]
    page = tuple(newest_first[:limit])
    return ViewedActivations(history, page, page[-1].sequence if len(newest_first) > limit else None)


@dataclass(frozen=True, slots=True)
class ViewedEvidence:
    """The evidence of a proposal; `comparison` is None where no comparison was made."""

    whole: ProposalEvidence
    comparison: Comparison | None


async def read_evidence(context: Context, view: ProposalView) -> ViewedEvidence | None:
    """Return the newest evidence of a proposal; None if there is none yet."""
    if view.evidence is None:
        return None

    def read(connection: Connection) -> bytes | None:
        entry = find_newest(connection, EntryKind.PROPOSAL_EVIDENCE, view.proposal_id)
        return entry.payloads[EVIDENCE] if entry else None

    content = await context.store.read(read)
    return None if content is None else _evidence(content)


@lru_cache(maxsize=16)
def _evidence(content: bytes) -> ViewedEvidence:
    return view_evidence(ProposalEvidence.model_validate_json(content))


def view_evidence(whole: ProposalEvidence) -> ViewedEvidence:
    """Return evidence with its comparison as a value."""
    data = whole.comparison.data
    if data is None:
        return ViewedEvidence(whole, None)
    from engine import Comparison

    members = {name: data[name] for name in Comparison.model_fields if name in data}
    return ViewedEvidence(whole, Comparison.model_validate(members))


async def read_changes(
    context: Context, history: ApprovalHistory, view: ProposalView
) -> tuple[FileChange, ...]:
    """Return what a proposal changes in the texts of its base, file by file."""
    proposal = view.proposal
    if proposal.subject is ProposalSubject.POLICIES:
        return await compare_revisions(context, proposal.base, proposal.content)
    name = _name_of(proposal.subject)
    before, file = find_text(history, proposal.subject, proposal.base), f"{name}.yaml"
    return find_changes({} if before is None else {file: before}, {file: view.recorded.texts[name]})


async def compare_revisions(context: Context, before: str, after: str) -> tuple[FileChange, ...]:
    """Return in what two revisions of the ledger differ; one that it does not have counts as empty."""

    def read(connection: Connection) -> tuple[str, ...]:
        found = (find_revision(connection, revision) for revision in (before, after))
        return tuple("{}" if files is None else files.files for files in found)

    return _compared(*await context.store.read(read))


@lru_cache(maxsize=16)
def _compared(before: str, after: str) -> tuple[FileChange, ...]:
    return find_changes(_shown(before), _shown(after))


def _shown(files: str) -> dict[str, str]:
    """The texts of files as they are shown: what is no text in them is replaced by a mark."""
    texts: dict[str, str] = json.loads(files)
    return {
        name: text.encode(errors="surrogateescape").decode(errors="replace") for name, text in texts.items()
    }


def find_text(history: ApprovalHistory, subject: ProposalSubject, digest: str) -> str | None:
    """Return the text of a floor or of approvers that is or was in force; None if it was not."""
    in_force = history.in_force
    if subject is ProposalSubject.FLOOR and in_force.floor_digest == digest:
        return in_force.floor
    name = _name_of(subject)
    for one in history.statements:
        stated = one.stated
        named = stated.content if isinstance(stated, ProposalStatement) else getattr(stated, name, None)
        if named == digest and name in one.texts:
            return one.texts[name]
    return None


def _name_of(subject: ProposalSubject) -> str:
    """The name of the text that a founding or a proposal brings of a subject; only policies have none."""
    match subject:
        case ProposalSubject.FLOOR:
            return FLOOR
        case ProposalSubject.APPROVERS:
            return APPROVERS
        case ProposalSubject.POLICIES:
            raise ValueError("policies are files of their own")
        case _:
            assert_never(subject)
