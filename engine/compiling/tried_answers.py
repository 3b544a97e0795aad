"""What becomes of a line with each of the possible answers to a question, as `reassess` finds it.

Of the values that an edition does not distinguish one is tried. Where one edition governs for sure, what an answer
leads to follows from its rules alone. Whatever is otherwise is evaluated again as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.compiling.condition_index import ConditionIndex, Lookahead
from engine.compiling.editions import EditionOutlook, EvaluatedEdition, Reevaluation
from engine.contract.vocabulary import Value, Word
from engine.evaluation.open_conditions import Question
from engine.evaluation.open_rules import Outlook, outlook_of
from engine.evaluation.possible_answers import answers_in_words

if TYPE_CHECKING:
    from engine.compiling.answer_templates import CountryCase

AlikeAnswers = tuple[int, int, tuple[int, ...]]
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
        self._groups: dict[int, tuple[ConditionIndex, list[AlikeAnswers]]] = {}

    def groups(self, index: ConditionIndex, name: str) -> list[AlikeAnswers]:
        """The answers by what the row of the fact in an index does, those together that do the same."""
        found = self._groups.get(id(index))
        if found is None:
            row, places = index.rows[name], dict[tuple[int, int], list[int]]()
            for place, change in enumerate(self.changes):
                places.setdefault(row.by_value.get(change[name], row.other), []).append(place)
            groups = [(able, unable, tuple(those)) for (able, unable), those in places.items()]
            found = self._groups[id(index)] = index, groups
        return found[1]


class PossibleAnswers:
    """What becomes of a line for one country with each of the answers to a question."""

    __slots__ = ("_again", "_facts", "_governing", "_lookahead", "_only_scope", "_unchanged")

    def __init__(self, case: CountryCase) -> None:
        governing = [evaluated for evaluated in case.evaluated if evaluated.scope is not False]
        self._governing, self._facts = governing, case.facts
        self._again: list[Reevaluation] | None = None
        self._lookahead: Lookahead | None = None
        self._only_scope: frozenset[str] | None = None
        if len(governing) == 1 and governing[0].scope:
            first = governing[0]
            self._unchanged = first.statuses.outlook
            self._lookahead = Lookahead(first.compiled.conditions, case.facts, first.conditions)
        elif not any(evaluated.scope for evaluated in governing):
            # Where no policy governs for sure, nothing but what its scope reads makes a difference: see `reassess`.
            self._unchanged = _combined(tuple([evaluated.outlook() for evaluated in governing]))
            mentions = [evaluated.compiled.edition.scope_mentions for evaluated in governing]
            self._only_scope = frozenset[str]().union(*mentions)

    def with_answers(self, form: QuestionForm) -> Sequence[Outlook]:
        """As `reassess` finds them."""
        question = form.question
        if self._lookahead is not None and form.name is not None:
            return self._of_one_edition(self._governing[0], self._lookahead, form, form.name)
        if self._only_scope is not None and self._only_scope.isdisjoint(form.changes[0]):
            return [self._unchanged] * len(form.changes)
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
