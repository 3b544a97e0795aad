"""Tables of rules: what they answer, at every state of what is known, by each of the four writings of the logic.

Covers: engine.checking.row_tables, engine.evaluation.reach, engine.loading.rule_schema
"""

import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from engine import Outcome, PolicySet
from engine.analysis.cases import Requests
from engine.contract.vocabulary import country_facts
from engine.evaluation.default_logic import assess
from tests.engine.analysis.test_symbolic_logic import answered, case_of
from tests.engine.evaluation.test_default_logic import DAY
from tests.support.row_tables import FACTS, Against, Row, State, Table, tables
from tests.support.strategies import Plain, ask, spread

DELIVER, HOLD, REFUSE = Outcome.DELIVER, Outcome.HOLD, Outcome.REFUSE

UNKNOWN_PERMISSION_ABOVE = Table(
    Outcome.ROUTE_BILATERAL, (Row("free", FACTS[0], DELIVER), Row("approved", FACTS[1], DELIVER))
)
"""Whether the first row applies or not, the answer is a permission."""
AGAINST_THE_UNKNOWN = Table(
    Outcome.ROUTE_BILATERAL,
    (Row("free", FACTS[0], DELIVER), Row("approved", FACTS[1], DELIVER)),
    (Against("no-licence", FACTS[2], HOLD, ("free",)),),
)
"""If the first row applies, what is against it does too."""
NO_BELOW = Table(
    Outcome.ROUTE_BILATERAL,
    (Row("free", FACTS[0], DELIVER), Row("approved", FACTS[1], DELIVER), Row("pending", FACTS[2], HOLD)),
)
EXCEPTED_AND_BELOW = Table(
    Outcome.ROUTE_BILATERAL,
    (Row("approved", FACTS[0], DELIVER), Row("pending", FACTS[1], Outcome.REFER)),
    (Against("no-licence", FACTS[2], HOLD, ("approved",)),),
)
EXCEPTION_BELOW_ANOTHER_ROW = Table(
    Outcome.ROUTE_BILATERAL,
    (
        Row("free", FACTS[0], DELIVER),
        Row("approved", FACTS[1], DELIVER),
        Row("not-free", FACTS[2], HOLD, "free"),
    ),
)
WITHOUT_A_GROUND = Table(None, (Row("free", FACTS[0], DELIVER), Row("pending", FACTS[1], HOLD)))

drawn_tables = settings(max_examples=60)


def request_of(state: State) -> Plain:
    flat = {"mission.countries": ["FR"], "handover.by": "committee", **state}
    return spread(flat, as_of=str(DAY))


def referenced(policies: PolicySet, state: State) -> Outcome:
    facts = {name: value for name, value in state.items() if value is not None}
    known = {**country_facts("FR", policies.countries), "handover.by": "committee", **facts}
    return assess(policies, DAY, known).outcome


@drawn_tables
@given(tables())
@example(UNKNOWN_PERMISSION_ABOVE)
@example(AGAINST_THE_UNKNOWN)
@example(NO_BELOW)
@example(EXCEPTED_AND_BELOW)
@example(EXCEPTION_BELOW_ANOTHER_ROW)
@example(WITHOUT_A_GROUND)
def test_a_table_answers_what_its_words_mean(table: Table) -> None:
    policies = table.policies()
    for state in table.states():
        assert referenced(policies, state) is table.answer(state), state


@drawn_tables
@given(tables())
@example(AGAINST_THE_UNKNOWN)
@example(EXCEPTION_BELOW_ANOTHER_ROW)
def test_a_table_permits_only_what_it_would_permit_however_the_unknown_turns_out(table: Table) -> None:
    policies = table.policies()
    outcomes = {tuple(state.values()): referenced(policies, state) for state in table.states()}
    for values, outcome in outcomes.items():
        event("a permission" if outcome.permits else "no permission")
        for position, value in enumerate(values) if outcome.permits else ():
            for known in (True, False) if value is None else ():
                assert outcomes[(*values[:position], known, *values[position + 1 :])].permits, (values, known)


@drawn_tables
@given(tables(), st.data())
@example(UNKNOWN_PERMISSION_ABOVE, None)
def test_a_table_compiled_and_as_formulas_answers_the_same(table: Table, data: st.DataObject | None) -> None:
    policies = table.policies()
    symbolically = Requests(policies)
    case = case_of(symbolically, DAY, "FR")
    states = list(table.states())
    for state in states if data is None else data.draw(st.lists(st.sampled_from(states), max_size=40)):
        expected = table.answer(state)
        assert ask(policies, request_of(state)).outcome is expected, state
        known = {name: value for name, value in state.items() if value is not None}
        assert answered(symbolically, case, {"handover.by": "committee", **known}) is expected, state


@pytest.mark.parametrize("state", [(None, True, False), (None, True, True), (None, True, None)])
def test_a_permission_does_not_yield_to_an_unknown_row_above_that_permits_as_well(
    state: tuple[bool | None, ...],
) -> None:
    answer = ask(NO_BELOW.policies(), request_of(dict(zip(NO_BELOW.facts, state, strict=True))))
    assert (answer.outcome, answer.lines[0].rules, answer.lines[0].missing) == (DELIVER, ("approved",), ())


def test_a_row_that_an_exception_wins_over_still_goes_before_the_rows_below() -> None:
    answer = ask(EXCEPTED_AND_BELOW.policies(), request_of(dict.fromkeys(FACTS[:3], True)))
    assert (answer.outcome, answer.lines[0].rules) == (HOLD, ("no-licence",))
