"""Findings as JSON: one object each, in the order of their places."""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine import Diagnostic


def findings_as_json(findings: Iterable[Diagnostic]) -> str:
    """Return the findings as a JSON list; lines and columns count characters from 1, the end is exclusive."""
    rows = [
        {
            "file": finding.place.file,
            "line": finding.place.line,
            "column": finding.place.column,
            "end_column": finding.place.column + finding.place.length,
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
            "remedy": finding.remedy,
        }
        for finding in findings
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)
