"""A decision as it is answered: as it was recorded, with members that are worked out for the answer alone."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field
from pydantic_core import to_json

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


def answer_with(decision: bytes, about: About | None, links: AnswerLinks | None = None) -> bytes:
    """Return the bytes of a decision, as they are but for the closing brace, with what it is about and leads to."""
    added = b"" if about is None else b',"about":' + to_json(about)
    if links is not None:
        added += b',"links":' + links.to_bytes()
    return b"%b%b}" % (decision[:-1], added)


def with_words(answer: bytes, words: AnswerWords) -> bytes:
    """Return the answer with its titles and questions in a language."""
    return with_written_words(answer, words.to_bytes())


def with_written_words(answer: bytes, words: bytes) -> bytes:
    """Return the answer with its titles and questions, which are in JSON already."""
    return b'%b,"words":%b}' % (answer[:-1], words)


def with_explanation(answer: bytes, explanation: bytes) -> bytes:
    """Return the answer with an explanation, in JSON as well, as its last member."""
    return b'%b,"explanation":%b}' % (answer[:-1], explanation)


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
