"""Policies and answers as somebody reads them in a language of choice; nothing of it is recorded.

What the folder has no translation of stays in English, and so do the words of the program itself.
"""

from __future__ import annotations

from dataclasses import replace

from engine import Decision, LineDecision, Missing, PolicySet

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
