"""The evidence as JUnit XML: a test case for each scenario and each obligation of the proof.

It has no other members than the strictest known consumer takes, the xUnit plugin of Jenkins (junit-10.xsd): there a
case has neither properties nor a file and a line, so that they stand in its output.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from api.evidence.report.legible import legible
from api.evidence.report.records import PASSED, Evidence, Scenario, Scenarios
from engine import Obligation, Verdict


def write_junit(evidence: Evidence) -> str:
    """Return the XML; whatever has not passed or is not proved is a failure, with its verdict as the type."""
    record = evidence.record
    root = ET.Element("testsuites", name=f"{record.policies.name} {record.policies.revision}")
    scenarios = [_scenario(one, record.scenarios) for one in record.scenarios.all]
    took = sum(one.seconds or 0 for one in record.scenarios.all)
    _suite(root, "scenarios", scenarios, evidence).set("time", _time(took))
    proofs = [_obligation(one, group.name) for group in evidence.proof.groups for one in group.obligations]
    _suite(root, "proofs", proofs, evidence)
    ET.indent(root)
    return legible(f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n')


def _suite(root: ET.Element, name: str, cases: Sequence[ET.Element], evidence: Evidence) -> ET.Element:
    failures = sum(case.find("failure") is not None for case in cases)
    started = evidence.record.started.isoformat(timespec="seconds")
    counted = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": "0"}
    suite = ET.SubElement(root, "testsuite", {"name": name, "timestamp": started, **counted})
    suite.extend(cases)
    return suite


def _scenario(one: Scenario, scenarios: Scenarios) -> ET.Element:
    row = f" [{', '.join(one.cells)}]" if one.cells else ""
    tagged = [(sort, name) for sort in ("clause", "rule", "reading") for name in one.named(sort)]
    path = one.place.rsplit(":", 1)[0]
    case = _case(path, f"{one.name}{row}", [("place", one.place), *tagged])
    if one.seconds is not None:
        case.set("time", _time(one.seconds))
    if one.verdict != PASSED:
        message = scenarios.message_of(one) or "\n".join(_lint_of(path, scenarios))
        _failure(case, one.verdict, message, one.place)
    return case


def _lint_of(path: str, scenarios: Scenarios) -> Iterator[str]:
    """What keeps the scenarios of a file from being run: its own faults, or that another file has some."""
    findings = scenarios.findings
    own = [str(finding) for finding in findings if finding.path == path]
    if findings and not own:
        yield f"nothing is run as long as a feature file has a fault: {findings[0]}"
    yield from own


def _obligation(one: Obligation, group: str) -> ET.Element:
    rules = dict.fromkeys(involved.rule for involved in one.involved)
    named = [*(("clause", clause) for clause in one.clauses), *(("rule", rule) for rule in rules)]
    place = [("place", one.at)] if one.at else []
    case = _case(f"proofs.{group}", one.name, [*place, *named, ("proved", one.title)])
    if one.verdict is not Verdict.PROVED:
        _failure(case, one.verdict.value, one.because or one.title, one.at or group)
    return case


def _case(place: str, name: str, named: Sequence[tuple[str, str]]) -> ET.Element:
    case = ET.Element("testcase", classname=place, name=name)
    ET.SubElement(case, "system-out").text = "\n".join(f"{key}: {value}" for key, value in named)
    return case


def _failure(case: ET.Element, verdict: str, message: str, place: str) -> None:
    """Put the failure before the output of the case; its text is all that some consumers show."""
    why = message or verdict
    failure = ET.Element("failure", type=verdict, message=why.split("\n", 1)[0])
    failure.text = f"{why}\nat {place}"
    case.insert(0, failure)


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
