"""The sentences and duties of rules with the values of a policy in the place of the names in braces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.checking.names import DUTY_TEXTS
from engine.contract.decision import Duty
from engine.policy.languages import Languages
from engine.policy.rules import Rule
from engine.policy.sentences import BRACES, fill_in


class FilledRules:
    """The rules of one set as they are spoken; what names the same values is filled in once for all who say it.

    A rule that names no value is one rule for all policies and on all days.
    """

    def __init__(self, languages: Languages) -> None:
        self._languages = languages
        self._names: dict[int, tuple[Rule, tuple[str, ...]]] = {}
        self._filled: dict[tuple[int, tuple[str, ...]], Rule] = {}

    def fill(self, rule: Rule, values: Mapping[str, str]) -> Rule:
        """Return the rule with the value of each name in braces; sentences begin with a capital letter."""
        # What a thing is found by is stored with it, so that nothing else can take its id.
        stored = self._names.get(id(rule))
        if stored is None:
            stored = self._names[id(rule)] = rule, tuple(dict.fromkeys(_names_in(rule)))
        key = id(rule), tuple([values[name] for name in stored[1]])
        filled = self._filled.get(key)
        if filled is None:
            filled = self._filled[key] = _filled_in(rule, values, self._languages)
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
