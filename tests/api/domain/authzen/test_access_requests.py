"""Which denials are requestable, and for how long."""

from __future__ import annotations

import datetime as dt

import pytest

from api.domain.authzen.access_requests import DenialPart, check_denial, expiry_of, is_requestable, status_of
from api.parsing.problems import ProblemError
from engine import Outcome, end_of_day

EVALUATED = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
EXPIRY = expiry_of(EVALUATED)
DENIAL = DenialPart(evaluation_id="1", expires_at=EXPIRY.isoformat())
REQUESTABLE = {Outcome.HOLD, Outcome.ESCALATE_URGENT}


@pytest.mark.parametrize("outcome", Outcome)
def test_only_what_is_waited_for_is_requestable(outcome: Outcome) -> None:
    assert is_requestable(outcome) is (outcome in REQUESTABLE)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_request_is_approved_by_a_permission_alone(outcome: Outcome) -> None:
    stands = {Outcome.DELIVER: "approved", Outcome.REFUSE: "denied"}
    assert status_of(outcome) == stands.get(outcome, "pending")


@pytest.mark.parametrize("hours", [0, 24], ids=["at once", "at the last moment"])
def test_a_denial_is_requestable_for_a_day(hours: int) -> None:
    check_denial(DENIAL, Outcome.HOLD, EVALUATED, EVALUATED + dt.timedelta(hours=hours))


def test_a_denial_is_not_requestable_for_longer() -> None:
    with pytest.raises(ProblemError) as raised:
        check_denial(DENIAL, Outcome.HOLD, EVALUATED, EXPIRY + dt.timedelta(seconds=1))
    assert raised.value.problem.status == 410
    assert raised.value.problem.type.endswith(":expired_denial")


@pytest.mark.parametrize(
    ("zone", "end"),
    [("UTC", "2026-03-01T23:59:59+00:00"), ("Asia/Shanghai", "2026-03-01T15:59:59+00:00")],
)
def test_an_approval_ends_with_the_day_of_the_policies(zone: str, end: str) -> None:
    assert end_of_day(zone, dt.date(2026, 3, 1)).isoformat() == end
