"""The names of a policy folder that an editor can offer where they belong, by the keys that they stand under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.contract.vocabulary import Kind, Word
from engine.policy.authzen import LINE
from engine.policy.model import PolicySet


def known_names(policies: PolicySet) -> Mapping[str, tuple[str, ...]]:
    """Return what can stand under each key: rules, clauses, readings, parties, facts, and parts of conditions."""
    rules = {rule.name: rule.table for policy in policies.policies for rule in policy.rules}
    tables = dict.fromkeys(table.name for table in rules.values() if table)
    conditions = tuple(_conditions(policies))
    parties, facts = tuple(policies.parties), policies.vocabulary.facts
    ruled = tuple(mark for mark, reading in policies.readings.items() if reading.status == "ruled")
    return {
        **dict.fromkeys(("when", "unless"), conditions),
        **dict.fromkeys(("exception_to", "beats"), tuple(rules)),
        **dict.fromkeys(("suspend", "narrow"), (*rules, *tables)),
        **dict.fromkeys(("who", "answered_by", "owner", "given_by", "due_from", "asking_party"), parties),
        "clause": tuple(policies.clauses),
        "reading": tuple(mark for mark in policies.readings if mark not in ruled),
        "ruling": ruled,
        "UnaskedText.facts": facts,
        "EntityText.id": (*facts, LINE),
    }


def _conditions(policies: PolicySet) -> Iterator[str]:
    """The shortest conditions about each fact, and each parameter of a country."""
    words = {
        name: word for name, word in policies.vocabulary.words.items() if name in policies.vocabulary.facts
    }
    parameters = {name: word for policy in policies.policies for name, word in policy.declared.items()}
    for name, word in (*words.items(), *((f"{{{name}}}", word) for name, word in parameters.items())):
        yield from _about(name, word)


def _about(name: str, word: Word) -> Iterator[str]:
    match word.kind:
        case Kind.TRUTH:
            yield name
            yield f"not {name}"
        case Kind.CHOICE:
            yield from (f'{name} == "{choice}"' for choice in word.choices)
        case Kind.TEXT | Kind.NUMBER | Kind.DATE:
            yield f"{name} != null"
