"""Handovers that were recorded wrongly: superseded by a later record, which counts in their place, or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.domain.handovers.handover import HandoverStatus, RecordedHandover


@dataclass(frozen=True, slots=True)
class Correction:
    """A handover that was superseded, and by which; by none if it was withdrawn.

    Where `frees` is true somebody recorded it who decides: what the handover had used up can be used again.
    """

    superseded: str
    superseded_by: str | None
    frees: bool


Corrections = Mapping[str, Correction]
"""Corrections by the handover that was superseded."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """What a record supersedes: the handovers it names, with those they superseded before, and what they hold.

    `held` are the clearances that count as used by one of them, `breach` is one of them that is in breach.
    """

    named: tuple[str, ...] = ()
    all: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    breach: str | None = None


def that_count(handovers: Iterable[RecordedHandover], corrections: Corrections) -> list[RecordedHandover]:
    """Return the handovers that no other supersedes."""
    return [handover for handover in handovers if handover.handover_id not in corrections]


def counted_uses(handovers: Iterable[RecordedHandover], corrections: Corrections) -> dict[str, str]:
    """Return the clearances that are used up, each with the handover that holds it, in the order of recording.

    A correction by somebody who decides frees what the record before had used up, unless it uses it itself.
    """
    return {
        handover.uses_up: handover.handover_id
        for handover in handovers
        if handover.uses_up and not _is_freed(handover.handover_id, corrections)
    }


def breach_among(handovers: Iterable[RecordedHandover]) -> str | None:
    """Return a handover in breach, if there is one."""
    breaches = (handover for handover in handovers if handover.status is HandoverStatus.BREACH)
    return next((handover.handover_id for handover in breaches), None)


def _is_freed(handover_id: str, corrections: Corrections) -> bool:
    later: str | None = handover_id
    while later and (correction := corrections.get(later)):
        if correction.frees:
            return True
        later = correction.superseded_by
    return False
