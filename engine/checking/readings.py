"""The ruling book as text -> as checked: how the directive is read (R21), and what has been ruled."""

from __future__ import annotations

from collections.abc import Iterable

from engine.checking.names import DefinedNames
from engine.checking.report import SourceFile
from engine.loading.file_schema import ReadingsFile
from engine.loading.rule_schema import PeriodText
from engine.policy.model import Reading


def check_readings(
    reading_files: Iterable[SourceFile[ReadingsFile]], names: DefinedNames
) -> dict[str, Reading]:
    """Return the readings and rulings of all files, by their marks."""
    readings = {}
    for source in reading_files:
        for index, text in enumerate(source.content.readings):
            path = ("readings", index)
            names.known_clauses(source.document, path, text.clause)
            if text.status == "decided" and (text.taken is None or text.reason is None):
                message = "a decided reading says what is taken, and why"
                names.report.error(
                    source.document,
                    (*path, "status"),
                    "R21",
                    message,
                    "add `taken` and `reason`, or write `status: open`",
                )
            readings[text.reading] = Reading(
                text.reading,
                tuple(text.clause),
                text.question,
                tuple(text.alternatives),
                text.taken,
                text.reason,
                text.status,
            )
        for index, ruling in enumerate(source.content.rulings):
            path = ("rulings", index)
            names.known_clauses(source.document, path, ruling.clause)
            names.party(source.document, (*path, "given_by"), ruling.given_by)
            names.period(
                source.document, path, PeriodText.model_construct(from_=ruling.given_on, until=ruling.until)
            )
            until = f", until {ruling.until}" if ruling.until else ""
            readings[ruling.ruling] = Reading(
                ruling.ruling,
                tuple(ruling.clause),
                f"What has been ruled on {ruling.given_on}{until}?",
                (),
                ruling.allows,
                ruling.source,
                "ruled",
            )
    return readings
