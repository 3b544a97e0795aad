"""One person counts once, under whatever name, key or note, and nobody counts for somebody else.

Each test is an attack, or an accident, by which an approval counted that did not, or that stopped the service.

Covers: api.domain.approvals.counting, api.domain.approvals.approvers, api.services.proposals.officers,
api.services.proposals.acts, api.services.proposals.emergencies, api.domain.approvals.answers
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from api.domain.approvals.statements import ApprovalStatement
from api.signing.keys import SigningKey, VerifyingKey
from tests.acceptance.test_approvals import (
    START,
    Clock,
    clients,
    clock,
    counts,
    evidenced,
    office,
    refused,
    reworded,
)
from tests.support.approving import LOG, Clients

__all__ = ["clients", "clock", "office"]


def renamed_key(key: VerifyingKey, name: str) -> str:
    """The same key under another name, as the file of approvers has it."""
    return VerifyingKey(name, key.public).format()


def test_one_key_under_two_names_is_one_officer(clients: Clients) -> None:
    key = clients.office.keys["officer-2"].verifying
    another = f"    - officer: officer-9\n      key: {renamed_key(key, 'officer-9')}\n"
    text = clients.office.approvers_text() + another
    stated = {"wish": "one more", "subject": "approvers", "text": text}
    assert "two officers have the same key" in refused(clients, "officer-1", "/v1/proposals", stated, 400)


def approval_note(clients: Clients, proposal: str, officer: str, **members: Any) -> str:
    """The note by which an officer approves a proposal, with members changed."""
    shown = clients.proposal(proposal)
    stated = {
        "log": LOG,
        "officer": officer,
        "at": START,
        "proposal": proposal,
        "content": shown["content"],
        "base": shown["base"],
        "evidence": shown["evidence"]["digest"],
    }
    return clients.office.sign(ApprovalStatement(**{**stated, **members}), officer)


def test_a_note_from_before_the_approval_was_taken_back_does_not_count(clients: Clients) -> None:
    proposal = evidenced(clients)
    path = f"/v1/proposals/{proposal}/approvals"
    spare = {"note": approval_note(clients, proposal, "officer-2", at=START - dt.timedelta(minutes=2))}
    clients.approve(proposal, "officer-2")
    clients.post("officer-2", f"{path}/withdrawal")
    assert "would not count: the officer took it back" in refused(clients, "officer-1", path, spare)
    assert counts(clients, proposal) == {"officer-2": "the officer took it back"}


@pytest.mark.parametrize(("evidence", "shown"), [({}, "newest"), ({"evidence": "f" * 64}, "elsewhere")])
def test_an_approval_says_which_evidence_its_officer_was_shown(
    clients: Clients, evidence: dict[str, str], shown: str
) -> None:
    proposal = evidenced(clients)
    note = approval_note(clients, proposal, "officer-2", **evidence)
    approved = clients.post("officer-1", f"/v1/proposals/{proposal}/approvals", {"note": note})
    assert [one["shown"] for one in approved["approvals"]] == [shown]


def test_an_author_under_another_name_is_the_author(clients: Clients) -> None:
    proposal = evidenced(clients)
    clients.approve(proposal, "officer-2")
    key = clients.office.keys["officer-1"].verifying
    text = clients.office.approvers_text()
    text = text.replace("officer: officer-1", "officer: author-b")
    text = text.replace(key.format(), renamed_key(key, "author-b"))
    clients.adopt(clients.propose("officer-4", subject="approvers", text=text), "head-1")
    path = f"/v1/proposals/{proposal}/approvals"
    assert "would not count: the officer is the author" in refused(clients, "officer-1", path)


def test_another_person_under_an_old_name_does_not_inherit_approvals(clients: Clients) -> None:
    proposal = evidenced(clients)
    clients.approve(proposal, "officer-2")
    key = clients.office.keys["officer-2"].verifying
    text = clients.office.approvers_text().replace("api_key: officer-2", "api_key: other_head")
    text = text.replace(key.format(), SigningKey.generate("officer-2").verifying.format())
    changed = clients.propose(subject="approvers", text=text)
    clients.approve(changed, "officer-3", "officer-4", "head-1")
    clients.activate(changed, "officer-3")
    assert counts(clients, proposal) == {
        "officer-2": "the approvers in force name the officer with another key or other credentials"
    }


def test_officers_do_not_leave_unnoticed_until_nothing_can_be_approved(clients: Clients) -> None:
    path, left = "/v1/approvers/{}/revocation", {"reason": "another office"}
    clients.post("head-1", path.format("officer-4"), left)
    assert "Of 2 officers who edit policies" in refused(clients, "head-1", path.format("officer-3"), left)
    assert clients.get("auditor", "/v1/approvers")["too_few"] is None
    clients.post("head-1", path.format("officer-3"), {**left, "though_too_few": True})
    assert "Of 2 officers who edit policies" in clients.get("auditor", "/v1/approvers")["too_few"]


def test_approvers_of_whom_too_few_are_left_do_not_come_into_force(clients: Clients) -> None:
    fewer = [name for name in clients.office.keys if name != "officer-4"]
    proposal = clients.propose(subject="approvers", text=clients.office.approvers_text(of=fewer))
    clients.approve(proposal, "officer-2", "officer-3", "head-1")
    clients.post("head-1", "/v1/approvers/officer-3/revocation", {"reason": "another office"})
    clients.approve(proposal, "officer-4")
    assert "officers named there have left" in refused(
        clients, "officer-2", f"/v1/proposals/{proposal}/activation"
    )


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/approvers/%20/revocation", {"reason": "left"}, 409),
        ("/v1/approvers/-/revocation", {"reason": "left"}, 409),
        ("/v1/approvers/officer-1%20/revocation", {"reason": "left"}, 409),
        ("/v1/approvers/officer-4/revocation", {"reason": "-"}, 400),
        ("/v1/approvers/officer-4/revocation", {"reason": " "}, 400),
    ],
)
def test_nobody_leaves_by_words_that_no_statement_can_hold(
    clients: Clients, path: str, body: Any, status: int
) -> None:
    refused(clients, "head-1", path, body, status)


@pytest.mark.parametrize("reason", ["-", " "])
def test_nobody_returns_for_reasons_that_no_statement_can_hold(clients: Clients, reason: str) -> None:
    revision = clients.ready()["revision"]
    stated = {"revision": revision, "reason": reason}
    assert "/reason" in refused(clients, "head-1", "/v1/policies/return", stated, 400)


@pytest.mark.parametrize("wish", ["-", " "])
def test_nobody_wishes_what_no_statement_can_hold(clients: Clients, wish: str) -> None:
    stated = {"wish": wish, "files": reworded(clients.office)}
    assert "/wish" in refused(clients, "officer-1", "/v1/proposals", stated, 400)


def test_an_author_with_a_third_name_and_other_credentials_is_the_author(clients: Clients) -> None:
    proposal = evidenced(clients)
    key = clients.office.keys["officer-1"].verifying.format()
    renamed = SigningKey.generate("author-b").verifying.format()
    text = (
        clients.office.approvers_text()
        .replace("officer: officer-1", "officer: author-b")
        .replace(key, renamed)
    )
    for changed in (text, text.replace("api_key: officer-1", "api_key: other_head")):
        made = clients.propose("officer-4", subject="approvers", text=changed)
        clients.approve(made, "officer-2", "officer-3", "head-1")
        clients.activate(made)
    path = f"/v1/proposals/{proposal}/approvals"
    assert "the officer is the author" in refused(clients, "other_head", path)


def test_who_took_an_approval_back_may_approve_again_by_whatever_clock(
    clients: Clients, clock: Clock
) -> None:
    proposal = evidenced(clients)
    clients.approve(proposal, "officer-2")
    clients.post("officer-2", f"/v1/proposals/{proposal}/approvals/withdrawal")
    clock.at -= dt.timedelta(hours=1)
    clients.approve(proposal, "officer-2")
    assert [one["counts"] for one in clients.proposal(proposal)["approvals"]] == [False, True]


def test_the_same_stated_twice_at_one_instant_is_recorded_once(clients: Clients) -> None:
    stated = {"wish": "once", "files": reworded(clients.office)}
    clients.post("officer-1", "/v1/proposals", stated)
    assert "The same was stated just now" in refused(clients, "officer-1", "/v1/proposals", stated)
