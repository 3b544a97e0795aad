"""The answer to a call that is not let through: a problem (RFC 9457) whose detail is the sentence to say."""

from __future__ import annotations

import json
from dataclasses import dataclass

from channelgate_client.permission import NotHandedOver

MOST_BYTES = 1024 * 1024
"""A gate reads the body of a call up to here; a longer one is refused with 413."""
DECISION = "channelgate.decision"
"""Under this name the application finds the decision that permits the handover."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Status, phrase, headers and body of an answer."""

    status: int
    phrase: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def refusal_of(refused: NotHandedOver) -> Refusal:
    """Return the answer: 403 with the outcome, or 503 where there was no answer to the gate."""
    decision = refused.decision
    if decision is None:
        return _problem(503, "Service Unavailable", refused.sentence, {}, ("Retry-After", "5"))
    members: dict[str, object] = {
        "outcome": decision.outcome,
        "decision_id": decision.decision_id,
        "say_in": dict(decision.say_in),
    }
    return _problem(403, "Forbidden", refused.sentence, members)


def too_long() -> Refusal:
    """Return the answer to a call whose body the gate does not read."""
    return _problem(413, "Content Too Large", f"A body holds at most {MOST_BYTES} bytes here.", {})


def cut_off() -> Refusal:
    """Return the answer to a call whose body did not arrive whole: it is not asked about a part of it."""
    return _problem(400, "Bad Request", "The body did not arrive whole.", {})


def _problem(
    status: int, phrase: str, detail: str, members: dict[str, object], *headers: tuple[str, str]
) -> Refusal:
    problem = {
        "type": "about:blank",
        "title": "Not handed over",
        "status": status,
        "detail": detail,
        **members,
    }
    body = json.dumps(problem, ensure_ascii=False).encode()
    stated = (("Content-Type", "application/problem+json"), ("Content-Length", str(len(body))), *headers)
    return Refusal(status, phrase, (*stated, ("Cache-Control", "no-store")), body)
