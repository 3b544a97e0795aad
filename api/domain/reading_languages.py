"""Policies and answers as somebody reads them in a language of choice; nothing of it is recorded.

What the folder has no translation of stays in English, and so do the words of the program itself.
"""

from __future__ import annotations

import json
from dataclasses import replace

from api.parsing.answers import JsonAnswer
from engine import ENGLISH, Decision, Missing, Outcome, PolicySet


def in_language(policies: PolicySet, language: str) -> PolicySet:
    """The set with titles of outcomes and names of parties in the language; sentences are spoken in it too."""
    read = policies.languages.read
    return replace(
        policies,
        titles={outcome: read(language, title) for outcome, title in policies.titles.items()},
        parties={party: read(language, text) for party, text in policies.parties.items()},
        languages=policies.languages.also_in(language),
    )


class QuestionWords(JsonAnswer):
    """A question of an answer, and what its answers mean where they are codes."""

    ask: str
    answers: dict[str, str] | None = None


class AnswerWords(JsonAnswer):
    """The words of an answer in a language: titles by outcome, questions by fact."""

    language: str
    titles: dict[Outcome, str]
    questions: dict[str, QuestionWords]

    def put_into(self, decision: Decision) -> Decision:
        """Return the decision with its questions in these words, to be shown and not recorded."""
        lines = (
            line.model_copy(update={"missing": tuple(map(self._put_into, line.missing))})
            for line in decision.lines
        )
        return decision.model_copy(update={"lines": tuple(lines)})

    def _put_into(self, missing: Missing) -> Missing:
        return missing.model_copy(update=self.questions[missing.fact].to_data())


def words_of_answer(policies: PolicySet, decision: bytes, language: str) -> AnswerWords:
    """Return the titles and questions that a decision, given in JSON, mentions, in the language.

    Where nobody has translated any of them the words are in English, and say so.
    """
    spoken = {one.text for one in policies.languages.books.get(language, {}).values()}
    translated = set[str]()

    def read(language: str, text: str) -> str:
        found = policies.languages.read(language, text)
        if found in spoken:  # the titles of a set that is read in the language are so already
            translated.add(found)
        return found

    outcomes, questions = set[str](), dict[str, QuestionWords]()
    for line in json.loads(decision)["lines"]:
        outcomes |= {line["outcome"], line.get("if_in_force", line)["outcome"]}
        for missing in line.get("missing", ()):
            outcomes.update(missing["would_lead_to"].values())
            answers = {word: read(language, text) for word, text in missing.get("answers", {}).items()}
            if before := questions.get(missing["fact"]):
                answers = {**(before.answers or {}), **answers}
            ask = read(language, missing["ask"])
            questions[missing["fact"]] = QuestionWords(ask=ask, answers=answers or None)
    titles = {one: read(language, policies.titles[one]) for one in Outcome if one in outcomes}
    return AnswerWords(language=language if translated else ENGLISH, titles=titles, questions=questions)
