"""A comparison of two policy sets as a page: text to read, or Markdown for a review."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from api.domain.backtest_result import BacktestResult, ChangedLine, RequestInOldWords
from api.domain.present_words import UnknownRecordedWord
from api.files.check_command import check_by_owners
from api.files.comparison.lines import marked, wrapped
from engine import ChangedAnswer, ChangedClass, Comparison, Difference, Direction, Obligation, PolicySet

SHOWN = 200
"""How many lines of the history are listed in text; JSON has all."""


BELOW = "Below the floor"
LESS_GUARDED = "What guards the policies less"
UNKNOWN = "Recorded in words that the newer set does not have"


def heading_of(direction: Direction) -> str:
    """The words over the changes that go one way."""
    match direction:
        case Direction.MORE_PERMISSIVE:
            return "More permissive"
        case Direction.LESS_STRICT:
            return "Less strict, and still no permission"
        case Direction.STRICTER:
            return "Stricter"
        case _:
            assert_never(direction)


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown: the two sets, what changes over all requests, and over recorded ones.

    `below` is what of the floor the newer set is not proved to meet, `unknown_words` what is recorded in words that
    it does not have.
    """

    old: PolicySet
    new: PolicySet
    comparison: Comparison
    below: tuple[Obligation, ...]
    history: BacktestResult | None
    unknown_words: Sequence[UnknownRecordedWord] = ()

    @property
    def more_permissive(self) -> bool:
        """Whether some handover that was forbidden is no longer."""
        return self.comparison.more_permissive or (self.history is not None and self.history.more_permissive)


def write_text(page: Page) -> str:
    """Return the page as text, the verdict last."""
    lines = [f"from revision {page.old.revision[:12]} to {page.new.revision[:12]}"]
    if page.below:
        lines += ["", BELOW]
        lines += wrapped(map(_obligation, page.below), "  ")
    if page.comparison.guards:
        lines += ["", LESS_GUARDED]
        lines += wrapped(describe_differences(page.comparison.guards), "  ")
    if page.comparison.differences:
        lines += ["", "What was changed"]
        lines += wrapped(describe_differences(page.comparison.differences), "  ")
    for direction in Direction:
        heading = heading_of(direction)
        classes = [one for one in page.comparison.classes if one.direction is direction]
        if classes:
            lines += ["", heading]
        for number, one in enumerate(classes, 1):
            lines += _class_in_text(number, one)
    if page.comparison.answers:
        lines += ["", "The outcome stays, and the answer says something else"]
        lines += wrapped(map(_answer, page.comparison.answers), "  ")
    if page.unknown_words:
        lines += ["", UNKNOWN]
        lines += wrapped(map(_unknown, page.unknown_words), "  ")
    if page.history:
        lines += ["", *_history_in_text(page.history)]
    return "\n".join((*lines, "", *_verdict(page), ""))


def _unknown(one: UnknownRecordedWord) -> str:
    return f"{one.where}: {one.what}"


def _class_in_text(number: int, one: ChangedClass) -> Iterator[str]:
    yield from wrapped([f"{number}. {one.sentence}"], "  ")
    yield f"     was {one.was}{_by(one.rules_before)}, is {one.becomes}{_by(one.rules_after)}"
    yield from wrapped([f"because of {cause}" for cause in one.because_of], "     ")
    yield f"     for example: {json.dumps(one.example.request, ensure_ascii=False)}"


def _history_in_text(history: BacktestResult) -> Iterator[str]:
    yield _decided(history)
    yield from (f"  {was} -> {becomes}: {count}" for (was, becomes), count in history.outcomes.items())
    if history.changed:
        yield f"  by clause: {_counts(history.clauses)}"
        yield f"  by country: {_counts(history.countries)}"
    for line in history.changed[:SHOWN]:
        yield f"  {line.request_id}, line {line.line}, {', '.join(line.countries)}: {_line(line)}"
    if len(history.changed) > SHOWN:
        yield f"  and {len(history.changed) - SHOWN} more; --format json lists them all"
    if history.in_old_words:
        yield _in_old_words(history)
        yield from wrapped(map(_lacking, history.in_old_words[:SHOWN]), "  ")
    if len(history.in_old_words) > SHOWN:
        yield f"  and {len(history.in_old_words) - SHOWN} more; --format json lists them all"


