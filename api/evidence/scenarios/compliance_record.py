"""The compliance record: what a session proved, as plain data to be written as JSON.

    schema      1
    tools       the versions of python, pytest, pytest-bdd and gherkin-official
    finished    the moment of writing, ISO 8601 in UTC
    complete    whether the features were collected as a whole
    kept        whether the run is complete, some scenario was expected and every one passed at each door
    totals      promised, and how many scenarios got each verdict (they add up to promised)
    doors       the same totals for each door, by its name
    files       [{path, title, sha256}] of the feature files read
    findings    [{path, line, code, fact, remedy}] of the lint; if there is one, nothing was run
    scenarios   [{path, line, feature, rule (or null), name, cells, tags, fingerprint, verdict,
                  doors: {door: {verdict, message, seconds}},
                  steps: [{line, kind, text, verdicts: {door: verdict}}]}]
    unpromised  [{path, line, cells, door, verdict, message}] of runs that no file accounts for

Verdicts are PASSED, FAILED, UNDEFINED, SKIPPED, XFAIL, NOT RUN and MISMATCH (the steps run are not the steps
of the file). A scenario's verdict is the gravest of its doors. Paths are relative to the project.
"""

import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

from api.evidence.feature_files import FeatureFile
from api.evidence.scenarios.findings import LintFinding
from api.evidence.scenarios.fingerprints import scenario_fingerprint
from api.evidence.scenarios.verdicts import Results, Run, ScenarioResult, ScenarioVerdict


def compliance_record(
    results: Results, files: Sequence[FeatureFile], findings: Sequence[LintFinding], complete: bool
) -> dict[str, object]:
    """Put together the record of one session."""
    totals = results.totals()
    all_passed = 0 < totals["promised"] == totals[ScenarioVerdict.PASSED]
    return {
        "schema": 1,
        "tools": {"python": platform.python_version()}
        | {name: version(name) for name in ("pytest", "pytest-bdd", "gherkin-official")},
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "complete": complete,
        "kept": complete and all_passed and not findings and not results.unexpected,
        "totals": totals,
        "doors": {door: results.totals(door) for door in results.doors},
        "files": [
            {"path": file.name, "title": file.feature["name"], "sha256": file.digest} for file in files
        ],
        "findings": [asdict(finding) for finding in findings],
        "scenarios": [_scenario(result) for result in results.scenarios],
        "unpromised": [_run(run) for run in results.unexpected],
    }


def _scenario(result: ScenarioResult) -> dict[str, object]:
    scenario = result.scenario
    return {
        "path": scenario.path,
        "line": scenario.line,
        "feature": scenario.feature,
        "rule": scenario.rule,
        "name": scenario.name,
        "cells": list(scenario.cells),
        "tags": list(scenario.tags),
        "fingerprint": scenario_fingerprint(scenario),
        "verdict": result.verdict.value,
        "doors": {
            at.door: {"verdict": at.verdict, "message": at.message, "seconds": round(at.seconds, 3)}
            for at in result.doors
        },
        "steps": [
            {
                "line": step.line,
                "kind": step.kind,
                "text": step.text,
                "verdicts": {at.door: at.steps[index] for at in result.doors},
            }
            for index, step in enumerate(scenario.steps)
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
