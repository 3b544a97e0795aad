"""Checked rules -> editions: which rules are valid from which day, and which of them wins over which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from engine.checking.dates import dated_condition
from engine.checking.filled_rules import FilledRules
from engine.checking.membership import Speaker
from engine.checking.queried_country import queried_in_deviations, queried_in_rule, within
from engine.checking.report import CheckReport, SourceFile
from engine.checking.rules import Deviation
from engine.contract.decision import Outcome
from engine.contract.vocabulary import Value, Word
from engine.diagnostics import Diagnostic
from engine.language.expression_parts import fact_names
from engine.language.expressions import And, Expression
from engine.loading.file_schema import PolicyFile
from engine.policy.bitsets import members, to_bits
from engine.policy.dated import DatedCondition
from engine.policy.members import Members
from engine.policy.model import Edition, ParameterValue
from engine.policy.rules import Cited, Rule, ScopeRule


def build_editions(
    source: SourceFile[PolicyFile],
    speaker: Speaker,
    rules: Sequence[Rule],
    scope: Sequence[ScopeRule],
    deviations: Sequence[Deviation],
    parameters: Mapping[str, tuple[ParameterValue, ...]],
    otherwise: Mapping[str, str],
    filled: FilledRules,
    report: CheckReport,
) -> tuple[Edition, ...]:
    """Return one edition for each interval of days on which nothing changes, reporting cycles (R05).

    `otherwise` says how a sentence words each parameter while it is not found.
    """
    if source.content.countries:
        rules, deviations = [queried_in_rule(rule) for rule in rules], queried_in_deviations(deviations)
    periods = [
        *(rule.period for rule in rules),
        *(entry.period for entry in scope),
        *(deviation.period for deviation in deviations),
        *(value.period for values in parameters.values() for value in values),
        *speaker.periods,
    ]
    days = sorted({dt.date.min, *(day for period in periods for day in period.first_days())})
    editions = []
    for day in days:
        known = _known_on(day, parameters, source.content.country)
        worded = {**otherwise, **({"country": speaker.code} if speaker.code else {})}
        values = {**worded, **{name.strip("{}"): _worded(value) for name, value in known.items()}}
        current = [filled.fill(rule, values) for rule in _rules_on(day, rules, deviations)]
        try:
            editions.append(
                _edition(
                    day,
                    current,
                    _scope_on(day, scope, source, speaker),
                    known,
                    speaker.members_on(day),
                    Outcome.NOT_GOVERNED if source.content.not_governed else Outcome.REFER,
                    report.vocabulary.words if report.ends_with_dates else {},
                    values,
                )
            )
        except CycleError as error:
            circle = " -> ".join(reversed(error.args[1]))
            report.findings.append(
                Diagnostic(
                    min(rule.place for rule in current if rule.name in error.args[1]),
                    "R05",
                    f"rules are exceptions to each other, or beat each other, in a circle: {circle}",
                    "take one `exception_to` or `beats` out",
                )
            )
            break
    return tuple(editions)


def _known_on(
    day: dt.date, parameters: Mapping[str, tuple[ParameterValue, ...]], country: str | None
) -> dict[str, Value]:
    known: dict[str, Value] = {
        f"{{{name}}}": value.value
        for name, values in parameters.items()
        for value in values
        if value.period.covers(day) and value.value is not None
    }
    return {**known, "{country}": country} if country else known


def _scope_on(
    day: dt.date, scope: Sequence[ScopeRule], source: SourceFile[PolicyFile], speaker: Speaker
) -> list[ScopeRule]:
    """The scope rules valid on a day; those of a group bind nobody but its countries of that day."""
    valid = [entry for entry in scope if entry.period.covers(day)]
    if not source.content.countries:
        return valid
    members = speaker.members_on(day)
    return [within(members, entry) for entry in valid] if members.codes or members.others else []


def _rules_on(day: dt.date, rules: Iterable[Rule], deviations: Sequence[Deviation]) -> Iterable[Rule]:
    for rule in rules:
        if not rule.period.covers(day):
            continue
        departures = [d for d in deviations if d.rule == rule.name and d.period.covers(day)]
        if any(departure.narrowed_by is None for departure in departures):
            continue
        for departure in departures:
            assert departure.narrowed_by is not None
            cited = Cited(
                rule.cited.clauses + departure.cited.clauses, rule.cited.readings + departure.cited.readings
            )
            rule = replace(rule, when=And((rule.when, departure.narrowed_by)), cited=cited)
        yield rule


def _worded(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _generals(rules: Sequence[Rule]) -> dict[str, list[str]]:
    """For each rule that can apply, the rules it is an exception to.

    An exception none of whose general rules is valid can never apply, and is left out.
    """
    current = {rule.name: rule for rule in sorted(rules, key=lambda rule: rule.name)}
    while True:
        with_outcome: dict[Outcome, list[str]] = {}
        for rule in current.values():
            with_outcome.setdefault(rule.outcome, []).append(rule.name)
        generals = {
            rule.name: sorted(
                {
                    *(rule.exception_to & current.keys()),
                    *(with_outcome.get(rule.exception_to_every, ()) if rule.exception_to_every else ()),
                }
            )
            for rule in current.values()
        }
        orphans = [name for name, found in generals.items() if not found and not current[name].is_root]
        if not orphans:
            return generals
        for name in orphans:
            del current[name]


def _edition(
    day: dt.date,
    rules: Sequence[Rule],
    scope: Sequence[ScopeRule],
    known: Mapping[str, Value],
    members: Members,
    unruled: Outcome,
    dated_words: Mapping[str, Word],
    worded: Mapping[str, str],
) -> Edition:
    """Raises CycleError where rules are exceptions to, or beat, each other in a circle."""
    generals = _generals(rules)
    by_name = {rule.name: rule for rule in rules}
    beaters: dict[str, list[str]] = {name: [] for name in generals}
    for other in generals:
        for name in by_name[other].beats & generals.keys():
            beaters[name].append(other)
    order = list(
        TopologicalSorter({name: generals[name] + beaters[name] for name in generals}).static_order()
    )
    position = {name: index for index, name in enumerate(order)}
    tabled: set[str] = set()
    for name in order:
        if by_name[name].is_ordered or not tabled.isdisjoint(generals[name]):
            tabled.add(name)
    exceptions: dict[str, list[int]] = {name: [] for name in order}
    mentions: dict[str, list[int]] = {}
    for name, index in position.items():
        for general in generals[name]:
            exceptions[general].append(index)
        for fact in fact_names(by_name[name].when):
            mentions.setdefault(fact, []).append(index)
    above = tuple(to_bits(position[other] for other in generals[name]) for name in order)
    beaten_by = [to_bits(position[other] for other in beaters[name]) for name in order]
    in_order = sorted(scope, key=lambda entry: entry.name)
    dated_rules = _dated([by_name[name].when for name in order], dated_words, known)
    rows = to_bits(position[name] for name in tabled)
    dated_scope = _dated([entry.when for entry in in_order], dated_words, known)
    return Edition(
        first_day=day,
        rules=tuple(by_name[name] for name in order),
        generals=above,
        exceptions=tuple(to_bits(exceptions[name]) for name in order),
        beaters=tuple(beaten_by),
        tabled=rows,
        scope=tuple(in_order),
        parameters=known,
        mentions={fact: to_bits(indices) for fact, indices in mentions.items()},
        dated_rules=dated_rules,
        dated_scope=dated_scope,
        sure_beaters=tuple(_sure_beaters(beaten_by, above, rows)) if dated_rules else (),
        scope_mentions=frozenset().union(*(fact_names(entry.when) for entry in scope)),
        members=members,
        unruled=unruled,
        worded=worded,
    )


def _dated(
    conditions: Iterable[Expression], words: Mapping[str, Word], known: Mapping[str, Value]
) -> dict[int, DatedCondition]:
    """Those of the conditions that turn on the day, by their places."""
    found = {place: dated_condition(when, words, known) for place, when in enumerate(conditions)}
    return {place: dated for place, dated in found.items() if dated}


def _sure_beaters(beaters: Sequence[int], generals: Sequence[int], rows: int) -> Iterator[int]:
    """For each rule, those that go before it wherever they hold: they apply then, or else what beats them does.

    That is so of a rule by itself that nothing beats, and of a row of a table whose beaters are all of this sort. A
    row may be an exception to what the rule is an exception to, if that is by itself and nothing beats it.
    """
    free = to_bits(index for index, above in enumerate(generals) if not above and not beaters[index])
    for beaten_by, above in zip(beaters, generals, strict=True):
        sure = 0
        for other in members(beaten_by):
            rests = not generals[other] or (above and not above & ~(generals[other] & free))
            if free >> other & 1 or (rests and rows >> other & 1 and not beaters[other] & ~sure):
                sure |= 1 << other
        yield sure