def write_markdown(page: Page) -> str:
    """Return the page as Markdown, the verdict first, fit for a comment on a change."""
    lines = [f"## {_headline(page)}", "", *(marked(line) for line in _verdict(page)), ""]
    if page.below:
        lines += [f"### {BELOW}", "", *(f"- {marked(_obligation(one))}" for one in page.below), ""]
    if guards := page.comparison.guards:
        lines += [
            f"### {LESS_GUARDED}",
            "",
            *(f"- {marked(one)}" for one in describe_differences(guards)),
            "",
        ]
    command = check_by_owners(page.new.vocabulary)
    if page.unknown_words:
        lines += [f"### {UNKNOWN}", "", *(f"- {marked(_unknown(one))}" for one in page.unknown_words), ""]
    for direction in Direction:
        heading = heading_of(direction)
        classes = [one for one in page.comparison.classes if one.direction is direction]
        if classes:
            lines += [
                f"### {heading}",
                "",
                *(line for one in classes for line in _class_in_markdown(one, command)),
            ]
    if page.comparison.answers:
        lines += ["### The outcome stays, and the answer says something else", ""]
        lines += [*(f"- {marked(_answer(one))}" for one in page.comparison.answers), ""]
    if page.comparison.differences:
        lines += ["<details><summary>What was changed in the files</summary>", ""]
        changes = describe_differences(page.comparison.differences)
        lines += [*(f"- {marked(change)}" for change in changes), "", "</details>", ""]
    if page.history:
        lines += [*_history_in_markdown(page.history), ""]
    lines.append(f"From revision `{page.old.revision[:12]}` to `{page.new.revision[:12]}`.")
    return "\n".join(lines) + "\n"


def _class_in_markdown(one: ChangedClass, command: str) -> Iterator[str]:
    yield f"- **`{one.was}` → `{one.becomes}`** {marked(one.sentence)}"
    yield f"  Before: {_rules(one.rules_before)}. Now: {_rules(one.rules_after)}."
    yield from (f"  Because of {marked(cause)}." for cause in one.because_of)
    yield ""
    yield f"  <details><summary>An example, for `{command}`</summary>"
    yield ""
    yield "  ```json"
    yield f"  {json.dumps(one.example.request, ensure_ascii=False)}"
    yield "  ```"
    yield ""
    yield "  </details>"
    yield ""


def _history_in_markdown(history: BacktestResult) -> Iterator[str]:
    yield "### Requests that were asked"
    yield ""
    yield f"{_decided(history)}."
    if history.in_old_words:
        yield ""
        yield f"{_in_old_words(history)}:"
        yield ""
        yield from (f"- {marked(_lacking(one))}" for one in history.in_old_words[:SHOWN])
    if len(history.in_old_words) > SHOWN:
        yield f"- and {len(history.in_old_words) - SHOWN} more"
    if not history.changed:
        return
    yield ""
    yield "| was | is | lines |"
    yield "|---|---|---|"
    yield from (f"| `{was}` | `{becomes}` | {count} |" for (was, becomes), count in history.outcomes.items())
    yield ""
    yield f"By clause: {_counts(history.clauses)}. By country: {_counts(history.countries)}."
    yield ""
    yield "<details><summary>The list</summary>"
    yield ""
    for line in history.changed[:SHOWN]:
        yield "- " + marked(
            f"{line.request_id}, line {line.line}, {', '.join(line.countries)}: {_line(line)}"
        )
    if len(history.changed) > SHOWN:
        yield f"- and {len(history.changed) - SHOWN} more"
    yield ""
    yield "</details>"


