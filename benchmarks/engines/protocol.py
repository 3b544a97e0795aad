"""What an engine has to do to be measured, and the forms in which a peer can be called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.engines.content import NOT_GOVERNED, ContentFacts, Rule
from engine.language.expressions import Expression

COUNTRY = "mission.country"

Stated = dict[str, Any]
"""The facts as a caller has them at hand: a flat dictionary under their plain names."""


class Engine(Protocol):
    """An engine with its rules loaded and compiled, as far as it can compile them."""

    def prepare(self, stated: Stated) -> Any:
        """Return the facts of a request in the form that the engine takes soonest."""

    def decide(self, prepared: Any) -> str:
        """Return the outcome."""


Build = Callable[[Sequence[Rule]], Engine]


@dataclass(frozen=True, slots=True)
class EngineForm:
    """A way of putting the rules to a peer; `by_hand` where a dictionary by country stands in front of it.

    `of_tree` makes it of any one expression, if it can be.
    """

    peer: str
    name: str
    package: str
    build: Build
    by_hand: bool = False
    of_tree: Callable[[Expression], Engine] | None = None


class ByCountry:
    """An index made by hand: a dictionary in front of the peer, with an engine of its own for every country."""

    def __init__(self, build: Build, rules: Sequence[Rule]) -> None:
        of_country: dict[str, list[Rule]] = {}
        for rule in rules:
            of_country.setdefault(rule.country, []).append(rule)
        self._engines = {country: build(own) for country, own in of_country.items()}

    def prepare(self, stated: Stated) -> tuple[Engine | None, Any]:
        engine = self._engines.get(stated[plain_name(COUNTRY)])
        return engine, engine and engine.prepare(stated)

    def decide(self, prepared: tuple[Engine | None, Any]) -> str:
        engine, inner = prepared
        return engine.decide(inner) if engine else NOT_GOVERNED


def by_country(build: Build) -> Build:
    return lambda rules: ByCountry(build, rules)


def plain_name(fact: str) -> str:
    """The name of a fact for engines in whose names a dot means something."""
    return fact.replace(".", "_")


def state(facts: ContentFacts) -> Stated:
    return {plain_name(fact): value for fact, value in facts.items()}
