"""`channelgate clauses`: each clause of the directive, what carries it out, and what shows it."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer

from api.cli.console import console
from api.cli.exit_codes import FINDINGS
from api.cli.feature_folder import find_features, read_scenarios
from api.cli.options import FeaturesOption, Format, FormatOption, PoliciesOption
from api.cli.policy_loading import load_shown
from api.cli.rendering.decision import print_clauses
from api.evidence.feature_files import ExpectedScenario
from engine import PolicySet, clause_coverage


def clauses(
    policies: PoliciesOption,
    features: FeaturesOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Show each clause with the rules that carry it out and the scenarios that show it; exit 1 if there are gaps."""
    active = load_shown(policies)
    scenarios = read_scenarios(find_features(features, policies))
    rows = [
        _clause_row(active, clause, rules, scenarios) for clause, rules in clause_coverage(active).items()
    ]
    if format_ is Format.JSON:
        sys.stdout.write(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    else:
        print_clauses(console, rows)
    if any(row["gap"] for row in rows):
        raise typer.Exit(FINDINGS)


def _clause_row(
    policies: PolicySet, clause: str, rules: tuple[str, ...], scenarios: list[ExpectedScenario]
) -> dict[str, Any]:
    shown = [scenario.place for scenario in scenarios if f"@clause:{clause}" in scenario.tags]
    tagged = {tag for scenario in scenarios for tag in scenario.tags}
    gaps = ["no scenario"] if rules and not shown else []
    gaps += [f"no scenario for the rule {rule}" for rule in rules if f"@rule:{rule}" not in tagged]
    no_rule = policies.clauses[clause].no_rule
    return {
        "clause": clause,
        "rules": list(rules),
        "no_rule": no_rule,
        "scenarios": shown,
        "gap": ", ".join(gaps),
    }