def _headline(page: Page) -> str:
    if page.below:
        return "Policy change: the policies do not meet the floor"
    if page.more_permissive:
        return "Policy change: something becomes more permissive"
    if not page.comparison.complete:
        return "Policy change: it is not proved what changes"
    return "Policy change: nothing becomes more permissive"


def _verdict(page: Page) -> Iterator[str]:
    comparison = page.comparison
    loosened = [one for one in comparison.classes if one.direction is Direction.MORE_PERMISSIVE]
    count = len(comparison.classes)
    if comparison.complete:
        changed = f"{count} {'class' if count == 1 else 'classes'} of requests" if count else "No request"
        verb = "change" if count > 1 else "changes"
        yield f"{changed} {verb} the outcome; proved: no other request does, known or unknown, on any day."
    else:
        yield f"NOT PROVED: {comparison.because}."
    if page.below:
        yield "BELOW THE FLOOR: such policies are not taken up, whatever is accepted."
    if comparison.guards:
        count = len(comparison.guards)
        yield f"LESS GUARDED: {count} {'thing holds' if count == 1 else 'things hold'} the policies less."
    if loosened:
        yield f"MORE PERMISSIVE: in {len(loosened)} of them a handover that was forbidden is no longer."
    elif page.history is not None and page.history.more_permissive:
        yield "MORE PERMISSIVE: a request that was asked is no longer forbidden."
    elif comparison.complete:
        yield "Nothing becomes more permissive."


def _obligation(one: Obligation) -> str:
    shown = f", as for {json.dumps(one.worked[-1].request, ensure_ascii=False)}" if one.worked else ""
    return f"`{one.name}` {one.verdict.words}: {one.title} {one.because or ''}{shown}"


def describe_differences(differences: Iterable[Difference]) -> Iterator[str]:
    """Yield the differences, those of a shared rule once for all policies that have it."""
    places: dict[tuple[str | None, str, str], list[str]] = {}
    for one in differences:
        places.setdefault((one.at, one.name, one.change), []).append(one.policy or "")
    for (at, name, change), policies in places.items():
        named = ", ".join(policy for policy in policies if policy)
        yield f"{f'{at}: ' if at else ''}{name}{f' ({named})' if named else ''}: {change}"


def _answer(one: ChangedAnswer) -> str:
    members = (
        ", ".join(one.members).replace("if_in_force", "if in force") or "nothing in the smallest request"
    )
    text = f"{one.about} (missions from {', '.join(one.countries)}): {members}"
    return f"{text}, for example {json.dumps(one.example.request)}" if one.example else text


def _line(line: ChangedLine) -> str:
    if line.direction is None:
        return f"{line.was} as before, said otherwise{_by(line.rules_after)}"
    direction = heading_of(line.direction).lower()
    return f"{line.was}{_by(line.rules_before)} -> {line.becomes}{_by(line.rules_after)} ({direction})"


def _decided(history: BacktestResult) -> str:
    moved = sum(history.outcomes.values())
    reworded = len(history.changed) - moved
    requests = f"{_number(history.requests, 'request')} with {_number(history.lines, 'line')}"
    changed = f"{_number(moved, 'line')} with another outcome, {reworded} that only say something else"
    return f"{requests} decided under both: {changed}"


def _in_old_words(history: BacktestResult) -> str:
    count = _number(len(history.in_old_words), "request")
    return f"{count} in words that the newer set lacks; what it lacks was taken as not known to it"


def _lacking(one: RequestInOldWords) -> str:
    return f"{one.request_id}: {', '.join(one.lacking)}"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _by(rules: Iterable[str]) -> str:
    named = ", ".join(rules)
    return f" by {named}" if named else ""


def _rules(rules: Iterable[str]) -> str:
    return ", ".join(f"`{rule}`" for rule in rules) or "no rule"
