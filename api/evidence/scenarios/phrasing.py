"""The other direction: the steps that state a request, and those that distinguish one answer from another."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.evidence.scenarios.scenario_case import facts_of
from api.evidence.scenarios.words import FOR_THE_WHOLE, PolicyWords
from engine.contract.phrases import Phrase
from engine.contract.vocabulary import AS_OF


class Phrasing:
    """Puts requests and answers into steps, in the words of a folder."""

    def __init__(self, words: PolicyWords) -> None:
        self.words = words
        asking = words.party_name(words.vocabulary.asking_party)
        self.WHEN_STEP = f"the {asking} asks before the handover"

    def given_steps(self, request: Mapping[str, Any]) -> Sequence[str]:
        """The Givens that state a request of one item: its day, phrases of the folder, the rest by name."""
        facts = dict(facts_of(request))
        day = facts.pop(AS_OF, None)
        steps = [f"today is {day}"] if day else []
        for phrase in self._chosen(facts):
            values = {fact: facts.pop(fact) for fact in (*phrase.states, *phrase.takes)}
            steps.append(self.words.sentence(phrase, values))
        order = self.words.vocabulary.order
        return steps + [
            f"the fact {fact} is {self.words.written(fact, facts[fact])}"
            for fact in sorted(facts, key=order.__getitem__)
        ]

    def _chosen(self, facts: Mapping[str, Any]) -> Sequence[Phrase]:
        """Phrases that state some of the facts, none twice: those that state most go first; in the folder's order."""
        fitting = [phrase for phrase in self.words.policies.phrases.facts if self._fits(phrase, facts)]
        chosen: list[Phrase] = []
        left = set(facts)
        for phrase in sorted(fitting, key=lambda one: -len({*one.states, *one.takes})):
            stated = {*phrase.states, *phrase.takes}
            if stated <= left:
                chosen.append(phrase)
                left -= stated
        return [phrase for phrase in fitting if phrase in chosen]

    def _fits(self, phrase: Phrase, facts: Mapping[str, Any]) -> bool:
        """Whether a phrase is about the first line of a request, and says of it what is so."""
        if phrase.is_dated or phrase.line > 1:
            return False
        stated = self.words.fixed(phrase)
        same = all(fact in facts and facts[fact] == value for fact, value in stated.items())
        return same and all(facts.get(fact) is not None for fact in phrase.takes)

    def then_steps(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[str]:
        """The Thens that hold of one answer; of what the other answer shows as well, only the outcome."""
        was, became = _line(before), _line(after)
        steps = [self.words.outcome_sentence(before["outcome"])]
        if "if_in_force" in was:
            sentence = self.words.outcome_sentence(was["if_in_force"]["outcome"])
            steps.append(f"once in force it would be: {sentence.removeprefix(FOR_THE_WHOLE)}")
        for key, yes, no in (
            ("rules", "the answer rests on the rule {}", "the answer does not rest on the rule {}"),
            ("readings", "the answer uses the reading {}", "the answer does not use the reading {}"),
            ("clauses", "the answer cites {}", "the answer does not cite {}"),
        ):
            shown, other = was.get(key, []), became.get(key, [])
            steps += [yes.format(name) for name in shown if name not in other]
            steps += [no.format(name) for name in other if name not in shown]
        mine, theirs = self._duties(was), self._duties(became)
        steps += [f"the {who} must {must}" for who, must in mine if (who, must) not in theirs]
        steps += [f"the {who} need not {must}" for who, must in theirs if (who, must) not in mine]
        if len(steps) == 1 and was["say"] != became["say"]:
            steps.append(f"the guest is told: {was['say']}")
        return steps

    def _duties(self, line: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(self.words.party_name(duty["who"]), duty["must"]) for duty in line["duties"]]


def _line(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    line: Mapping[str, Any] = next(line for line in answer["lines"] if line["outcome"] == answer["outcome"])
    return line
