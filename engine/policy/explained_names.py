"""What the names in a policy set stand for: clauses, readings, rules, facts, parameters, parties, policies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.contract.decision import Duty, Outcome
from engine.language.expression_text import describe
from engine.policy.description import clause_coverage
from engine.policy.model import ParameterValue, PolicySet


class NameExplanation(NamedTuple):
    """A name, what sort of thing it is, and what there is to say of it, each with a label."""

    name: str
    sort: str
    statements: tuple[tuple[str, str], ...]


def explain_names(policies: PolicySet) -> Iterator[NameExplanation]:
    """Yield every name that an answer under these policies can contain, and that of each fact."""
    yield from _clauses(policies)
    yield from _readings(policies)
    yield from _rules(policies)
    yield from _invariants(policies)
    yield from _facts(policies)
    for party, words in policies.parties.items():
        yield _of(party, "party", ("it is", words))
    yield from _policies(policies)
    yield from _tables(policies)
    yield from _parameters(policies)


def _of(name: str, sort: str, *statements: tuple[str, str | None]) -> NameExplanation:
    return NameExplanation(name, sort, tuple((label, text) for label, text in statements if text))


def _clauses(policies: PolicySet) -> Iterator[NameExplanation]:
    coverage = clause_coverage(policies)
    for clause in policies.clauses.values():
        yield _of(
            clause.id,
            "clause",
            ("it says", clause.text),
            ("who", policies.parties.get(clause.who or "", clause.who)),
            ("carried out by", ", ".join(coverage[clause.id])),
            ("no rule, because", clause.no_rule),
            ("read in", ", ".join(r.id for r in policies.readings.values() if clause.id in r.clauses)),
        )


def _readings(policies: PolicySet) -> Iterator[NameExplanation]:
    for reading in policies.readings.values():
        yield _of(
            reading.id,
            "reading",
            ("the question", reading.question),
            *(("it could be", alternative) for alternative in reading.alternatives),
            ("taken", reading.taken),
            ("because", reading.reason),
            ("status", reading.status),
            ("of the clauses", ", ".join(reading.clauses)),
        )


def _rules(policies: PolicySet) -> Iterator[NameExplanation]:
    rules = {rule.name: (policy, rule) for policy in policies.policies for rule in policy.rules}
    for policy, rule in rules.values():
        shared = policy.follows is not None and rule.place.file != policy.file
        yield _of(
            rule.name,
            "rule",
            ("at", str(rule.place)),
            ("of", "every country that follows the directive" if shared else policy.title),
            ("when", describe(rule.when)),
            ("outcome", rule.outcome.value),
            ("exception to", ", ".join(sorted(rule.exception_to))),
            ("beats", ", ".join(sorted(rule.beats))),
            ("clauses", ", ".join(rule.cited.clauses)),
            ("readings", ", ".join(rule.cited.readings)),
            *(("duty", _duty(policies, duty)) for duty in rule.duties),
            *(
                (
                    f"duty when {describe(one.when)}",
                    f"{policies.parties.get(one.duty.who, one.duty.who)}: {one.duty.must}",
                )
                for one in rule.duties_when
            ),
            ("to say", f"“{rule.say}”"),
            *((f"to say when {describe(entry.when)}", f"“{entry.say}”") for entry in rule.say_when),
        )
    for policy in policies.policies:
        for entry in policy.editions[-1].scope:
            yield _of(
                entry.name,
                "scope rule",
                ("at", str(entry.place)),
                ("of", policy.title),
                ("when", describe(entry.when)),
                ("clauses", ", ".join(entry.cited.clauses)),
            )


def _duty(policies: PolicySet, duty: Duty) -> str:
    return f"{policies.parties.get(duty.who, duty.who)}: {duty.must} [{duty.clause}]"


def _invariants(policies: PolicySet) -> Iterator[NameExplanation]:
    for sort, invariants in (("invariant", policies.invariants), ("invariant of the floor", policies.floor)):
        for held in invariants:
            yield _of(
                held.name,
                sort,
                ("at", str(held.place)),
                ("it says", held.title),
                ("when", describe(held.when) if held.when else None),
                ("unless", describe(held.unless) if held.unless else None),
                ("never", ", ".join(outcome.value for outcome in Outcome if outcome in held.never)),
                ("clauses", ", ".join(held.cited.clauses)),
            )


def _policies(policies: PolicySet) -> Iterator[NameExplanation]:
    for policy in policies.policies:
        newest = policy.editions[-1]
        others = newest.members.others
        countries = ", ".join(sorted(newest.members.codes))
        yield _of(
            policy.name,
            "policy",
            ("it says", policy.title),
            ("at", policy.file),
            ("for all countries but" if others else "for", countries),
            ("follows", policy.follows),
            ("parameters", ", ".join(policy.declared)),
            ("rules in short", f"`channelgate policies show {policy.name}`"),
        )


def _tables(policies: PolicySet) -> Iterator[NameExplanation]:
    rows: dict[tuple[str, str, str], dict[str, None]] = {}
    for policy in policies.policies:
        for rule in policy.rules:
            if rule.table:
                key = rule.table.name, rule.table.counts.value, rule.place.file
                rows.setdefault(key, {})[rule.name] = None
    for (name, counts, file), rules in rows.items():
        yield _of(name, "table of rules", ("at", file), ("counts", counts), ("rules", ", ".join(rules)))


def _parameters(policies: PolicySet) -> Iterator[NameExplanation]:
    names = dict.fromkeys(name for policy in policies.policies for name in policy.declared)
    for name in names:
        declaring = [policy for policy in policies.policies if name in policy.declared]
        yield _of(
            name,
            "parameter",
            ("the question", declaring[0].declared[name].ask),
            *(
                (f"of {policy.name}", "; ".join(_shown(value) for value in policy.parameters.get(name, ())))
                for policy in declaring
            ),
        )


def _shown(value: ParameterValue) -> str:
    known = value.status if value.value is None else f"{value.value} ({value.status})"
    days = [
        f"{word} {day}" for word, day in (("from", value.period.start), ("until", value.period.end)) if day
    ]
    return " ".join([known, *days])


def _facts(policies: PolicySet) -> Iterator[NameExplanation]:
    for word in policies.vocabulary.words.values():
        if word.ask:
            yield _of(
                word.name,
                "fact",
                ("the question", word.ask),
                ("answered by", policies.parties.get(word.answered_by, word.answered_by)),
                ("choices", ", ".join(word.choices)),
            )
