"""Recorded decisions as lines of JSON, each with all that deciding again needs but the words of its policies."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from api.domain.known_facts import EstablishedFacts, request_from_json, request_to_json
from engine import Vocabulary


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision of the log: when it was taken and by which revision, and the request with the facts known then.

    `request` is in the form of the log, in the words of that revision; `claimed` what was claimed of each line.
    """

    decision_id: str
    at: dt.datetime
    revision: str
    request: bytes
    claimed: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, decision_id: str, at: dt.datetime, revision: str, facts: EstablishedFacts) -> DecisionLine:
        """Return the line of a decision that was taken on these facts."""
        return cls(decision_id, at, revision, request_to_json(facts.request), facts.claimed)

    def facts(self, vocabulary: Vocabulary) -> EstablishedFacts:
        """Return what was decided, in the words of its policies. Raises ValueError."""
        return EstablishedFacts(request_from_json(self.request, vocabulary), self.claimed)

    def to_bytes(self) -> bytes:
        """Return it as one line, without its end."""
        members = {
            "decision_id": self.decision_id,
            "at": self.at.isoformat(),
            "revision": self.revision,
            "request": self.request.decode(),
            "claimed": self.claimed,
        }
        return json.dumps(members).encode()


def read_decision_line(line: bytes) -> DecisionLine:
    """Read what `to_bytes` wrote. Raises ValueError."""
    members = json.loads(line)
    try:
        return DecisionLine(
            decision_id=str(members["decision_id"]),
            at=dt.datetime.fromisoformat(members["at"]),
            revision=str(members["revision"]),
            request=members["request"].encode(),
            claimed=tuple(tuple(map(str, names)) for names in members["claimed"]),
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"a line is no recorded decision: {error}") from error
