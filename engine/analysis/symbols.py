"""The facts of a request as symbols: the values each can have, as far as any condition can distinguish them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from engine.analysis.formulas import TRUE, Formula, Formulas, Free, Is, Linear, Stated
from engine.analysis.translating import LAST_DAY, Amount, Amounts, SymbolicTerm, Words
from engine.contract.countries import COUNTRY_CODES
from engine.contract.vocabulary import (
    COUNTRY,
    DERIVED,
    Kind,
    Value,
    Word,
    country_facts,
)
from engine.language.expression_parts import fact_names, walk
from engine.language.expressions import Constant, Expression, OneOf
from engine.policy.model import Edition, PolicySet

MAX_TEXT = 2000
MAX_DIGITS = 28


@dataclass(frozen=True, slots=True)
class Choices:
    """One of finitely many values, in the order in which a worked request prefers them."""

    values: tuple[bool | str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A number, or a day counted from year 1, both ends included."""

    low: Fraction
    high: Fraction
    whole: bool


Domain = Choices | Range


@dataclass(frozen=True, slots=True)
class SymbolVocabulary:
    """What the conditions of a policy set can distinguish.

    `domains` holds each fact of the request that a condition reads; `countries` the countries that are distinguished,
    the last of them in the place of all others; `parameters` the names of the parameters that conditions read, and
    `texts` the texts they distinguish.
    """

    domains: Mapping[str, Domain]
    countries: tuple[str, ...]
    parameters: frozenset[str]
    texts: tuple[str, ...]


def read_vocabulary(policies: PolicySet, conditions: Iterable[Expression]) -> SymbolVocabulary:
    """The vocabulary of the conditions of a policy set."""
    conditions = tuple(conditions)
    read = frozenset().union(*(fact_names(condition) for condition in conditions))
    texts = _texts(conditions) | {
        value
        for policy in policies.policies
        for edition in (*policy.editions, *policy.undeviated)
        for name, value in edition.parameters.items()
        if name in read and isinstance(value, str)
    }
    named = policies.countries | (texts & COUNTRY_CODES)
    unnamed = (code for code in ("FR", *sorted(COUNTRY_CODES)) if code not in named)
    # Where every code is named, there are no others for the last of them to stand for.
    countries = (*sorted(named), *islice(unnamed, 1))
    facts = policies.vocabulary.words
    of_text = [name for name in facts if name in read - {COUNTRY} and facts[name].kind is Kind.TEXT]
    words = sorted(text for text in texts | set(countries) if 0 < len(text) <= MAX_TEXT)
    # Texts are only ever compared for equality: as many others as there are facts distinguish all requests.
    others = [text for text in _others() if text not in words][: len(of_text)]
    domains = {
        name: _domain(word, (*words, *others))
        for name, word in facts.items()
        if name in read and name not in DERIVED
    }
    parameters = frozenset(name for name in read if name.startswith("{") and name != "{country}")
    return SymbolVocabulary(domains, countries, parameters, (*words, *_others()[:1]))


def _texts(conditions: Iterable[Expression]) -> set[str]:
    values: set[Value | dt.timedelta] = set()
    for condition in conditions:
        for node in walk(condition):
            if isinstance(node, Constant):
                values.add(node.value)
            elif isinstance(node, OneOf):
                values.update(node.values)
    return {value for value in values if isinstance(value, str)}


def _others() -> list[str]:
    return ["another", *(f"another {number}" for number in range(2, 200))]


def _domain(word: Word, texts: tuple[str, ...]) -> Domain:
    match word.kind:
        case Kind.TRUTH:
            return Choices((True, False))
        case Kind.CHOICE:
            return Choices(word.choices)
        case Kind.TEXT:
            return Choices(texts)
        case Kind.DATE:
            return Range(Fraction(1), LAST_DAY, whole=True)
        case Kind.NUMBER:
            return _range(word)


