"""Which unknown facts could change an answer: what `list_missing` lists, with what can be made ready made ready.

A fact with a closed list of answers has the same ones whatever else is known; of the values that an edition does not
tell apart one is tried; and where one edition governs for sure, what an answer leads to follows from its rules alone.
Whatever is otherwise goes the way of the reference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING

from engine.compiling.bounded_cache import BoundedCache
from engine.compiling.condition_index import ConditionIndex, Lookahead
from engine.compiling.editions import EditionOutlook, EvaluatedEdition, Reevaluation
from engine.contract.decision import Missing, Outcome, PolicyStatus
from engine.contract.trusted_models import make_unchecked
from engine.contract.vocabulary import COUNTRIES, PLANNED_ON, Kind, Value, Word
from engine.evaluation.default_logic import answer_line
from engine.evaluation.missing_facts import (
    as_counted,
    measure,
    place_of,
    questions_beside,
    word_of,
)
from engine.evaluation.open_conditions import OpenCondition, Question, link_conditions
from engine.evaluation.open_rules import Outlook, outlook_of
from engine.evaluation.possible_answers import answers_in_words, possible_answers

if TYPE_CHECKING:
    from engine.compiling.answer_templates import AnswerTemplate, CountryCase
    from engine.policy.model import PolicySet

MAX_MISSING_WEIGHT = 8192
"""The weight of the entries that are cached in an interval: few differ, and many answers hold the same."""

Group = tuple[int, int, tuple[int, ...]]
"""The conditions that some answers leave able to be true, and those that they make false; places of the answers."""


class QuestionForm:
    """A question with its possible answers: their labels, what they make known, and what they say.

    `name` is the one fact that they make known, None where there are several. `null` is the bit that a key has where
    the fact was stated as not known. It is `closed` if they are the same whatever else is known.
    """

    __slots__ = ("_groups", "changes", "closed", "in_words", "labels", "name", "null", "question", "word")

    def __init__(
        self,
        question: Question,
        word: Word,
        labelled: dict[str, dict[str, Value]],
        changes: Sequence[dict[str, Value]],
        null: int,
    ) -> None:
        self.question, self.word, self.null, self.changes = question, word, null, changes
        self.closed = False
        self.labels = tuple(labelled)
        self.in_words = answers_in_words(question, word, labelled)
        names = changes[0].keys()
        self.name = next(iter(names)) if len(names) == 1 else None
        self._groups: dict[int, tuple[ConditionIndex, list[Group]]] = {}

    def groups(self, index: ConditionIndex, name: str) -> list[Group]:
        """The answers by what the row of the fact in an index does, those together that do the same."""
        found = self._groups.get(id(index))
        if found is None:
            row, places = index.rows[name], dict[tuple[int, int], list[int]]()
            for place, change in enumerate(self.changes):
                places.setdefault(row.by_value.get(change[name], row.other), []).append(place)
            groups = [(able, unable, tuple(those)) for (able, unable), those in places.items()]
            found = self._groups[id(index)] = index, groups
        return found[1]


class _CaseQuestions:
    """What becomes of a line for one country with each of the answers to a question."""

    __slots__ = ("_again", "_facts", "_governing", "_lookahead", "_unchanged")

    def __init__(self, case: CountryCase) -> None:
        governing = [evaluated for evaluated in case.evaluated if evaluated.scope is not False]
        self._governing, self._facts = governing, case.facts
        self._again: list[Reevaluation] | None = None
        self._lookahead: Lookahead | None = None
        if len(governing) == 1 and governing[0].scope:
            self._unchanged = governing[0].statuses.outlook
            self._lookahead = Lookahead(governing[0].compiled.conditions, case.facts, governing[0].conditions)

    def with_answers(self, form: QuestionForm) -> Sequence[Outlook]:
        """As `reassess` finds them."""
        question = form.question
        if self._lookahead is not None and form.name is not None:
            return self._of_one_edition(self._governing[0], self._lookahead, form, form.name)
        if self._again is None:
            self._again = [Reevaluation(evaluated, self._facts) for evaluated in self._governing]
        return _combine_again(self._again, form.changes, question.policy or None)

    def _of_one_edition(
        self, evaluated: EvaluatedEdition, lookahead: Lookahead, form: QuestionForm, name: str
    ) -> Sequence[Outlook]:
        compiled, count = evaluated.compiled, len(form.changes)
        if form.question.policy and form.question.policy != compiled.policy.name:
            return [self._unchanged] * count
        statuses = compiled.statuses
        index = compiled.conditions
        if name in index.rest_reads and index.rest_reads[name] & evaluated.conditions[1]:
            found = lookahead.evaluate_each(form.changes)
            if found is None:
                return [self._unchanged] * count
            return [statuses(now).outlook for now in found]
        if name not in index.rows:
            return [self._unchanged] * count
        able = lookahead.able_but_for(name)
        if able is None:
            return [self._unchanged] * count
        true, unknown = evaluated.conditions
        outlooks = [self._unchanged] * count
        for able_now, unable, places in form.groups(index, name):
            now = able & able_now
            outlook = statuses((true | now & ~unable, unknown & ~(now | unable))).outlook
            for place in places:
                outlooks[place] = outlook
        return outlooks


class MissingFacts:
    """Lists what is missing for the lines of an interval.

    `nulls` hold, for each fact that the policies read, the bit that a key has where it was stated as not known.
    """

    __slots__ = ("_cache", "_forms", "_listed", "_lists", "_nulls", "_policies", "_status")

    def __init__(
        self, policies: PolicySet, listed: frozenset[str], status: PolicyStatus, nulls: dict[str, int]
    ) -> None:
        self._policies, self._listed, self._status, self._nulls = policies, listed, status, nulls
        self._forms: dict[Question, QuestionForm] = {}
        self._lists: BoundedCache[tuple[Missing, ...]] = BoundedCache(MAX_MISSING_WEIGHT)
        self._cache: BoundedCache[Missing] = BoundedCache(MAX_MISSING_WEIGHT)

    def of(
        self, as_of: dt.date, nulls: int, template: AnswerTemplate, cases: Sequence[CountryCase]
    ) -> tuple[Missing, ...]:
        """Return what `list_missing` lists for a line; `nulls` are those of its key."""
        key = self._key(nulls, cases)
        found = None if key is None else self._lists.get(key)
        if found is None:
            found = self._list(as_of, nulls, template, cases)
            if key is not None:
                self._lists.put(key, found, 1 + len(found) // 4)
        return found

    def _key(self, nulls: int, cases: Sequence[CountryCase]) -> tuple[object, ...] | None:
        """All that is missing depends on, where that is which conditions are open and by which facts; else None.

        A condition that is open and has a function of its own may turn on values that are known, and a day that is
        planned counts by the day of the request.
        """
        if len(cases) > 1:
            return None
        facts, evaluated = cases[0]
        governing = [found for found in evaluated if found.scope is not False]
        if len(governing) > 1 or not governing[0].scope:
            return None
        compiled, (true, unknown) = governing[0].compiled, governing[0].conditions
        index = compiled.conditions
        live = compiled.tables.live((true | unknown) & compiled.rules)
        unknown &= live
        if unknown & index.with_rest:
            return None
        names = [
            name for name, row in index.rows.items() if row.readers & unknown and facts.get(name) is None
        ]
        stated = 0
        for name in names:
            stated |= self._nulls.get(name, 1)
        if PLANNED_ON in names:
            return None
        return compiled, true & live, unknown, tuple(names), nulls & stated

    def _list(
        self, as_of: dt.date, nulls: int, template: AnswerTemplate, cases: Sequence[CountryCase]
    ) -> tuple[Missing, ...]:
        conditions = template.open_conditions(cases)
        questions = {
            question for found in conditions for condition in found for question in condition.questions
        }
        if not questions:
            return ()
        outcome = _led_to(template.outcomes, self._status)
        in_order = sorted(questions, key=self._place)
        tried = [_CaseQuestions(case) for case in cases]
        beside: dict[Question, set[Question]] | None = None
        listed = []
        for question in in_order:
            form = self._forms.get(question) or self._form(question, conditions, as_of)
            outlooks = [case.with_answers(form) for case in tried]
            leads = self._leads(outlooks)
            together: tuple[str, ...] = ()
            if leads.count(outcome) == len(leads):
                if beside is None:
                    beside = _beside(template, conditions)
                others = beside[question] or beside.keys() - {question}
                together = tuple([other.fact for other in in_order if other in others])
                if not together:
                    continue
            state = (
                "not_found" if question.policy else "asked_not_known" if nulls & form.null else "not_stated"
            )
            left = sum([each.open for found in outlooks for each in found])
            listed.append((measure(outcome, state, leads, left), self._entry(form, leads, state, together)))
        return tuple([missing for _, missing in sorted(listed, key=_measured)])

    def _leads(self, outlooks: Sequence[Sequence[Outlook]]) -> list[Outcome]:
        if len(outlooks) == 1:
            return [_led_to((outlook.outcome,), self._status) for outlook in outlooks[0]]
        return [
            _led_to(tuple([each.outcome for each in found]), self._status)
            for found in zip(*outlooks, strict=True)
        ]

    def _entry(
        self, form: QuestionForm, leads: Sequence[Outcome], state: str, together: tuple[str, ...]
    ) -> Missing:
        key = form, *leads, state, together
        found = self._cache.get(key) if form.closed else None
        if found is None:
            word = form.word
            found = make_unchecked(
                Missing,
                {
                    "fact": form.question.fact,
                    "ask": word.ask,
                    "answered_by": word.answered_by,
                    "would_lead_to": dict(zip(form.labels, leads, strict=True)),
                    "state": state,
                    "together_with": together,
                    "answers": form.in_words.copy(),
                },
            )
            if form.closed:
                self._cache.put(key, found)
        return found

    def _place(self, question: Question) -> tuple[str, int, str]:
        return place_of(self._policies.vocabulary, question)

    def _form(
        self, question: Question, opened: Iterable[Iterable[OpenCondition]], as_of: dt.date
    ) -> QuestionForm:
        conditions = [condition for found in opened for condition in found if condition.questions]
        vocabulary = self._policies.vocabulary
        word = word_of(vocabulary, question, conditions)
        labelled = possible_answers(question, word, self._listed, conditions)
        changes = [as_counted(vocabulary, found, as_of) for found in labelled.values()]
        form = QuestionForm(question, word, labelled, changes, self._nulls.get(question.name, 0))
        closed = word.kind in (Kind.TRUTH, Kind.CHOICE) or question.name == COUNTRIES
        if closed and not question.policy:
            form.closed = True
            self._forms[question] = form
        return form


_measured = itemgetter(0)
_led_to = lru_cache(maxsize=4096)(answer_line)
"""There are few outcomes, and every question leads to some of them."""


def _beside(
    template: AnswerTemplate, conditions: Sequence[Sequence[OpenCondition]]
) -> dict[Question, set[Question]]:
    linked = [
        one
        for rules, found in zip(template.open_rules, conditions, strict=True)
        for one in link_conditions(rules, found)
    ]
    return questions_beside(linked)


def _combine_again(
    before: Sequence[Reevaluation], changes: Sequence[dict[str, Value]], policy: str | None
) -> list[Outlook]:
    """The same as `reassess` finds for each of the changes."""
    count, changed = len(changes), changes[0].keys()

    def again(found: Reevaluation) -> Sequence[EditionOutlook]:
        return found.evaluate_each(changes) if policy in (None, found.policy) else [found.unchanged] * count

    # As in `reassess`, a policy that only may govern the line is evaluated again only where the others permit.
    skipped = [found.unchanged.scope is None and found.scope_mentions.isdisjoint(changed) for found in before]
    evaluated = [
        [found.unchanged] * count if skip else again(found)
        for found, skip in zip(before, skipped, strict=True)
    ]
    some = list(zip(*evaluated, strict=True)) or [()] * count
    if any(skipped) and any(map(_permit, set(some))):
        whole = zip(*map(again, before), strict=True)
        some = [all_ if _permit(each) else each for each, all_ in zip(some, whole, strict=True)]
    return [_combined(outlooks) for outlooks in some]


_combined = lru_cache(maxsize=4096)(outlook_of)
"""Few combinations exist, and every answer to every question gives one of them."""


def _permit(outlooks: Sequence[EditionOutlook]) -> bool:
    return any(each.scope and each.outcome.permits for each in outlooks)
