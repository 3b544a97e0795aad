"""Which unknown facts could change an answer: what `list_missing` lists, with what can be made ready made ready.

A fact with a closed list of answers has the same ones whatever else is known, and few entries differ. What is missing
depends on the conditions that are open and on what leaves them open, and few of the requests that were never met
before differ in these: the list is cached by them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from engine.compiling.bounded_cache import BoundedCache
from engine.compiling.encoded_lines import MissingFact
from engine.compiling.tried_answers import PossibleAnswers, QuestionForm
from engine.contract.decision import Missing, Outcome, PolicyStatus
from engine.contract.trusted_models import make_unchecked
from engine.contract.vocabulary import COUNTRIES, PLANNED_ON, Kind
from engine.evaluation.default_logic import answer_line
from engine.evaluation.missing_facts import (
    as_counted,
    measure,
    place_of,
    questions_beside,
    word_of,
)
from engine.evaluation.open_conditions import OpenCondition, Question, link_conditions
from engine.evaluation.open_rules import Outlook
from engine.evaluation.possible_answers import possible_answers

if TYPE_CHECKING:
    from engine.compiling.answer_templates import AnswerTemplate, CountryCase
    from engine.policy.model import PolicySet

MAX_MISSING_WEIGHT = 8192
"""The weight of the entries that are cached in an interval: few differ, and many answers hold the same."""


_ListKey = tuple[object, ...]


class _OwnedList(NamedTuple):
    """What is missing, parameters of one policy among it."""

    owner: str
    missing: tuple[MissingFact, ...]


class MissingFacts:
    """Lists what is missing for the lines of an interval.

    `nulls` hold, for each fact that the policies read, the bit that a key has where it was stated as not known.
    """

    __slots__ = ("_alike", "_cache", "_forms", "_listed", "_lists", "_nulls", "_policies", "_status")

    def __init__(
        self, policies: PolicySet, listed: frozenset[str], status: PolicyStatus, nulls: dict[str, int]
    ) -> None:
        self._policies, self._listed, self._status, self._nulls = policies, listed, status, nulls
        self._forms: dict[Question, QuestionForm] = {}
        self._lists: BoundedCache[tuple[MissingFact, ...]] = BoundedCache(MAX_MISSING_WEIGHT)
        self._alike: BoundedCache[_OwnedList] = BoundedCache(MAX_MISSING_WEIGHT)
        self._cache: BoundedCache[MissingFact] = BoundedCache(MAX_MISSING_WEIGHT)

    def of(
        self, as_of: dt.date, nulls: int, template: AnswerTemplate, cases: Sequence[CountryCase]
    ) -> tuple[MissingFact, ...]:
        """Return what `list_missing` lists for a line; `nulls` are those of its key."""
        key, owners = self._key(as_of, nulls, cases)
        found = self._lists.get((owners, key))
        if found is None:
            owner = owners[0] if len(owners) == 1 else None
            found = self._list_of_another(key, owner) if owner else None
            if found is None:
                found = self._list(as_of, nulls, template, cases)
            weight = 1 + len(found) // 4 + sum(map(_weight_of, key))
            self._lists.put((owners, key), found, weight)
            if owner:
                self._alike.put(key, _OwnedList(owner, found), weight)
        return found

    def _key(
        self, as_of: dt.date, nulls: int, cases: Sequence[CountryCase]
    ) -> tuple[_ListKey, tuple[str, ...]]:
        """All that what is missing depends on: the conditions that count, and what leaves some of them open.

        Besides, the policies of which a parameter does. Editions whose rules decide alike miss the same but for the
        names of parameters, unless their scope is open. A day that is planned counts by the day of the request.
        """
        key: list[object] = []
        owners: dict[str, None] = {}
        stated = 0
        for facts, evaluated in cases:
            for found in evaluated:
                if found.scope is False:
                    continue
                compiled = found.compiled
                live = compiled.live(found.conditions)
                open_facts = compiled.conditions.open_facts(live[1], facts)
                if found.scope is None:
                    open_facts += compiled.scope.open_facts(found.scopes[1], facts)
                    key += (compiled, found.scopes)
                for name, _ in open_facts:
                    stated |= self._nulls.get(name, 1)
                    if name[0] == "{":
                        owners[compiled.policy.name] = None
                key += (compiled.tables, *live, *open_facts)
            key.append(None)  # here the next country begins
        if stated & self._nulls.get(PLANNED_ON, 0):
            key.append(as_of)
        return (*key, nulls & stated), tuple(owners)

    def _list_of_another(self, key: _ListKey, owner: str) -> tuple[MissingFact, ...] | None:
        """What a policy misses whose rules decide alike, with the parameters of this one in the place of its own."""
        other = self._alike.get(key)
        if other is None:
            return None
        parameters = {part[0] for part in key if isinstance(part, tuple) and str(part[0]).startswith("{")}
        names = {Question(name, other.owner).fact: Question(name, owner).fact for name in parameters}
        if not names.keys().isdisjoint(self._policies.vocabulary.words):
            return None
        return tuple([self._renamed(missing, names, owner) for missing in other.missing])

    def _renamed(self, missing: MissingFact, names: Mapping[str, str], owner: str) -> MissingFact:
        stated = missing.stated
        if names.keys().isdisjoint((stated.fact, *stated.together_with)):
            return missing
        key = owner, missing.as_json
        found = self._cache.get(key)
        if found is None:
            together = tuple([names.get(fact, fact) for fact in stated.together_with])
            members = {"fact": names.get(stated.fact, stated.fact), "together_with": together}
            found = MissingFact.of(stated.model_copy(update=members, deep=True))
            self._cache.put(key, found)
        return found

    def _list(
        self, as_of: dt.date, nulls: int, template: AnswerTemplate, cases: Sequence[CountryCase]
    ) -> tuple[MissingFact, ...]:
        conditions = template.open_conditions(cases)
        questions = {
            question for found in conditions for condition in found for question in condition.questions
        }
        if not questions:
            return ()
        outcome = _led_to(template.outcomes, self._status)
        in_order = sorted(questions, key=self._place)
        tried = [PossibleAnswers(case) for case in cases]
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
    ) -> MissingFact:
        key = form, *leads, state, together
        found = self._cache.get(key) if form.closed else None
        if found is None:
            word = form.word
            missing = make_unchecked(
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
            found = MissingFact.of(missing)
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


def _weight_of(part: object) -> int:
    """How much a part of a key weighs in a cache: a set of many rules is long, and so may be a text of the caller."""
    match part:
        case int():
            return part.bit_length() // 4096
        case (str(), (_, str(text))):
            return len(text) // 200
        case _:
            return 0


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
