"""Whose day is meant: that of the directive's calendar place, in every answer and at every door.

Covers: engine.contract.time_zones, api.cli.clock
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from api.cli.main import app
from conftest import shipped_files
from engine import (
    Decision,
    PolicySet,
    compare,
    day_in,
    decide,
    decide_by_walking,
    decide_to_json,
    load_policies,
    load_recorded_policies,
)
from tests.support.desks import Desk, fact, serving
from tests.support.handing_over import DELIVER, cleared, codes, decided, hand_over, issue, post
from tests.support.register_desks import serving_registers
from tests.support.shipped_words import make_request

EVENING = dt.datetime(2026, 3, 2, 15, 30, tzinfo=dt.UTC)
"""The second of March everywhere from London to Beijing, where it is half past eleven in the evening."""
MIDNIGHT = dt.datetime(2026, 3, 2, 16, 0, tzinfo=dt.UTC)
"""The third of March begins in Beijing."""
SECOND, THIRD, FOURTH, FIFTH = ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05")
KEY = "time_zone: Asia/Shanghai\n"
PLACES = (
    "Africa/Casablanca",
    "America/Havana",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Shanghai",
    "Europe/Tirane",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Niue",
    "UTC",
)


class Clock:
    """The time of the service and of the commands."""

    def __init__(self) -> None:
        self.at = EVENING

    def now(self) -> dt.datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("api.app._now", clock.now)
    stopped = SimpleNamespace(now=lambda zone: clock.at.astimezone(zone))
    monkeypatch.setattr("api.cli.clock.dt", SimpleNamespace(datetime=stopped, UTC=dt.UTC))
    return clock


@pytest.fixture
def desk(clock: Clock, tmp_path: Path) -> Iterator[Desk]:
    """A service of every day, not of an exercise."""
    with serving(tmp_path, exercise=False) as desk:
        yield desk


def without_a_place() -> dict[str, bytes]:
    """The shipped folder as it was before it named one."""
    files = shipped_files()
    directive = files["directive.yaml"].decode()
    assert directive.count(KEY) == 1
    return {**files, "directive.yaml": directive.replace(KEY, "").encode()}


def ended(directive: bytes) -> bytes:
    """The directive whose instruction ends with the second of March."""
    period = b"in_force: {from: 1965-01-01"
    assert directive.count(period) == 1
    return directive.replace(period, period + b", until: 2026-03-02")


def folder_of(path: Path, files: Mapping[str, bytes]) -> Path:
    path.mkdir()
    for name, content in files.items():
        (path / name).write_bytes(content)
    return path


def undated(**changes: Any) -> dict[str, Any]:
    """The example of a delivery, without a day."""
    return {name: value for name, value in {**DELIVER, **changes}.items() if name != "as_of"}


def run(*arguments: str | Path, text: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=text)


def answers(policies: PolicySet, moment: dt.datetime) -> tuple[Decision, Decision, Decision]:
    """What the compiled policies answer, as a decision and as bytes, and what the reference does."""
    request = make_request(undated())
    call: Any = {"decision_id": "d", "evaluated_at": moment}
    written = decide_to_json(policies, request, **call)
    return (
        decide(policies, request, **call),
        Decision.model_validate_json(written.content),
        decide_by_walking(policies, request, **call),
    )


@given(
    st.sampled_from(PLACES),
    st.datetimes(dt.datetime(1850, 1, 2), dt.datetime(2150, 1, 2), timezones=st.just(dt.UTC)),
    st.integers(-14, 14),
)
def test_a_request_without_a_day_is_for_the_local_day_of_any_moment_in_any_place(
    shipped: PolicySet, place: str, moment: dt.datetime, offset: int
) -> None:
    elsewhere = moment.astimezone(dt.timezone(dt.timedelta(hours=offset)))
    local = moment.astimezone(ZoneInfo(place)).date()
    for decision in answers(replace(shipped, time_zone=place), elsewhere):
        assert decision.as_of == local
        assert decision.evaluated_at == moment
        assert decision.evaluated_at.tzinfo == dt.UTC


@pytest.mark.parametrize(
    ("last", "next_day"),
    [
        ("1899-12-31T15:54:16", dt.date(1900, 1, 1)),  # local mean time, 8:05:43 ahead
        ("1965-02-28T15:59:59", dt.date(1965, 3, 1)),
        ("1988-07-01T14:59:59", dt.date(1988, 7, 2)),  # summer time, 9 hours ahead
        ("2026-03-02T15:59:59", dt.date(2026, 3, 3)),
    ],
)
def test_the_day_changes_with_the_second_at_which_it_did_in_shanghai(last: str, next_day: dt.date) -> None:
    moment = dt.datetime.fromisoformat(last).replace(tzinfo=dt.UTC)
    assert day_in("Asia/Shanghai", moment) == next_day - dt.timedelta(1)
    assert day_in("Asia/Shanghai", moment + dt.timedelta(seconds=1)) == next_day


def test_a_place_that_is_none_has_no_days() -> None:
    with pytest.raises(ValueError, match="`Peking`"):
        day_in("Peking", MIDNIGHT)


def test_the_shipped_directive_is_of_beijing_and_the_end_of_a_permission_with_it(shipped: PolicySet) -> None:
    for moment, days in ((EVENING, (SECOND, THIRD)), (MIDNIGHT, (THIRD, FOURTH))):
        for decision in answers(shipped, moment):
            assert (decision.outcome, decision.as_of.isoformat()) == ("deliver", days[0])
            assert decision.valid_until.isoformat() == days[1]


def test_a_folder_that_names_no_place_is_of_utc_and_gets_a_remark() -> None:
    for load in (load_policies, load_recorded_policies):
        policies = load(without_a_place())
        assert [hint.code for hint in policies.hints] == ["H10"]
        assert {decision.as_of.isoformat() for decision in answers(policies, MIDNIGHT)} == {SECOND}


@pytest.mark.parametrize("path", ["/v1/pre-check", "/v1/pre-check?explain=full", "/v1/pre-checks"])
def test_the_service_answers_for_the_day_in_beijing(desk: Desk, clock: Clock, path: str) -> None:
    for at, day in ((EVENING, SECOND), (MIDNIGHT, THIRD)):
        clock.at = at
        body = undated()
        answer = desk.call("committee", "POST", path, [body] if path.endswith("s") else body).json()
        decision = answer[0] if isinstance(answer, list) else answer
        assert (decision["as_of"], decision["evaluated_at"]) == (day, at.isoformat().replace("+00:00", "Z"))


def test_what_the_committee_recorded_of_the_new_day_counts_from_its_midnight(
    desk: Desk, clock: Clock
) -> None:
    clock.at = MIDNIGHT
    case_id = desk.opened(request_id="of the night")
    channel = {"reported_to_committee": True, "consultation": "refused"}
    facts = [fact(f"item.channel.{name}", value, THIRD) for name, value in channel.items()]
    desk.record("committee", case_id, *facts)
    decision = desk.call("department", "POST", "/v1/pre-check", undated(request_id="of the night")).json()
    assert (decision["as_of"], decision["outcome"]) == (THIRD, "refuse")
    shown = desk.case(case_id)
    assert (shown["held_on"], shown["decision"]["as_of"]) == (THIRD, THIRD)
    assert desk.case(case_id, known_at=MIDNIGHT.isoformat())["held_on"] == THIRD
    queue = desk.call("committee", "GET", "/v1/cases").json()["cases"]
    assert [case["outcome"] for case in queue if case["case_id"] == case_id] == ["refuse"]


def test_a_day_that_has_not_begun_in_beijing_cannot_be_recorded(desk: Desk, clock: Clock) -> None:
    case_id = desk.opened()
    for at, status in ((EVENING, 400), (MIDNIGHT, 201)):
        clock.at = at
        assert desk.post("committee", case_id, fact("item.published", False, THIRD)).status_code == status
        assert desk.open(as_of=THIRD).status_code == status
        body = {
            "countries": ["KP"],
            "handed_over_on": THIRD,
            "by": "committee",
            "to": "counterpart_institution",
            "recipient": "the secretary",
            "mode": "hand",
            "items": [{"line": 1, "description": "drawings", "quantity": 1, "kind": "drawing"}],
            "evidence": "receipt",
        }
        assert post(desk, "committee", "/v1/handovers", body).status_code == status


def test_a_permission_that_is_over_in_beijing_is_not_given(desk: Desk, clock: Clock) -> None:
    decision = decided(desk, as_of=SECOND)
    assert decision["valid_until"] == THIRD
    clock.at = MIDNIGHT
    assert issue(desk, decision["decision_id"]).status_code == 201
    past = issue(desk, decided(desk, as_of=SECOND, request_id="of yesterday")["decision_id"])
    assert (past.status_code, past.json()["type"]) == (409, "/problems/not-cleared")

    other = decided(desk, as_of=THIRD, request_id="of today")["decision_id"]
    yesterday = issue(desk, other, planned_on=SECOND)
    assert (yesterday.status_code, "is past" in yesterday.json()["detail"]) == (409, True)
    clock.at = MIDNIGHT + dt.timedelta(days=2)
    over = issue(desk, other)
    assert (over.status_code, FOURTH in over.json()["detail"]) == (409, True)


def test_a_clearance_ends_with_its_last_day_in_beijing(desk: Desk, clock: Clock, tmp_path: Path) -> None:
    clearance = cleared(desk, as_of=SECOND)
    note = tmp_path / "clearance.txt"
    note.write_text(clearance["note"])
    assert "\ntime zone: Asia/Shanghai\n" in clearance["note"]
    key = run("clearance", "key", tmp_path / "log.db").stdout.strip()
    end = MIDNIGHT + dt.timedelta(days=1)
    for at, state, code in ((end - dt.timedelta(seconds=1), "unused", 0), (end, "expired", 1)):
        clock.at = at
        shown = desk.call("committee", "GET", f"/v1/clearances/{clearance['clearance_id']}").json()
        assert (shown["valid_until"], shown["state"]) == (THIRD, state)
        assert run("clearance", "verify", note, "--key", key).exit_code == code
    handover = hand_over(desk, clearance=clearance["clearance_id"], handed_over_on=FOURTH)
    assert "expired" in codes(handover)


def test_a_clearance_issued_on_the_day_after_the_handover_does_not_cure_it(desk: Desk, clock: Clock) -> None:
    decision_id = decided(desk, as_of=SECOND)["decision_id"]
    clock.at = MIDNIGHT
    late = issue(desk, decision_id).json()["clearance_id"]
    handover = hand_over(desk, clearance=late, handed_over_on=SECOND)
    assert "cleared_afterwards" in codes(handover)


def test_a_handover_is_recorded_late_on_the_second_day_after_it_in_beijing(
    desk: Desk, clock: Clock, tmp_path: Path
) -> None:
    end = MIDNIGHT + dt.timedelta(days=1)
    for at, late in ((end - dt.timedelta(seconds=1), False), (end, True)):
        clock.at = at
        assert hand_over(desk, handed_over_on=SECOND)["recorded_late"] is late
    assert run("log", "verify", tmp_path / "log.db").exit_code == 0


def test_dues_and_what_does_not_agree_are_those_of_the_day_in_beijing(clock: Clock, tmp_path: Path) -> None:
    with serving_registers(tmp_path) as registers:
        registers.record("list_sent", "2026-01-10", lists=["organised"])
        registers.record("confirmation", "2026-01-20", items=["B-1"], state="confirmed")
        registers.record("delivered", "2026-01-31", items=["B-1"])
        database = ("--database", registers.database)
        for at, day, overdue in ((EVENING, SECOND, 0), (MIDNIGHT, THIRD, 1)):
            clock.at = at
            dues = registers.read("/v1/due")
            assert (dues["as_of"], dues["overdue"]) == (day, overdue)
            reconciled = registers.read("/v1/reconcile")
            assert (reconciled["as_of"], len(reconciled["overdue"])) == (day, overdue)
            shown = registers.run("due", "--format", "json")
            assert (json.loads(shown.stdout)["as_of"], shown.exit_code) == (day, overdue)
            text = run("reconcile", registers.database).stdout
            assert f"as of {day}" in text
            refused = registers.post("list_sent", THIRD, lists=["organised"]).status_code == 400
            assert refused is (at is EVENING)
            page = run("registers", "print", "confirmation-list", *database).stdout
            assert day in page
            assert "Asia/Shanghai" in page


def test_the_commands_take_the_day_in_beijing(clock: Clock) -> None:
    request = json.dumps(undated())
    assert "time zone: Asia/Shanghai" in run("policies", "show").stdout
    for at, day in ((EVENING, SECOND), (MIDNIGHT, THIRD)):
        clock.at = at
        decision = json.loads(run("check", "-", "--format", "json", text=request).stdout)
        assert decision["as_of"] == day
        described = json.loads(run("policies", "show", "korea", "--format", "json").stdout)
        assert described["as_of"] == day


def test_a_screened_row_without_a_day_is_for_the_day_in_beijing(clock: Clock, tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    requests, out = tmp_path / "requests.jsonl", tmp_path / "answers.jsonl"
    requests.write_text(json.dumps(undated()) + "\n")
    for at, until in ((EVENING, THIRD), (MIDNIGHT, FOURTH)):
        clock.at = at
        screened = run("screen", requests, "--out", out, "--force")
        assert screened.exit_code == 0, screened.output
        assert until in out.read_text()


def test_a_period_is_over_once_its_last_day_is_in_beijing(clock: Clock, tmp_path: Path) -> None:
    files = shipped_files()
    until_the_second = {**files, "directive.yaml": ended(files["directive.yaml"])}
    folder = folder_of(tmp_path / "policies", until_the_second)
    for at, remarks in ((EVENING, 0), (MIDNIGHT, 1)):
        clock.at = at
        assert run("policies", "check", folder).stdout.count("H08") == remarks


def test_the_log_says_whose_day_it_was_and_is_replayed_to_the_same_day_whatever_the_folder_says(
    clock: Clock, tmp_path: Path
) -> None:
    clock.at = MIDNIGHT
    keys: dict[str, str] = {}
    database = tmp_path / "log.db"
    with serving(tmp_path, exercise=False, keys=keys) as desk:
        here = decided(desk, as_of=None, request_id="here")
    elsewhere = folder_of(tmp_path / "policies", without_a_place())
    with serving(tmp_path, exercise=False, keys=keys, policies=elsewhere) as desk:
        there = decided(desk, as_of=None, request_id="there")
    assert (here["as_of"], there["as_of"]) == (THIRD, SECOND)
    exported = [json.loads(line) for line in run("log", "export", database).stdout.splitlines()]
    assert [entry["time_zone"] for entry in exported if "decision" in entry] == ["Asia/Shanghai", "UTC"]
    assert run("log", "verify", database).exit_code == 0
    assert run("log", "replay", database).exit_code == 0
    for name, files in (("named", shipped_files()), ("not named", without_a_place())):
        until_the_second = {**files, "directive.yaml": ended(files["directive.yaml"])}
        candidate = folder_of(tmp_path / name, until_the_second)
        again = run("log", "replay", database, "--policies", candidate).stdout
        assert "(here): was deliver, is refer" in again
        assert "(there)" not in again


def test_a_change_of_place_is_seen_in_a_comparison(shipped: PolicySet) -> None:
    (found,) = compare(load_policies(without_a_place()), shipped).differences
    assert (found.name, found.change) == ("time_zone", "UTC -> Asia/Shanghai")


def test_the_active_set_says_where_its_calendar_is(desk: Desk, clock: Clock) -> None:
    shown = desk.call("auditor", "GET", "/v1/policies")
    assert shown.json()["time_zone"] == "Asia/Shanghai"
    for at, day in ((EVENING, SECOND), (MIDNIGHT, THIRD)):
        clock.at = at
        answer = desk.call("auditor", "GET", "/v1/policies/korea")
        assert answer.json()["as_of"] == day
        assert answer.headers["etag"].endswith(f':{day}"')
