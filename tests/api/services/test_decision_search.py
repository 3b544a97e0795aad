"""The index follows the log of a running service, and searches find by any combination what was recorded.

Covers: api.services.decision_index, api.services.decision_search
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

from api.app import create_app
from api.domain.identity import Caller, Credential
from api.parsing.problems import ProblemError
from api.services import decision_index
from api.services.context import Context
from api.services.decision_index import BUSY, CALM, QUIET, LogGrowth, Pace, catch_up
from api.services.decision_search import FoundDecisions, search_decisions
from api.settings import Settings
from engine import Role
from tests.support.desks import ROOT
from tests.support.shipped_roles import AUDITOR, DEPARTMENT
from tests.support.waiting import wait_until

REQUEST = {"mission": {"countries": ["KP"]}, "items": [{"kind": "document"}]}


@dataclass
class Office:
    """A service without sign-in, called from outside, and its parts to search in."""

    portal: BlockingPortal
    app: FastAPI

    @property
    def context(self) -> Context:
        found: Context = self.app.state.context
        return found

    def decide(self, request_id: str, department: str, **changes: Any) -> Any:
        body = {**REQUEST, "request_id": request_id, "department": {"id": department}, **changes}
        answer = self.portal.call(self._post, "/v1/pre-check", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _post(self, path: str, body: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://office") as client:
            return await client.post(path, json=body)

    def search(
        self, query: Mapping[str, str], role: Role = AUDITOR, department: str | None = None
    ) -> FoundDecisions:
        caller = Caller("somebody", role, department, Credential.API_KEY)
        return self.portal.call(search_decisions, self.context, caller, query)

    def read(self, query: Callable[[Any], Any]) -> Any:
        return self.portal.call(self.context.store.read, query)

    def found(self, **query: str) -> list[str]:
        return [one.request_id for one in self.search(query).decisions]

    def catch_up(self) -> None:
        self.portal.call(catch_up, self.context)


@pytest.fixture
def office(where: str, tmp_path: Path) -> Iterator[Office]:
    settings = Settings(
        policies=ROOT / "policies",
        database=where,
        signing_key=tmp_path / "signing.key",
        insecure_no_auth=True,
    )
    app = create_app(settings)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(app.router.lifespan_context(app)),
    ):
        yield Office(portal, app)


def test_every_criterion_alone_and_together(office: Office) -> None:
    first = office.decide("r-1", "metallurgy")
    office.decide("r-2", "textiles", mission={"countries": ["VN", "AL"]})
    office.decide("r-1", "textiles", mission={"countries": ["FR"]})
    assert office.found() == ["r-1", "r-2", "r-1"]
    assert office.found(country="KP") == ["r-1"]
    assert office.found(country="AL") == ["r-2"]
    assert office.found(country="AL", department="metallurgy") == []
    assert office.found(request_id="r-1", department="textiles") == ["r-1"]
    assert office.found(decision_id=first["decision_id"]) == ["r-1"]
    assert office.found(decision_id=first["decision_id"], country="VN") == []
    assert office.found(outcome=first["outcome"], country="KP") == ["r-1"]
    assert office.found(clause=first["lines"][0]["clauses"][0], request_id="r-1", country="KP") == ["r-1"]
    assert office.found(revision=first["policy"]["revision"][:8]) == ["r-1", "r-2", "r-1"]
    assert office.found(revision="0" * 12) == []
    day = first["as_of"]
    assert office.found(first_day=day, last_day=day) == ["r-1", "r-2", "r-1"]
    assert office.found(last_day="1990-01-01") == []
    assert office.found(country=" KP ", clause="") == ["r-1"]


def test_what_a_list_shows(office: Office) -> None:
    decided = office.decide("r-1", "metallurgy")
    (one,) = office.search({}).decisions
    assert (one.decision_id, one.department) == (decided["decision_id"], "metallurgy")
    assert (one.countries, one.outcome) == (("KP",), decided["outcome"])
    assert one.revision == decided["policy"]["revision"]


def test_a_department_finds_its_own(office: Office) -> None:
    office.decide("r-1", "metallurgy")
    office.decide("r-2", "textiles")
    own = office.search({}, DEPARTMENT, "textiles")
    assert [one.request_id for one in own.decisions] == ["r-2"]
    other = office.search({"department": "metallurgy"}, DEPARTMENT, "textiles")
    assert other.decisions == []


def test_pages_follow_each_other(office: Office) -> None:
    for number in range(5):
        office.decide(f"r-{number}", "metallurgy")
    found, after = list[str](), ""
    for _ in range(3):
        page = office.search({"limit": "2", "after": after})
        found += [one.request_id for one in page.decisions]
        after = str(page.next)
    assert found == ["r-4", "r-3", "r-2", "r-1", "r-0"]
    assert after == "None"


@pytest.mark.parametrize(
    "query",
    [
        {"country": "Korea"},
        {"outcome": "perhaps"},
        {"first_day": "yesterday"},
        {"revision": "xyz"},
        {"limit": "1000000"},
        {"after": "-1"},
        {"clause": "S\u202e1"},
        {"request_id": "x" * 5000},
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(office: Office, query: dict[str, str]) -> None:
    with pytest.raises(ProblemError) as raised:
        office.search(query)
    assert [error.parameter for error in raised.value.problem.errors or ()] == [*query]


def test_a_search_says_how_far_the_index_reaches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decision_index, "BATCH", 2)
    monkeypatch.setattr(decision_index, "ON_DEMAND_SECONDS", 0.0)
    for number in range(6):
        office.decide(f"r-{number}", "metallurgy")
    page = office.search({})
    assert not page.reach.is_complete
    assert page.reach.entries < page.reach.size
    monkeypatch.setattr(decision_index, "ON_DEMAND_SECONDS", 60.0)
    page = office.search({})
    assert page.reach.is_complete
    assert len(page.decisions) == 6


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task waits for nothing."""
    monkeypatch.setattr(decision_index, "IDLE_SECONDS", 0.01)


