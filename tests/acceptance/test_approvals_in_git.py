"""A change as a pull request: proposed, approved, counted, carried into a service, in force there; and calls of it.

Covers: api.cli.approvals.carrying, api.cli.approvals.service_client, api.cli.approvals.proposing,
api.cli.policies_propose, api.cli.policies_rollback
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from api.doors.running_server import running_server
from tests.support.approving import Clients, Office, approving, make_office
from tests.support.approving_commands import (
    json_in,
    pem,
    revision_in,
    reword,
    run,
    signing,
    write_evidence_file,
    write_keys,
)
from tests.support.waiting import wait_until


def git(folder: Path, *arguments: object) -> str:
    identity = [
        "-c",
        "user.name=officer",
        "-c",
        "user.email=officer@example.org",
        "-c",
        "commit.gpgsign=false",
    ]
    command = ["git", "-C", str(folder), *identity, *(str(one) for one in arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@dataclass
class Calls:
    """Commands that call a service, each by an officer."""

    office: Office
    address: str

    def run(self, officer: str, *words: object) -> Result:
        token = self.office.api_keys[officer]
        return run("policies", *words, "--service", self.address, CHANNELGATE_TOKEN=token)

    def proposals(self, officer: str = "officer-1") -> Any:
        return json_in(self.run(officer, "status", "--format", "json"))["proposals"]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with the keys of its officers, founded."""
    office = make_office(tmp_path)
    write_keys(office)
    return office


@pytest.fixture
def calls(office: Office) -> Iterator[Calls]:
    with running_server(office.settings()) as address:
        yield Calls(office, address)


# -- a pull request -------------------------------------------------------------------------------------------


def test_a_pull_request_is_approved_in_git_and_comes_into_force_at_a_service(office: Office) -> None:
    root = office.folder / "repository"
    root.mkdir()
    shutil.copytree(office.policies, root / "policies")
    for file in (office.floor, office.approvers):
        shutil.copy(file, root)
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "the policies in force")
    branch = office.folder / "branch"
    git(root, "worktree", "add", "--quiet", branch, "--detach", "main")
    git(root, "switch", "--quiet", "-c", "friendlier")

    policies, notes = root / "policies", root / "change"
    reword(policies)
    base = ["--base", branch / "policies"]
    wish = ["--wish", "Friendlier words", "--out", notes, *signing(office, "officer-1")]
    assert run("policies", "propose", policies, *base, *wish).exit_code == 0
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "proposed")

    evidence = office.folder / "evidence.json"
    write_evidence_file(office, branch / "policies", policies, evidence)
    status = [
        "policies",
        "status",
        policies,
        "--approvals",
        notes,
        "--approvers",
        branch / "approvers.yaml",
        *base,
    ]
    status += ["--evidence", evidence]
    lacking = run(*status)
    assert (lacking.exit_code, "0 of 2 officers" in lacking.stdout) == (1, True), lacking.output
    for officer in ("officer-2", "officer-3"):
        approved = run("policies", "approve", policies, "--approvals", notes, *signing(office, officer))
        assert approved.exit_code == 0, approved.output
        git(root, "add", ".")
        git(root, "commit", "--quiet", "-m", f"approved by {officer}")
    clone = office.folder / "clone"
    git(office.folder, "clone", "--quiet", "--branch", "friendlier", root, clone)
    status[2], status[4] = clone / "policies", clone / "change"
    enough = run(*status)
    assert (enough.exit_code, "policies: approved" in enough.stdout) == (0, True), enough.output

    with approving(office) as clients:
        calls = Calls(office, str(clients.client.base_url))
        carry = ["propose", clone / "policies", "--approvals", clone / "change"]
        carried = calls.run("auditor", *carry)
        assert carried.exit_code == 2, "an auditor proposes nothing"
        for _ in range(2):
            carried = calls.run("officer-4", *carry)
            assert carried.exit_code == 0, carried.output
        (shown,) = calls.proposals()
        assert [(one["officer"], one["signed"], one["counts"]) for one in shown["approvals"]] == [
            ("officer-2", True, True),
            ("officer-3", True, True),
        ]
        clients.await_evidence(shown["proposal_id"])
        activated = calls.run("officer-2", "activate", shown["proposal_id"][:12])
        assert activated.exit_code == 0, activated.output
        assert calls.run("officer-2", "status", shown["proposal_id"]).exit_code == 0
        assert clients.ready()["revision"] == revision_in(clone / "policies")
        _roll_back(office, calls, clients, revision_in(branch / "policies"))
        _return(office, calls, clients, revision_in(branch / "policies"))


