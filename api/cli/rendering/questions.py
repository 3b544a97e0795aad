"""What is not known of a line, as questions in words: the next one to ask first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console

from api.cli.rendering.indented import print_indented, print_title
from api.domain.outcome_words import headline_of
from engine import LineDecision, Missing, Outcome, PolicySet


def print_questions(console: Console, policies: PolicySet, line: LineDecision) -> None:
    """Print the questions that could change the answer by themselves, with what they lead to; the others in short.

    The first question is always printed in full, for it is the next one to ask. The others in short stand by party.
    """
    full = [missing for place, missing in enumerate(line.missing) if place == 0 or not missing.together_with]
    if not full:
        return
    print_title(console, 2, "Not known, and able to change the answer")
    for party, to_ask in groupby(full, lambda missing: _party(policies, missing)):
        print_indented(console, 4, f"Ask {party}:")
        for missing in to_ask:
            print_indented(console, 6, _question(missing))
            for leading in _answers(policies, missing, line.outcome):
                print_indented(console, 8, leading)
    by_party: dict[str, list[Missing]] = {}
    for missing in line.missing:
        if missing not in full:
            by_party.setdefault(_party(policies, missing), []).append(missing)
    if by_party:
        print_title(console, 2, "Not known, and able to change it only together with others")
    for party, others in by_party.items():
        print_indented(console, 4, f"Ask {party}:")
        for missing in others:
            print_indented(console, 6, _question(missing))


def _party(policies: PolicySet, missing: Missing) -> str:
    return policies.parties.get(missing.answered_by, missing.answered_by)


def _question(missing: Missing) -> str:
    before = ", asked and not known so far" if missing.state == "asked_not_known" else ""
    return f"{missing.ask} ({missing.fact}{before})"


def _answers(policies: PolicySet, missing: Missing, now: Outcome) -> Iterator[str]:
    """The answers that change the outcome, put together by what they lead to."""
    words: dict[Outcome, list[str]] = {}
    for label, outcome in missing.would_lead_to.items():
        words.setdefault(outcome, []).append(missing.answers.get(label, label))
    if missing.together_with:
        yield "to be asked first, though no answer changes the outcome by itself"
    for outcome, answers in words.items():
        if outcome is not now:
            shown = "whatever the answer" if len(words) == 1 else list_answers(answers)
            yield f"{shown} -> {write_short(policies, outcome)} ({outcome})"


def write_short(policies: PolicySet, outcome: Outcome) -> str:
    """Return the headline without the No, which every answer but one begins with, and without its full stop."""
    return headline_of(policies, outcome).removeprefix("No. ").removesuffix(".")


def list_answers(words: Sequence[str]) -> str:
    """Return several answers with an `or` before the last, semicolons between them where one has a comma."""
    *before, last = words
    comma = ";" if any("," in one for one in words) else ","
    return f"{f'{comma} '.join(before)}{comma if comma == ';' else ''} or {last}" if before else last