def parameter_domain(word: Word, vocabulary: SymbolVocabulary) -> Domain:
    """The values that a parameter may be given."""
    match word.kind:
        case Kind.TRUTH:
            return Choices((True, False))
        case Kind.CHOICE:
            return Choices(word.choices)
        case Kind.TEXT:
            return Choices(vocabulary.texts)
        case Kind.DATE:
            return Range(Fraction(1), LAST_DAY, whole=True)
        case Kind.NUMBER:
            most = Fraction(10**MAX_DIGITS)
            return Range(-most, most, whole=False)


def _range(word: Word) -> Range:
    """The numbers that a request can state of the fact."""
    most = 10**MAX_DIGITS - 1
    low = -most if word.least is None else word.least
    high = most if word.most is None else word.most
    return Range(Fraction(low), Fraction(high), word.whole)


def fact_terms(formulas: Formulas, domains: Mapping[str, Domain]) -> dict[str, SymbolicTerm]:
    """Each fact as a term: known to have one of its values, or unknown."""
    terms: dict[str, SymbolicTerm] = {}
    for name, domain in domains.items():
        if isinstance(domain, Choices):
            terms[name] = Words({value: formulas.atom(Is(name, value)) for value in domain.values})
        else:
            amount = Amount(((name, Fraction(1)),), Fraction(0))
            terms[name] = Amounts(((formulas.atom(Stated(name)), amount),))
    return terms


def readable_terms(
    formulas: Formulas, domains: Mapping[str, Domain], words: Mapping[str, Word]
) -> dict[str, SymbolicTerm]:
    """Each fact as a term, where a choice or a number that none of these words can have is not known."""
    terms = fact_terms(formulas, domains)
    for name, word in words.items():
        domain, term = domains.get(name), terms.get(name)
        if isinstance(term, Words) and word.kind is Kind.CHOICE:
            terms[name] = Words({value: when for value, when in term.when.items() if value in word.choices})
        elif isinstance(term, Amounts) and word.kind is Kind.NUMBER and domain != (own := _range(word)):
            terms[name] = _within(formulas, term, own)
    return terms


def _within(formulas: Formulas, term: Amounts, ends: Range) -> Amounts:
    """The number where it lies between these ends."""
    low, high = (Amount((), end) for end in (ends.low, ends.high))

    def is_outside(amount: Amount) -> list[Formula]:
        left = (amount.plus(low, -1), high.plus(amount, -1))
        return [formulas.atom(Linear(one.terms, one.constant, "<")) for one in left]

    return Amounts(
        tuple(
            (formulas.all_of((guard, *(-outside for outside in is_outside(amount)))), amount)
            for guard, amount in term.ways
        )
    )


def forgetting(formulas: Formulas, terms: Mapping[str, SymbolicTerm]) -> dict[str, SymbolicTerm]:
    """The same facts where each may be forgotten: known only if, besides, the free choice of its name holds."""
    return {
        name: _guarded(formulas, term, formulas.atom(Free(f"keep {name}"))) for name, term in terms.items()
    }


def _guarded(formulas: Formulas, term: SymbolicTerm, guard: Formula) -> SymbolicTerm:
    if isinstance(term, Words):
        return Words({value: formulas.all_of((when, guard)) for value, when in term.when.items()})
    return Amounts(tuple((formulas.all_of((when, guard)), amount) for when, amount in term.ways))


def later(formulas: Formulas, name: str, domain: Domain) -> SymbolicTerm:
    """A second copy of a fact, for what becomes of it; its symbol has the fact's domain."""
    return fact_terms(formulas, {f"{name} later": domain})[f"{name} later"]


def country_terms(country: str | None, listed: frozenset[str]) -> dict[str, SymbolicTerm]:
    """The two facts that the engine derives from the country under decision."""
    return {
        name: Words({value: TRUE})
        for name, value in country_facts(country, listed).items()
        if isinstance(value, bool | str)
    }


def conditions_of(edition: Edition) -> list[Expression]:
    """Every condition of an edition."""
    conditions = [entry.when for entry in edition.scope]
    for rule in edition.rules:
        conditions += [rule.when, *rule.word_conditions]
    return conditions


def standing_answer_conditions(policies: PolicySet) -> list[Expression]:
    """Every condition of the standing answers."""
    return [when for answer in policies.standing_answers.values() for when in answer.word_conditions]
