"""Changes of policies are proposed, approved by two, brought into force and undone, over HTTP.

Covers: api.services.proposals.making, api.services.proposals.acts, api.services.proposals.emergencies,
api.services.proposals.queries, api.services.proposals.commands, api.services.proposals.evidence,
api.services.proposals.officers, api.http.routes.proposals, api.policies.approved, api.policies.founding,
api.domain.approvals.answers, api.domain.approvals.history, api.services.policy_sources,
api.domain.approvals.proposal_view, api.domain.approvals.approvers, api.domain.approvals.statements,
api.domain.approvals.counting, api.services.proposals.activation
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from engine import PolicyFaults
from tests.support.approving import EDITING, STARTER, Clients, Office, approving, make_office
from tests.support.waiting import wait_until

REQUEST = {
    "request_id": "r-1",
    "mission": {"countries": ["IS"]},
    "items": [{"line": 1, "description": "a sample"}],
}


START = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> dt.datetime:
        return self.at

    def pass_days(self, days: int) -> None:
        self.at += dt.timedelta(days=days)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("api.app._now", clock.now)
    return clock


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


@pytest.fixture
def clients(office: Office, clock: Clock) -> Iterator[Clients]:
    with approving(office) as clients:
        yield clients


def reworded(office: Office, words: str = "Please ask our release desk first.") -> dict[str, str]:
    """The policies with another sentence to say."""
    files = {name: text.decode() for name, text in office.files().items()}
    before = "Our release desk looks at this first. We cannot let you have it now."
    assert before in files["directive.yaml"]
    return {**files, "directive.yaml": files["directive.yaml"].replace(before, words)}


def answer(clients: Clients) -> Any:
    response = clients.call("host", "POST", "/v1/pre-check", REQUEST)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_change_is_in_force_once_two_others_approved_it(clients: Clients, office: Office) -> None:
    before = answer(clients)
    assert before["policy"]["approval"] == "founded"
    proposal = clients.propose(files=reworded(office))
    shown = clients.await_evidence(proposal)
    assert shown["state"] == "compared" or shown["state"] == "proved"
    assert clients.approve(proposal, "officer-2")["lacking"] == [
        "1 of 2 officers other than its author have approved it"
    ]
    assert clients.approve(proposal, "officer-3")["state"] == "approved"
    assert clients.activate(proposal)["state"] == "active"
    after = answer(clients)
    assert after["policy"]["approval"] == "approved"
    assert after["policy"]["revision"] == shown["content"] != before["policy"]["revision"]
    assert "Please ask our release desk first." in str(after)


def verify(office: Office) -> Result:
    """What `log verify` says of the office's log."""
    environment = office.log_variables
    return CliRunner().invoke(app, ["log", "verify", "--database", office.database], env=environment)


def test_the_log_of_a_change_is_intact(office: Office) -> None:
    with approving(office) as clients:
        proposal = clients.propose(files=reworded(office))
        clients.await_evidence(proposal)
        clients.approve(proposal, "officer-2", "officer-3")
        answer(clients)
        clients.activate(proposal)
        answer(clients)
    result = verify(office)
    assert result.exit_code == 0, result.output


def evidenced(clients: Clients, files: dict[str, str] | None = None, **members: Any) -> str:
    """A proposal whose evidence is there."""
    proposal = clients.propose(files=files or reworded(clients.office), **members)
    clients.await_evidence(proposal)
    return proposal


def counts(clients: Clients, proposal: str) -> dict[str, str | None]:
    """Why the approvals of a proposal do not count, by officer; None for those that do."""
    return {one["officer"]: one.get("why_not") for one in clients.proposal(proposal)["approvals"]}


def refused(clients: Clients, caller: str, path: str, body: Any = None, status: int = 409) -> str:
    """Make a call that is refused, and return its problem as text."""
    response = clients.call(caller, "POST", path, {} if body is None else body)
    assert response.status_code == status, response.text
    return response.text


def nothing_was_recorded(_: Clients, __: str, ___: Clock) -> None:
    """Nothing happens to the approvals."""


