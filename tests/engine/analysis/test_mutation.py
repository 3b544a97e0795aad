"""Mutants of a small policy folder: one for each way of changing it, and which of them change any answer."""

from __future__ import annotations

import functools
from itertools import product
from typing import Any

import pytest

from engine import Document, PolicyFaults, PolicySet, load_document, load_policies
from engine.analysis.mutation import AnswerDifference, Mutant, Operator, Sameness, find_mutants, see_truths
from engine.analysis.mutation.edits import write_flow
from engine.checking import check_policies
from tests.engine.evaluation.test_default_logic import SKELETON
from tests.support.shipped_words import make_request
from tests.support.strategies import NOW, ask, spread

FURTHER = """
  - rule: what-is-published-is-free
    exception_to: no-sample-leaves
    beats: [small-quantities-are-sent]
    clause: [H2, H3]
    reading: [L1]
    in_force: {from: 2022-01-01}
    when: item.published or handover.after_departure
    cite_when:
      - {when: urgency.time_sensitive, clause: [H4, H3]}
    outcome: hold
    duties:
      - {who: host, must: look it up}
      - {who: safety_office, must: wait}
    say: It is in the library.
    say_when:
      - {when: item.quantity > 4, say: All of it is in the library.}
      - {when: handover.to == "mission", say: You find it in the library.}
  - rule: only-the-office-sends
    exception_to_every: deliver
    clause: H3
    when: handover.to == "mission" and item.quantity > 1
    outcome: refuse
    duties: [{who: host, must: keep it}]
    say: We cannot hand it over.
tables:
  - table: by-quantity
    rows:
      - rule: very-many
        clause: H2
        when: item.quantity > 8
        outcome: refuse
        duties: [{who: host, must: wait}]
        say: No.
      - rule: many
        clause: H2
        when: item.quantity > 6
        outcome: hold
        duties: [{who: host, must: wait}]
        say: Later.
      - rule: one
        clause: H2
        when: item.quantity == 1
        outcome: hold
        duties: [{who: host, must: wait}]
        say: Soon.
"""
READINGS = b"""
readings:
  - reading: L1
    clause: H3
    question: Is what is published a sample?
    alternatives: [it is, it is not]
    taken: It is.
    reason: The rules say nothing else.
    status: decided
"""
DEVIATION = """
deviations:
  - narrow: small-quantities-are-sent
    when: not urgency.eagerly_wanted
    clause: H3
    reason: Nobody is to be pressed.
    in_force: {from: 2021-01-01}
"""


def small_folder() -> dict[str, bytes]:
    directive = SKELETON["directive.yaml"].replace("\nstanding_answers:", f"{FURTHER}standing_answers:")
    directive = directive.replace(
        "say: The rules do not hold today.}",
        "say: The rules do not hold today., say_when: [{when: item.published, say: Nor does a rule on this.}]}",
    )
    return {
        "directive.yaml": directive.encode(),
        "france.yaml": (SKELETON["france.yaml"] + DEVIATION).encode(),
        "readings.yaml": READINGS,
    }


@functools.cache
def documents() -> tuple[Document, ...]:
    return tuple(load_document(name, content) for name, content in sorted(small_folder().items()))


@functools.cache
def mutants() -> tuple[Mutant, ...]:
    return find_mutants(documents())


@functools.cache
def original() -> PolicySet:
    return load_policies(small_folder())


@functools.cache
def changed_set(mutant: Mutant) -> PolicySet | None:
    try:
        return mutant.check(documents())
    except PolicyFaults:
        return None


PUBLISHED = "what-is-published-is-free"
CONDITION = "- when: item.published or handover.after_departure"


