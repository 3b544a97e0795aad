"""What a rule says and requires, as written -> as checked: each text under the condition under which it is given.

A text may name facts: `keep to it: {item.proviso}` becomes a text for each of the provisos, under the condition that
it is the one. Behind this no text names a fact: what answers and what proves see texts under conditions only.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from engine.checking.conditions import check_condition
from engine.checking.names import DUTY_TEXTS, DefinedNames
from engine.checking.report import CheckReport
from engine.checking.terms import check_term
from engine.contract.decision import Duty
from engine.contract.terms import Term
from engine.contract.vocabulary import Kind, Word
from engine.language.expressions import And, Comparator, Compare, Constant, Expression, Fact, Not
from engine.loading.document import Document, Path
from engine.loading.file_schema import StandingAnswerText
from engine.loading.rule_schema import RuleText
from engine.policy.rules import ConditionalDuty
from engine.policy.sentences import BRACES, ConditionalSentence, fill_in

MOST_TEXTS = 64
"""Of one text that names facts, there are at most so many."""


def check_sentences(
    document: Document,
    path: Path,
    text: RuleText | StandingAnswerText,
    names: DefinedNames,
    parameters: Mapping[str, Word],
) -> tuple[ConditionalSentence, ...]:
    """Check the plain sentence of a rule or standing answer, and return those spoken under a condition."""
    names.sentence(document, (*path, "say"), text.say, parameters)
    found = []
    for index, entry in enumerate(text.say_when):
        at = (*path, "say_when", index)
        facts = _facts_named(document, (*at, "say"), [entry.say], names.report)
        names.sentence(document, (*at, "say"), entry.say, {**parameters, **facts})
        when = check_condition(names.report, document, (*at, "when"), entry.when, parameters)
        for variant, words in _variants(facts.values()):
            say, say_in = _filled(entry.say, words), names.report.languages.translations(entry.say)
            if words:
                say_in = names.report.languages.fill_in(say_in, _in_braces(entry.say, words))
            place = document.place((*at, "when"))
            found.append(ConditionalSentence(_both(when, variant), say, place, say_in))
    return tuple(found)


def check_duties(
    document: Document, path: Path, text: RuleText, names: DefinedNames, parameters: Mapping[str, Word]
) -> tuple[tuple[Duty, ...], tuple[Term | None, ...], tuple[ConditionalDuty, ...]]:
    """Return the duties of a rule without a condition, with their terms, and those under one."""
    plain, terms, conditional = [], [], []
    for index, entry in enumerate(text.duties):
        at = (*path, "duties", index)
        facts = _facts_named(document, at, [getattr(entry, key) for key in DUTY_TEXTS], names.report)
        duty = names.duty(document, at, entry, text.clause[0], {**parameters, **facts})
        term = check_term(names.report, document, at, entry)
        if entry.when is None and not facts:
            plain.append(duty)
            terms.append(term)
            continue
        if entry.within is not None:
            message = (
                "a duty that is there under a condition only has no `within`, since nothing could count it"
            )
            names.report.error_at_key(document, (*at, "within"), "R45", message, "say the time in `must`")
        when = (
            check_condition(names.report, document, (*at, "when"), entry.when, parameters)
            if entry.when is not None
            else None
        )
        for variant, words in _variants(facts.values()):
            texts = {key: _filled(stated, words) for key in DUTY_TEXTS if (stated := getattr(duty, key))}
            conditional.append(ConditionalDuty(_both(when, variant), duty.model_copy(update=texts)))
    if not plain:
        message = "every duty of the rule is there under a condition only"
        remedy = "add one that is always there, so that every answer has somebody who acts"
        names.report.error_at_key(document, (*path, "duties"), "R45", message, remedy)
    return tuple(plain), tuple(terms), tuple(conditional)


def _facts_named(
    document: Document, path: Path, texts: Sequence[str | None], report: CheckReport
) -> dict[str, Word]:
    """The facts that texts at `path` name, in the order in which they come (R46, R47)."""
    words = report.vocabulary.words
    named = dict.fromkeys(name for text in texts if text for name in BRACES.findall(text))
    facts = {name: words[name] for name in named if name in words}
    for fact in facts.values():
        if not fact.choices_in_words:
            message = f"`{fact.name}` is no choice, so that what it says is not written down beforehand"
            remedy = "name facts that are choices, or yes or no"
            report.error(document, path, "R46", message, remedy)
    texts_made = math.prod(len(fact.choices_in_words) or 1 for fact in facts.values())
    if texts_made > MOST_TEXTS:
        message = f"the choices of the facts that are named here make {texts_made:,} texts"
        report.error(document, path, "R47", message, f"name fewer facts; {MOST_TEXTS} texts are the most")
    return facts


def _variants(facts: Iterable[Word]) -> Iterator[tuple[Expression | None, Mapping[str, str]]]:
    """For every combination of what the facts can say, its condition, and the facts in words."""
    named = tuple(facts)
    combinations = itertools.product(*(fact.choices_in_words.items() for fact in named))
    for choices in itertools.islice(combinations, MOST_TEXTS):
        conditions = [_says(fact, choice) for fact, (choice, _) in zip(named, choices, strict=True)]
        words = {fact.name: text for fact, (_, text) in zip(named, choices, strict=True)}
        yield _all(conditions) if conditions else None, words


def _says(fact: Word, choice: str) -> Expression:
    named = Fact(fact.name)
    if fact.kind is Kind.TRUTH:
        return named if choice == "true" else Not(named)
    return Compare(Comparator.EQUAL, named, Constant(choice))


def _both(when: Expression | None, variant: Expression | None) -> Expression:
    return _all([part for part in (when, variant) if part is not None])


def _all(conditions: Sequence[Expression]) -> Expression:
    parts = [part for one in conditions for part in (one.parts if isinstance(one, And) else (one,))]
    return And(tuple(parts)) if len(parts) > 1 else parts[0]


def _filled(text: str, words: Mapping[str, str]) -> str:
    """The text with facts in words; parameters stay as they are."""
    return fill_in(text, _in_braces(text, words))


def _in_braces(text: str, words: Mapping[str, str]) -> dict[str, str]:
    """What each name in braces becomes; a name that is none of the words stays as it is."""
    return {name: words.get(name, f"{{{name}}}") for name in BRACES.findall(text)}
