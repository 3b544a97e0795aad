"""A checked policy set: clauses, readings, parameters, rules, and the editions in force from day to day."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.contract.decision import Outcome, PolicyStamp, PolicyStatus
from engine.contract.offices import Roles
from engine.contract.phrases import NO_PHRASES, Phrases
from engine.contract.serving_status import Approval
from engine.contract.time_zones import UTC, day_in
from engine.contract.vocabulary import Value, Vocabulary, Word
from engine.contract.vocabulary_building import make_vocabulary
from engine.diagnostics import Diagnostic, Place
from engine.language.expressions import Expression, Facts, evaluate
from engine.policy.authzen import AuthzenMapping
from engine.policy.bitsets import members
from engine.policy.compiled_slot import CompiledSlot
from engine.policy.dated import DatedCondition
from engine.policy.dated_parts import DatedPart
from engine.policy.languages import NO_LANGUAGES, Languages, TranslationGaps
from engine.policy.members import Members
from engine.policy.registers import Registers
from engine.policy.rules import Cited, Loosening, Period, Rule, ScopeRule
from engine.policy.sentences import LineWords
from engine.policy.standing_answers import StandingAnswer, StandingCase
from engine.policy.titles import NEUTRAL_TITLES


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the directive in the office's own short words."""

    id: str
    text: str
    who: str | None = None
    no_rule: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A question the text leaves open, and the reading taken."""

    id: str
    clauses: tuple[str, ...]
    question: str
    alternatives: tuple[str, ...]
    taken: str | None
    reason: str | None
    status: str


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """A dated value of a parameter with its provenance; no value when `status` is not_found."""

    value: Value | None
    status: str
    source: str
    period: Period


class Property(StrEnum):
    """What can be proved of a policy set as a whole; docs/explain/proofs.md says what each means."""

    UNKNOWN_NEVER_PERMITS = "unknown_never_permits"
    URGENCY_NEVER_PERMITS = "urgency_never_permits"
    DEVIATIONS_ONLY_TIGHTEN = "deviations_only_tighten"
    A_RULE_DECIDES = "a_rule_decides"


@dataclass(frozen=True, slots=True)
class Invariant:
    """What holds of every answer: a property, or outcomes never given.

    The outcomes are never given where `when` is known to hold (everywhere, if there is none) and `unless` is not.
    """

    name: str
    place: Place
    title: str
    cited: Cited
    property: Property | None
    when: Expression | None
    unless: Expression | None
    never: frozenset[Outcome]

    def binds(self, facts: Facts) -> bool:
        """Whether its outcomes are never given for these facts, parameters among them."""
        applies = self.when is None or evaluate(self.when, facts) is True
        return applies and (self.unless is None or evaluate(self.unless, facts) is not True)

    def says(self) -> tuple[Property | None, Expression | None, Expression | None, frozenset[Outcome]]:
        """What it says, whatever it is called and wherever it stands."""
        return self.property, self.when, self.unless, self.never


@dataclass(frozen=True, slots=True)
class Expiry:
    """A remark that becomes due once `last_day` has passed."""

    last_day: dt.date
    hint: Diagnostic


@dataclass(frozen=True, slots=True)
class Edition:
    """The rules of one policy as valid from `first_day` until the next edition.

    `rules` holds general rules before their exceptions, and rules before those they beat. For rule i,
    `generals[i]` is the set of rules it is an exception to, `exceptions[i]` the set of its exceptions and
    `beaters[i]` the set of rules that beat it, each as the bits of a number; `tabled` is the set of the
    rows of tables and of what is an exception to them, directly or not. Sentences and duties have their
    parameters filled in. `parameters` holds the known ones under their braced names. `members` are the countries it
    speaks for, `unruled` is what it answers where it governs and no rule applies or may.
    """

    first_day: dt.date
    rules: tuple[Rule, ...]
    generals: tuple[int, ...]
    exceptions: tuple[int, ...]
    beaters: tuple[int, ...]
    tabled: int
    scope: tuple[ScopeRule, ...]
    parameters: Mapping[str, Value]
    mentions: Mapping[str, int] = field(repr=False)
    """For each fact, the set of rules whose condition uses it, as bits."""
    scope_mentions: frozenset[str] = field(repr=False)
    """The facts that the scope rules use."""
    members: Members
    unruled: Outcome
    dated_rules: Mapping[int, DatedCondition] = field(repr=False)
    dated_scope: Mapping[int, DatedCondition] = field(repr=False)
    """The conditions of rules, and of the scope, that turn on the day, by their places."""
    sure_beaters: tuple[int, ...] = field(repr=False)
    """For each rule, those that go before it wherever they hold, as bits; empty where no rule turns on the day."""
    worded: Mapping[str, str] = field(repr=False, compare=False)
    """What sentences say for each parameter, known or not."""


def listed_in(editions: Iterable[Edition]) -> frozenset[str]:
    """The countries that some of the editions name."""
    return frozenset().union(*(edition.members.named for edition in editions))


def trees_of(edition: Edition) -> list[int]:
    """For each rule, the roots of the trees it belongs to, as bits."""
    trees: list[int] = []
    for index, generals in enumerate(edition.generals):
        above = 0 if generals else 1 << index
        for general in members(generals):
            above |= trees[general]
        trees.append(above)
    return trees


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy file as checked, in all its editions (in the order of their days); or one country of its group.

    `undeviated` are the editions by the shared rules alone; the same as `editions` where it has nothing of its own.
    `rules` and `scope` are all that it has or shares, as they are written and whether or not they are in an edition.
    """

    name: str
    title: str
    follows: str | None
    file: str
    declared: Mapping[str, Word]
    parameters: Mapping[str, tuple[ParameterValue, ...]]
    editions: tuple[Edition, ...]
    undeviated: tuple[Edition, ...]
    rules: tuple[Rule, ...]
    scope: tuple[ScopeRule, ...]
    vocabulary: Vocabulary = field(repr=False)
    may_loosen: tuple[Loosening, ...] = ()

    @property
    def countries(self) -> frozenset[str]:
        """Every country that it names on some day."""
        return listed_in(self.editions)

    @property
    def country(self) -> str | None:
        """The country, if it names one and no other."""
        return next(iter(self.countries)) if len(self.countries) == 1 else None

    @property
    def words(self) -> Mapping[str, Word]:
        """Every word of its conditions: the facts, and its parameters under their braced names."""
        return {**self.vocabulary.words, **{f"{{{name}}}": word for name, word in self.declared.items()}}

    def edition_on(self, day: dt.date) -> Edition:
        """The edition valid on `day`."""
        return _edition_on(self.editions, day)

    def undeviated_on(self, day: dt.date) -> Edition:
        """The edition that would be valid on `day` by the shared rules alone."""
        return _edition_on(self.undeviated, day)


