"""The facts whose texts can be erased: which ones an operator may name, and the rules that read them."""

from __future__ import annotations

from collections.abc import Iterator, Set

from api.ledger.commitments import EVIDENCE
from engine import Kind, Place, PolicySet, Vocabulary, conditions_of, suggestion

PERSONAL = "personal"
"""Names all texts at once that can name a person."""
OF_RECORDS = frozenset(
    {
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
"""The texts of what is recorded beside requests; each can name a person."""


def personal_facts(vocabulary: Vocabulary) -> frozenset[str]:
    """Return what `personal` stands for: those texts of a request that can name a person, and all of records."""
    personal = {name for name, word in vocabulary.words.items() if word.personal}
    return OF_RECORDS | (erasable_facts(vocabulary) & personal)


def erasable_facts(vocabulary: Vocabulary) -> frozenset[str]:
    """Return every fact that can be made erasable.

    Not those by which the log and its tables are searched, nor facts with an owner, which the entry of a decision
    repeats.
    """
    texts = {name for name in vocabulary.facts if vocabulary.words[name].kind is Kind.TEXT}
    owned = vocabulary.owned_by_others(())
    return OF_RECORDS | texts.difference(owned, {vocabulary.declarations.asking_office})


_READ_AS = {"handover.items[].description": "item.description"}
"""A handover is decided by facts of its own; the one under this name is read by conditions under the other."""


def read_names(text: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the facts that are named, with commas between them; `personal` stands for `personal_facts`.

    Raises ValueError that lists every name that cannot be made erasable, with a remedy.
    """
    names = {name for part in text.split(",") if (name := part.strip())}
    known = erasable_facts(vocabulary)
    if wrong := sorted(names - known - {PERSONAL}):
        raise ValueError("; ".join(_fault_of(name, known, vocabulary) for name in wrong))
    return frozenset(names - {PERSONAL} | (personal_facts(vocabulary) if PERSONAL in names else set()))


def find_readers(policies: PolicySet, names: Set[str]) -> Iterator[tuple[Place, str]]:
    """Yield the place of each condition that reads a fact in `names`, with the fact; answers could repeat it."""
    read = {_READ_AS.get(name, name) for name in names}
    for place, facts in conditions_of(policies) if names else ():
        for name in sorted(facts & read):
            yield place, name


def _fault_of(name: str, known: Set[str], vocabulary: Vocabulary) -> str:
    near = "" if name in vocabulary.words else suggestion(name, known | {PERSONAL})
    remedy = near or f"name `{PERSONAL}`, or some of {', '.join(sorted(known))}"
    return f"`{name}` is no text that can be kept apart; {remedy}"
