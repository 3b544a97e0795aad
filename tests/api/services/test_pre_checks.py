"""A pre-check is decided once and recorded in one transaction, also right after a fact of its case was recorded."""

import asyncio
import json
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from api.app import create_app
from api.domain.identity import anonymous_in
from api.ledger.database import Database
from api.ledger.entries import DECISION, REQUEST
from api.ledger.reader import find_decision
from api.policies.active import PolicyProvider
from api.policies.active_set import ActiveSet
from api.services.context import Context
from api.services.pre_checks import PreChecks
from api.settings import Settings
from engine import ServingStatus
from tests.support.desks import ROOT, URGENT, Desk, fact, serving
from tests.support.shipped_roles import ROLES
from tests.support.shipped_words import make_request

REFUSED = fact("item.channel.consultation", "refused")
DAY_AND_DEPARTMENT: dict[str, Any] = {"as_of": "1965-03-10", "department": {"id": "metallurgy"}}
ONE = "/v1/pre-check"


class Counts:
    """How often the service looked how old its policies are, as it does to decide, and how often it wrote."""

    def __init__(self) -> None:
        self.decided = self.written = 0

    def of(self, desk: Desk, path: str, body: Any) -> tuple[int, int]:
        """What one call costs: times decided, transactions of the writer."""
        self.decided = self.written = 0
        answer = desk.call("department", "POST", path, body)
        assert answer.status_code == 200, answer.text
        return self.decided, self.written


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    counts, writing, status = Counts(), Database.writing_again, PolicyProvider.serving_status

    def counted(database: Database) -> AbstractContextManager[Connection]:
        counts.written += 1
        return writing(database)

    def decided(provider: PolicyProvider, active: ActiveSet, now: datetime) -> ServingStatus:
        counts.decided += 1
        return status(provider, active, now)

    async def not_recorded(*_: Any) -> None:
        """A set that becomes active is recorded in a transaction of its own, whenever it comes to it."""

    monkeypatch.setattr("api.services.policy_followers.record_activation", not_recorded)
    monkeypatch.setattr(Database, "writing_again", counted)
    monkeypatch.setattr(PolicyProvider, "serving_status", decided)
    return counts


def request(**changes: Any) -> dict[str, Any]:
    return {**URGENT, **DAY_AND_DEPARTMENT, **changes}


@pytest.mark.parametrize("path", [ONE, f"{ONE}?explain=full", "/v1/pre-checks"])
def test_a_pre_check_behind_a_fact_that_this_worker_recorded_is_decided_once(
    counts: Counts, where: str, tmp_path: Path, path: str
) -> None:
    with serving(tmp_path, where) as desk:
        case_id = desk.opened(request_id="asked")
        body: Any = request(request_id="asked")
        body = [body, {}] if path == "/v1/pre-checks" else body
        assert counts.of(desk, path, body) == (1, 1)
        desk.record("committee", case_id, REFUSED)
        assert counts.of(desk, path, body) == (1, 1)
        assert counts.of(desk, path, body) == (1, 1)


def test_so_is_one_that_nothing_is_recorded_about(counts: Counts, where: str, tmp_path: Path) -> None:
    with serving(tmp_path, where) as desk:
        assert counts.of(desk, ONE, request(request_id="before")) == (1, 1)
        desk.record("committee", desk.opened(request_id="another"), REFUSED)
        assert counts.of(desk, ONE, request(request_id="asked")) == (1, 1)


def test_one_that_another_worker_recorded_is_met_once_at_most(
    counts: Counts, where: str, tmp_path: Path
) -> None:
    with (
        serving(tmp_path, where) as desk,
        serving(tmp_path, where, keys=desk.keys, exercise=False) as elsewhere,
    ):
        assert counts.of(elsewhere, ONE, request(request_id="before")) == (1, 1)
        case_id = desk.opened(request_id="asked")
        desk.record("committee", case_id, REFUSED)
        assert counts.of(elsewhere, ONE, request(request_id="asked")) == (2, 2)
        assert counts.of(elsewhere, ONE, request(request_id="asked")) == (1, 1)
        assert counts.of(desk, ONE, request(request_id="asked")) == (1, 1)


def test_what_was_recorded_before_the_start_is_read_before_anything_is_decided(
    counts: Counts, where: str, tmp_path: Path
) -> None:
    with serving(tmp_path, where) as desk:
        desk.record("committee", desk.opened(request_id="asked"), REFUSED)
        with serving(tmp_path, where, keys=desk.keys, exercise=False) as elsewhere:
            assert counts.of(elsewhere, ONE, request(request_id="asked")) == (1, 1)


def test_a_request_that_came_in_another_shape_is_logged_as_it_is_given(tmp_path: Path) -> None:
    settings = Settings(
        policies=ROOT / "policies",
        database=str(tmp_path / "log.db"),
        insecure_no_auth=True,
        accept_unproved=True,
    )
    context: Context = create_app(settings).state.context
    parsed, logged = make_request(request(request_id="a form")), b'{"request_id": "as logged"}'
    context.store.open()
    try:
        answer = asyncio.run(PreChecks(context).decide(parsed, logged, anonymous_in(ROLES)))
        decision_id = json.loads(answer)["decision_id"]
        entry = asyncio.run(context.store.read(lambda connection: find_decision(connection, decision_id)))
    finally:
        context.store.close()
    assert entry is not None
    assert entry.payloads[REQUEST] == logged
    assert answer.startswith(entry.payloads[DECISION][:-1] + b',"about":')
    assert entry.members["request_id"] == "a form"