def expired(_: Clients, __: str, clock: Clock) -> None:
    clock.pass_days(30)


def withdrawn(clients: Clients, proposal: str, _: Clock) -> None:
    clients.post("officer-3", f"/v1/proposals/{proposal}/approvals/withdrawal")


def revoked(clients: Clients, _: str, __: Clock) -> None:
    clients.post("head-1", "/v1/approvers/officer-3/revocation", {"reason": "another office"})


def left_by_himself(clients: Clients, _: str, __: Clock) -> None:
    clients.post("officer-3", "/v1/approvers/officer-3/revocation", {"reason": "retired"})


@pytest.mark.parametrize(
    ("happens", "why_not"),
    [
        (nothing_was_recorded, None),
        (expired, "it has expired"),
        (withdrawn, "the officer took it back"),
        (revoked, "the officer has left"),
        (left_by_himself, "the officer has left"),
    ],
)
def test_an_approval_counts_or_not(
    clients: Clients, clock: Clock, happens: Callable[[Clients, str, Clock], None], why_not: str | None
) -> None:
    proposal = evidenced(clients)
    clients.approve(proposal, "officer-3")
    happens(clients, proposal, clock)
    assert counts(clients, proposal) == {"officer-3": why_not}
    clients.approve(proposal, "officer-2")
    path = f"/v1/proposals/{proposal}/activation"
    if why_not:
        assert "1 of 2 officers" in refused(clients, "officer-2", path)
        assert answer(clients)["policy"]["approval"] == "founded"
    else:
        assert clients.activate(proposal)["state"] == "active"


@pytest.mark.parametrize(
    ("caller", "status", "part"),
    [
        ("officer-1", 409, "would not count: the officer is the author"),
        ("officer-2", 409, "has approved it, and counts once"),
        ("other_head", 403, "name nobody who calls with these credentials"),
        ("desk", 403, "name nobody who calls with these credentials"),
        ("host", 403, "This call is for"),
        ("records", 403, "This call is for"),
        ("auditor", 403, "This call is for"),
    ],
)
def test_who_may_not_approve(clients: Clients, clock: Clock, caller: str, status: int, part: str) -> None:
    proposal = evidenced(clients)
    clients.approve(proposal, "officer-2")
    clock.at += dt.timedelta(seconds=1)
    assert part in refused(clients, caller, f"/v1/proposals/{proposal}/approvals", status=status)
    assert counts(clients, proposal) == {"officer-2": None}


def test_nobody_approves_where_nobody_is_identified(office: Office, clock: Clock) -> None:
    with approving(office, insecure_no_auth=True, api_keys=None) as clients:
        stated = {"wish": "as it is wished", "files": reworded(office)}
        response = clients.client.post("/v1/proposals", json=stated, headers={"Idempotency-Key": "k"})
    assert response.status_code == 403, response.text
    assert "Nobody is identified here" in response.text


def test_what_was_approved_by_others_counts_for_that_alone(clients: Clients, clock: Clock) -> None:
    first = evidenced(clients)
    second = evidenced(clients, reworded(clients.office, "Please go to the release desk."))
    clients.approve(first, "officer-2", "officer-3")
    assert "0 of 2 officers" in refused(clients, "officer-2", f"/v1/proposals/{second}/activation")
    clients.activate(first)
    assert clients.proposal(second)["state"] == "superseded"
    assert "The proposal is superseded" in refused(clients, "officer-2", f"/v1/proposals/{second}/approvals")


def looser(office: Office) -> dict[str, str]:
    """The policies without one of their invariants."""
    files = {name: text.decode() for name, text in office.files().items()}
    before, _, after = files["invariants.yaml"].partition("  - invariant:")
    _, _, rest = after.partition("  - invariant:")
    assert rest
    return {**files, "invariants.yaml": f"{before}  - invariant:{rest}"}


