"""What changes between two policy sets, against what is counted out: over every request of small vocabularies, and of
the shipped set after changes that officers make.

Covers: engine.analysis.comparison, engine.analysis.differences, engine.analysis.limits,
engine.analysis.pairing, engine.analysis.statements, engine.analysis.worked
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, assume, event, given, settings

from api.evidence.scenarios.door import FolderContent
from api.evidence.scenarios.policy_overlays import set_parameter, suspend_from, without_instruction
from conftest import shipped_files
from engine import (
    ChangedClass,
    Comparison,
    Direction,
    Outcome,
    PolicySet,
    compare,
    decide,
    load_policies,
)
from engine.analysis import pairing
from engine.analysis.worked import MOMENT
from engine.contract.vocabulary import Kind, country_facts
from engine.evaluation.default_logic import Assessment, assess
from engine.policy.bitsets import members
from tests.engine.analysis.test_symbolic_logic import every_state
from tests.engine.evaluation.test_default_logic import DAY, Rule, accepted, rule_sets, sets
from tests.support.shipped_words import WORDS, make_request

few = settings(sets, max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
COUNTRIES = {"FR": "FR", "DE": "any other", None: "not known"}

# Every request there is, of small vocabularies


def assessments(policies: PolicySet, country: str | None) -> Iterator[tuple[dict[str, Any], Assessment]]:
    facts = country_facts(country, policies.countries)
    for state in every_state():
        known = {name: value for name, value in state.items() if value is not None}
        yield known, assess(policies, DAY, {**facts, **known})


def deciding(assessed: Assessment) -> set[str]:
    """The rules that decide; none where a policy's state answers."""
    return {
        finding.edition.rules[index].name
        for finding in assessed.deciding
        if finding.scope
        for index in members(finding.wins)
        if finding.edition.rules[index].outcome is assessed.outcome
    }


def fits(
    one: ChangedClass, country: str, facts: dict[str, Any], before: Assessment, after: Assessment
) -> bool:
    rules = (one.rules_before, deciding(before)), (one.rules_after, deciding(after))
    return (
        country in one.countries
        and (one.was, one.becomes) == (before.outcome, after.outcome)
        and all(set(named) <= real if named else not real for named, real in rules)
        and all(holds(limit, facts) for limit in one.always)
    )


def holds(limit: str, facts: dict[str, Any]) -> bool:
    """Whether a request is within a limit as a class states it."""
    name, stated = limit.split(" is ", 1)
    value = facts.get(name)
    if stated in ("known", "not known"):
        return (value is not None) is (stated == "known")
    if value is None:
        return stated.endswith(", or is not known") or (
            stated.startswith("not ") and ", and is known" not in stated
        )
    words = re.sub(r", (or|and) is (not )?known$", "", stated)
    if WORDS[name].kind is Kind.NUMBER:
        return all(within(value, words) for words in words.split(" and "))
    shown = {True: "true", False: "false"}[value] if isinstance(value, bool) else value
    return (shown in re.split(", | or ", words.removeprefix("not "))) is not words.startswith("not ")


def within(value: Any, stated: str) -> bool:
    *sign, number = stated.rsplit(" ", 1)
    beside = float(number)
    signs = {
        "at least": value >= beside,
        "at most": value <= beside,
        "more than": value > beside,
        "less than": value < beside,
        "not": value != beside,
    }
    return signs[sign[0]] if sign else bool(value == beside)


def covers(days: str) -> bool:
    """Whether a stretch of days, as it is reported, holds the day of the tests."""
    bounds = dict(re.findall(r"(from|until) (\S+)", days))
    return bool(bounds.get("from", "0001-01-01") <= DAY.isoformat() <= bounds.get("until", "9999-12-31"))


@few
@given(rule_sets(), rule_sets())
def test_the_classes_are_exactly_the_requests_whose_outcome_changes(
    rules: tuple[Rule, ...], others: tuple[Rule, ...]
) -> None:
    old, new = accepted(rules), accepted(others)
    compared = compare(old, new)
    assert compared.complete, compared.because
    event(f"{min(len(compared.classes), 5)} classes")
    on_the_day = [one for one in compared.classes if any(covers(days) for days in one.days)]
    seen: set[tuple[int, str]] = set()
    for country, name in COUNTRIES.items():
        pairs = zip(assessments(old, country), assessments(new, country), strict=True)
        for (facts, before), (_, after) in pairs:
            fitting = [i for i, one in enumerate(on_the_day) if fits(one, name, facts, before, after)]
            assert bool(fitting) is (before.outcome is not after.outcome), (name, facts)
            seen |= {(index, name) for index in fitting}
    changed = {(i, name) for i, one in enumerate(on_the_day) for name in one.countries}
    assert seen == changed


@few
@given(rule_sets())
def test_a_set_changes_nothing_against_itself(rules: tuple[Rule, ...]) -> None:
    policies = accepted(rules)
    compared = compare(policies, policies)
    assert compared.complete
    assert not compared.classes
    assert not compared.answers
    assert not compared.differences


