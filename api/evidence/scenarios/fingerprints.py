"""The fingerprints in a record: of what the answers rest on, and of what each scenario says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from api.evidence.feature_files import ExpectedScenario
from engine import AnswerBasis, PolicySet, find_answer_basis


def policy_fingerprints(policies: PolicySet) -> dict[str, Any]:
    """Return those of each rule and each parameter by its name, and of the set as a whole."""
    basis = find_answer_basis(policies)
    return {
        "whole": whole_fingerprint(policies, basis),
        "rules": {name: basis.rules[name].fingerprint for name in sorted(basis.rules)},
        "parameters": {name: basis.parameters[name].fingerprint for name in sorted(basis.parameters)},
    }


def whole_fingerprint(policies: PolicySet, basis: AnswerBasis) -> str:
    """Return that of what all policies have in common, and of the phrases in which scenarios are written."""
    phrases = json.dumps(asdict(policies.phrases), default=str, sort_keys=True)
    return hashlib.sha256(f"{basis.whole.fingerprint}{phrases}".encode()).hexdigest()[:16]


def scenario_fingerprint(scenario: ExpectedScenario) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of its title, cells, tags and steps."""
    steps = [(step.kind, step.text, step.table, step.docstring) for step in scenario.steps]
    content = json.dumps([scenario.name, scenario.cells, scenario.tags, steps])
    return hashlib.sha256(content.encode()).hexdigest()[:16]
