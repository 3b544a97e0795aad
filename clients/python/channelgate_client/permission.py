"""Whether an answer permits a handover: `deliver` for the request that was sent, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from channelgate_client.generated.models import AnsweredDecision, ExplainedDecision, Outcome, Permission

Answered = AnsweredDecision | ExplainedDecision

_ONE_DAY = dt.timedelta(days=1)
"""At the calendar place of the policies it can be a day earlier or later than in UTC."""

CLOCK_TOLERANCE = dt.timedelta(minutes=5)
"""An answer that is older by the clock here, as one from a cache is, or that is from later on, permits nothing."""

SAY_WITHOUT_ANSWER = (
    "We cannot hand this over now, since we could not find out whether we may."
    " Please wait until we have an answer."
)


class NotHandedOver(Exception):
    """Nothing may be handed over: `sentence` is what to say aloud, `reason` is for the record.

    `decision` is the answer that does not permit it; None where there was no answer, or none to this request.
    """

    def __init__(self, reason: str, sentence: str, decision: Answered | None = None) -> None:
        super().__init__(f"not handed over: {reason}")
        self.reason = reason
        self.sentence = sentence
        self.decision = decision


def require_permission(
    decision: Answered, sent: bytes, say_without_answer: str, now: dt.datetime
) -> Answered:
    """Return the decision if it permits the whole handover that was asked about by `sent`, `now`.

    Raises `NotHandedOver`.
    """
    request: Mapping[str, Any] = json.loads(sent)
    lines = [_mark(item.get("line"), place) for place, item in enumerate(request["items"], 1)]
    if decision.request_id != _normal(request["request_id"]) or [one.line for one in decision.lines] != lines:
        raise NotHandedOver("the answer is about another request", say_without_answer)
    if not _permits(decision.outcome, decision.handover_as_asked) or not all(
        _permits(line.outcome, line.handover_as_asked) for line in decision.lines
    ):
        raise NotHandedOver(f"the outcome is {decision.outcome}", decision.say, decision)
    if decision.evaluated_at.tzinfo is None or abs(decision.evaluated_at - now) > CLOCK_TOLERANCE:
        reason = f"the answer is of {decision.evaluated_at.isoformat()}, and by the clock here not of now"
        raise NotHandedOver(reason, say_without_answer)
    today = decision.evaluated_at.astimezone(dt.UTC).date()
    if not today - _ONE_DAY <= decision.as_of <= min(decision.valid_until, today + _ONE_DAY):
        raise NotHandedOver(f"the answer is about {decision.as_of}, and not about today", say_without_answer)
    return decision


def _permits(outcome: Outcome, handover: Permission) -> bool:
    return outcome is Outcome.DELIVER and handover is Permission.YES


def _mark(line: object, place: int) -> object:
    """The mark of a line: as stated, else its place in the list."""
    return place if line is None else _normal(line)


def _normal(mark: object) -> object:
    """A text in the form in which the service takes it, so that two that read the same are the same."""
    return unicodedata.normalize("NFC", mark) if isinstance(mark, str) else mark