def test_the_task_fills_what_is_behind_once_nothing_comes_any_more(
    hurried: None, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_index, "CALM", Pace(1, 0.5))
    monkeypatch.setattr(decision_index, "BUSY", Pace(1, 0.1))
    monkeypatch.setattr(decision_index, "QUIET_SECONDS", 0.0)
    for number in range(20):
        office.decide(f"r-{number}", "metallurgy")
    wait_until(lambda: office.read(decision_index.reach_of).is_complete)


def test_the_pace_follows_how_fast_the_log_grows() -> None:
    growth = LogGrowth()
    assert growth.pace(1_000, 0.0) is CALM  # nothing is known yet
    assert growth.pace(1_000, 0.5) is CALM
    assert growth.pace(1_000, 1.0) is QUIET
    assert growth.pace(1_001, 1.5) is CALM  # somebody came
    assert growth.pace(1_001, 2.4) is CALM
    assert growth.pace(1_101, 4.0) is BUSY
    assert growth.pace(1_101, 4.5) is CALM  # too soon to say that nothing comes any more
    assert growth.pace(1_101, 5.0) is QUIET


def test_while_the_log_grows_fast_fewer_calls_meet_a_batch_than_a_p99_is_made_of() -> None:
    assert BUSY.share < 0.01 / 2
    assert BUSY.batch <= CALM.batch < QUIET.batch


def test_the_task_fills_the_index_by_itself(hurried: None, office: Office) -> None:
    office.decide("r-1", "metallurgy")
    wait_until(lambda: office.read(decision_index.reach_of).is_complete)


def test_erased_texts_are_never_in_the_index(office: Office) -> None:
    named = "a person of note"
    office.decide("r-1", "metallurgy", mission={"countries": ["KP"], "name": named})
    office.catch_up()

    def terms(connection: Any) -> str:
        tables = ("decision_terms", "decision_rows", "decision_days")
        rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]
        return json.dumps(rows, default=str)

    held = office.read(terms)
    assert "metallurgy" in held
    assert named not in held