def _return(office: Office, calls: Calls, clients: Clients, earlier: str) -> None:
    """Go back at once, as an officer who decides, called or by a note."""
    later, because = clients.ready()["revision"], ["--reason", "samples went out"]
    refused = calls.run("officer-2", "return", earlier, *because)
    assert (refused.exit_code, "This call is for: " in refused.stderr) == (2, True), refused.output
    part = calls.run("head-1", "return", earlier[:12], *because)
    assert (part.exit_code, "is no whole revision" in part.stderr) == (2, True), part.output
    signed = calls.run("head-2", "return", earlier, *because, *signing(office, "head-1"))
    assert signed.exit_code == 0, signed.output
    assert f"in force: {earlier}\nto be confirmed, by a proposal" in signed.stdout
    called = calls.run("head-1", "return", later, *because)
    assert called.exit_code == 0, called.output
    assert clients.ready()["revision"] == later


def _roll_back(office: Office, calls: Calls, clients: Clients, earlier: str) -> None:
    """Propose at the service, and from its ledger, what was in force before."""
    wish = ["--wish", "as it was"]
    back = calls.run("officer-1", "rollback", earlier, *wish)
    assert back.exit_code == 0, back.output
    (newest, _) = calls.proposals()
    assert (newest["content"], newest["base"]) == (earlier, clients.ready()["revision"])
    out = office.folder / "back"
    options = ["--database", office.folder / "log.db", "--out", out, *signing(office, "officer-1")]
    made = run("policies", "rollback", earlier[:8], *wish, *options)
    assert made.exit_code == 0, made.output
    text = (out / "proposal.txt").read_text()
    assert f"content: {earlier}\nbase: {newest['base']}\n" in text
    unknown = run("policies", "rollback", "0123456789ab", *wish, *options)
    assert (unknown.exit_code, "no revision in the ledger begins so" in unknown.stderr) == (2, True)


# -- calls of a service ---------------------------------------------------------------------------------------


def test_officers_propose_approve_withdraw_and_reject_at_a_service(calls: Calls, office: Office) -> None:
    reword(office.policies)
    proposed = calls.run("officer-1", "propose", office.policies, "--wish", "Friendlier words")
    assert proposed.exit_code == 0, proposed.output
    (shown,) = calls.proposals()
    named = shown["proposal_id"][:8]
    wait_until(lambda: calls.proposals()[0]["evidence"] is not None)
    full = calls.run("officer-2", "status", named, "--full")
    assert "check       passed" in full.stdout
    assert "evidence: checked, proved, compared" in full.stdout
    for officer in ("officer-2", "officer-3"):
        approved = calls.run(officer, "approve", named)
        assert approved.exit_code == 0, approved.output
    assert "officer-3: counts until" in approved.stdout
    assert ", by the newest evidence" in approved.stdout
    again = calls.run("officer-3", "approve", named)
    assert again.exit_code == 2
    assert again.stderr == (
        "channelgate: The officer has approved it, and counts once. Nothing was recorded;"
        " see /problems/proposal-state in docs/reference/problems.md\n"
    )
    assert (
        "officer-3: does not count: the officer took it back"
        in calls.run("officer-3", "withdraw", "--approval", named).stdout
    )
    assert calls.run("officer-2", "status", named).exit_code == 1
    markdown = calls.run("officer-2", "status", named, "--format", "markdown")
    assert markdown.stdout.startswith("## policies: not approved\n")
    rejected = calls.run("officer-4", "reject", named, "--reason", "too friendly")
    assert (rejected.exit_code, "ended by: officer-4: too friendly" in rejected.stdout) == (0, True)
    assert "rejected" in calls.run("officer-2", "status").stdout
    late = calls.run("officer-1", "withdraw", named)
    assert (late.exit_code, "The proposal is rejected." in late.stderr) == (2, True)


