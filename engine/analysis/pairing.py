"""Two policy sets over the same requests: the same symbols, countries and days, and the solver queried about both."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from engine.analysis.cases import ProofCase, Requests, Situation
from engine.analysis.comparison import Difference, Example
from engine.analysis.differences import list_differences
from engine.analysis.formulas import TRUE, Assignment, Formula
from engine.analysis.limits import common_limits
from engine.analysis.solving import Solver
from engine.analysis.statements import deciding_rules
from engine.analysis.translating import Translator, number_of
from engine.analysis.vocabularies import in_the_same_words
from engine.analysis.worked import as_read, costs, try_request, wishes
from engine.contract.decision import Outcome
from engine.contract.request import Request
from engine.contract.vocabulary import Kind
from engine.language.expression_parts import constants_beside, fact_names
from engine.language.expressions import Comparator, Compare, Constant, Expression
from engine.policy.model import PolicySet


class TwoDays(NamedTuple):
    """The day on which the requests are put to the older set, and that on which they are put to the newer one."""

    before: dt.date
    after: dt.date


@dataclass(frozen=True, slots=True)
class Pair:
    """The same requests under both sets; `later` is their case under the newer one."""

    case: ProofCase
    later: ProofCase
    old: Situation
    new: Situation


class Comparer:
    """The requests of two sets in the same symbols, and the solver that is queried about them.

    A request is put to both on the same day, whichever it is; or, with `days`, on one day to the older set and on
    another to the newer one, and those for which one of the `left_out` dates is the first of them are not compared.
    `differences` are what changes can turn on, those of the texts if left out. Raises ProverMissing if z3 is not
    installed.
    """

    def __init__(
        self,
        old: PolicySet,
        new: PolicySet,
        days: TwoDays | None = None,
        left_out: Sequence[Expression] = (),
        differences: tuple[Difference, ...] | None = None,
    ) -> None:
        # What is compared is what the policies would answer if no floor stopped it.
        old, new = replace(old, floor=()), replace(new, floor=())
        self.differences = list_differences(old, new) if differences is None else differences
        self.own_words = old.vocabulary, new.vocabulary
        old, new = in_the_same_words(old, new)
        # Where one set cannot read what is stated, it would not be known to it.
        self.days = days
        before, after = ((day, day) for day in days) if days else (None, None)
        self.old = Requests(old, new, reads=self.own_words[0], within=before)
        self.new = Requests(new, old, self.old.formulas, reads=self.own_words[1], within=after)
        self.formulas = self.old.formulas
        self.solver = Solver(self.formulas, {**self.old.domains, **self.new.domains})
        self.marks = _marks((self.old, self.new))
        self.compared = self._compared(left_out)
        self._deciding: dict[int, dict[str, Formula]] = {}
        self._smallest: dict[tuple[Formula, str], Assignment | None] = {}
        self._limits: dict[Formula, tuple[str, ...]] = {}

    @property
    def countries(self) -> tuple[str | None, ...]:
        """The countries distinguished, the last but one in the place of all others; None where it is not known."""
        return (*self.old.vocabulary.countries, None)

    def name_country(self, country: str | None) -> str:
        """A country as a comparison names it."""
        others = {None: "not known", self.old.vocabulary.countries[-1]: "any other"}
        return others.get(country, str(country))

    def pairs(self, country: str | None) -> list[Pair]:
        """The cases of a country, under both sets."""
        return [
            Pair(case, other, self.old.situation(case), self.new.situation(other))
            for case, other in zip(self.old.cases, self.new.cases, strict=True)
            if case.country == country
        ]

    def deciding(self, situation: Situation) -> dict[str, Formula]:
        """For each rule, when it decides."""
        if id(situation) not in self._deciding:
            self._deciding[id(situation)] = deciding_rules(self.formulas, situation)
        return self._deciding[id(situation)]

    def limits(self, formula: Formula) -> tuple[str, ...]:
        """What all requests that fulfil the formula have in common. Raises Undecided."""
        if formula not in self._limits:
            self._limits[formula] = common_limits(self.old, self.solver, formula, self.marks)
        return self._limits[formula]

    def same_outcome(self, pair: Pair) -> Formula:
        """When both sets give a request the same outcome."""
        both = ((pair.old.answers[outcome], pair.new.answers[outcome]) for outcome in Outcome)
        if all(was == becomes for was, becomes in both):
            return TRUE
        return self.formulas.any_of(
            self.formulas.all_of((pair.old.answers[outcome], pair.new.answers[outcome]))
            for outcome in Outcome
        )

    def changes(self, pair: Pair) -> Formula:
        """When the sets give a request that is compared different outcomes."""
        return self.formulas.all_of((self.compared, -self.same_outcome(pair)))

    def show(self, pair: Pair, formula: Formula) -> tuple[Example, Outcome, Outcome]:
        """The smallest request of a formula, as put to the newer set, and what `decide` answers to it under both."""
        # Countries with the same rules have the same formulas, and so the same smallest request but for the country.
        key = formula, pair.case.interval.as_of
        if key not in self._smallest:
            wished = [*wishes(self.old), [self.old.on_its_day(pair.case)]]
            self._smallest[key] = self.solver.find_smallest(formula, [costs(self.old)], wished)
        found = self._smallest[key]
        assert found is not None
        before = try_request(self.old, pair.case, found, reads=self.own_words[0]).worked
        after = try_request(
            self.old, pair.later, found, policies=self.new.policies, reads=self.own_words[1]
        ).worked
        return Example(request=after.request, words=after.words), before.outcome, after.outcome

    def read_by_each(self, example: Example) -> tuple[Request, Request]:
        """An example as the older set reads it, and as the newer one does."""
        model = self.old.policies.vocabulary.request
        before, after = (model.model_validate(as_read(example.request, words)) for words in self.own_words)
        return before.model_copy(update={"as_of": self.days.before}) if self.days else before, after

    def _compared(self, left_out: Sequence[Expression]) -> Formula:
        if self.days is None:
            return TRUE
        translator, day = Translator(self.formulas, self.old.facts), Constant(self.days.before)
        turns = [translator.truth(Compare(Comparator.EQUAL, date, day))[0] for date in left_out]
        for name in frozenset().union(*map(fact_names, left_out)) & self.marks.keys():
            # That no request of a class states this day goes without saying.
            self.marks[name].discard(number_of(self.days.before))
        return self.formulas.all_of(-turn for turn in turns)


def _marks(sides: Sequence[Requests]) -> dict[str, set[Fraction]]:
    """For each number and day of a request, the values that some condition sets it beside, parameters among them."""
    marks: dict[str, set[Fraction]] = {}
    parameters: dict[Kind, set[Fraction]] = defaultdict(set)
    for edition in (
        edition for side in sides for interval in side.intervals for _, edition in interval.editions
    ):
        for value in edition.parameters.values():
            if not isinstance(value, bool | str):
                kind = Kind.DATE if isinstance(value, dt.date) else Kind.NUMBER
                parameters[kind].add(number_of(value))
        for when in (*(entry.when for entry in edition.scope), *(rule.when for rule in edition.rules)):
            for name, values in constants_beside(when).items():
                numbers = {number_of(v) for v in values if not isinstance(v, bool | str)}
                marks.setdefault(name, set()).update(numbers)
    return {
        name: marks.get(name, set()) | parameters[word.kind]
        for side in sides
        for name, word in side.policies.vocabulary.words.items()
        if word.kind in (Kind.NUMBER, Kind.DATE)
    }