@pytest.mark.parametrize(
    ("operator", "subject", "before", "after"),
    [
        (Operator.DROP_CONDITION, PUBLISHED, CONDITION, "+ when: item.published"),
        (
            Operator.DROP_CONDITION,
            "no-sample-leaves",
            '- when: item.kind in ["sample", "specimen"]',
            "+ when: true",
        ),
        (
            Operator.NEGATE_CONDITION,
            PUBLISHED,
            CONDITION,
            "+ when: not item.published or handover.after_departure",
        ),
        (
            Operator.NEGATE_CONDITION,
            "small-quantities-are-sent",
            "- when: not urgency.eagerly_wanted",
            "+ when: urgency.eagerly_wanted",
        ),
        (
            Operator.SWAP_CONNECTIVE,
            PUBLISHED,
            CONDITION,
            "+ when: item.published and handover.after_departure",
        ),
        (
            Operator.CHANGE_WORD,
            "no-sample-leaves",
            '- when: item.kind in ["sample", "specimen"]',
            '+ when: item.kind in ["drawing", "specimen"]',
        ),
        (
            Operator.DROP_WORD,
            "no-sample-leaves",
            '- when: item.kind in ["sample", "specimen"]',
            '+ when: item.kind in ["specimen"]',
        ),
        (
            Operator.CHANGE_NUMBER,
            "only-the-office-sends",
            '- when: handover.to == "mission" and item.quantity > 1',
            '+ when: handover.to == "mission" and item.quantity > 2',
        ),
        (Operator.DROP_CONDITION, PUBLISHED, '- when: handover.to == "mission"', "+ when: true"),
        (Operator.CHANGE_NUMBER, PUBLISHED, "- when: item.quantity > 4", "+ when: item.quantity > 5"),
        (Operator.NEGATE_CONDITION, "proposed", "- when: item.published", "+ when: not item.published"),
        (Operator.SHIFT_DATE, "the instruction", "- from: 2020-01-01", "+ from: 2019-12-31"),
        (Operator.SHIFT_DATE, "the instruction", "- until: 2029-12-31", "+ until: 2030-01-01"),
        (Operator.SHIFT_DATE, PUBLISHED, "- from: 2022-01-01", "+ from: 2022-01-02"),
        (Operator.SHIFT_DATE, "{largest_quantity}", "- until: 2024-12-31", "+ until: 2024-12-30"),
        (Operator.SHIFT_DATE, "small-quantities-are-sent", "- from: 2021-01-01", "+ from: 2020-12-31"),
        (Operator.DROP_EXCEPTION, PUBLISHED, "- exception_to: no-sample-leaves", ""),
        (Operator.DROP_EXCEPTION, "only-the-office-sends", "- exception_to_every: deliver", ""),
        (
            Operator.EXCHANGE_ROWS,
            "very-many",
            "- rule: very-many, rule: many",
            "+ rule: many, rule: very-many",
        ),
        (Operator.DROP_BEATS, PUBLISHED, "- beats: [small-quantities-are-sent]", ""),
        (Operator.DROP_RULE, "only-the-office-sends", "- rule: only-the-office-sends", ""),
        (Operator.CHANGE_OUTCOME, PUBLISHED, "- outcome: hold", "+ outcome: escalate_urgent"),
        (Operator.CHANGE_OUTCOME, PUBLISHED, "- outcome: hold", "+ outcome: refer"),
        (Operator.DROP_DUTY, PUBLISHED, "- duties: {who: host, must: look it up}", ""),
        (Operator.CHANGE_PARTY, PUBLISHED, "- who: host", "+ who: safety_office"),
        (Operator.CHANGE_PARTY, "proposed", "- who: host", "+ who: safety_office"),
        (Operator.DROP_CLAUSE, PUBLISHED, "- clause: [H2, H3]", "+ clause: [H3]"),
        (Operator.DROP_CLAUSE, PUBLISHED, "- clause: [H4, H3]", "+ clause: [H4]"),
        (Operator.DROP_READING, PUBLISHED, "- reading: [L1]", ""),
        (
            Operator.SUSPEND_RULE,
            "no-sample-leaves",
            "",
            "+ deviations: {suspend: no-sample-leaves, clause: [H2], reason: A change that a scenario has to notice.,"
            " in_force: {from: 0001-01-01}}",
        ),
        (Operator.CHANGE_PARAMETER, "{largest_quantity}", "- value: 5", "+ value: 6"),
    ],
)
def test_each_way_of_changing_a_policy_gives_its_mutant(
    operator: Operator, subject: str, before: str, after: str
) -> None:
    shown = {(m.operator, m.subject, m.before, m.after) for m in mutants()}
    near = sorted(entry[2:] for entry in shown if entry[:2] == (operator, subject))
    assert (operator, subject, before, after) in shown, near


def test_every_way_of_changing_a_policy_is_tried() -> None:
    assert {mutant.operator for mutant in mutants()} == set(Operator)


def test_rows_that_never_hold_together_are_not_exchanged() -> None:
    assert {m.subject for m in mutants() if m.operator is Operator.EXCHANGE_ROWS} == {"very-many"}


def test_no_mutant_comes_twice_and_each_has_its_place() -> None:
    assert len({mutant.name for mutant in mutants()}) == len(mutants())
    lines = {file: content.decode().split("\n") for file, content in small_folder().items()}
    dropped = [m for m in mutants() if m.operator is Operator.DROP_RULE]
    assert all(f"rule: {m.subject}" in lines[m.place.file][m.place.line - 1] for m in dropped)


def test_a_mutant_is_written_as_it_is_decided_by() -> None:
    for mutant in mutants():
        content = mutant.document.text.encode()
        assert load_document(mutant.document.file, content).value == mutant.document.value, mutant.name


