"""A handover as it was assessed -> its entry in the log."""

from __future__ import annotations

import json
from dataclasses import dataclass

from api.domain.decision_moment import serving_members
from api.domain.handovers.completion import TAKEN, TakenByLine
from api.domain.handovers.handover import RecordedHandover
from api.domain.known_facts import EstablishedFacts, request_to_json
from api.ledger.entries import DECISION, HANDOVER, JUDGEMENT, REQUEST, Entry, EntryKind
from api.parsing.stated_texts import form_member
from api.storage.stored_responses import IdempotentCall
from engine import ANSWER_EDITION, Decision, ServingStatus


@dataclass(frozen=True, slots=True)
class AssessedHandover:
    """A handover as it was found, the decision about it and its facts, and what was taken from the clearance."""

    handover: RecordedHandover
    decision: Decision
    facts: EstablishedFacts
    taken: TakenByLine
    status: ServingStatus


def handover_entry(assessed: AssessedHandover, time_zone: str, call: IdempotentCall) -> Entry:
    """Return the entry of a handover, which holds all that it is decided again by."""
    handover = assessed.handover
    members = {
        "caller": call.caller.name,
        "role": call.caller.role.name,
        "department": handover.department,
        "status": handover.status,
        "clearance_id": handover.clearance_id,
        "used_up": handover.uses_up is not None,
        "revision": assessed.decision.policy.revision,
        "time_zone": time_zone,
        "answer_edition": ANSWER_EDITION,
        **serving_members(assessed.status),
        **{name: handover.content.get(name) for name in ("request_id", "case_id", "listed_items")},
        "claimed": assessed.facts.claimed,
        **form_member(call.body),
    }
    found = {name: handover.content.get(name, []) for name in ("grounds", "notes")}
    found |= {TAKEN: assessed.taken} if assessed.taken else {}
    payloads = {
        HANDOVER: call.body,
        JUDGEMENT: json.dumps(found, ensure_ascii=False).encode(),
        REQUEST: request_to_json(assessed.facts.request),
        DECISION: assessed.decision.to_json(),
    }
    return Entry(EntryKind.HANDOVER, handover.handover_id, handover.recorded_at, members, payloads)
