"""The outcome alone is the outcome of the decision, whatever was decided before.

That it is so of any request, folder, day and age is checked where decisions are: `check_agreement`.

Covers: engine.compiling.outcome_table
"""

import datetime as dt
import gc
import re
from pathlib import Path
from typing import Any

import pytest

from engine import (
    AgeKind,
    Outcome,
    PolicySet,
    Request,
    ServingStatus,
    decide,
    hold_to,
    line_outcomes,
    load_policies,
    outcome_of,
    outcomes_of,
    read_floor,
)
from engine.compiling import compile_policies
from engine.contract.request import Item, Mission
from engine.outcomes import MAX_KNOWN
from tests.support.folders import folder, policies_of
from tests.support.shipped_words import make_request
from tests.support.strategies import AGREED, NOW, spread

TOO_OLD = ServingStatus(limits={AgeKind.PROOF: 60})
STRICT_FLOOR = """invariants:
  - invariant: nothing-leaves
    clause: S3.6
    title: Nothing leaves.
    never: [deliver]
"""


def permitted(**others: Any) -> Request:
    return make_request(spread(AGREED, **others))


def checked(policies: PolicySet, request: Request, at: dt.datetime = NOW, **others: Any) -> Outcome:
    """The outcome, which is that of the decision."""
    expected = decide(policies, request, decision_id="d", evaluated_at=at, **others).outcome
    for _ in range(3):
        assert outcome_of(policies, request, evaluated_at=at, **others) is expected
    return expected


def test_of_several_lines_the_strictest_counts() -> None:
    policies = policies_of("shipped")
    request = make_request(spread(AGREED, {}, {"item.channel.committee_agrees": False}, {}))
    assert line_outcomes(policies, request, evaluated_at=NOW) == [
        Outcome.DELIVER,
        Outcome.REFUSE,
        Outcome.DELIVER,
    ]
    assert checked(policies, request) is Outcome.REFUSE


def test_what_is_too_old_holds_each_line_that_would_be_permitted() -> None:
    policies = policies_of("shipped")
    request = permitted()
    assert checked(policies, request) is Outcome.DELIVER
    assert checked(policies, request, status=TOO_OLD) is Outcome.HOLD
    assert outcomes_of(policies, [request], evaluated_at=NOW, status=TOO_OLD) == [Outcome.HOLD]
    assert line_outcomes(policies, request, evaluated_at=NOW, status=TOO_OLD) == [Outcome.HOLD]
    assert checked(policies, request) is Outcome.DELIVER


def test_the_floor_refuses_here_too() -> None:
    held = hold_to(load_policies(folder("shipped")), read_floor("floor.yaml", STRICT_FLOOR.encode()))
    for request in (permitted(), make_request(spread(AGREED, {}, {}))):
        assert checked(held, request) is Outcome.REFUSE


def test_the_same_request_is_decided_anew_on_another_day_and_by_other_policies() -> None:
    shipped, never = policies_of("shipped"), policies_of("never instructed")
    request = permitted()
    before = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
    found = [checked(*each) for each in ((shipped, request), (never, request), (shipped, request, before))]
    assert found[0] is Outcome.DELIVER
    assert Outcome.DELIVER not in found[1:]
    assert checked(shipped, request) is Outcome.DELIVER


def test_a_list_of_the_request_that_was_changed_is_seen() -> None:
    policies = policies_of("shipped")
    request, other = permitted(), make_request(spread({**AGREED, "item.channel.committee_agrees": False}))
    assert checked(policies, request) is Outcome.DELIVER
    assert isinstance(request.mission, Mission)
    assert request.mission.countries is not None
    request.mission.countries[0] = "FR"
    assert checked(policies, request) is not Outcome.DELIVER
    request.mission.countries[:] = ["KP"]
    assert checked(policies, request) is Outcome.DELIVER
    request.mission.countries.append("FR")
    assert checked(policies, request) is not Outcome.DELIVER
    request.mission.countries.pop()
    items: list[Item] = request.items
    items[0] = other.items[0]
    assert checked(policies, request) is Outcome.REFUSE
    items[:] = permitted().items * 2
    assert checked(policies, request) is Outcome.DELIVER


def test_a_copy_with_other_members_is_a_request_of_its_own() -> None:
    policies = policies_of("shipped")
    request = permitted()
    assert checked(policies, request) is Outcome.DELIVER
    assert checked(policies, request.model_copy(update={"trigger": None})) is not Outcome.DELIVER


def test_outcomes_are_cached_of_requests_that_are_there_and_of_no_more_than_so_many() -> None:
    policies = load_policies(folder("shipped"))
    known = compile_policies(policies).known
    one = permitted()
    for number in range(MAX_KNOWN + 10):
        copied = one.model_copy(update={"request_id": str(number)})
        assert checked(policies, copied) is Outcome.DELIVER
        assert len(known) <= MAX_KNOWN
    del copied
    gc.collect()
    assert known
    assert all(entry[0]() is None for entry in known.values() if isinstance(entry, tuple))


def test_forgetting_answers_forgets_outcomes() -> None:
    policies = load_policies(folder("shipped"))
    assert checked(policies, permitted()) is Outcome.DELIVER
    compiled = compile_policies(policies)
    compiled.forget_answers()
    assert not compiled.known


@pytest.mark.parametrize("moment", [NOW.replace(tzinfo=dt.timezone(dt.timedelta(hours=14)))], ids=["east"])
def test_the_day_is_that_of_the_calendar_place(moment: dt.datetime) -> None:
    assert checked(policies_of("shipped"), permitted(), at=moment)


def test_the_program_that_is_shown_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(__file__).parents[2]
    monkeypatch.chdir(root)
    page = (root / "docs" / "use" / "in-process.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "in-process.md", "exec"), names)
    assert names["of_many"] == [names["outcome"]] * 2
    assert names["of_each_line"] == [names["outcome"]]
