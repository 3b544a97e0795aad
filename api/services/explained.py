"""A decision together with its explanation: one member more, which is never part of what is recorded."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from api.domain.decision_record import decided_facts
from api.ledger.entries import DECISION, REQUEST, Entry
from engine import Decision, Explanation, PolicySet, decide, explain


class ExplainedDecision(Decision):
    """The decision as it is recorded, with the explanation that was asked for."""

    explanation: Explanation = Field(
        description="How the answer came about; not part of the recorded decision"
    )


def with_explanation(decision: Decision, explanation: Explanation) -> bytes:
    """Return the decision with the explanation as its last member, as UTF-8 JSON."""
    return _joined(decision.to_json(), explanation)


def explain_entry(entry: Entry, policies: PolicySet, stopped: Callable[[], bool]) -> bytes:
    """Return a recorded decision with its explanation, taken from the record alone: the same record, the same bytes.

    `policies` are those the decision was taken under. Raises ValueError for an entry that cannot be read,
    `ExplanationStopped` once `stopped` returns True.
    """
    facts = decided_facts(entry.key, entry.members, entry.payloads[REQUEST], entry.at)
    decision = decide(
        policies, facts.request, decision_id=entry.key, evaluated_at=entry.at, claimed=facts.claimed
    )
    return _joined(entry.payloads[DECISION], explain(policies, facts.request, decision, stopped))


def _joined(decision: bytes, explanation: Explanation) -> bytes:
    """The bytes of the decision stay as they are but for the closing brace."""
    return decision.rstrip()[:-1] + b',"explanation":' + explanation.to_json() + b"}"
