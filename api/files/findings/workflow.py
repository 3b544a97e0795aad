"""Findings as workflow commands of GitHub Actions, which shows them beside the lines they are about.

Source: GitHub, "Workflow commands for GitHub Actions", and `actions/toolkit`, `command.ts`, for the escapes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from api.files.findings.places import Sources
from engine import Diagnostic, Severity


def findings_as_commands(findings: Iterable[Diagnostic], sources: Sources) -> str:
    """Return one line for each finding, each ended; an empty text for none."""
    return "".join(f"{_command(finding, sources)}\n" for finding in findings)


def _command(finding: Diagnostic, sources: Sources) -> str:
    place = finding.place
    first, behind = sources.columns(place)
    properties = {
        "file": sources.path(place).as_posix(),
        "line": place.line,
        "endLine": place.line,
        "col": first,
        "endColumn": behind,
        "title": finding.code,
    }
    parameters = ",".join(f"{key}={_escaped_property(str(value))}" for key, value in properties.items())
    text = f"{finding.message}; {finding.remedy}" if finding.remedy else finding.message
    return f"::{_name_of(finding.severity)} {parameters}::{_escaped(text)}"


def _name_of(severity: Severity) -> str:
    match severity:
        case Severity.ERROR:
            return "error"
        case Severity.HINT:
            return "notice"
        case _:
            assert_never(severity)


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
