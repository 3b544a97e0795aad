"""The evidence as one HTML page that needs nothing else: gaps first, then what they are read from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from api.evidence.report.gaps import GapGroup, orphan_tags
from api.evidence.report.legible import legible
from api.evidence.report.records import PASSED, ClauseRow, Evidence, Record, Scenario, StepRow
from api.evidence.reviews.status import Reviews, ReviewState
from api.files.stylesheet import page_templates
from engine import PolicySet, Verdict, describe_policy


@dataclass(frozen=True, slots=True)
class RuleLink:
    """A rule that carries out a clause, and what the scenarios show of it."""

    rule: str
    state: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClauseLinks:
    """A row of the matrix: the clause, its state, its rules with theirs."""

    row: ClauseRow
    state: str
    links: tuple[RuleLink, ...]


@dataclass(frozen=True, slots=True)
class ShownScenario:
    """A scenario with its steps, as far as they are recorded, and its tags that name nothing."""

    scenario: Scenario
    anchor: str
    message: str
    orphaned: tuple[str, ...]
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True)
class ReadingUsed:
    """A reading, and the rules that rest on it on the day of the record."""

    name: str
    clauses: tuple[str, ...]
    question: str
    taken: str | None
    status: str
    rules: tuple[str, ...]


_STATES = {"no scenario": "unexercised", "partly": "unexercised in part"}
_GRAVEST_FIRST = (
    "orphan",
    "failing",
    "unexercised",
    "unexercised in part",
    "suspect",
    "unreviewed",
    "no rule",
    "verified",
    "reviewed",
)


def write_page(evidence: Evidence, policies: PolicySet, gaps: tuple[GapGroup, ...]) -> str:
    """Return the page; the same evidence gives the same bytes."""
    record = evidence.record
    shown = _shown(evidence)
    anchors: dict[str, str] = {}
    for one in shown:
        anchors.setdefault(one.scenario.place, one.anchor)
    features: dict[str, list[ShownScenario]] = {}
    for one in shown:
        features.setdefault(one.scenario.feature, []).append(one)
    obligations = [one for group in evidence.proof.groups for one in group.obligations]
    page = _TEMPLATES.get_template("report.html").render(
        record=record,
        compliance=evidence.compliance,
        reviews=evidence.reviews,
        proof=evidence.proof,
        proved=sum(one.verdict is Verdict.PROVED for one in obligations),
        obligations=len(obligations),
        groups=gaps,
        gaps=sum(len(group.gaps) for group in gaps),
        matrix=[_links(record, evidence.reviews, row) for row in record.clauses],
        features=features,
        anchors=anchors,
        readings=_readings(policies, record),
        passed=PASSED,
    )
    return legible(page)


def _links(record: Record, reviews: Reviews, row: ClauseRow) -> ClauseLinks:
    rules = {rule.rule: rule for rule in record.rules}
    reviewed = {one.link.key: one.state for one in reviews.links}

    def link(name: str) -> RuleLink:
        if name not in rules:
            return RuleLink(name, "orphan", ())
        review = reviewed.get((row.clause, name), ReviewState.UNREVIEWED)
        return RuleLink(name, _gravest(rules[name].verdict, review), rules[name].scenarios)

    links = tuple(link(name) for name in row.rules)
    states = [one.state for one in links] or [reviewed.get((row.clause, None), ReviewState.UNREVIEWED)]
    # That a rule has no scenario is in the verdict of the clause already: in part.
    return ClauseLinks(row, _gravest(row.verdict, *(s for s in states if s != "unexercised")), links)


def _gravest(*states: str) -> str:
    return min((_STATES.get(state, state) for state in states), key=_GRAVEST_FIRST.index)


def _shown(evidence: Evidence) -> list[ShownScenario]:
    record = evidence.record
    steps = {one.key: one.steps for one in evidence.compliance.scenarios} if evidence.compliance else {}
    return [
        ShownScenario(
            scenario=one,
            anchor=f"scenario-{number}",
            message=record.scenarios.message_of(one),
            orphaned=orphan_tags(record, one),
            steps=steps.get(one.key, ()),
        )
        for number, one in enumerate(record.scenarios.all, start=1)
    ]


def _readings(policies: PolicySet, record: Record) -> list[ReadingUsed]:
    using: dict[str, dict[str, None]] = {name: {} for name in policies.readings}
    for policy in policies.policies:
        described = describe_policy(policies, policy.name, record.policies.as_of) or {}
        for entry in (*described.get("scope", ()), *described.get("rules", ())):
            for name in entry["readings"]:
                using[name][entry.get("rule") or entry["scope"]] = None
    for case, answer in policies.standing_answers.items():
        for name in answer.cited.readings:
            using[name][case.value] = None
    return [
        ReadingUsed(name, one.clauses, one.question, one.taken, one.status, tuple(using[name]))
        for name, one in policies.readings.items()
    ]


_TEMPLATES = page_templates(Path(__file__).parent)
