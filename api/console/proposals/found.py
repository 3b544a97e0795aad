"""What evidence found, and how far its computation is, in the words of the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from api.console.frame.visits import Visit
from api.console.proposals.words import cause_words, direction_words, result_words, step_words
from api.domain.approvals.evidence import LooseningCause
from api.domain.reading_languages import in_language
from api.services.evidence_tasks import EvidenceTask
from api.services.proposals.views import ViewedEvidence
from engine import Direction, Outcome

MOST_SHOWN = 15
"""So many of each kind of finding are shown; the command that is named beside them prints all."""


def describe_found(visit: Visit, evidence: ViewedEvidence) -> dict[str, Any]:
    """Return what evidence found, in the order and the words in which it is shown."""
    whole, comparison = evidence.whole, evidence.comparison
    titles = in_language(visit.policies, visit.language).titles
    classes = comparison.classes if comparison else ()
    looser = sum(one.direction is Direction.MORE_PERMISSIVE for one in classes)
    return {
        "may_loosen": whole.loosens.may_loosen,
        "reasons": [
            (cause_words(one.cause), one.what)
            for one in whole.loosens.reasons
            if one.cause is not LooseningCause.MORE_PERMISSIVE
        ],
        "looser": looser,
        "looser_lines": sum(one.cause is LooseningCause.MORE_PERMISSIVE for one in whole.loosens.reasons)
        - looser,
        "classes": [
            (direction_words(direction), direction is Direction.MORE_PERMISSIVE, same)
            for direction in Direction
            if (same := [one for one in classes if one.direction is direction])
        ],
        "title": lambda outcome: titles[Outcome(outcome)],
        "request": _request_text,
        "answers": comparison.answers if comparison else (),
        "guards": comparison.guards if comparison else (),
        "differences": comparison.differences if comparison else (),
        "complete": comparison is not None and comparison.complete,
        "check": result_words(whole.checked),
        "proof": result_words(whole.proved),
        "comparison": result_words(whole.compared),
        "scenarios": result_words(whole.tested),
        "replay": result_words(whole.replay.result) if whole.replay else None,
    }


def _request_text(request: Mapping[str, Any]) -> str:
    return json.dumps(request, ensure_ascii=False, indent=1)


def progress_words(visit: Visit, task: EvidenceTask | None) -> str:
    """Return how far the evidence is, empty if none is being computed here."""
    if task is None or task.fault is not None:
        return ""
    progress = task.progress
    if progress is None:
        return visit.message("It begins as soon as another computation has ended.")
    step = visit.message(step_words(progress.step))
    if progress.of <= 1:
        return visit.message("Now: %(step)s.", step=step)
    return visit.message("Now: %(step)s, %(done)s of %(of)s.", step=step, done=progress.done, of=progress.of)
