"""The two runs -> the record: clauses, rules, scenarios, conditions, mutants, and whether nothing is left to do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from api.evidence.scenarios.fingerprints import policy_fingerprints
from engine import PolicySet, clause_coverage, rule_names

PASSED, NOT_RUN = "PASSED", "NOT RUN"
FATES = ("killed", "refused", "equivalent", "survived", "not_decided")


def score_part(
    policies: PolicySet,
    evidence: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    folder: Path,
    concerns: Callable[[str], bool],
    because: str,
) -> dict[str, Any]:
    """Put the record of a part together, with what was run alone: it is never ready, and says what it is a part of.

    `concerns` is true of the rules that the part is about. A rule or clause none of whose scenarios was run is left
    out, unless it has none.
    """
    expected = evidence["scenarios"]
    run = [entry for entry in expected if entry["verdict"] != NOT_RUN]
    whole = score(policies, {**evidence, "scenarios": run}, events, folder)
    left_out = {tag for entry in expected if entry not in run for tag in entry["tags"]}
    rules = [
        row
        for row in whole["rules"]
        if concerns(row["rule"]) and (row["scenarios"] or f"@rule:{row['rule']}" not in left_out)
    ]
    shown = {row["rule"] for row in rules}
    clauses = [
        _of_part(row, left_out)
        for row in whole["clauses"]
        if shown & {*row["rules"]} and (row["scenarios"] or f"@clause:{row['clause']}" not in left_out)
    ]
    conditions = [row for row in whole["conditions"] if concerns(row["rule"])]
    mutants = whole["mutants"]
    found = {**whole, "rules": rules, "clauses": clauses, "conditions": conditions, "unasked_countries": []}
    return {
        **found,
        "ready": False,
        "partial": {
            "because": because,
            "scenarios": {"run": len(run), "of": len(expected)},
            "changes": mutants and {"tried": mutants["tried"], "of": events[0]["mutants_of_all"]},
            "left": not _is_ready(whole["scenarios"], clauses, rules, conditions, mutants, []),
        },
    }


def _of_part(clause: dict[str, Any], left_out: Set[str]) -> dict[str, Any]:
    """The row of a clause: a rule whose scenarios are of another part is not without any."""
    without = [rule for rule in clause["without"] if f"@rule:{rule}" not in left_out]
    verified = clause["verdict"] == "partly" and not without
    return {**clause, "without": without, **({"verdict": "verified"} if verified else {})}


def score(
    policies: PolicySet, evidence: Mapping[str, Any], events: Sequence[Mapping[str, Any]], folder: Path
) -> dict[str, Any]:
    """Put the record together; its form is in `api.cli.policies_test`."""
    scenarios = _scenarios(evidence)
    by_tag: dict[str, list[dict[str, Any]]] = {}
    for scenario in scenarios["all"]:
        for tag in scenario["tags"]:
            by_tag.setdefault(tag, []).append(scenario)
    rules = _rules(policies, by_tag)
    clauses = _clauses(policies, by_tag, {row["rule"]: row for row in rules})
    conditions = _conditions(events)
    mutants = _mutants(events) if events else None
    unasked = _unasked_countries(policies, events[0]["countries"]) if events else []
    return {
        "schema": 1,
        "ready": _is_ready(scenarios, clauses, rules, conditions, mutants, unasked),
        "policies": _policies(policies, folder),
        "fingerprints": policy_fingerprints(policies),
        "scenarios": scenarios,
        "clauses": clauses,
        "rules": rules,
        "conditions": conditions,
        "unasked_countries": unasked,
        "mutants": mutants,
    }


def _policies(policies: PolicySet, folder: Path) -> dict[str, Any]:
    today = policies.day_at(dt.datetime.now(dt.UTC))
    instruction = policies.instruction
    return {
        "name": policies.name,
        "title": policies.title,
        "revision": policies.revision,
        "status": policies.status_on(today),
        "as_of": today.isoformat(),
        "instruction": {"from": _day(instruction.start), "until": _day(instruction.end)}
        if instruction
        else None,
        "folder": folder.name,
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _scenarios(evidence: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "place": f"{entry['path']}:{entry['line']}",
            **{
                key: entry[key]
                for key in ("feature", "rule", "name", "cells", "tags", "fingerprint", "verdict")
            },
            "seconds": round(sum(door["seconds"] for door in entry["doors"].values()), 3),
        }
        for entry in evidence["scenarios"]
    ]
    failing = [
        {
            "place": f"{entry['path']}:{entry['line']}",
            "name": entry["name"],
            "cells": entry["cells"],
            "verdict": entry["verdict"],
            "message": next((door["message"] for door in entry["doors"].values() if door["message"]), ""),
        }
        for entry in evidence["scenarios"]
        if entry["verdict"] != PASSED
    ]
    return {
        "promised": len(rows),
        "passed": len(rows) - len(failing),
        "failing": failing,
        "findings": evidence["findings"],
        "all": rows,
    }


def _rules(policies: PolicySet, by_tag: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    citing = clause_coverage(policies)
    rows = []
    for rule in sorted(rule_names(policies)):
        shown = by_tag.get(f"@rule:{rule}", [])
        rows.append(
            {
                "rule": rule,
                "clauses": [clause for clause, rules in citing.items() if rule in rules],
                "scenarios": _places(shown),
                "verdict": _verdict(shown),
            }
        )
    return rows


def _clauses(
    policies: PolicySet,
    by_tag: Mapping[str, list[dict[str, Any]]],
    rules: Mapping[str, Mapping[str, Any]],
) -> list[dict[str, Any]]:
    rows = []
    for clause, citing in clause_coverage(policies).items():
        shown = by_tag.get(f"@clause:{clause}", [])
        without = [rule for rule in citing if not rules[rule]["scenarios"]]
        verdict = _verdict(shown)
        if not citing:
            verdict = "no rule"
        elif verdict == "verified" and without:
            verdict = "partly"
        rows.append(
            {
                "clause": clause,
                "text": policies.clauses[clause].text,
                "no_rule": policies.clauses[clause].no_rule,
                "rules": list(citing),
                "without": without,
                "scenarios": _places(shown),
                "verdict": verdict,
            }
        )
    return rows


def _places(scenarios: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(scenario["place"] for scenario in scenarios))


def _verdict(shown: Sequence[Mapping[str, Any]]) -> str:
    if not shown:
        return "no scenario"
    return "verified" if all(scenario["verdict"] == PASSED for scenario in shown) else "failing"


def _conditions(events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = next(
        (event["conditions"] for event in events if event["event"] == "conditions"), []
    )
    return [
        {
            **row,
            "unseen": [
                truth for truth, times in row["seen"].items() if not times and truth not in row["impossible"]
            ],
        }
        for row in rows
    ]


def _unasked_countries(policies: PolicySet, requested: Sequence[str]) -> list[str]:
    """The countries that the policies name and no scenario asks about, and `any other` where a file is for those."""
    named = policies.countries
    others = any(edition.members.others for policy in policies.policies for edition in policy.editions)
    return sorted(named.difference(requested)) + ["any other"] * (others and named.issuperset(requested))


def _mutants(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    tried = sorted(
        (event for event in events if event["event"] == "mutant"), key=lambda event: int(event["number"])
    )
    fates = Counter(event["fate"] for event in tried)
    noticeable = fates["killed"] + fates["survived"] + fates["not_decided"]
    return {
        "tried": len(tried),
        **{fate: fates[fate] for fate in FATES},
        "score": round(fates["killed"] / noticeable, 4) if noticeable else 1.0,
        "seconds": events[-1].get("seconds", 0.0),
        "set_aside": events[0]["set_aside"],
        "all": [{key: value for key, value in event.items() if key != "event"} for event in tried],
    }


def _is_ready(
    scenarios: Mapping[str, Any],
    clauses: Sequence[Mapping[str, Any]],
    rules: Sequence[Mapping[str, Any]],
    conditions: Sequence[Mapping[str, Any]],
    mutants: Mapping[str, Any] | None,
    unasked_countries: Sequence[str],
) -> bool:
    shown = scenarios["promised"] == scenarios["passed"] > 0 and not scenarios["findings"]
    covered = all(row["verdict"] in ("verified", "no rule") for row in clauses)
    ruled = all(row["verdict"] == "verified" for row in rules)
    noticed = mutants is None or not (mutants["survived"] or mutants["not_decided"] or mutants["set_aside"])
    seen = not unasked_countries and not any(row["unseen"] for row in conditions)
    return shown and covered and ruled and noticed and seen