def test_a_mutant_is_refused_exactly_if_the_whole_check_refuses_it() -> None:
    for mutant in mutants():
        changed = [mutant.document if d.file == mutant.document.file else d for d in documents()]
        try:
            check_policies(changed, "a mutant")
        except PolicyFaults:
            assert changed_set(mutant) is None, mutant.name
        else:
            assert changed_set(mutant) is not None, mutant.name


def test_what_is_written_on_one_line_reads_as_it_was() -> None:
    value = {"a b": ["x: y", "# no", 1, True], "say": 'so "it" is', "none": "null", "day": "1965-01-01"}
    assert load_document("x.yaml", write_flow(value).encode()).value == value


# Whether a mutant changes any answer


VALUES: dict[str, tuple[Any, ...]] = {
    "mission.countries": (["FR"], ["DE"], None),
    "item.kind": ("sample", "specimen", "document", None),
    "item.quantity": (1, 3, 5, None),
    "handover.by": ("committee", "receiving_department", None),
    "handover.to": ("mission", "counterpart_institution", None),
    "item.published": (True, False, None),
    "urgency.eagerly_wanted": (True, False, None),
}
DAYS = ("2019-12-31", "2021-06-01", "2024-12-31")


def seen_of(policies: PolicySet, request: dict[str, Any]) -> tuple[Any, ...]:
    line = ask(policies, request).lines[0]
    prospect = line.if_in_force
    duties = [line.duties, prospect and prospect.duties]
    return (
        line.outcome,
        set(line.rules),
        set(line.clauses),
        set(line.readings),
        *(set(map(str, found or ())) for found in duties),
        prospect and (prospect.outcome, set(prospect.rules), set(prospect.clauses)),
        line.say,
    )


@functools.cache
def every_request() -> tuple[dict[str, Any], ...]:
    states = product(DAYS, *VALUES.values())
    return tuple(
        spread(
            {name: value for name, value in zip(VALUES, state, strict=True) if value is not None}, as_of=day
        )
        for day, *state in states
    )


@functools.cache
def difference(mutant: Mutant) -> AnswerDifference | None:
    changed = changed_set(mutant)
    assert changed is not None
    return Sameness(original()).difference(changed)


def test_a_mutant_that_is_reported_to_change_an_answer_changes_the_answer_shown() -> None:
    differing = 0
    for mutant in mutants():
        changed = changed_set(mutant)
        if changed is None or not (found := difference(mutant)):
            continue
        differing += 1
        assert seen_of(original(), found.request) != seen_of(changed, found.request), mutant.name
    assert differing > 50


def test_a_mutant_that_is_proved_to_change_nothing_changes_no_answer_of_a_small_vocabulary() -> None:
    alike = [m for m in mutants() if changed_set(m) and difference(m) is None]
    assert alike, "the folder has changes that nobody can see"
    before = [seen_of(original(), request) for request in every_request()[::7]]
    for mutant in alike:
        changed = changed_set(mutant)
        assert changed is not None
        after = [seen_of(changed, request) for request in every_request()[::7]]
        assert after == before, mutant.name


def test_the_answer_where_no_rule_decides_is_of_no_account_when_a_rule_always_does() -> None:
    (found,) = [
        mutant
        for mutant in mutants()
        if mutant.operator is Operator.CHANGE_PARTY and mutant.subject == "needs_information"
    ]
    assert difference(found) is not None


def test_a_policy_set_differs_from_itself_in_nothing() -> None:
    assert Sameness(original()).difference(load_policies(small_folder())) is None


def test_each_value_of_a_condition_is_reported() -> None:
    request = make_request(spread({"mission.countries": ["FR"], "item.published": False}, as_of="2024-01-01"))
    seen = {
        (sighting.condition, sighting.truth.value)
        for sighting in see_truths(original(), request, NOW.date())
        if sighting.rule == PUBLISHED
    }
    assert seen == {
        ("item.published", "false"),
        ("handover.after_departure", "unknown"),
        ("urgency.time_sensitive", "unknown"),
        ("item.quantity > 4", "unknown"),
        ('handover.to == "mission"', "unknown"),
    }
    assert ("item.published", "false") in {
        (sighting.condition, sighting.truth.value)
        for sighting in see_truths(original(), request, NOW.date())
        if sighting.rule == "proposed"
    }


def test_what_was_compared_before_changes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is cached of the set that stays proves that nothing differs; what differs is found without it."""
    sound = [
        changed
        for number, mutant in enumerate(mutants())
        if (changed := changed_set(mutant)) and (number % 9 == 0 or difference(mutant) is None)
    ]
    onwards, back = Sameness(original()), Sameness(original())
    found = [onwards.difference(changed) for changed in sound]
    found_back = [back.difference(changed) for changed in reversed(sound)]
    monkeypatch.setattr(Sameness, "_is_alike", lambda *_: False)
    afresh = [Sameness(original()).difference(changed) for changed in sound]
    assert None in afresh
    assert found == found_back[::-1] == afresh
