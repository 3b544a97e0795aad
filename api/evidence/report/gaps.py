"""What the evidence leaves open: every gap with its fact, its place and what closes it, in groups, gravest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.evidence.report.records import PASSED, Evidence, Record, Scenario
from api.evidence.reviews.review_file import link_words
from api.evidence.reviews.status import Reviews
from engine import Verdict

_NO_RULE = "no rule"
_UNSHOWN = "no scenario"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is not shown, or shown to be wrong."""

    fact: str
    place: str
    remedy: str


@dataclass(frozen=True, slots=True)
class GapGroup:
    """The gaps of one sort."""

    title: str
    gaps: tuple[Gap, ...]


def find_gaps(evidence: Evidence) -> tuple[GapGroup, ...]:
    """List every gap, in groups; groups without any are left out."""
    record = evidence.record
    groups = (
        ("Scenarios that have not passed", _failing(evidence)),
        ("Proofs refuted or not decided", _unproved(evidence)),
        ("Feature files with faults", _findings(record)),
        ("Orphans: scenarios and tags that belong to nothing", _orphans(evidence)),
        ("Clauses without rule and without reason", _unruled(record)),
        ("Clauses and rules that no scenario shows", _unexercised(record)),
        ("Links that changed since their review, or were never reviewed", _unreviewed(evidence.reviews)),
        ("Countries that no scenario asks about", _unasked(record)),
        ("Conditions never seen true, false or unknown", _unseen(record)),
        ("Small changes that no scenario noticed", _unnoticed(record)),
    )
    found = (GapGroup(title, tuple(gaps)) for title, gaps in groups)
    return tuple(group for group in found if group.gaps) or _unnamed(record)


def orphan_tags(record: Record, scenario: Scenario) -> tuple[str, ...]:
    """The tags of a scenario that name a clause or a rule which the policies do not have."""
    clauses, rules = {row.clause for row in record.clauses}, {row.rule for row in record.rules}
    lost = [f"@clause:{name}" for name in scenario.named("clause") if name not in clauses]
    return (*lost, *(f"@rule:{name}" for name in scenario.named("rule") if name not in rules))


def _unnamed(record: Record) -> tuple[GapGroup, ...]:
    """What the test found and none of the groups names: never passed over."""
    if record.ready:
        return ()
    fact = "the test says that something is left to do"
    gap = Gap(fact, "the record", "run `channelgate policies test` and read what it prints")
    return (GapGroup("Left to do", (gap,)),)


def _failing(evidence: Evidence) -> Iterator[Gap]:
    scenarios = evidence.record.scenarios
    if not scenarios.all:
        yield Gap("no scenario was run", "features", "write scenarios, and run `channelgate policies test`")
    stepped = {row.key: row.verdict for row in evidence.compliance.scenarios} if evidence.compliance else {}
    for one in scenarios.all:
        verdicts = dict.fromkeys((one.verdict, stepped.get(one.key, one.verdict)))
        if set(verdicts) != {PASSED}:
            fact = f"{' in one record, '.join(verdicts)}: {one.name}"
            yield Gap(fact, one.place, "mend the policies, or the scenario if it says what is not meant")
    if evidence.compliance and not evidence.compliance.complete:
        yield Gap(
            "the record of the steps is of a part of the scenarios only",
            "the compliance record",
            "run the whole of the features for it",
        )


def _unproved(evidence: Evidence) -> Iterator[Gap]:
    for group in evidence.proof.groups:
        for one in group.obligations:
            if one.verdict is not Verdict.PROVED:
                because = f" ({one.because})" if one.because else ""
                remedy = "`channelgate policies prove` shows the smallest request that breaks it"
                yield Gap(
                    f"{one.name} {one.verdict.words}: {one.title}{because}", one.at or group.title, remedy
                )


def _findings(record: Record) -> Iterator[Gap]:
    for row in record.scenarios.findings:
        yield Gap(f"{row.code} {row.fact}", f"{row.path}:{row.line}", row.remedy)


def _orphans(evidence: Evidence) -> Iterator[Gap]:
    record, reviews = evidence.record, evidence.reviews
    for one in record.scenarios.all:
        for tag in orphan_tags(record, one):
            yield Gap(f"{tag} names nothing: {one.name}", one.place, "correct the tag, or take it out")
        if not one.named("clause"):
            yield Gap(f"no clause is named: {one.name}", one.place, "tag it with the clause that it shows")
    for entry in reviews.orphans:
        fact = f"the review book names a link that is not there: {link_words(entry.key)}"
        yield Gap(
            fact, str(reviews.review_file.path), "take the entry out, or record a review: it is then dropped"
        )


def _unruled(record: Record) -> Iterator[Gap]:
    for row in record.clauses:
        if row.verdict == _NO_RULE and not row.no_rule:
            yield Gap(
                f"no rule carries out {row.clause}: {row.text}",
                f"clause {row.clause}",
                "cite it in a rule, or say in `no_rule` why there is none",
            )


def _unexercised(record: Record) -> Iterator[Gap]:
    for clause in record.clauses:
        if clause.verdict == _UNSHOWN:
            fact = f"no scenario shows {clause.clause}: {clause.text}"
            yield Gap(fact, f"clause {clause.clause}", f"tag a scenario with @clause:{clause.clause}")
    for rule in record.rules:
        if rule.verdict == _UNSHOWN:
            fact = f"no scenario shows the rule {rule.rule}"
            yield Gap(fact, f"clauses {', '.join(rule.clauses)}", f"tag a scenario with @rule:{rule.rule}")


def _unasked(record: Record) -> Iterator[Gap]:
    for country in record.unasked_countries:
        yield Gap(
            f"no scenario asks about {country}", "the policies", "write a scenario about such a mission"
        )


def _unreviewed(reviews: Reviews) -> Iterator[Gap]:
    for one in reviews.open:
        clause, rule = one.link.key
        remedy = "`channelgate policies review` shows what to read together, and records that it was read"
        place = f"clause {clause}, rule {rule}" if rule else f"clause {clause}"
        yield Gap(f"{link_words(one.link.key)}: {one.words}", place, remedy)


def _unseen(record: Record) -> Iterator[Gap]:
    for row in record.conditions:
        if row.unseen:
            fact = f"`{row.condition}` is never {' and never '.join(row.unseen)}"
            yield Gap(fact, f"rule {row.rule}", "write a scenario in which it is")


def _unnoticed(record: Record) -> Iterator[Gap]:
    mutants = record.mutants
    if mutants is None:
        remedy = "run `channelgate policies test` without --no-mutants"
        yield Gap("no small changes and no conditions were looked at", "the record", remedy)
        return
    for row in mutants.all:
        if row.fate == "survived":
            remedy = (
                "accept the scenario proposed below" if row.proposal else "write a scenario that notices it"
            )
            yield Gap(f"{row.subject}: {row.change}", row.place, remedy)
        elif row.fate == "not_decided":
            fact = f"{row.subject}: {row.change}; not decided ({row.because or 'the solver gave up'})"
            yield Gap(fact, row.place, "write a scenario that notices it")
    for aside in mutants.set_aside:
        remedy = "mend the scenario, so that it can be rehearsed"
        yield Gap(f"set aside ({aside.because})", aside.scenario, remedy)