def test_what_loosens_needs_an_officer_who_decides_as_well(clients: Clients) -> None:
    proposal = evidenced(clients, looser(clients.office))
    assert clients.proposal(proposal)["needs_deciding"]
    clients.approve(proposal, "officer-2", "officer-3")
    path = f"/v1/proposals/{proposal}/activation"
    assert "an officer who decides has to approve it as well" in refused(clients, "officer-2", path)
    clients.approve(proposal, "head-1")
    assert clients.activate(proposal)["state"] == "active"


def test_officers_who_decide_do_not_stand_in_for_those_who_edit(clients: Clients) -> None:
    proposal = evidenced(clients)
    clients.approve(proposal, "officer-2", "head-1", "head-2")
    assert "1 of 2 officers" in refused(clients, "officer-2", f"/v1/proposals/{proposal}/activation")


def test_policies_with_faults_never_come_into_force(clients: Clients, office: Office) -> None:
    files = {name: text.decode() for name, text in office.files().items()}
    proposal = evidenced(clients, {**files, "directive.yaml": files["directive.yaml"].replace("C2", "C9", 1)})
    clients.approve(proposal, "officer-2", "officer-3", "head-1")
    found = refused(clients, "officer-2", f"/v1/proposals/{proposal}/activation")
    assert "it has not been checked" in found
    assert answer(clients)["policy"]["approval"] == "founded"


def test_a_rejected_proposal_has_come_to_its_end(clients: Clients) -> None:
    proposal = evidenced(clients)
    clients.approve(proposal, "officer-2", "officer-3")
    rejected = clients.post("officer-4", f"/v1/proposals/{proposal}/rejection", {"reason": "not now"})
    assert (rejected["state"], rejected["ended"]["reason"]) == ("rejected", "not now")
    assert "The proposal is rejected" in refused(clients, "officer-2", f"/v1/proposals/{proposal}/activation")


def test_only_its_author_withdraws_a_proposal(clients: Clients) -> None:
    proposal = evidenced(clients)
    path = f"/v1/proposals/{proposal}/withdrawal"
    assert "Only its author" in refused(clients, "officer-2", path)
    assert clients.post("officer-1", path)["state"] == "withdrawn"


def test_a_change_holds_from_its_day(clients: Clients, clock: Clock) -> None:
    day = (START + dt.timedelta(days=3)).date().isoformat()
    proposal = evidenced(clients, holds_from=day)
    clients.approve(proposal, "officer-2", "officer-3")
    assert "it shall hold from" in refused(clients, "officer-2", f"/v1/proposals/{proposal}/activation")
    clock.pass_days(3)
    wait_until(lambda: clients.proposal(proposal)["state"] == "active")
    assert answer(clients)["policy"]["approval"] == "approved"


def test_an_earlier_revision_is_one_approved_step_away(clients: Clients) -> None:
    before = answer(clients)["policy"]["revision"]
    changed = evidenced(clients)
    clients.approve(changed, "officer-2", "officer-3")
    clients.activate(changed)
    back = clients.propose(revision=before)
    clients.await_evidence(back)
    clients.approve(back, "officer-2", "officer-3")
    clients.activate(back)
    assert answer(clients)["policy"]["revision"] == before
    assert clients.proposal(changed)["state"] == "superseded"


def test_an_emergency_return_holds_at_once_and_is_confirmed(clients: Clients) -> None:
    before = answer(clients)["policy"]["revision"]
    changed = evidenced(clients)
    clients.approve(changed, "officer-2", "officer-3")
    clients.activate(changed)
    stated = {"revision": before, "reason": "too much is given"}
    assert "This call is for" in refused(clients, "officer-2", "/v1/policies/return", stated, 403)
    assert "name nobody" in refused(clients, "desk", "/v1/policies/return", stated, 403)
    assert clients.post("head-1", "/v1/policies/return", stated)["in_force"]["approval"] == "returned"
    returned = answer(clients)["policy"]
    assert (returned["revision"], returned["approval"]) == (before, "returned")
    confirmation = clients.propose(revision=before)
    clients.await_evidence(confirmation)
    clients.approve(confirmation, "officer-2", "officer-3")
    clients.activate(confirmation)
    assert answer(clients)["policy"]["approval"] == "approved"


