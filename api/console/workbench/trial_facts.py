"""The facts of a request that is tried: from the fields of a form, from a scenario, and as the request they make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from api.console.frame.policy_texts import PolicyTexts, ShownText
from api.console.frame.visits import Visit
from api.console.workbench.form_values import WrongField, show_value
from api.console.workbench.scenarios import ScenarioView
from api.domain.cases.recordable_facts import nested
from api.domain.interview.countries import Mistake, UnclearCountry, read_countries
from api.domain.interview.readers import read_value
from engine import Kind, PolicySet, Request, Word
from engine.contract.vocabulary import AS_OF, COUNTRIES, COUNTRY_QUESTION, ITEM

NOT_KNOWN = "?"
"""What a field holds where the answer is not known to those who could state it."""
FIELD = "fact "
"""What the names of the fields begin with."""
_DAY = re.compile(r"today is (\S+)")
_NAMED = re.compile(r"the fact (\S+)(?: of line 1)? is (.+)")


@dataclass(frozen=True, slots=True)
class TrialField:
    """A fact as a field: the question, its choices if it has some, what is typed."""

    fact: str
    ask: ShownText
    kind: str
    choices: Mapping[str, ShownText]
    text: str


@dataclass(frozen=True, slots=True)
class TrialGroup:
    """Facts that belong together, and how many of them are filled in."""

    title: ShownText
    fields: Sequence[TrialField]
    filled: int


def fields_of(say: PolicyTexts, typed: Mapping[str, str]) -> Sequence[TrialGroup]:
    """Return the fields of a request with one item, in groups, with what is typed in them."""
    policies = say.policies
    titles = dict(policies.vocabulary.declarations.groups)
    groups: dict[str, list[TrialField]] = {"": [_day_field(say, typed), _country_field(say, typed)]}
    for fact in policies.vocabulary.facts:
        word = policies.vocabulary.words[fact]
        choices = {code: say.read(text) for code, text in word.choices_in_words.items()}
        field = TrialField(fact, say.read(word.ask), word.kind.value, choices, typed.get(fact, ""))
        groups.setdefault(fact.rpartition(".")[0], []).append(field)
    return [
        TrialGroup(
            say.read(titles.get(name, name.replace(".", ", ").replace("_", " "))),
            fields,
            sum(bool(field.text) for field in fields),
        )
        for name, fields in groups.items()
    ]


def _day_field(say: PolicyTexts, typed: Mapping[str, str]) -> TrialField:
    return TrialField(AS_OF, ShownText(""), Kind.DATE.value, {}, typed.get(AS_OF, ""))


def _country_field(say: PolicyTexts, typed: Mapping[str, str]) -> TrialField:
    return TrialField(COUNTRIES, say.read(COUNTRY_QUESTION), Kind.TEXT.value, {}, typed.get(COUNTRIES, ""))


def typed_in(visit: Visit) -> dict[str, str]:
    """Return what the fields of a form hold, by the names of facts."""
    return {
        name.removeprefix(FIELD): text
        for name, values in visit.form.fields.items()
        if name.startswith(FIELD) and (text := " ".join(values[-1].split()))
    }


def show_facts(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return facts as the fields hold them."""
    return {
        fact: NOT_KNOWN
        if value is None
        else ", ".join(value)
        if isinstance(value, list)
        else show_value(value)
        for fact, value in facts.items()
    }


def request_of(visit: Visit, policies: PolicySet, typed: Mapping[str, str]) -> Request:
    """Return the request that the fields make, in the words of a set. Raises `WrongField`."""
    item: dict[str, Any] = {"line": 1}
    members: dict[str, Any] = {"request_id": "trial", "items": [item]}
    for fact, text in typed.items():
        word = policies.vocabulary.words.get(fact)
        if fact == COUNTRIES:
            value: Any = _countries(visit, policies, text)
        elif text == NOT_KNOWN:
            value = None
        elif word is None:
            continue
        else:
            value = read_value(Word(fact, Kind.DATE) if fact == AS_OF else word, text, {})
        if isinstance(value, Mistake):
            raise WrongField(f"{fact}: {value.fact}; {value.remedy}")
        nested(fact, value, item if fact.startswith(ITEM) else members)
    try:
        request: Request = policies.vocabulary.request.model_validate(members)
    except ValidationError as error:
        first = error.errors()[0]
        raise WrongField(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return request


def _countries(visit: Visit, policies: PolicySet, text: str) -> list[str] | None:
    if text == NOT_KNOWN:
        return None
    found = read_countries(text, policies.countries, {})
    if isinstance(found, Mistake):
        raise WrongField(f"{found.fact}; {found.remedy}")
    if isinstance(found, UnclearCountry):
        listed = [code for code in found.codes if code in policies.countries]
        if text.upper() in found.codes:
            return [text.upper()]
        if len(listed) == 1:
            return listed
        raise WrongField(
            visit.message(
                "%(typed)s may be: %(codes)s. Type the code.", typed=found.text, codes=", ".join(found.codes)
            )
        )
    return [*found]


def facts_of_scenario(policies: PolicySet, scenario: ScenarioView) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the facts that the steps of a scenario state, as fields hold them, and the steps that state none."""
    from api.evidence.scenarios.stated_facts import StatedFact, UnknownWord
    from api.evidence.scenarios.words import PolicyWords

    words = PolicyWords(policies)
    phrases = [(re.compile(words.pattern(one)), one) for one in policies.phrases.facts]
    facts: dict[str, Any] = {}
    left: list[str] = []
    for step in scenario.given:
        stated: Sequence[StatedFact] = ()
        try:
            if day := _DAY.fullmatch(step):
                stated = (words.day(day[1]),)
            elif named := _NAMED.fullmatch(step):
                stated = (words.statement(named[1], named[2]),)
            else:
                found = next(
                    ((match, one) for pattern, one in phrases if (match := pattern.fullmatch(step))), None
                )
                stated = words.statements(found[1], found[0].groups())[0] if found else ()
        except UnknownWord:
            stated = ()
        if not stated:
            left.append(step)
        for one in stated:
            if one.is_stated:
                facts[one.fact] = one.value
            else:
                facts.pop(one.fact, None)
    return show_facts(facts), tuple(left)
