"""The facts whose texts can be erased: which ones an operator may name, and the rules that read them."""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import cache

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


@cache
def erasable_facts() -> frozenset[str]:
    """Every fact that can be made erasable.

    Not those by which the log and its tables are searched, nor facts with an owner, which the entry of a decision
    repeats.
    """
    vocabulary = vocabulary_of_version_1()
    texts = {name for name in vocabulary.facts if vocabulary.words[name].kind == "text"}
    owned = vocabulary.owned_by_others(())
    return frozenset(PERSONAL_FACTS | texts.difference(owned, {vocabulary.declarations.asking_office}))


_READ_AS = {"handover.items[].description": "item.description"}
"""A handover is decided by facts of its own; the one under this name is read by conditions under the other."""


def read_names(text: str) -> frozenset[str]:
    """Return the facts that are named, with commas between them; `personal` stands for `PERSONAL_FACTS`.

    Raises ValueError that lists every name that cannot be made erasable, with a remedy.
    """
    names = {name for part in text.split(",") if (name := part.strip())}
    if wrong := sorted(names - erasable_facts() - {PERSONAL}):
        raise ValueError("; ".join(map(_fault_of, wrong)))
    return frozenset(names - {PERSONAL} | (PERSONAL_FACTS if PERSONAL in names else set()))


def find_readers(policies: PolicySet, names: Set[str]) -> Iterator[tuple[Place, str]]:
    """Yield the place of each condition that reads a fact in `names`, with the fact; answers could repeat it."""
    read = {_READ_AS.get(name, name) for name in names}
    for place, facts in conditions_of(policies) if names else ():
        for name in sorted(facts & read):
            yield place, name


def _fault_of(name: str) -> str:
    known = vocabulary_of_version_1().words
    near = "" if name in known else suggestion(name, erasable_facts() | {PERSONAL})
    remedy = near or f"name `{PERSONAL}`, or some of {', '.join(sorted(erasable_facts()))}"
    return f"`{name}` is no text that can be kept apart; {remedy}"