def test_nobody_returns_to_what_was_never_in_force(clients: Clients) -> None:
    proposal = evidenced(clients)
    content = clients.proposal(proposal)["content"]
    stated = {"revision": content, "reason": "a third way in"}
    assert "never in force" in refused(clients, "head-1", "/v1/policies/return", stated)


def test_the_floor_changes_by_a_proposal_of_its_own(clients: Clients, office: Office) -> None:
    text = office.floor.read_text().replace("has not approved.", "did not approve.")
    assert text != office.floor.read_text()
    proposal = clients.propose(subject="floor", text=text)
    clients.await_evidence(proposal)
    clients.approve(proposal, "officer-2", "officer-3")
    assert "an officer who decides" in refused(clients, "officer-2", f"/v1/proposals/{proposal}/activation")
    clients.approve(proposal, "head-1")
    assert clients.activate(proposal)["state"] == "active"
    assert answer(clients)["policy"]["approval"] == "founded"
    wait_until(lambda: any("floor.yaml" in one for one in clients.ready()["differences"]))
    office.floor.write_text(text)
    wait_until(lambda: clients.ready()["differences"] == [])


def test_the_approvers_change_by_a_proposal_of_their_own(clients: Clients, office: Office) -> None:
    text = office.approvers_text(needed=3)
    proposal = clients.propose(subject="approvers", text=text)
    clients.approve(proposal, "officer-2", "officer-3", "head-1")
    clients.activate(proposal)
    assert clients.get("auditor", "/v1/approvers")["needed"] == 3
    changed = evidenced(clients)
    clients.approve(changed, "officer-2", "officer-3")
    assert "2 of 3 officers" in refused(clients, "officer-2", f"/v1/proposals/{changed}/activation")


def test_editing_the_folder_changes_nothing_but_what_readyz_says(clients: Clients, office: Office) -> None:
    before = answer(clients)["policy"]["revision"]
    (office.policies / "directive.yaml").write_text(reworded(office)["directive.yaml"])
    (office.policies / "more.yaml").write_text("no policy")
    office.approvers.write_text(office.approvers_text(needed=3))
    expected = {
        "directive.yaml is not as it is in force",
        "more.yaml is not in force",
        f"{office.approvers} is not as it is in force",
    }
    wait_until(lambda: set(clients.ready()["differences"]) == expected)
    assert answer(clients)["policy"]["revision"] == before
    assert clients.ready()["state"] == "active"
    assert clients.get("auditor", "/v1/approvers")["needed"] == 2


def test_a_restart_brings_nothing_else_into_force(office: Office, clock: Clock) -> None:
    with approving(office) as clients:
        before = answer(clients)["policy"]["revision"]
    (office.policies / "directive.yaml").write_text(reworded(office)["directive.yaml"])
    with approving(office) as clients:
        assert answer(clients)["policy"]["revision"] == before
    assert verify(office).exit_code == 0


def test_a_ledger_with_approvals_is_not_served_without_them(office: Office, clock: Clock) -> None:
    with approving(office) as clients:
        answer(clients)
    with pytest.raises(PolicyFaults, match="requires approvals") as faults, approving(office, approvers=None):
        pass
    assert "--approvers FILE" in str(faults.value)


def test_a_founded_ledger_is_not_served_under_another_name(office: Office, clock: Clock) -> None:
    with approving(office) as clients:
        answer(clients)
    with pytest.raises(PolicyFaults) as faults, approving(office, log_origin="example.org/other"):
        pass
    assert "founded in this log as example.org/gate" in str(faults.value)


def signed_by_too_few(office: Office) -> str:
    return office.sign(office.founding(), *EDITING)


def about_other_policies(office: Office) -> str:
    return office.sign(office.founding(content="0" * 64), *office.keys)


def about_another_floor(office: Office) -> str:
    return office.sign(office.founding(floor="0" * 64), *office.keys)


def about_other_approvers(office: Office) -> str:
    return office.sign(office.founding(approvers="0" * 64), *office.keys)


def for_another_log(office: Office) -> str:
    return office.sign(office.founding(log="elsewhere"), *office.keys)


