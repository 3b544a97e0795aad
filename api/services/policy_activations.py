"""Activations of policy sets, recorded in the log; what is recorded in words that the set lacks is remarked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.ledger.database import StoreUnavailable
from api.ledger.entries import Entry, EntryKind
from api.ledger.policy_proofs import PROOF
from api.ledger.preconditions import PoliciesSuperseded
from api.ledger.revisions import UNPROVED
from api.policies.active_set import ActiveSet
from api.runtime.loggers import get_logger
from api.services.context import Context
from api.storage.register_marks import read_marks

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from api.domain.present_words import UnknownRecordedWord
    from engine import PolicySet

SHOWN = 20
"""Of the places in old words, at most so many are logged."""

log = get_logger()


async def record_activation(context: Context, active: ActiveSet) -> None:
    """Record that a policy set became active, and remark what it has no word for; a failure is logged, not raised.

    Where policies are approved, they became active by what was recorded.
    """
    if active.files.activated_at is None:
        await _record(context, active)
    try:
        found = await context.store.read(lambda connection: _unknown_words(connection, active.policies))
    except Exception:  # only a remark is lost, and the folder has to be watched on
        log.exception("recorded_words_not_read", revision=active.policies.revision)
        return
    context.old_words.found = found
    for one in found[:SHOWN]:
        log.warning("recorded_in_old_words", where=one.where, lacking=one.what)
    if found:
        log.warning(
            "old_words_in_use",
            places=len(found),
            fact="what is recorded in words that the policies lack is not known to them",
            remedy="put the words back, or record it again in the present ones (docs/operate/serving.md)",
        )


async def _record(context: Context, active: ActiveSet) -> None:
    members: dict[str, object] = {} if active.proved else {UNPROVED: True}
    if active.proof is not None:
        members[PROOF] = active.proof.sign(context.store.signing_key)
    entry = Entry(EntryKind.POLICIES, active.policies.revision, context.clock(), members=members)
    try:
        await context.store.append([entry], active.files)
    except (StoreUnavailable, PoliciesSuperseded) as error:
        log.error("activation_not_recorded", revision=active.policies.revision, reason=str(error))


def _unknown_words(connection: Connection, policies: PolicySet) -> tuple[UnknownRecordedWord, ...]:
    if read_marks(connection).are_empty:
        return ()  # what reads them is not loaded for nothing
    from api.services.words_in_use import unknown_words

    return unknown_words(connection, policies)
