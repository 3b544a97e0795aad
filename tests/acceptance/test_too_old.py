"""A service whose policies are too old permits nothing, says why, and its decisions are taken again as they were.

Covers: api.domain.decision_moment, api.services.handover_entries
"""

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.ledger.database import Database
from api.ledger.entries import DECISION, Entry, EntryKind
from api.ledger.reader import whole_entries
from tests.support.desks import ROOT, Desk, serving
from tests.support.handing_over import DELIVER, decided, hand_over, issue, post
from tests.support.waiting import wait_until

START = dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC)
DAY = 86_400


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> dt.datetime:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("api.app._now", clock.now)
    return clock


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "policies", tmp_path / "policies"))


@pytest.fixture
def desk(clock: Clock, policies: Path, tmp_path: Path) -> Iterator[Desk]:
    with serving(tmp_path, policies=policies, hold_past="proof=P30D,reload=PT1H") as desk:
        yield desk


def too_old(clock: Clock) -> None:
    clock.at = START + dt.timedelta(days=30, seconds=1)


def ready(desk: Desk) -> Any:
    answer = desk.client.get("/readyz")
    assert answer.status_code == 200
    return answer.json()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def entries_of(file: Path, *kinds: EntryKind) -> list[Entry]:
    database = Database(str(file), read_only=True)
    with database.reading() as connection:
        found = [entry for _, entry in whole_entries(connection) if entry.kind in kinds]
    database.dispose()
    return found


WAYS: dict[str, Callable[[Desk], Any]] = {
    "one request": lambda desk: decided(desk),
    "the route beside the fast path": lambda desk: desk.call(
        "committee", "POST", "/v1/pre-check", DELIVER, headers={"Accept-Language": "en"}
    ).json(),
    "several requests": lambda desk: desk.call("committee", "POST", "/v1/pre-checks", [DELIVER]).json()[0],
    "explained": lambda desk: desk.call("committee", "POST", "/v1/pre-check?explain=full", DELIVER).json(),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_would_be_permitted_is_held_past_a_limit(desk: Desk, clock: Clock, way: str) -> None:
    assert WAYS[way](desk)["outcome"] == "deliver"
    too_old(clock)
    answer = WAYS[way](desk)
    assert (answer["outcome"], answer["handover_as_asked"]) == ("hold", "no")
    (line,) = answer["lines"]
    assert {reason["condition"] for reason in line["why_not"]} >= {
        "the last proof of the policies is no older than 30 days"
    }
    assert answer["policy"]["approval"] == "none"
    if "explanation" in answer:
        assert "too old" in answer["explanation"]["lines"][0]["note"]


def test_readyz_has_the_ages_and_the_limits_and_says_that_it_holds(desk: Desk, clock: Clock) -> None:
    before = ready(desk)
    assert (before["status"], before["policies"]["too_old"]) == ("ready", [])
    assert before["policies"]["ages"] == {"set": 0, "proof": 0, "reload": 0}
    assert before["policies"]["hold_past"] == {"proof": 30 * DAY, "reload": 3_600}
    too_old(clock)
    after = ready(desk)
    assert after["status"] == "holding"
    assert "proof" in after["policies"]["too_old"]
    assert after["policies"]["ages"]["proof"] == 30 * DAY + 1


def test_a_folder_with_faults_is_too_old_in_time_and_no_longer_once_it_is_mended(
    desk: Desk, clock: Clock, policies: Path
) -> None:
    whole = (policies / "directive.yaml").read_bytes()
    (policies / "directive.yaml").write_bytes(whole + b"\nno_such_key: 1\n")
    wait_until(lambda: ready(desk)["policies"]["state"] == "last_good_active")
    assert decided(desk)["outcome"] == "deliver"
    clock.at = START + dt.timedelta(hours=1, seconds=1)
    assert ready(desk)["policies"]["too_old"] == ["reload"]
    assert decided(desk)["outcome"] == "hold"
    (policies / "directive.yaml").write_bytes(whole)
    wait_until(lambda: ready(desk)["status"] == "ready")
    assert decided(desk)["outcome"] == "deliver"


def test_no_clearance_is_issued_for_what_was_permitted_before(desk: Desk, clock: Clock) -> None:
    decision_id = decided(desk)["decision_id"]
    too_old(clock)
    answer = issue(desk, decision_id)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-cleared")
    assert "the last proof of the policies is older than 30 days" in answer.json()["detail"]


def test_a_handover_under_a_clearance_is_in_order_though_it_is_recorded_later(
    desk: Desk, clock: Clock
) -> None:
    note = issue(desk, decided(desk)["decision_id"]).json()["note"]
    too_old(clock)
    assert hand_over(desk, clearance=note)["status"] == "in_order"


def test_a_case_is_shown_as_held(desk: Desk, clock: Clock) -> None:
    opened = post(desk, "department", "/v1/cases", DELIVER).json()
    assert desk.case(opened["case_id"])["decision"]["policy"]["approval"] == "none"
    outcome = desk.case(opened["case_id"])["decision"]["outcome"]
    too_old(clock)
    assert desk.case(opened["case_id"])["decision"]["outcome"] == (
        "hold" if outcome == "deliver" else outcome
    )


def test_the_log_states_the_ages_and_every_decision_is_taken_again_byte_for_byte(
    clock: Clock, policies: Path, tmp_path: Path
) -> None:
    with serving(tmp_path, policies=policies, hold_past="proof=P30D") as desk:
        decided(desk)
        hand_over(desk, clearance=issue(desk, decided(desk)["decision_id"]).json()["note"])
        too_old(clock)
        decided(desk)
        explained = desk.call("committee", "POST", "/v1/pre-check?explain=full", DELIVER).json()
        hand_over(desk)
    log = tmp_path / "log.db"
    (started,) = entries_of(log, EntryKind.STARTED)
    assert started.members["approvals"] == "none"
    found = entries_of(log, EntryKind.DECISION, EntryKind.HANDOVER)
    assert len(found) == 6
    for entry in found:
        assert entry.members["approval"] == "none"
        limits = {"proof": 30 * DAY} if entry.kind is EntryKind.DECISION else None
        assert entry.members.get("hold_past") == limits
    assert [entry.members["ages"]["proof"] for entry in found] == [0, 0, 0, *[30 * DAY + 1] * 3]
    outcomes = [json.loads(entry.payloads[DECISION])["outcome"] for entry in found]
    assert outcomes[:2] == ["deliver", "deliver"]
    assert outcomes[3:5] == ["hold", "hold"]
    assert "explanation" in explained
    replayed = run("log", "replay", log)
    assert replayed.output.startswith("6 decisions taken again, 0 differ from what was recorded")
    assert run("log", "verify", log).exit_code == 0


def test_a_set_is_as_old_as_the_log_says_after_a_new_start(
    clock: Clock, policies: Path, tmp_path: Path
) -> None:
    keys: dict[str, str] = {}
    with serving(tmp_path, policies=policies, keys=keys) as desk:
        decided(desk)
    clock.at = START + dt.timedelta(days=2)
    with serving(tmp_path, policies=policies, keys=keys, hold_past="set=P1D") as desk:
        assert ready(desk)["policies"]["ages"] == {"set": 2 * DAY, "proof": 2 * DAY, "reload": 0}
        assert decided(desk)["outcome"] == "hold"


def test_a_limit_that_cannot_be_read_is_named_before_anything_starts() -> None:
    result = run("serve", "--hold-past", "prof=P30D", "--insecure-no-auth")
    assert result.exit_code == 2
    assert "`prof` is none of set, proof, reload" in result.output