def altered(office: Office) -> str:
    return office.sign(office.founding(), *office.keys).replace("2026", "2025")


@pytest.mark.parametrize(
    ("note", "part"),
    [
        (signed_by_too_few, "head-1 has not signed it"),
        (about_other_policies, "founds the revision 000000000000"),
        (about_another_floor, "another floor"),
        (about_other_approvers, "other approvers"),
        (for_another_log, "for the log elsewhere"),
        (altered, "has not signed it"),
        (lambda _: "nothing", "no signature lines"),
    ],
)
def test_approvals_are_not_founded_by(
    office: Office, clock: Clock, note: Callable[[Office], str], part: str
) -> None:
    (office.folder / "founding.txt").write_text(note(office))
    with pytest.raises(PolicyFaults, match=part), approving(office):
        pass


def test_an_upgraded_ledger_is_founded_with_the_revision_it_had(office: Office, clock: Clock) -> None:
    with approving(office, approvers=None) as clients:
        before = answer(clients)["policy"]
        assert before["approval"] == "none"
        assert clients.ready()["approvals"] == "none"
    (office.policies / "directive.yaml").write_text(reworded(office)["directive.yaml"])
    office.found()
    with pytest.raises(PolicyFaults, match="was in force last"), approving(office):
        pass
    (office.policies / "directive.yaml").write_text((STARTER / "policies" / "directive.yaml").read_text())
    office.found()
    with approving(office) as clients:
        after = answer(clients)["policy"]
        assert (after["revision"], after["approval"]) == (before["revision"], "founded")
    assert verify(office).exit_code == 0


def test_a_node_that_watches_a_folder_stops_once_approvals_are_founded(office: Office, clock: Clock) -> None:
    with approving(office, approvers=None) as watching, approving(office):
        response = watching.call("host", "POST", "/v1/pre-check", REQUEST)
        assert (response.status_code, response.json()["type"]) == (503, "/problems/not-taken")
        ready = watching.client.get("/readyz")
        assert (ready.status_code, "started anew" in ready.text) == (503, True)
    assert verify(office).exit_code == 0


def test_where_none_are_required_there_are_no_proposals(office: Office) -> None:
    with approving(office, approvers=None) as clients:
        response = clients.call("auditor", "GET", "/v1/proposals")
    assert (response.status_code, response.json()["type"]) == (404, "/problems/no-approvals")


def test_evidence_is_computed_again(clients: Clients) -> None:
    proposal = evidenced(clients)
    first = clients.proposal(proposal)["evidence"]
    clients.post("officer-2", f"/v1/proposals/{proposal}/evidence")
    shown = clients.await_evidence(proposal)
    assert shown["evidence"]["passed"] == first["passed"]
    whole = clients.get("auditor", f"/v1/proposals/{proposal}/evidence")
    assert whole["proposed"] == shown["content"]
    assert proposal in {one["proposal_id"] for one in clients.get("auditor", "/v1/proposals")["proposals"]}


def test_a_dry_run_of_a_proposal_records_nothing(clients: Clients) -> None:
    stated = {"wish": "only to see", "files": reworded(clients.office)}
    response = clients.call("officer-1", "POST", "/v1/proposals", stated, params={"dry_run": "true"})
    assert (response.status_code, response.json()["dry_run"]) == (200, True)
    assert clients.get("auditor", "/v1/proposals")["proposals"] == []


def test_a_return_that_nobody_confirms_permits_nothing_any_more(clients: Clients, clock: Clock) -> None:
    before = answer(clients)["policy"]["revision"]
    changed = evidenced(clients)
    clients.approve(changed, "officer-2", "officer-3")
    clients.activate(changed)
    clients.post("head-1", "/v1/policies/return", {"revision": before, "reason": "too much is given"})
    confirm_until = clients.get("auditor", "/v1/approvers")["in_force"]["confirm_until"]
    assert dt.datetime.fromisoformat(confirm_until) == START + dt.timedelta(days=3)
    assert permitted(clients)["outcome"] == "deliver"
    clock.pass_days(4)
    held = permitted(clients)
    assert held["outcome"] == "hold"
    assert clients.ready()["too_old"] == ["unconfirmed"]
    confirmation = clients.propose(revision=before)
    clients.await_evidence(confirmation)
    clients.approve(confirmation, "officer-2", "officer-3")
    clients.activate(confirmation)
    assert permitted(clients)["outcome"] == "deliver"


