"""A rule as checked, and what it is made of: periods, citations, scope rules, loosenings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from engine.contract.decision import Duty, Outcome
from engine.contract.terms import Term
from engine.diagnostics import Place
from engine.language.expressions import Expression
from engine.policy.sentences import ConditionalSentence, Translations


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included; None is open."""

    start: dt.date | None = None
    end: dt.date | None = None

    def covers(self, day: dt.date) -> bool:
        """Whether `day` lies within the period."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def overlaps(self, other: Period) -> bool:
        """Whether some day lies within both."""
        return (self.start is None or other.end is None or self.start <= other.end) and (
            other.start is None or self.end is None or other.start <= self.end
        )

    def first_days(self) -> tuple[dt.date, ...]:
        """The days on which something changes because of this period."""
        after = None if self.end in (None, dt.date.max) else self.end + dt.timedelta(days=1)
        return tuple(day for day in (self.start, after) if day is not None)


@dataclass(frozen=True, slots=True)
class Cited:
    """Clauses and readings an answer names; `when` given, only where it is known to hold."""

    clauses: tuple[str, ...]
    readings: tuple[str, ...] = ()
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as checked: names resolved, condition parsed, periods turned into days.

    `terms` has an entry for each of the duties: when it falls due, or None where it has no term. `say` is the plain
    sentence, for where none of `say_when` is spoken, `say_in` the same in other languages: what a rule says is
    compared by the English alone.
    """

    name: str
    place: Place
    exception_to: frozenset[str]
    exception_to_every: Outcome | None
    beats: frozenset[str]
    period: Period
    when: Expression
    outcome: Outcome
    cited: Cited
    cite_when: tuple[Cited, ...]
    duties: tuple[Duty, ...]
    terms: tuple[Term | None, ...]
    say: str
    say_when: tuple[ConditionalSentence, ...]
    say_in: Translations = field(default=(), compare=False)

    @property
    def is_root(self) -> bool:
        """Whether the rule is an exception to no other."""
        return not self.exception_to and self.exception_to_every is None

    @property
    def word_conditions(self) -> tuple[Expression, ...]:
        """The conditions under which it cites or says something; they decide nothing."""
        cited = (entry.when for entry in self.cite_when if entry.when is not None)
        return (*cited, *(entry.when for entry in self.say_when))


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """A condition under which a policy governs a request."""

    name: str
    place: Place
    period: Period
    when: Expression
    cited: Cited


@dataclass(frozen=True, slots=True)
class Loosening:
    """Where a country's policy may answer less strictly than the shared rules alone would."""

    place: Place
    when: Expression
    cited: Cited
    reason: str
