"""Findings as a SARIF 2.1.0 log (OASIS standard), which code scanning and editors read."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, assert_never
from urllib.parse import quote

from api.files.findings.checks import CheckParagraph, check_paragraphs
from api.files.findings.places import Sources
from engine import Diagnostic, Place, Severity, is_remark

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "%SRCROOT%"


def findings_as_sarif(findings: Sequence[Diagnostic], sources: Sources) -> str:
    """Return one run with every check there is and a result for each finding.

    A fingerprint comes from code, file and the text of the line: it stays when lines are put in above.
    """
    checks = list(check_paragraphs().values())
    positions = {check.code: position for position, check in enumerate(checks)}
    seen: Counter[str] = Counter()
    results = [_result(finding, positions[finding.code], sources, seen) for finding in findings]
    run = {
        "tool": {
            "driver": {
                "name": "channelgate",
                "semanticVersion": version("channelgate"),
                "rules": [_rule(check) for check in checks],
            }
        },
        "automationDetails": {"id": "channelgate/policies/"},
        "invocations": [{"executionSuccessful": True}],
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The folder the command was run in."}}},
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _level_of(severity: Severity) -> str:
    match severity:
        case Severity.ERROR:
            return "error"
        case Severity.HINT:
            return "note"
        case _:
            assert_never(severity)


def _rule(check: CheckParagraph) -> dict[str, Any]:
    level = _level_of(Severity.HINT if is_remark(check.code) else Severity.ERROR)
    return {
        "id": check.code,
        "shortDescription": {"text": check.meaning},
        "help": {"text": check.text, "markdown": check.text},
        "defaultConfiguration": {"level": level},
    }


def _result(finding: Diagnostic, position: int, sources: Sources, seen: Counter[str]) -> dict[str, Any]:
    place = finding.place
    first, behind = sources.columns(place)
    text = f"{finding.message}; {finding.remedy}" if finding.remedy else finding.message
    region = {"startLine": place.line, "startColumn": first, "endLine": place.line, "endColumn": behind}
    return {
        "ruleId": finding.code,
        "ruleIndex": position,
        "level": _level_of(finding.severity),
        "message": {"text": text},
        "locations": [
            {"physicalLocation": {"artifactLocation": _artifact(place, sources), "region": region}}
        ],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding, sources, seen)},
    }


def _artifact(place: Place, sources: Sources) -> dict[str, str]:
    path = sources.path(place)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": _BASE}


def _fingerprint(finding: Diagnostic, sources: Sources, seen: Counter[str]) -> str:
    """A hash and, as other findings may share code and line, which of them this is."""
    line = " ".join(sources.line(finding.place).split())
    parts = "\0".join((finding.code, finding.place.file, line))
    digest = hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
