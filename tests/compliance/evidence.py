"""The compliance record: what a session proved, as plain data to be written as JSON.

    schema      1
    tools       the versions of python, pytest, pytest-bdd and gherkin-official
    finished    the moment of writing, ISO 8601 in UTC
    complete    whether the features were collected as a whole
    kept        whether the run is complete, something was promised and every promise was kept
    totals      promised, and how many scenarios got each verdict (they add up to promised)
    doors       the same totals for each door, by its name
    files       [{path, title, sha256}] of the feature files read
    findings    [{path, line, code, fact, remedy}] of the lint; if there is one, nothing was run
    scenarios   [{path, line, feature, rule (or null), name, cells, tags, verdict,
                  doors: {door: {verdict, message}},
                  steps: [{line, kind, text, verdicts: {door: verdict}}]}]
    unpromised  [{path, line, cells, door, verdict, message}] of runs that no promise accounts for

Verdicts are PASSED, FAILED, UNDEFINED, SKIPPED, XFAIL, NOT RUN and MISMATCH (the steps run are not the steps
promised). A scenario's verdict is the gravest of its doors. Paths are relative to the project.
"""

import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

from api.promises import FeatureFile
from tests.compliance.findings import Finding
from tests.compliance.verdicts import Account, Reckoning, Run, Verdict


def evidence(
    reckoning: Reckoning, files: Sequence[FeatureFile], findings: Sequence[Finding], complete: bool
) -> dict[str, object]:
    """Put together the record of one session."""
    totals = reckoning.totals()
    all_passed = 0 < totals["promised"] == totals[Verdict.PASSED]
    return {
        "schema": 1,
        "tools": {"python": platform.python_version()}
        | {name: version(name) for name in ("pytest", "pytest-bdd", "gherkin-official")},
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "complete": complete,
        "kept": complete and all_passed and not findings and not reckoning.unpromised,
        "totals": totals,
        "doors": {door: reckoning.totals(door) for door in reckoning.doors},
        "files": [
            {"path": file.name, "title": file.feature["name"], "sha256": file.digest} for file in files
        ],
        "findings": [asdict(finding) for finding in findings],
        "scenarios": [_scenario(account) for account in reckoning.accounts],
        "unpromised": [_run(run) for run in reckoning.unpromised],
    }


def _scenario(account: Account) -> dict[str, object]:
    promise = account.promise
    return {
        "path": promise.path,
        "line": promise.line,
        "feature": promise.feature,
        "rule": promise.rule,
        "name": promise.name,
        "cells": list(promise.cells),
        "tags": list(promise.tags),
        "verdict": account.verdict.value,
        "doors": {kept.door: {"verdict": kept.verdict, "message": kept.message} for kept in account.doors},
        "steps": [
            {
                "line": step.line,
                "kind": step.kind,
                "text": step.text,
                "verdicts": {kept.door: kept.steps[index] for kept in account.doors},
            }
            for index, step in enumerate(promise.steps)
        ],
    }


def _run(run: Run) -> dict[str, object]:
    return {
        "path": run.path,
        "line": run.line,
        "cells": list(run.cells),
        "door": run.door,
        "verdict": run.verdict,
        "message": run.message,
    }
