"""Policies and answers as somebody reads them in a language of choice; nothing of it is recorded.

What the folder has no translation of stays in English, and so do the words of the program itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from engine import Decision, LineDecision, Missing, Outcome, PolicySet

ENGLISH = "en"
"""In which everything is written."""


def in_language(policies: PolicySet, language: str) -> PolicySet:
    """The set with titles of outcomes and names of parties in the language; sentences are spoken in it too."""
    read = policies.languages.read
    return replace(
        policies,
        titles={outcome: read(language, title) for outcome, title in policies.titles.items()},
        parties={party: read(language, text) for party, text in policies.parties.items()},
        languages=policies.languages.also_in(language),
    )


def questions_in(policies: PolicySet, decision: Decision, language: str) -> Decision:
    """The decision with its questions, and the words of their answers, in the language."""
    read = policies.languages.read

    def translated(missing: Missing) -> Missing:
        answers = {word: read(language, text) for word, text in missing.answers.items()}
        return missing.model_copy(update={"ask": read(language, missing.ask), "answers": answers})

    def line_in(line: LineDecision) -> LineDecision:
        return line.model_copy(update={"missing": tuple(map(translated, line.missing))})

    return decision.model_copy(update={"lines": tuple(map(line_in, decision.lines))})


class QuestionWords(BaseModel):
    """A question of an answer, and what its answers mean where they are codes."""

    ask: str
    answers: dict[str, str] = {}


class AnswerWords(BaseModel):
    """The words of an answer in a language: titles by outcome, questions by fact."""

    language: str
    titles: dict[Outcome, str]
    questions: dict[str, QuestionWords]


def words_of_answer(policies: PolicySet, decision: bytes, language: str) -> AnswerWords:
    """Return the titles and questions that a decision, given in JSON, mentions, in the language."""
    lines = json.loads(decision)["lines"]
    queries = {missing["fact"]: missing for line in lines for missing in line.get("missing", ())}
    outcomes = {line["outcome"] for line in lines}
    outcomes.update(outcome for missing in queries.values() for outcome in missing["would_lead_to"].values())
    outcomes.update(line["if_in_force"]["outcome"] for line in lines if "if_in_force" in line)
    read = policies.languages.read
    return AnswerWords(
        language=language,
        titles={one: read(language, policies.titles[one]) for one in Outcome if one in outcomes},
        questions={fact: _question(policies, missing, language) for fact, missing in queries.items()},
    )


def _question(policies: PolicySet, missing: Mapping[str, Any], language: str) -> QuestionWords:
    read = policies.languages.read
    answers = {word: read(language, text) for word, text in missing.get("answers", {}).items()}
    return QuestionWords(ask=read(language, missing["ask"]), answers=answers)