@few
@given(rule_sets(), rule_sets())
def test_where_the_outcome_stays_another_rule_or_duty_is_reported(
    rules: tuple[Rule, ...], others: tuple[Rule, ...]
) -> None:
    old, new = accepted(rules), accepted(others)
    pairs = zip(assessments(old, "FR"), assessments(new, "FR"), strict=True)
    changed = {
        name
        for (_, before), (_, after) in pairs
        if before.outcome is after.outcome
        for name in deciding(before) ^ deciding(after)
    }
    assume(changed)
    assert changed <= {one.about for one in compare(old, new).answers if "FR" in one.countries}


# The shipped set, after what officers may do to it


def changed(*overlays: Any, file: str = "", old: str = "", new: str = "") -> PolicySet:
    files: FolderContent = shipped_files()
    for overlay in overlays:
        overlay(files)
    if file:
        text = files[file].decode()
        assert old in text
        files[file] = text.replace(old, new).encode()
    return load_policies(files)


@pytest.fixture(scope="module")
def next_session(shipped: PolicySet) -> Comparison:
    return compare(shipped, changed(set_parameter("korea.yaml", "next_session", 9)))


def test_another_session_loosens_for_the_one_and_tightens_for_the_other(next_session: Comparison) -> None:
    assert next_session.complete
    (permitted,) = [one for one in next_session.classes if one.becomes is Outcome.DELIVER]
    assert permitted.direction is Direction.MORE_PERMISSIVE
    assert permitted.policies == ("korea",)
    assert permitted.rules_before == ("agreed-for-another-session",)
    assert permitted.rules_after == ("agreed-as-a-project",)
    assert "item.channel.inclusion_session is 9" in permitted.always
    assert "handover.by is committee" in permitted.always
    assert any("{next_session}: 8 from 1964-11-01 -> 9" in cause for cause in permitted.because_of)
    (taken,) = [one for one in next_session.classes if one.was is Outcome.DELIVER]
    assert "item.channel.inclusion_session is 8" in taken.always


def test_each_example_is_answered_as_its_class_says(shipped: PolicySet, next_session: Comparison) -> None:
    new = changed(set_parameter("korea.yaml", "next_session", 9))
    for one in next_session.classes:
        request = make_request(one.example.request)
        for policies, outcome in ((shipped, one.was), (new, one.becomes)):
            decision = decide(policies, request, decision_id="of a test", evaluated_at=MOMENT)
            assert decision.outcome is outcome


def test_a_change_of_words_alone_is_no_change_of_an_outcome(shipped: PolicySet) -> None:
    compared = compare(
        shipped, changed(file="directive.yaml", old="hand nothing over, clause", new="give nothing, clause")
    )
    assert compared.complete
    assert not compared.classes
    changes = {one.about: one for one in compared.answers}
    assert changes["route-bilateral"].members == ("duties",)


def test_a_later_date_changes_only_the_days_between(shipped: PolicySet) -> None:
    compared = compare(shipped, changed(suspend_from("korea.yaml", "1965-06-01")))
    assert compared.complete
    assert compared.classes
    assert all(days.endswith("until 1965-05-31") for one in compared.classes for days in one.days)
    assert any(one.days == ("from 1965-01-01 until 1965-05-31",) for one in compared.classes)


def test_a_country_that_is_taken_out_is_no_longer_forbidden_anything(shipped: PolicySet) -> None:
    files = shipped_files()
    del files["cuba.yaml"]
    compared = compare(shipped, load_policies(files))
    assert compared.complete
    freed = [one for one in compared.classes if one.direction is Direction.MORE_PERMISSIVE]
    assert freed
    assert {one.becomes for one in freed} == {Outcome.NOT_GOVERNED}
    assert all(one.countries == ("CU",) for one in compared.classes)


def test_to_withdraw_the_instruction_permits_nothing(shipped: PolicySet) -> None:
    compared = compare(shipped, changed(without_instruction))
    assert compared.complete
    assert compared.classes
    assert {one.becomes for one in compared.classes} <= {Outcome.REFER, Outcome.NEEDS_INFORMATION}
    assert not compared.more_permissive
    assert all("instruction" in " ".join(one.because_of) for one in compared.classes)


def test_where_the_solver_gives_up_the_comparison_is_not_complete(
    shipped: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.analysis.solving.EFFORT", 1)
    compared = compare(shipped, changed(set_parameter("korea.yaml", "next_session", 9)))
    assert not compared.complete
    assert "not proved" in str(compared.because)


def test_a_second_writing_that_errs_is_found_out_by_decide(
    shipped: PolicySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Formulas that take a delivery for a wait, on purpose: the example does not bear them out."""
    real = pairing.Comparer.pairs

    def erring(*arguments: Any) -> list[pairing.Pair]:
        return [
            replace(pair, new=replace(pair.new, answers=swapped(pair.new.answers)))
            for pair in real(*arguments)
        ]

    def swapped(answers: Any) -> Any:
        return {**answers, Outcome.HOLD: answers[Outcome.DELIVER], Outcome.DELIVER: answers[Outcome.HOLD]}

    monkeypatch.setattr(pairing.Comparer, "pairs", erring)
    compared = compare(shipped, shipped)
    assert not compared.complete
    assert "`decide` do not agree" in str(compared.because)
