"""The facts whose texts can be erased: which ones an operator may name, and the rules that read them."""

from __future__ import annotations

from collections.abc import Iterator, Set

from api.ledger.commitments import EVIDENCE
from engine import Place, PolicySet, conditions_of, suggestion, vocabulary_of_version_1

PERSONAL = "personal"
"""Names all of `PERSONAL_FACTS` at once."""
PERSONAL_FACTS = frozenset(
    {
        "department.name",
        "mission.name",
        "mission.organiser",
        "visit.place",
        "urgency.ground",
        "item.description",
        "item.owner",
        EVIDENCE,
        "handover.recipient",
        "handover.evidence",
        "handover.reason",
        "withdrawal.reason",
        "handover.items[].description",
        "handover.clearance",
        "transfer.reference",
        "event.reference",
        "event.remarks",
    }
)
_VOCABULARY = vocabulary_of_version_1()
ERASABLE_FACTS = PERSONAL_FACTS | {
    name
    for name in _VOCABULARY.facts
    if _VOCABULARY.words[name].kind == "text" and not _VOCABULARY.words[name].owner
} - {_VOCABULARY.declarations.asking_office}
"""Every fact that can be made erasable: not those by which the log and its tables are searched, nor the Committee's
facts, which the entry of a decision repeats.
"""


_READ_AS = {"handover.items[].description": "item.description"}
"""A handover is decided by facts of its own; the one under this name is read by conditions under the other."""


def read_names(text: str) -> frozenset[str]:
    """Return the facts that are named, with commas between them; `personal` stands for `PERSONAL_FACTS`.

    Raises ValueError that lists every name that cannot be made erasable, with a remedy.
    """
    names = {name for part in text.split(",") if (name := part.strip())}
    if wrong := sorted(names - ERASABLE_FACTS - {PERSONAL}):
        raise ValueError("; ".join(map(_fault_of, wrong)))
    return frozenset(names - {PERSONAL} | (PERSONAL_FACTS if PERSONAL in names else set()))


def find_readers(policies: PolicySet, names: Set[str]) -> Iterator[tuple[Place, str]]:
    """Yield the place of each condition that reads a fact in `names`, with the fact; answers could repeat it."""
    read = {_READ_AS.get(name, name) for name in names}
    for place, facts in conditions_of(policies) if names else ():
        for name in sorted(facts & read):
            yield place, name


def _fault_of(name: str) -> str:
    near = "" if name in _VOCABULARY.words else suggestion(name, ERASABLE_FACTS | {PERSONAL})
    remedy = near or f"name `{PERSONAL}`, or some of {', '.join(sorted(ERASABLE_FACTS))}"
    return f"`{name}` is no text that can be kept apart; {remedy}"
