"""What changes on which day, as text to read or as Markdown for a review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import assert_never

from api.domain.upcoming import (
    DatedChangeAnswer,
    DatedRecordAnswer,
    DatedRecordKind,
    UpcomingAnswer,
    UpcomingAnswerChange,
    UpcomingClass,
    UpcomingDay,
)
from api.files.comparison.lines import marked, wrapped

NOTHING = "Nothing that is written with days, and no condition, changes on any of these days."
NONE_OTHERWISE = "No request changes its outcome or what its answer says."


def write_upcoming_as_text(answer: UpcomingAnswer) -> str:
    """Return the days as text, each with its changes and the requests that are answered otherwise from it on."""
    lines = [_heading(answer)]
    for day in answer.days:
        lines += ["", f"{day.day}"]
        lines += wrapped(map(_change, day.changes), "  ")
        lines += wrapped(map(_record, day.records), "  ")
        for number, one in enumerate(day.classes or (), 1):
            lines += wrapped([f"{number}. {one.sentence}"], "  ")
            lines += wrapped([_moves(one)], "     ")
            lines += wrapped([f"because of {cause}" for cause in one.because_of], "     ")
            lines.append(f"     for example: {json.dumps(one.example, ensure_ascii=False)}")
        lines += wrapped(map(_other_words, day.answers or ()), "  ")
        lines += wrapped(_verdict(day), "  ")
    return "\n".join([*lines, "", *wrapped(_closing(answer), ""), ""])


def write_upcoming_as_markdown(answer: UpcomingAnswer) -> str:
    """Return the days as Markdown, each under a heading of its own."""
    lines = [f"## {marked(_heading(answer))}"]
    for day in answer.days:
        lines += ["", f"### {day.day}", ""]
        lines += [f"- {marked(_change(one))}" for one in day.changes]
        lines += [f"- {marked(_record(one))}" for one in day.records]
        for one in day.classes or ():
            lines += [f"- **`{one.was}` → `{one.becomes}`** {marked(one.sentence)} {marked(_moves(one))}."]
            lines += [f"  - because of {marked(cause)}" for cause in one.because_of]
            lines += ["", "  ```json", f"  {json.dumps(one.example, ensure_ascii=False)}", "  ```", ""]
        lines += [f"- {marked(_other_words(one))}" for one in day.answers or ()]
        lines += ["", *(marked(text) for text in _verdict(day))]
    return "\n".join([*lines, "", *(marked(text) for text in _closing(answer))]) + "\n"


def _heading(answer: UpcomingAnswer) -> str:
    return f"What changes by itself from {answer.start} until {answer.until}, revision {answer.revision[:12]}"


def _change(one: DatedChangeAnswer) -> str:
    name = f"{one.name} of {one.country}" if one.country else one.name
    values = f": {one.before} -> {one.after}" if one.before is not None else ""
    turning = f": {one.after}" if one.before is None and one.after is not None else ""
    return f"{one.at}: {one.kind} {name} {one.change}{values}{turning}"


def _record(one: DatedRecordAnswer) -> str:
    match one.kind:
        case DatedRecordKind.CLEARANCE:
            return f"clearance {one.name} {one.change}"
        case DatedRecordKind.PROPOSAL:
            then = "is approved, and shall hold" if one.approved else "is not approved, and shall hold"
            return f"proposal {one.name} {then} from this day"
        case DatedRecordKind.APPROVAL:
            return f"approval of {one.officer} for the proposal {one.name} expires"
        case DatedRecordKind.EMERGENCY_RETURN:
            return f"emergency return to the revision {one.name} has to be confirmed by this day"
        case _:
            assert_never(one.kind)


def _moves(one: UpcomingClass) -> str:
    def by(rules: tuple[str, ...]) -> str:
        return f" by {', '.join(rules)}" if rules else ""

    return f"was {one.was}{by(one.rules_before)}, is {one.becomes}{by(one.rules_after)}"


def _other_words(one: UpcomingAnswerChange) -> str:
    what = ", ".join(one.members) or "what it says"
    return f"the outcome stays, and the answer changes: {one.about} ({', '.join(one.countries)}): {what}"


def _verdict(day: UpcomingDay) -> Iterator[str]:
    if day.classes is None:
        yield f"Which requests are answered otherwise is not known: {day.because}."
    elif not day.complete:
        yield f"There may be more: {day.because}."
    elif day.changes and not day.classes and not day.answers:
        yield NONE_OTHERWISE


def _closing(answer: UpcomingAnswer) -> Iterator[str]:
    if not answer.days:
        yield NOTHING
    if answer.own_dates:
        yield (
            "Besides, an answer changes on a day of its own by the dates that its request states:"
            f" {', '.join(answer.own_dates)}."
        )
    if not answer.record_kinds:
        yield (
            "What is recorded with days, such as clearances and proposals, is not listed; name the ledger with"
            " --database."
        )