def test_what_an_officer_signed_is_carried_by_whoever_calls(calls: Calls, office: Office) -> None:
    office_text = office.approvers_text(needed=3)
    file = office.folder / "next.yaml"
    file.write_text(office_text)
    subject = ["--subject", "approvers", "--wish", "three of us"]
    signed = calls.run("officer-4", "propose", file, *subject, *signing(office, "officer-1"))
    assert signed.exit_code == 0, signed.output
    (shown,) = calls.proposals()
    assert (shown["author"], shown["subject"]) == ("officer-1", "approvers")
    for officer in ("officer-2", "officer-3", "head-1"):
        approved = calls.run("officer-4", "approve", shown["proposal_id"], *signing(office, officer))
        assert approved.exit_code == 0, approved.output
    activated = calls.run("officer-4", "activate", shown["proposal_id"], *signing(office, "officer-2"))
    assert (activated.exit_code, "state: active" in activated.stdout) == (0, True), activated.output


def test_who_has_left_is_recorded_by_one_who_decides(calls: Calls, office: Office) -> None:
    because = ["--reason", "another office"]
    refused = calls.run("officer-2", "revoke", "officer-3", *because)
    assert (refused.exit_code, "Only an officer who decides" in refused.stderr) == (2, True), refused.output
    left = calls.run("officer-2", "revoke", "officer-3", *because, *signing(office, "head-1"))
    assert (left.exit_code, left.stdout.startswith("officer-3 has left")) == (0, True), left.output
    own = calls.run("officer-4", "revoke", "officer-4", *because)
    assert (own.exit_code, "Propose other approvers first" in own.stderr) == (2, True), own.output
    own = calls.run("officer-4", "revoke", "officer-4", *because, "--though-too-few")
    assert own.exit_code == 0, own.output
    late = calls.run("officer-3", "propose", office.policies, "--wish", "x")
    assert (late.exit_code, "The officer has left." in late.stderr) == (2, True), late.output


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (["approve", "0" * 64], "No proposal has this id"),
        (["approve", "012345"], "is not the beginning of the id of one proposal"),
        (["approve"], "Missing argument"),
        (["reject", "--reason", "no"], "the id of the proposal is missing"),
        (["propose", "DIR"], "the wish is missing"),
        (["propose", "DIR", "--wish", "the same"], "It is what is in force."),
        (
            ["propose", "NEW", "--wish", "late", "--holds-from", "2020-01-01"],
            "/holds_from: must not lie before today",
        ),
        (
            ["propose", "FLOOR", "--subject", "approvers", "--wish", "x"],
            "is no key that the file of approvers has",
        ),
        (["rollback", "0123456789", "--wish", "back"], "is no whole revision"),
        (["rollback", "0" * 64, "--wish", "back"], "/revision: the ledger does not know this revision"),
        (["approve", "0" * 64, "--key", "PEM"], "--approvers is missing"),
        (["confirm", "0" * 64], "the ledger was not restored, or that was confirmed"),
        (["confirm", "012345"], "is no whole revision"),
    ],
)
def test_what_a_service_refuses_is_reported_with_the_reason(
    calls: Calls, office: Office, words: list[str], fact: str
) -> None:
    new = shutil.copytree(office.policies, office.folder / "new" / "policies")
    reword(new)
    shutil.copy(office.floor, new.parent)
    names = {"DIR": office.policies, "NEW": new, "FLOOR": office.floor, "PEM": pem(office, "officer-1")}
    done = calls.run("officer-1", *(names.get(word, word) for word in words))
    assert (done.exit_code, fact in " ".join(done.stderr.split())) == (2, True), done.output


