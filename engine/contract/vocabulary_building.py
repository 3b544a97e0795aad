"""The declared facts of a policy folder -> its vocabulary: the words of conditions, and the model of a request.

Some words are always there and are not declared: the countries of the mission, the day of the handover, and what
every line of a request has. Of `handover.by` and `handover.to` only the choices are declared.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Mapping
from functools import lru_cache

from engine.contract.request_models import make_request_model
from engine.contract.vocabulary import (
    AS_OF,
    COUNTRIES,
    COUNTRY,
    COUNTRY_LISTED,
    COUNTRY_QUESTION,
    ITEM,
    PLANNED_ON,
    Declarations,
    FactGroup,
    Kind,
    Part,
    Vocabulary,
    Word,
)

DELIVERER, RECIPIENT = "handover.by", "handover.to"
DESCRIPTION = "item.description"
"""The text of every request that can name a person."""
CORE: Mapping[str, tuple[Kind, str]] = {
    PLANNED_ON: (Kind.DATE, "On which day is the handover planned?"),
    DESCRIPTION: (Kind.TEXT, "What is the item?"),
    "item.quantity": (Kind.NUMBER, "How many?"),
    "item.unit": (Kind.TEXT, "In which unit?"),
}
"""The facts that every vocabulary has, beside the countries of the mission, and the questions for them."""
NO_FACTS = ("request_id", "items", "item.line", AS_OF, COUNTRIES, COUNTRY, COUNTRY_LISTED)
"""Names that stand for something else in every request."""


@lru_cache(maxsize=64)
def make_vocabulary(declarations: Declarations) -> Vocabulary:
    """Return the vocabulary of sound declarations: see `engine.checking.vocabulary` for what makes them sound."""
    party = declarations.asking_party
    facts = _with_core(declarations.facts, party)
    derived = (
        Word(COUNTRY, Kind.TEXT, ask=COUNTRY_QUESTION, answered_by=party),
        Word(COUNTRY_LISTED, Kind.TRUTH, ask=COUNTRY_QUESTION, answered_by=party),
        Word(AS_OF, Kind.DATE),
    )
    words = {word.name: word for word in (*facts, *derived)}
    stated = _with_countries([word.name for word in facts])
    parts = _parts(word.name for word in facts)
    return Vocabulary(
        declarations=declarations,
        words=words,
        order={name: place for place, name in enumerate((AS_OF, *stated))},
        shared=tuple(part for part in parts if not part.prefix.startswith(ITEM)),
        own=tuple(part for part in parts if part.prefix.startswith(ITEM)),
        whole=_group(facts, parts, ""),
        line=_group(facts, parts, ITEM),
        request=make_request_model(facts, dict(declarations.groups), party),
    )


def _with_core(declared: Iterable[Word], party: str) -> tuple[Word, ...]:
    """The declared facts, and each that is always there, before the first of its group."""
    core = {
        name: Word(
            name,
            kind,
            ask=ask,
            answered_by=party,
            least=0 if kind is Kind.NUMBER else None,
            personal=name == DESCRIPTION,
        )
        for name, (kind, ask) in CORE.items()
    }
    facts: list[Word] = []
    for word in declared:
        group = word.name.partition(".")[0]
        facts += [core.pop(name) for name in CORE if name in core and name.startswith(f"{group}.")]
        facts.append(word)
    return (*facts, *core.values())


def _with_countries(names: list[str]) -> list[str]:
    """The facts as a request states them: the countries of the mission before its other facts."""
    place = next((place for place, name in enumerate(names) if name.startswith("mission.")), 0)
    return [*names[:place], COUNTRIES, *names[place:]]


def _group(facts: Iterable[Word], parts: Iterable[Part], prefix: str) -> FactGroup:
    """How the request (no prefix), a line, or the group with this prefix is built."""
    under = [part.prefix.removeprefix(prefix) for part in parts if part.prefix.startswith(prefix)]
    names = dict.fromkeys(inner.partition(".")[0] for inner in under if inner)
    if not prefix:
        names = dict.fromkeys((*(name for name in names if f"{name}." != ITEM), COUNTRIES.partition(".")[0]))
    amounts = [
        word.name.removeprefix(prefix) for word in facts if word.is_amount and word.name.startswith(prefix)
    ]
    return FactGroup(
        tuple(name for name in amounts if "." not in name),
        tuple((name, _group(facts, parts, f"{prefix}{name}.")) for name in names),
    )


def _parts(names: Iterable[str]) -> list[Part]:
    found: dict[str, list[str]] = {"": [], ITEM: []}
    for name in names:
        prefix, dot, last = name.rpartition(".")
        found.setdefault(prefix + dot, []).append(last)
    return [
        Part(prefix, tuple(prefix.removeprefix(ITEM).split(".")[:-1]), tuple(own))
        for prefix, own in found.items()
    ]


NO_VOCABULARY = make_vocabulary(Declarations("", ()))
"""Where no facts are declared so far."""

copyreg.pickle(Vocabulary, lambda vocabulary: (make_vocabulary, (vocabulary.declarations,)))
