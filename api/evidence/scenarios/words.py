"""The words that steps may use: what a policy folder calls its facts, choices, parties, countries and outcomes.

Each method reads a word of a feature file, or writes one. A word that the folder does not have is refused with what
may have been meant, by the lint before anything runs.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from api.evidence.scenarios.stated_facts import (
    StatedFact,
    UnknownWord,
    day_of,
    in_json,
    known,
    read_value,
    remedy_for,
)
from engine import Kind, Outcome, PolicySet, Vocabulary, name_country, rule_names, suggestion
from engine.contract.countries import COUNTRY_CODES
from engine.contract.country_names import CODES_BY_NAME
from engine.contract.phrases import DAY_OF_STATEMENT, Phrase, choices_by_word, pattern_of, stated_word
from engine.contract.statable import can_be_stated
from engine.contract.vocabulary import AS_OF, COUNTRIES, ITEM, Word
from engine.contract.vocabulary_building import DELIVERER
from engine.language.expression_text import describe

FOR_THE_WHOLE = "for the whole: "
"""How every folder can speak of an outcome, by its name."""
AND = " and "


@dataclass(frozen=True)
class PolicyWords:
    """The words of a policy set."""

    policies: PolicySet

    @property
    def vocabulary(self) -> Vocabulary:
        """The facts and their words."""
        return self.policies.vocabulary

    def word(self, fact: str) -> Word:
        """A fact that a request states. Raises UnknownWord."""
        word = stated_word(self.vocabulary, known(fact, self.vocabulary.order, "fact"))
        assert word is not None, "what has a place in the order can be stated"
        return word

    def condition_word(self, name: str) -> str:
        """The name of a fact, one that the engine derives, or a parameter, as answers name it. Raises UnknownWord."""
        return known(name, self.queried, "fact")

    @cached_property
    def queried(self) -> frozenset[str]:
        """Everything that an answer can ask for."""
        parameters = (
            f"parameters.{policy.name}.{name}"
            for policy in self.policies.policies
            for name in policy.declared
        )
        return frozenset((*self.vocabulary.order, *self.vocabulary.words, *parameters))

    def statement(self, fact: str, value: str, line: str | None = None) -> StatedFact:
        """A fact stated by its name: a value, `not stated` or `not known`; a text in quotes. Raises UnknownWord."""
        word = self.word(fact)
        number = self._line(fact, line)
        if value in ("not stated", "not known"):
            return StatedFact(fact, None, number, value == "not known")
        if word.kind is Kind.TEXT and fact != COUNTRIES:
            if len(value) < 3 or value[0] != '"' or value[-1] != '"':
                raise UnknownWord(f"`{fact}` is a text, and `{value}` is not in quotes", f'write "{value}"')
            value = value[1:-1]
        return StatedFact(fact, self.value(word, value), number)

    def _line(self, fact: str, line: str | None) -> int:
        if line is not None and not fact.startswith(ITEM):
            raise UnknownWord(
                f"`{fact}` is stated for the whole request, not for a line", "leave the line out"
            )
        if line is not None and int(line) == 0:
            raise UnknownWord("there is no line 0", "lines count from 1")
        return int(line or 1)

    def day(self, day: str) -> StatedFact:
        """The day of the request. Raises UnknownWord."""
        return self.statement(AS_OF, day)

    def value(self, word: Word, text: str) -> Any:
        """A value of a fact, as in the JSON of a request. Raises UnknownWord."""
        if word.name == COUNTRIES:
            return [self.country(name) for name in text.split(AND)]
        value = read_value(word, text)
        if value is None or not can_be_stated(
            word, Decimal(str(value)) if word.kind is Kind.NUMBER else value
        ):
            raise UnknownWord(f"`{text}` is no value of `{word.name}`", remedy_for(word, text))
        return value

    def written(self, fact: str, value: Any) -> str:
        """A value of a request as a step states it by the fact's name."""
        word = self.word(fact)
        if value is None:
            return "not known"
        if fact == COUNTRIES:
            return AND.join(self.country_name(code) for code in value)
        if word.kind is Kind.TRUTH:
            return str(value).lower()
        return f'"{value}"' if word.kind is Kind.TEXT else str(value)

    def deliverer(self, text: str) -> str:
        """Who hands something over, in the words for it. Raises UnknownWord."""
        return str(self.value(self.word(DELIVERER), text))

    def claim(self, party: str, fact: str, value: str, line: str | None = None) -> StatedFact:
        """A fact as a party claims it that does not own it. Raises UnknownWord."""
        owner = self.word(fact).owner
        if owner in (None, self.party(party)):
            raise UnknownWord(f"`{fact}` is for the {party} to state", "write `states that`")
        return replace(self.statement(fact, value, line), claimed_of=owner)

    def claimed_of(self, stated: Iterable[StatedFact]) -> frozenset[str]:
        """The parties of whose facts there are claims, and no statements of theirs. Raises UnknownWord."""
        facts = list(stated)
        claimed = frozenset(one.claimed_of for one in facts if one.claimed_of)
        for one in facts:
            owner = self.word(one.fact).owner
            if owner in claimed and one.claimed_of is None:
                message = (
                    f"`{one.fact}` is stated, and another fact of the {self.party_name(str(owner))} claimed"
                )
                raise UnknownWord(message, "claim all facts of that party, or none")
        return claimed

    def statement_of(self, party: str, fact: str, value: str, line: str | None = None) -> StatedFact:
        """A fact as its owner states it, or anybody where it has none. Raises UnknownWord."""
        owner = self.word(fact).owner
        if owner not in (None, self.party(party)):
            message = f"`{fact}` is not for the {party} to state"
            raise UnknownWord(
                message, f"let the {self.party_name(str(owner))} state it, or write `claims that`"
            )
        return self.statement(fact, value, line)

    def pattern(self, phrase: Phrase) -> str:
        """The regular expression of a phrase."""
        return pattern_of(phrase, self.vocabulary)

    def statements(self, phrase: Phrase, texts: Iterable[str]) -> tuple[tuple[StatedFact, ...], str | None]:
        """What a sentence of a phrase states, by the texts in the place of its placeholders, and of which day.

        Raises UnknownWord.
        """
        found = dict(zip(phrase.placeholders, texts, strict=True))
        day = found.pop(DAY_OF_STATEMENT, None)
        if day is not None and day_of(day) is None:
            raise UnknownWord(f"`{day}` is no day", "write it as 2026-03-01")
        values: dict[str, Any] = dict(self.fixed(phrase))
        values |= {fact: self.value(self.word(fact), text) for fact, text in found.items()}
        return tuple(StatedFact(fact, value, phrase.line) for fact, value in values.items()), day

    def fixed(self, phrase: Phrase) -> Mapping[str, Any]:
        """What every sentence of a phrase states, as in the JSON of a request."""
        return {fact: in_json(fact, value) for fact, value in phrase.states.items()}

    def sentence(self, phrase: Phrase, values: Mapping[str, Any]) -> str:
        """The sentence of a phrase that states these values of the facts it takes."""
        return "".join(
            self._spoken(piece, values[piece]) if named else piece for piece, named in phrase.pieces
        )

    def _spoken(self, fact: str, value: Any) -> str:
        word = self.word(fact)
        if word.kind is Kind.CHOICE:
            spoken = str(value).replace("_", " ")
            return spoken if choices_by_word(word).get(spoken) == value else str(value)
        return str(value) if word.kind is Kind.TEXT and fact != COUNTRIES else self.written(fact, value)

    def outcome(self, text: str) -> str:
        """The outcome of a sentence of the folder, or of its name. Raises UnknownWord."""
        found = self.policies.phrases.outcomes.get(text)
        if found is not None:
            return found.value
        name = text.removeprefix(FOR_THE_WHOLE).replace(" ", "_")
        if name in set(Outcome):
            return name
        return known(text, {*self.policies.phrases.outcomes, *Outcome}, "outcome")

    def outcome_sentence(self, outcome: str) -> str:
        """How scenarios speak of an outcome."""
        sentences = (text for text, of in self.policies.phrases.outcomes.items() if of == outcome)
        return next(sentences, f"{FOR_THE_WHOLE}{outcome}")

    def ground(self, text: str) -> str:
        """The fact that a ground is about: of a phrase of the folder, or by its name. Raises UnknownWord."""
        found = self.policies.phrases.grounds.get(text)
        return found or known(text, {*self.policies.phrases.grounds, *self.vocabulary.words}, "ground")

    def party(self, name: str) -> str:
        """The id of a party, named by it, with spaces for underscores, or as the directive speaks of it.

        Raises UnknownWord.
        """
        wanted = name.casefold()
        for party, text in self.policies.parties.items():
            if wanted in (party, party.replace("_", " "), text.casefold().removeprefix("the ")):
                return party
        return known(name, (self.party_name(party) for party in self.policies.parties), "party")

    def asking(self, name: str) -> str:
        """The party that asks, by its name or the last words of it. Raises UnknownWord."""
        asking = self.vocabulary.asking_party
        spoken = self.party_name(asking)
        if f" {spoken}".casefold().endswith(f" {name}".casefold()) or self.party(name) == asking:
            return asking
        raise UnknownWord(f"it is not the {name} that asks", f"did you mean `{spoken}`?")

    def party_name(self, party: str) -> str:
        """How steps name a party: its id with spaces, in capitals where the directive writes it so."""
        spoken = party.replace("_", " ")
        written = re.search(re.escape(spoken), self.policies.parties.get(party, ""), re.IGNORECASE)
        return written[0] if written else spoken

    def country(self, name: str) -> str:
        """The code of a country, by it or by an English name; of two of that name, the one that the policies name.

        Raises UnknownWord.
        """
        if name in COUNTRY_CODES:
            return name
        codes = CODES_BY_NAME.get(name, frozenset()) & COUNTRY_CODES
        if len(codes) > 1:
            named = codes & self.policies.countries
            if len(named) != 1:
                raise UnknownWord(
                    f"several countries are called `{name}`", f"write {' or '.join(sorted(codes))}"
                )
            codes = named
        if not codes:
            names = sorted(self.country_name(code) for code in self.policies.countries)
            otherwise = f"name {', '.join([*names, 'another'])}, or a code such as FR"
            raise UnknownWord(f"no country is called `{name}`", suggestion(name, names) or otherwise)
        return next(iter(codes))

    def country_name(self, code: str) -> str:
        """How steps name a country: as the policy about it is called, if that is a name of it, else by its first."""
        for policy in self.policies.policies:
            if policy.country == code:
                for name, codes in CODES_BY_NAME.items():
                    if code in codes and name.casefold().replace(" ", "-") == policy.name:
                        return name
        name = name_country(code)
        return name if CODES_BY_NAME.get(name) == frozenset({code}) else code

    def rule(self, name: str) -> str:
        """The name of a rule. Raises UnknownWord."""
        return known(name, rule_names(self.policies), "rule")

    def reading(self, name: str) -> str:
        """The mark of a reading. Raises UnknownWord."""
        return known(name, self.policies.readings, "reading")

    def clauses(self, text: str) -> frozenset[str]:
        """The marks of clauses, with commas between them. Raises UnknownWord."""
        return frozenset(known(name, self.policies.clauses, "clause") for name in text.split(", "))

    def named_choice(self, rule: str, choice: str) -> str:
        """A choice that the condition of a rule names. Raises UnknownWord."""
        rules = [
            one for policy in self.policies.policies for one in policy.rules if one.name == self.rule(rule)
        ]
        named = {word for one in rules for word in re.findall(r'"(\w+)"', describe(one.when))}
        return known(choice, named, f"choice in the rule {rule}")

    def policy_file(self, country: str) -> str:
        """The file of the policy about a country. Raises UnknownWord."""
        code = self.country(country)
        for policy in self.policies.policies:
            if policy.country == code:
                return policy.file
        raise UnknownWord(
            f"no policy is about `{country}` alone", "name a country that has a file of its own"
        )

    def parameter(self, country: str, parameter: str, value: str) -> Any:
        """A value of a parameter of a country; a text in quotes. Raises UnknownWord."""
        file = self.policy_file(country)
        declared = next(policy.declared for policy in self.policies.policies if policy.file == file)
        word = declared[known(parameter, declared, "parameter")]
        quoted = word.kind is Kind.TEXT and re.fullmatch('"(.+)"', value)
        read = read_value(word, quoted[1] if quoted else value)
        if read is None:
            raise UnknownWord(f"`{value}` is no value of `{{{parameter}}}`", remedy_for(word, value))
        return dt.date.fromisoformat(read) if word.kind is Kind.DATE else read
