"""A rule as checked, and what it is made of: periods, citations, scope rules, loosenings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

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

    def within(self, other: Period) -> Period:
        """The days that lie within both."""
        starts = [day for day in (self.start, other.start) if day is not None]
        ends = [day for day in (self.end, other.end) if day is not None]
        return Period(max(starts, default=None), min(ends, default=None))

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


class Counts(StrEnum):
    """Which of several rows that apply counts: the one that stands above the others, or the strictest."""

    TOPMOST = "topmost"
    STRICTEST = "strictest"


@dataclass(frozen=True, slots=True)
class RuleTable:
    """The table that a rule is a row of."""

    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class ConditionalDuty:
    """A duty that there is where its condition is known to hold."""

    when: Expression
    duty: Duty


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as checked: names resolved, condition parsed, periods turned into days.

    `duties` are those without a condition; `terms` has an entry for each of them: when it falls due, or None where it
    has no term. `say` is the plain sentence, for where none of `say_when` is spoken, `say_in` the same in other
    languages: what a rule says is compared by the English alone. A row of a `table` whose topmost counts `beats` the
    rows below.
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
    duties_when: tuple[ConditionalDuty, ...] = ()
    table: RuleTable | None = None
    say_in: Translations = field(default=(), compare=False)

    @property
    def is_root(self) -> bool:
        """Whether the rule is an exception to no other."""
        return not self.exception_to and self.exception_to_every is None

    @property
    def all_duties(self) -> tuple[Duty, ...]:
        """Its duties, those under a condition among them."""
        return (*self.duties, *(entry.duty for entry in self.duties_when))

    @property
    def is_ordered(self) -> bool:
        """Whether it is a row of a table whose topmost row counts."""
        return self.table is not None and self.table.counts is Counts.TOPMOST

    @property
    def counts_by_strictness(self) -> bool:
        """Whether it is a row of a table whose strictest row counts, so that others may win beside it."""
        return self.table is not None and self.table.counts is Counts.STRICTEST

    def is_settled_beside(self, other: Rule) -> bool:
        """Whether it is plain what the answer is where both win: the same, or the stricter as their tables say."""
        return self.outcome is other.outcome or (self.counts_by_strictness and other.counts_by_strictness)

    @property
    def word_conditions(self) -> tuple[Expression, ...]:
        """The conditions under which it cites, says or requires something; they decide nothing."""
        cited = (entry.when for entry in self.cite_when if entry.when is not None)
        return (*cited, *(entry.when for entry in self.say_when), *(entry.when for entry in self.duties_when))


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
