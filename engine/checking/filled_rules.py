"""The sentences and duties of rules with the values of a policy in the place of the names in braces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.checking.cache import FILLED_RULES, NAMES_IN_RULES
from engine.checking.names import DUTY_TEXTS
from engine.contract.decision import Duty
from engine.policy.languages import Languages
from engine.policy.rules import Rule
from engine.policy.sentences import BRACES, fill_in


class FilledRules:
    """Rules as they are spoken in a set; one is filled in once for all policies and days that say the same in it.

    A rule that names no value is one rule for all policies and on all days.
    """

    def __init__(self, languages: Languages) -> None:
        self._languages = languages
        self._books, self._tags = tuple(languages.books.values()), tuple(languages.books)

    def fill(self, rule: Rule, values: Mapping[str, str]) -> Rule:
        """Return the rule with the value of each name in braces; sentences begin with a capital letter."""
        names = NAMES_IN_RULES.get((rule,))
        if names is None:
            names = tuple(dict.fromkeys(_names_in(rule)))
            NAMES_IN_RULES.put((rule,), None, names)
        things, beside = (rule, *self._books), (self._tags, tuple([values[name] for name in names]))
        filled = FILLED_RULES.get(things, beside)
        if filled is None:
            filled = _filled_in(rule, values, self._languages)
            FILLED_RULES.put(things, beside, filled)
        return filled


def _names_in(rule: Rule) -> Iterator[str]:
    texts = [rule.say, *(text.text for _, text in rule.say_in)]
    for one in rule.say_when:
        texts += [one.say, *(text.text for _, text in one.say_in)]
    for duty in rule.all_duties:
        texts += [text for key in DUTY_TEXTS if (text := getattr(duty, key))]
    for text in texts:
        if "{" in text:
            yield from BRACES.findall(text)


def _filled_in(rule: Rule, values: Mapping[str, str], languages: Languages) -> Rule:
    def sentence(text: str) -> str:
        filled = fill_in(text, values)
        return filled[:1].upper() + filled[1:]

    def required(duty: Duty) -> Duty:
        texts = {key: text for key in DUTY_TEXTS if (text := getattr(duty, key)) and "{" in text}
        filled = {key: fill_in(text, values) for key, text in texts.items()}
        return duty.model_copy(update=filled) if filled else duty

    duties_when = tuple(replace(one, duty=required(one.duty)) for one in rule.duties_when)
    say_when = tuple(
        replace(one, say=sentence(one.say), say_in=languages.fill_in(one.say_in, values))
        for one in rule.say_when
    )
    return replace(
        rule,
        duties=tuple(map(required, rule.duties)),
        duties_when=duties_when,
        say=sentence(rule.say),
        say_when=say_when,
        say_in=languages.fill_in(rule.say_in, values),
    )
