"""A decision as it is answered: as it was recorded, with members that are worked out for the answer alone."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field

from api.domain.about import About
from api.domain.answer_editions import edition_named
from api.domain.cases.urgency import AnswerLinks
from api.domain.decision_moment import read_serving_status
from api.domain.decision_record import decided_facts
from api.domain.reading_languages import AnswerWords
from api.ledger.entries import REQUEST, Entry
from engine import Decision, Explanation, PolicySet, decide, explain
from engine.explanation import BUDGET


class AnsweredDecision(Decision):
    """The decision as it is recorded, with what it is about and where it leads."""

    about: About | None = Field(
        None, description="What was asked about, in words; not part of the recorded decision"
    )
    links: AnswerLinks | None = Field(
        None,
        description="The case about the request, or how it is opened; not part of the recorded decision",
    )

    words: AnswerWords | None = Field(
        None,
        description="Titles and questions in the language of Accept-Language; not part of the recorded decision",
    )


class ExplainedDecision(AnsweredDecision):
    """The answer with the explanation that was asked for."""

    explanation: Explanation = Field(
        description="How the answer came about; not part of the recorded decision"
    )


def explain_entry(
    entry: Entry,
    policies: PolicySet,
    stopped: Callable[[], bool],
    most_tried: int = BUDGET,
    most_lines: int | None = None,
) -> bytes:
    """Return how a recorded decision came about, taken from the record alone: of the same record, the same bytes.

    At most `most_tried` sets of changes are tried, by which it would have been otherwise; of the lines, the first
    `most_lines` are explained, and the others counted.

    `policies` are those the decision was taken under. Raises ValueError for an entry that cannot be read,
    `ExplanationStopped` once `stopped` returns True.
    """
    policies = policies.answering_as_in(edition_named(entry.members))
    facts = decided_facts(entry.key, entry.members, entry.payloads[REQUEST], entry.at, policies.vocabulary)
    status = read_serving_status(entry.members)
    decision = decide(
        policies,
        facts.request,
        decision_id=entry.key,
        evaluated_at=entry.at,
        claimed=facts.claimed,
        status=status,
    )
    return explain(policies, facts.request, decision, stopped, status, most_tried, most_lines).to_json()
