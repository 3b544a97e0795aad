"""The ruling book as text -> as checked: what the directive leaves open, and how it is read (R21)."""

from __future__ import annotations

from collections.abc import Iterable

from engine.checking.names import DefinedNames
from engine.checking.report import SourceFile
from engine.loading.file_schema import ReadingsFile
from engine.policy.model import Reading


def check_readings(
    reading_files: Iterable[SourceFile[ReadingsFile]], names: DefinedNames
) -> dict[str, Reading]:
    """Return the readings of all files, by their marks."""
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
    return readings