@pytest.mark.parametrize(
    ("address", "token", "fact"),
    [
        ("gate.example.org", "x", "is no address of a service"),
        ("http://gate.example.org", "x", "a token is sent over http to this machine alone"),
        ("https://gate.example.org", "", "the variable GATE_TOKEN is empty"),
        ("http://127.0.0.1:1", "x", "the service http://127.0.0.1:1 does not answer"),
    ],
)
def test_a_service_that_cannot_be_called_is_named(address: str, token: str, fact: str) -> None:
    done = run("policies", "status", "--service", address, "--token-env", "GATE_TOKEN", GATE_TOKEN=token)
    assert (done.exit_code, fact in done.stderr) == (2, True), done.output


def test_who_is_not_known_is_pointed_to_the_variable(calls: Calls) -> None:
    done = run("policies", "status", "--service", calls.address, CHANNELGATE_TOKEN="nobody")
    assert done.exit_code == 2
    assert "put the token or API key of an officer into CHANNELGATE_TOKEN" in done.stderr


def test_an_approval_taken_back_in_git_is_taken_back_at_the_service(office: Office) -> None:
    branch, notes = office.folder / "branch", office.folder / "change"
    shutil.copytree(office.policies, branch)
    reword(office.policies)
    wish = ["--wish", "Friendlier words", "--base", branch, "--out", notes]
    assert run("policies", "propose", office.policies, *wish, *signing(office, "officer-1")).exit_code == 0
    stated = ["--approvals", notes, *signing(office, "officer-2")]
    assert run("policies", "approve", office.policies, *stated).exit_code == 0
    with running_server(office.settings(policies=branch)) as address:
        calls = Calls(office, address)
        carry = ["propose", office.policies, "--approvals", notes]
        assert calls.run("officer-1", *carry).exit_code == 0
        assert run("policies", "withdraw", "--approval", *stated).exit_code == 0
        (notes / "approval-officer-3.txt").write_text("edited")
        carried = calls.run("officer-1", *carry)
        assert (carried.exit_code, "approval-officer-3.txt was not recorded" in carried.stderr) == (2, True)
        (shown,) = calls.proposals()
        assert [one["counts"] for one in shown["approvals"]] == [False]
        assert run(
            "policies", "reject", "--reason", "no", "--approvals", notes, *signing(office, "officer-4")
        )
        ended = calls.run("officer-1", *carry)
        assert (ended.exit_code, "the proposal has come to an end" in ended.stderr) == (2, True)
        moved = calls.run("officer-1", "propose", branch, "--approvals", notes)
        assert (moved.exit_code, "check out what was proposed" in moved.stderr) == (2, True)


def test_a_restored_ledger_is_confirmed_by_one_who_decides(office: Office, tmp_path: Path) -> None:
    with running_server(office.settings()):
        pass
    backup, restored = str(tmp_path / "backup.db"), str(tmp_path / "restored.db")
    assert run("store", "backup", "--database", office.database, "--out", backup).exit_code == 0
    assert run("store", "restore", backup, "--database", restored).exit_code == 0
    with running_server(office.settings(database=restored)) as address:
        calls, revision = Calls(office, address), revision_in(office.policies)
        refused = calls.run("officer-2", "confirm", revision)
        assert (refused.exit_code, "This call is for" in refused.stderr) == (2, True), refused.output
        confirmed = calls.run("head-1", "confirm", revision, *signing(office, "head-1"))
        assert confirmed.exit_code == 0, confirmed.output
        assert f"confirmed: {revision}, as of the backup of " in confirmed.stdout
