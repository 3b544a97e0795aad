"""The evidence as JUnit XML: a test case for each scenario and each obligation of the proof."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from api.evidence.report.legible import legible
from api.evidence.report.records import PASSED, Evidence, Scenario
from engine import Obligation, Verdict


def write_junit(evidence: Evidence) -> str:
    """Return the XML; whatever has not passed or is not proved is a failure, with its verdict as the type."""
    record = evidence.record
    root = ET.Element("testsuites", name=f"{record.policies.name} {record.policies.revision}")
    messages = {(row.place, row.name): row.message for row in record.scenarios.failing}
    scenarios = [_scenario(one, messages.get((one.place, one.name), "")) for one in record.scenarios.all]
    _suite(root, "scenarios", scenarios, evidence)
    proofs = [_obligation(one, group.name) for group in evidence.proof.groups for one in group.obligations]
    _suite(root, "proofs", proofs, evidence)
    ET.indent(root)
    return legible(f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n')


def _suite(root: ET.Element, name: str, cases: Sequence[ET.Element], evidence: Evidence) -> None:
    failures = sum(case.find("failure") is not None for case in cases)
    started = evidence.record.started.isoformat(timespec="seconds")
    counted = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": "0"}
    suite = ET.SubElement(root, "testsuite", {"name": name, "timestamp": started, **counted})
    suite.extend(cases)


def _scenario(one: Scenario, message: str) -> ET.Element:
    row = f" [{', '.join(one.cells)}]" if one.cells else ""
    tagged = [(sort, name) for sort in ("clause", "rule", "reading") for name in one.named(sort)]
    path = one.place.rsplit(":", 1)[0]
    case = _case(path, f"{one.name}{row}", [*tagged, ("place", one.place)])
    if one.verdict != PASSED:
        _failure(case, one.verdict, message)
    return case


def _obligation(one: Obligation, group: str) -> ET.Element:
    rules = dict.fromkeys(involved.rule for involved in one.involved)
    named = [*(("clause", clause) for clause in one.clauses), *(("rule", rule) for rule in rules)]
    case = _case(f"proofs.{group}", one.name, [*named, ("proved", one.title)])
    if one.verdict is not Verdict.PROVED:
        _failure(case, one.verdict.value, one.because or "")
    return case


def _case(place: str, name: str, named: Sequence[tuple[str, str]]) -> ET.Element:
    case = ET.Element("testcase", classname=place, name=name)
    properties = ET.SubElement(case, "properties")
    for key, value in named:
        ET.SubElement(properties, "property", name=key, value=value)
    return case


def _failure(case: ET.Element, verdict: str, message: str) -> None:
    first = message.split("\n", 1)[0]
    ET.SubElement(case, "failure", type=verdict, message=first or verdict).text = message
