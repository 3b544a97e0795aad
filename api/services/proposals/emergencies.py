"""What a single officer may state: a return to an earlier set, that somebody has left."""

from __future__ import annotations

from collections.abc import Sequence

from api.domain.approvals.answers import RecordedAnswer, describe_in_force
from api.domain.approvals.call_models import NewConfirmation, NewReturn, NewRevocation
from api.domain.approvals.statements import EmergencyReturn, OfficerStatement, RestoreConfirmation, Revocation
from api.ledger.entries import Entry
from api.services.context import Context
from api.services.proposals.activation import check_revision
from api.services.proposals.acts import read_body, stated_reason
from api.services.proposals.commands import CommandInputs, not_now, record_command
from api.storage.approvals import activation_entry
from api.storage.stored_responses import IdempotentCall, StoredResponse
from engine import Approval


async def return_to_earlier(context: Context, call: IdempotentCall) -> StoredResponse:
    """Bring an earlier revision into force at once, by one officer who decides, until it is confirmed.

    It is confirmed by a proposal of what is in force. Raises `ProblemError`.
    """
    body = read_body(call, NewReturn)
    await check_revision(context, body.revision)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        in_force = inputs.history.in_force
        stated = inputs.speaker.state(
            inputs.history,
            EmergencyReturn,
            content=body.revision,
            base=in_force.revision,
            **stated_reason(body),
        )
        _require_deciding(inputs, stated)
        if body.revision == in_force.revision:
            raise not_now("It is the revision in force.")
        if all(one.revision != body.revision for one in inputs.history.activations):
            raise not_now("It was never in force by approvals, so nobody returns to it.")
        entries = [
            inputs.entry_of(stated),
            activation_entry(
                body.revision,
                Approval.RETURNED,
                stated.digest,
                inputs.moment.at,
                engine=inputs.moment.engine,
                day=inputs.moment.today,
            ),
        ]
        return _acknowledged(inputs, entries)

    return await record_command(context, call, body.note, command)


async def revoke_officer(context: Context, call: IdempotentCall, officer: str) -> StoredResponse:
    """Record that an officer has left: stated by one who decides, or by the officer. Raises `ProblemError`."""
    body = read_body(call, NewRevocation)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        if inputs.history.in_force.approvers.find(officer) is None:
            raise not_now("The approvers in force name no such officer.")
        if officer in inputs.history.revoked:
            raise not_now("The officer has left before.")
        stated = inputs.speaker.state(inputs.history, Revocation, revoked=officer, **stated_reason(body))
        if not body.though_too_few and (lacking := inputs.history.too_few_without(officer)):
            raise not_now(f"{lacking} Propose other approvers first, or say `though_too_few`.")
        if stated.officer != officer:
            _require_deciding(inputs, stated)
        return _acknowledged(inputs, [inputs.entry_of(stated)])

    return await record_command(context, call, body.note, command)


async def confirm_restored(context: Context, call: IdempotentCall) -> StoredResponse:
    """Record that the policies in force in a restored ledger are those that shall be. Raises `ProblemError`.

    Stated by one who decides. Until then nothing is permitted: what was approved after the backup is not in it.
    """
    body = read_body(call, NewConfirmation)

    def command(inputs: CommandInputs) -> tuple[Sequence[Entry], StoredResponse]:
        if inputs.restored is None:
            raise not_now("The ledger was not restored, or that was confirmed.")
        if body.revision != inputs.history.in_force.revision:
            raise not_now("Another revision is in force in the restored ledger; look at it again.")
        stated = inputs.speaker.state(
            inputs.history, RestoreConfirmation, content=body.revision, restoring=inputs.restored.mark
        )
        _require_deciding(inputs, stated)
        return _acknowledged(inputs, [inputs.entry_of(stated)])

    return await record_command(context, call, body.note, command)


def _require_deciding(inputs: CommandInputs, stated: OfficerStatement) -> None:
    officer = inputs.history.in_force.approvers.find(stated.officer)
    if officer is None or not officer.decides:
        raise not_now("Only an officer who decides may state this.")


def _acknowledged(inputs: CommandInputs, entries: Sequence[Entry]) -> tuple[Sequence[Entry], StoredResponse]:
    answer = RecordedAnswer(entry=inputs.place, in_force=describe_in_force(inputs.after(entries)))
    return entries, StoredResponse(answer.to_text())