def _edition_on(editions: Sequence[Edition], day: dt.date) -> Edition:
    return editions[bisect_right(editions, day, key=lambda edition: edition.first_day) - 1]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """All policies of a folder, ready to decide by. `revision` is the SHA-256 of the files' names and bytes."""

    name: str
    title: str
    source: Mapping[str, str]
    instruction: Period | None
    parties: Mapping[str, str]
    valid_days: Mapping[Outcome, int]
    clauses: Mapping[str, Clause]
    readings: Mapping[str, Reading]
    policies: tuple[Policy, ...]
    several_countries: Cited
    standing_answers: Mapping[StandingCase, StandingAnswer]
    too_old_answer: StandingAnswer
    """What is answered in place of a permission while something of the policies in force is too old."""
    revision: str
    files: tuple[str, ...]
    vocabulary: Vocabulary = field(repr=False)
    roles: Roles = field(repr=False)
    registers: Registers | None = field(default=None, repr=False)
    """What it states of registers; None for a directive that has none."""
    authzen: AuthzenMapping | None = field(default=None, repr=False)
    """How calls of the AuthZEN API state facts; None for a folder that answers none."""
    line_words: LineWords = field(default_factory=LineWords)
    titles: Mapping[Outcome, str] = field(default_factory=lambda: NEUTRAL_TITLES)
    """What each outcome says in words."""
    languages: Languages = NO_LANGUAGES
    translation_gaps: Mapping[str, TranslationGaps] = field(default_factory=dict)
    time_zone: str = UTC
    """The IANA time zone of the directive's calendar place, whose day is meant wherever a day is not written out."""
    invariants: tuple[Invariant, ...] = ()
    floor: tuple[Invariant, ...] = ()
    """What no policy folder can lower: proved like `invariants`, and looked at again before each permission."""
    former: tuple[Invariant, ...] = ()
    """What the set before states of itself and this one states otherwise; proved like `invariants`."""
    hints: tuple[Diagnostic, ...] = ()
    slot: CompiledSlot = field(default_factory=CompiledSlot, init=False, compare=False, repr=False)
    expiries: tuple[Expiry, ...] = ()
    dated_parts: tuple[DatedPart, ...] = field(default=(), repr=False)
    """What is written with days; the editions of the policies say what follows from it."""
    phrases: Phrases = NO_PHRASES

    def answering_as_in(self, edition: int) -> PolicySet:
        """The set as it answered in this `ANSWER_EDITION`: before the third, a planned day counted as stated."""
        declarations = replace(self.vocabulary.declarations, past_days_planned=edition < 3)
        vocabulary = make_vocabulary(declarations)
        policies = tuple(replace(policy, vocabulary=vocabulary) for policy in self.policies)
        return replace(self, vocabulary=vocabulary, policies=policies)

    @property
    def countries(self) -> frozenset[str]:
        """The countries that a policy names, on whatever days."""
        if self.slot.countries is None:
            self.slot.countries = frozenset().union(*(policy.countries for policy in self.policies))
        return self.slot.countries

    def listed_on(self, day: dt.date) -> frozenset[str]:
        """The listed countries: those that a policy names on `day`."""
        return listed_in(policy.edition_on(day) for policy in self.policies)

    @property
    def change_days(self) -> tuple[dt.date, ...]:
        """The days on which some policy changes, in order."""
        days = {edition.first_day for policy in self.policies for edition in policy.editions[1:]}
        return tuple(sorted(days.union(self.instruction.first_days() if self.instruction else ())))

    def day_at(self, moment: dt.datetime) -> dt.date:
        """The day to which a moment with a time zone belongs at the directive's calendar place."""
        return day_in(self.time_zone, moment)

    def hints_on(self, day: dt.date) -> tuple[Diagnostic, ...]:
        """Every remark as of `day`, sorted by place: those of any day, and those on what is over by then."""
        due = [expiry.hint for expiry in self.expiries if expiry.last_day < day]
        return tuple(sorted((*self.hints, *due)))

    def stamp_on(self, day: dt.date, approval: Approval) -> PolicyStamp:
        """What an answer of `day` says of the set it is decided by."""
        return PolicyStamp(
            name=self.name,
            revision=self.revision,
            status=self.status_on(day),
            approval=approval,
            note=approval.note,
        )

    def status_on(self, day: dt.date) -> PolicyStatus:
        """Whether the directive is in force on `day`, or only proposed."""
        return "in_force" if self.instruction and self.instruction.covers(day) else "proposed"