def test_another_return_gives_no_more_time(clients: Clients, clock: Clock) -> None:
    revisions = [answer(clients)["policy"]["revision"]]
    changed = evidenced(clients)
    clients.approve(changed, "officer-2", "officer-3")
    clients.activate(changed)
    revisions.append(answer(clients)["policy"]["revision"])
    for days, revision in enumerate(revisions):
        clients.post("head-1", "/v1/policies/return", {"revision": revision, "reason": "an emergency"})
        clock.pass_days(2 - days)
    assert permitted(clients)["outcome"] == "deliver"
    clock.pass_days(1)
    assert permitted(clients)["outcome"] == "hold"


def permitted(clients: Clients) -> Any:
    """The answer of the release desk to a request that may be granted."""
    request = {
        "request_id": "r-2",
        "mission": {"countries": ["IS"]},
        "handover": {"by": "host", "to": "visitor"},
        "visitor": {"signed": True},
        "items": [{"line": 1, "description": "a drawing", "kind": "document", "approval": "approved"}],
    }
    response = clients.call("desk", "POST", "/v1/pre-check", request)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_restored_ledger_permits_nothing_until_it_is_confirmed(office: Office, tmp_path: Path) -> None:
    with approving(office) as clients:
        before = answer(clients)["policy"]["revision"]
    backup = str(tmp_path / "backup.db")
    assert stored(office, "backup", "--database", office.database, "--out", backup).exit_code == 0
    with approving(office) as clients:
        changed = evidenced(clients)
        clients.approve(changed, "officer-2", "officer-3")
        clients.activate(changed)
    restored = str(tmp_path / "restored.db")
    result = stored(office, "restore", backup, "--database", restored)
    assert (result.exit_code, "nothing is permitted by it until" in result.output) == (0, True)
    with approving(office, database=restored) as clients:
        assert clients.ready()["revision"] == before
        assert permitted(clients)["outcome"] == "hold"
        path, stated = "/v1/policies/confirmation", {"revision": before}
        refused(clients, "officer-2", path, stated, 403)
        assert "look at it again" in refused(clients, "head-1", path, {"revision": "0" * 64})
        clients.post("head-1", path, stated)
        assert permitted(clients)["outcome"] == "deliver"
        assert "was not restored, or" in refused(clients, "head-2", path, stated)
    with approving(office, database=restored) as clients:
        assert permitted(clients)["outcome"] == "deliver"


def stored(office: Office, command: str, *arguments: str) -> Result:
    """What `store` says."""
    environment = office.log_variables
    return CliRunner().invoke(app, ["store", command, *arguments], env=environment)


def test_proposals_are_read_page_by_page(clients: Clients) -> None:
    made = [clients.propose(files=reworded(clients.office, f"Wait ({number}).")) for number in range(3)]
    first = clients.get("auditor", "/v1/proposals?limit=2")
    assert [one["proposal_id"] for one in first["proposals"]] == [made[2], made[1]]
    rest = clients.get("auditor", f"/v1/proposals?limit=2&after={first['next']}")
    assert ([one["proposal_id"] for one in rest["proposals"]], rest["next"]) == ([made[0]], None)
    for query in (f"after={'0' * 64}", "limit=201", "limit=0", "limit=01"):
        assert clients.call("auditor", "GET", f"/v1/proposals?{query}").status_code == 400, query


def test_evidence_that_a_stop_cut_off_is_computed_after_the_next_start(office: Office, clock: Clock) -> None:
    with approving(office) as clients:
        proposal = clients.propose(files=reworded(office))
    with approving(office) as clients:
        assert clients.await_evidence(proposal)["state"] in ("proved", "compared")
