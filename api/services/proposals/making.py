"""The command that makes a proposal: a whole policy set, a floor, or the approvers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from api.domain.approvals.approvers import read_approvers
from api.domain.approvals.call_models import NewProposal
from api.domain.approvals.history import APPROVERS, FLOOR
from api.domain.approvals.statements import ProposalStatement, ProposalSubject, digest_of
from api.ledger.entries import Entry
from api.ledger.revisions import PolicyFiles, find_revision, store_revision
from api.parsing.problems import Problem, ProblemError
from api.parsing.requests import read_model
from api.policies.folder import is_feature_file, is_policy_file
from api.services.context import Context
from api.services.proposals.commands import CommandInputs, in_one_line, not_now, record_command, wrong_member
from api.storage.stored_responses import IdempotentCall, StoredResponse
from engine import PolicyFaults, revision_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

FEATURES = "features/"
"""What the names of feature files begin with among the texts of a proposal."""


@dataclass(frozen=True, slots=True)
class _ProposedContent:
    """What is proposed: its hash, the files of a policy set, the texts to record."""

    digest: str
    files: PolicyFiles | None
    texts: Mapping[str, str]


async def make_proposal(context: Context, call: IdempotentCall) -> StoredResponse:
    """Record a proposal. Raises `ProblemError`."""
    stated = read_model(call.body, NewProposal)
    if isinstance(stated, Problem):
        raise ProblemError(stated)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        content = _read_content(inputs.connection, stated)
        proposal = _state(inputs, stated, content)
        in_force = inputs.history.in_force
        if proposal.base != in_force.digest_of(proposal.subject):
            raise not_now("It is based on something else than what is in force.")
        if proposal.content == proposal.base and in_force.unconfirmed_since is None:
            raise not_now("It is what is in force.")
        if proposal.holds_from and proposal.holds_from < inputs.moment.today:
            raise wrong_member("/holds_from", "must not lie before today")
        if content.files:
            store_revision(inputs.connection, content.files)
        entry = inputs.entry_of(proposal, content.texts)
        return inputs.recorded([entry], proposal.digest)

    return await record_command(context, call, stated.note, command)


def _state(inputs: CommandInputs, stated: NewProposal, content: _ProposedContent) -> ProposalStatement:
    """The proposal as its author states or has signed it."""
    members = {"subject": stated.subject, "content": content.digest, "holds_from": stated.holds_from}
    if stated.note is not None:
        return inputs.speaker.state(inputs.history, ProposalStatement, **members)
    if stated.wish is None:
        raise wrong_member("/wish", "say in words what is wished")
    return inputs.speaker.state(
        inputs.history,
        ProposalStatement,
        **members,
        base=stated.base or inputs.history.in_force.digest_of(stated.subject),
        wish=in_one_line(stated.wish, "/wish"),
    )


def _read_content(connection: Connection, stated: NewProposal) -> _ProposedContent:
    match stated.subject:
        case ProposalSubject.POLICIES:
            files = _read_files(connection, stated)
            features = {FEATURES + name: text for name, text in (stated.features or {}).items()}
            if not all(map(is_feature_file, stated.features or ())):
                raise wrong_member("/features", "the name of a feature file ends in .feature, and is no path")
            return _ProposedContent(files.revision, files, features)
        case ProposalSubject.FLOOR | ProposalSubject.APPROVERS:
            if stated.text is None:
                raise wrong_member("/text", f"give the text of the {stated.subject.value}")
            name = FLOOR if stated.subject is ProposalSubject.FLOOR else APPROVERS
            _check_text(stated.subject, stated.text)
            return _ProposedContent(digest_of(stated.text), None, {name: stated.text})
        case _:
            assert_never(stated.subject)


def _check_text(subject: ProposalSubject, text: str) -> None:
    from engine import read_floor

    try:
        if subject is ProposalSubject.FLOOR:
            read_floor("floor.yaml", text.encode())
        else:
            read_approvers("approvers.yaml", text.encode())
    except PolicyFaults as faults:
        raise wrong_member("/text", "; ".join(map(str, faults.diagnostics))) from faults


def _read_files(connection: Connection, stated: NewProposal) -> PolicyFiles:
    if (stated.files is None) == (stated.revision is None):
        raise wrong_member("/files", "give the `files`, or a `revision` that the ledger knows")
    if stated.revision is not None:
        found = find_revision(connection, stated.revision)
        if found is None:
            raise wrong_member("/revision", "the ledger does not know this revision")
        return found
    files = {name: text.encode() for name, text in (stated.files or {}).items()}
    if not files:
        raise wrong_member("/files", "the set has no file")
    for name in files:
        if not is_policy_file(name):
            raise wrong_member("/files", "the name of a policy file ends in .yaml, and is no path")
    return PolicyFiles.of(revision_of(files), files)
