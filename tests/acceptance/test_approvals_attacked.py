"""What is approved comes into force once, as it was approved, whatever happens around it.

Each test is an attack, or an accident, that brought something into force which was not approved, or broke the log.

Covers: api.services.proposals.activation, api.services.policy_followers, api.services.proposals.emergencies,
api.services.proposals.evidence, api.domain.approvals.history, engine.analysis.guards
"""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest

from api.services.context import Context
from api.services.evidence_runs import EvidenceRuns
from api.services.proposals.activation import activate_due
from tests.acceptance.test_approvals import (
    START,
    Clock,
    answer,
    clients,
    clock,
    evidenced,
    office,
    permitted,
    refused,
    reworded,
    stored,
    verify,
)
from tests.support.approving import Clients, Office, approving, edited
from tests.support.held_writer import Call, HeldWriter
from tests.support.waiting import wait_until

__all__ = ["clients", "clock", "office"]


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> HeldWriter:
    return HeldWriter(monkeypatch)


@pytest.fixture
def await_due(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Waits until the service has twice looked for what is due: the first time may have begun before."""
    rounds: list[Context] = []

    async def activate_and_count(context: Context) -> None:
        await activate_due(context)
        rounds.append(context)

    def await_two_rounds() -> None:
        enough = len(rounds) + 2
        wait_until(lambda: len(rounds) >= enough)

    monkeypatch.setattr("api.services.approved_followers.activate_due", activate_and_count)
    monkeypatch.setattr("api.services.approved_followers.DUE_SECONDS", 0.05)
    return await_two_rounds


@pytest.mark.parametrize(
    ("caller", "path", "body"),
    [
        ("officer-3", "/v1/proposals/{}/approvals/withdrawal", {}),
        ("head-1", "/v1/approvers/officer-3/revocation", {"reason": "another office"}),
        ("officer-4", "/v1/proposals/{}/rejection", {"reason": "not now"}),
        ("officer-1", "/v1/proposals/{}/withdrawal", {}),
    ],
)
def test_what_is_undone_in_the_same_group_does_not_come_into_force(
    office: Office, clock: Clock, writer: HeldWriter, caller: str, path: str, body: Any
) -> None:
    with approving(office) as clients:
        proposal = evidenced(clients)
        clients.approve(proposal, "officer-2", "officer-3")
        undone: Call = (caller, path.format(proposal), body)
        activated: Call = ("officer-2", f"/v1/proposals/{proposal}/activation", {})
        assert writer.in_one_group(clients, undone, activated) == [201, 409]
        assert answer(clients)["policy"]["approval"] == "founded"
    result = verify(office)
    assert result.exit_code == 0, result.output


def test_the_activation_names_an_approval_of_the_same_group(
    office: Office, clock: Clock, writer: HeldWriter
) -> None:
    with approving(office) as clients:
        proposal = evidenced(clients)
        clients.approve(proposal, "officer-2", "officer-3")
        approved: Call = ("officer-4", f"/v1/proposals/{proposal}/approvals", {})
        activated: Call = ("officer-2", f"/v1/proposals/{proposal}/activation", {})
        assert writer.in_one_group(clients, approved, activated) == [201, 201]
    result = verify(office)
    assert result.exit_code == 0, result.output


def not_usable_where_purposes_are_erasable(office: Office) -> dict[str, str]:
    """Policies with a condition that reads the purpose of a request."""
    at_war = ' or request.purpose == "war"'
    refusal = 'when: item.approval == "refused"'
    texts = edited(office.texts(), "directive.yaml", refusal, refusal + at_war)
    return edited(texts, "directive.yaml", "facts: [request.purpose, ", "facts: [")


def test_the_last_approval_of_the_same_group_does_not_spare_the_look_at_what_is_activated(
    office: Office, clock: Clock, writer: HeldWriter
) -> None:
    with approving(office, keep_apart="request.purpose") as clients:
        proposal = evidenced(clients, not_usable_where_purposes_are_erasable(office))
        clients.approve(proposal, "officer-2", "head-1")
        approved: Call = ("officer-3", f"/v1/proposals/{proposal}/approvals", {})
        activated: Call = ("officer-2", f"/v1/proposals/{proposal}/activation", {})
        assert writer.in_one_group(clients, approved, activated) == [201, 409]
        assert answer(clients)["policy"]["approval"] == "founded"


def test_a_proposal_made_at_one_node_is_activated_at_another(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.policies.approved.POLL_SECONDS", 600.0)
    with approving(office) as clients, approving(office) as other_node:
        proposal = evidenced(clients)
        clients.approve(proposal, "officer-2", "officer-3")
        assert other_node.activate(proposal)["state"] == "active"
        assert answer(clients)["policy"]["approval"] == "approved"


BADGE_FACT = """
  - fact: visitor.badge
    kind: truth
    ask: A badge?
    answered_by: host
"""
BADGE_INVARIANT = """
  - invariant: badge
    clause: [C4]
    title: No badge, nothing.
    unless: visitor.badge
    never: deliver
"""


def test_nobody_returns_to_what_the_floor_in_force_does_not_permit(office: Office, clock: Clock) -> None:
    with approving(office) as clients:
        before = answer(clients)["policy"]["revision"]
        signed, or_badge = "not visitor.signed", "(not visitor.signed or not visitor.badge)"
        texts = edited(office.texts(), "directive.yaml", signed, or_badge)
        texts["vocabulary.yaml"] = texts["vocabulary.yaml"].rstrip() + "\n" + BADGE_FACT
        clients.adopt(evidenced(clients, texts))
        stricter = office.floor.read_text().rstrip() + "\n" + BADGE_INVARIANT
        floor = clients.propose(subject="floor", text=stricter)
        clients.await_evidence(floor)
        clients.adopt(floor, "head-1")
        stated = {"revision": before, "reason": "too much is given"}
        assert "cannot be active in this service" in refused(clients, "head-1", "/v1/policies/return", stated)
        assert answer(clients)["policy"]["approval"] == "approved"
    with approving(office) as clients:
        assert answer(clients)["policy"]["approval"] == "approved"


def test_a_superseded_proposal_does_not_come_back_with_its_base(
    await_due: Callable[[], None], clients: Clients, clock: Clock
) -> None:
    before = answer(clients)["policy"]["revision"]
    day = (START + dt.timedelta(days=3)).date().isoformat()
    planned = evidenced(clients, reworded(clients.office, "Please wait."), holds_from=day)
    clients.approve(planned, "officer-2", "officer-3")
    clients.adopt(evidenced(clients))
    clients.post("head-1", "/v1/policies/return", {"revision": before, "reason": "too much is given"})
    clock.pass_days(5)
    await_due()
    assert clients.proposal(planned)["state"] == "superseded"
    assert answer(clients)["policy"]["approval"] == "returned"


def test_a_return_after_the_time_to_confirm_permits_nothing(clients: Clients, clock: Clock) -> None:
    first = answer(clients)["policy"]["revision"]
    clients.adopt(evidenced(clients))
    second = answer(clients)["policy"]["revision"]
    clients.post("head-1", "/v1/policies/return", {"revision": first, "reason": "too much is given"})
    clock.pass_days(4)
    clients.post("head-1", "/v1/policies/return", {"revision": second, "reason": "too little is given"})
    assert permitted(clients)["outcome"] == "hold"


def test_evidence_that_is_done_after_the_activation_is_no_newer_proof(
    office: Office, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_compute = threading.Event()
    compute = EvidenceRuns.compute_evidence

    async def compute_later(*arguments: Any) -> Any:
        await asyncio.to_thread(may_compute.wait)
        return await compute(*arguments)

    with approving(office) as clients:
        proposal = evidenced(clients)
        first = clients.proposal(proposal)["evidence"]["computed_at"]
        clients.approve(proposal, "officer-2", "officer-3")
        monkeypatch.setattr(EvidenceRuns, "compute_evidence", compute_later)
        clients.post("officer-2", f"/v1/proposals/{proposal}/evidence")
        clients.activate(proposal)
        clock.pass_days(100)
        may_compute.set()
        wait_until(lambda: clients.proposal(proposal)["evidence"]["computed_at"] != first)
    with approving(office) as clients:
        assert clients.ready()["ages"]["proof"] == 100 * 86400


def test_a_repeated_proposal_does_not_compute_the_evidence_of_what_is_in_force(clients: Clients) -> None:
    def propose() -> str:
        stated = {"wish": "as it is wished", "files": reworded(clients.office)}
        same = {"Idempotency-Key": "the-same"}
        response = clients.call("officer-1", "POST", "/v1/proposals", stated, headers=same)
        assert response.status_code == 201, response.text
        return str(response.json()["proposal_id"])

    proposal = propose()
    clients.await_evidence(proposal)
    clients.adopt(proposal)
    assert propose() == proposal
    assert clients.proposal(proposal).get("evidence_under_way") is None


def test_what_is_due_and_cannot_be_active_holds_up_nothing_else(office: Office, clock: Clock) -> None:
    unusable = not_usable_where_purposes_are_erasable(office)
    day = (START + dt.timedelta(days=1)).date().isoformat()
    with approving(office, keep_apart="request.purpose") as clients:
        first = evidenced(clients, unusable, holds_from=day)
        second = evidenced(clients, holds_from=day)
        for proposal in (first, second):
            clients.approve(proposal, "officer-2", "officer-3", "head-1")
        assert len(clients.proposal(first)["lacking"]) == 1, "nothing but its day"
        clock.pass_days(1)
        wait_until(lambda: clients.proposal(second)["state"] == "active")
        assert clients.proposal(first)["state"] == "superseded"


def test_a_restored_ledger_permits_nothing_though_the_clock_was_set_back(
    office: Office, clock: Clock
) -> None:
    clock.at = dt.datetime.now(dt.UTC)
    with approving(office) as clients:
        answer(clients)
    backup, restored = str(office.folder / "backup.db"), str(office.folder / "restored.db")
    assert stored(office, "backup", "--database", office.database, "--out", backup).exit_code == 0
    assert stored(office, "restore", backup, "--database", restored).exit_code == 0
    clock.at -= dt.timedelta(hours=1)
    with approving(office, database=restored) as clients:
        assert permitted(clients)["outcome"] == "hold"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  deliver: 1", "  deliver: 365"),
        ("offices: [edits_policies]", "offices: [edits_policies, decides]"),
    ],
)
def test_it_loosens_policies_to_permit_for_longer_or_to_let_others_decide(
    clients: Clients, before: str, after: str
) -> None:
    looser = edited(clients.office.texts(), "directive.yaml", before, after)
    assert clients.proposal(evidenced(clients, looser))["needs_deciding"]
