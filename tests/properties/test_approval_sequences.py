"""Whatever officers do in whatever order: only what was approved comes into force, and the log proves it.

The evidence is made up at once, from words in what is proposed; everything else is a service as it runs, of one node
or two. What may be in force is derived here from what was accepted, not as the service does it.
CHANNELGATE_TEST_SEQUENCES and CHANNELGATE_TEST_ACTS ask for more, and longer ones.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from api.domain.approvals import evidence as proposed
from api.domain.approvals.statements import (
    Activation,
    ApprovalStatement,
    ApprovalWithdrawal,
    EmergencyReturn,
    OfficerStatement,
    ProposalStatement,
    ProposalSubject,
    ProposalWithdrawal,
    Rejection,
    Revocation,
    digest_of,
)
from api.services.context import Context
from api.services.evidence_runs import EvidenceInputs, EvidenceRuns
from api.services.proposals.activation import activate_due
from api.services.proposals.commands import own_engine
from engine import revision_of
from tests.acceptance.test_approvals import START, reworded, verify
from tests.support.approving import DECIDING, EDITING, LOG, Office, approving, make_office
from tests.support.waiting import wait_until

SEEDS = range(int(os.environ.get("CHANNELGATE_TEST_SEQUENCES", "3")))
ACTS = int(os.environ.get("CHANNELGATE_TEST_ACTS", "70"))
OFFICERS = (*EDITING, *DECIDING)
BASES = {
    ProposalSubject.POLICIES: "revision",
    ProposalSubject.FLOOR: "floor",
    ProposalSubject.APPROVERS: "approvers",
}
"""What is in force of each subject, as it is answered."""
LOOSER, UNPROVED = "Looser", "Unproved"
"""Words in a proposed set, by which its evidence says that it loosens something, or is not proved."""
REQUEST = {"mission": {"countries": ["IS"]}, "items": [{"line": 1, "description": "a sample"}]}


async def _compute(_: EvidenceRuns, inputs: EvidenceInputs, __: object) -> proposed.ProposalEvidence:
    text = b"".join(inputs.proposed.values()).decode()
    passed = proposed.StepResult.PASSED
    cause = proposed.LooseningCause.MORE_PERMISSIVE
    reasons = (proposed.LooseningReason(cause=cause, what="it is looser"),) if LOOSER in text else ()
    return proposed.ProposalEvidence(
        base=revision_of(inputs.base),
        proposed=revision_of(inputs.proposed),
        floor=sha256(inputs.floor).hexdigest(),
        engine=own_engine(),
        answer_edition=1,
        check=proposed.CheckEvidence(result=passed),
        proof=proposed.ProofEvidence(result=proposed.StepResult.FAILED if UNPROVED in text else passed),
        scenarios=proposed.ScenarioEvidence(result=proposed.StepResult.NO_SCENARIOS),
        comparison=proposed.ComparisonEvidence(result=passed),
        loosens=proposed.LooseningEvidence(may_loosen=bool(reasons), reasons=reasons),
    )


class _Clock:
    """A clock that never says the same time twice."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> dt.datetime:
        self.at += dt.timedelta(microseconds=1)
        return self.at


@dataclass
class _Proposal:
    """What was proposed, and who has approved it: when, and for how many days that held then.

    `words` are those of proposed policies. `terms` are what proposed approvers set: how many are needed, and for how
    many days approvals hold.
    """

    author: str
    subject: ProposalSubject
    words: str
    terms: tuple[int, int]
    approvals: dict[str, tuple[dt.datetime, int]] = field(default_factory=dict)
    was_in_force: bool = False


class _Acts:
    """Acts at the nodes of an office, and what may be in force by those that were accepted."""

    def __init__(self, office: Office, clock: _Clock, rounds: list[Context], seed: int) -> None:
        self.office, self.clock, self.rounds = office, clock, rounds
        self.random = random.Random(seed)
        self.proposals: dict[str, _Proposal] = {}
        self.gone: set[str] = set()
        self.needed, self.hold_days = 2, 30
        self.number, self.node_count = 0, 1 + seed % 2
        self.accepted: Counter[str] = Counter()
        self.running = ExitStack()
        self.start()
        self.seen = self.in_force()
        self.words_of = {self.seen["revision"]: ""}

    def start(self) -> None:
        self.nodes = [self.running.enter_context(approving(self.office)) for _ in range(self.node_count)]
        self.clients = self.nodes[0]

    def run(self, acts: Mapping[Callable[[], None], int]) -> None:
        """Do acts, each as often as it weighs, and check after each."""
        with self.running:
            for act in self.random.choices([*acts], [*acts.values()], k=ACTS):
                self.clients = self.random.choice(self.nodes)
                act()
                self.await_due()
                self.check()
            self.restart()

    def in_force(self) -> Any:
        return self.clients.get("auditor", "/v1/approvers")["in_force"]

    def one_of(self, names: Iterable[Any]) -> Any:
        return self.random.choice(sorted(names))

    def some_proposal(self) -> str | None:
        """A proposal, mostly one of the newest."""
        ids = [*self.proposals]
        return self.random.choice(ids if self.random.random() < 0.2 else ids[-3:]) if ids else None

    def state(self, model: type[OfficerStatement], officer: str, path: str, body: Any, **members: Any) -> Any:
        """Let an officer state something, by a call, or by a note that anybody sends; return what was answered."""
        caller = officer
        if self.random.random() < 0.3:
            stated = model(log=LOG, officer=officer, at=self.clock.now(), **members)
            caller, body = self.one_of(OFFICERS), {**body, "note": self.office.sign(stated, officer)}
        response = self.clients.call(caller, "POST", path, body)
        assert response.status_code < 500, (path, body, response.text)
        self.accepted[model.title] += response.status_code == 201
        return response.json() if response.status_code == 201 else None

    def propose(self) -> None:
        self.number += 1
        subject = self.random.choices([*ProposalSubject], (6, 1, 2))[0]
        word = self.one_of((LOOSER, LOOSER, UNPROVED, "Nicer", "Nicer", "Nicer"))
        words, terms = f"{word} {self.number}.", (self.random.choice((2, 3)), self.random.choice((10, 30)))
        body: dict[str, Any] = {"subject": subject, "wish": "as it is wished"}
        match subject:
            case ProposalSubject.POLICIES if self.random.random() < 0.2:
                content = body["revision"] = self.one_of(self.words_of)
                words = self.words_of[content]
            case ProposalSubject.POLICIES:
                body["files"] = reworded(self.office, words)
                content = revision_of({name: text.encode() for name, text in body["files"].items()})
            case ProposalSubject.FLOOR:
                body["text"] = f"{self.office.floor.read_text()}# {self.number}\n"
                content = digest_of(body["text"])
            case ProposalSubject.APPROVERS:
                body["text"] = self.office.approvers_text(needed=terms[0], approvals_hold_days=terms[1])
                content = digest_of(body["text"])
        day = self.clock.at.date() + dt.timedelta(days=self.random.choice((1, 3)))
        holds_from = day if self.random.random() < 0.3 else None
        body |= {"holds_from": day.isoformat()} if holds_from else {}
        base = self.in_force()[BASES[subject]]
        members = {"subject": subject, "content": content, "base": base, "holds_from": holds_from}
        author = self.one_of(OFFICERS)
        made = self.state(ProposalStatement, author, "/v1/proposals", body, wish=body["wish"], **members)
        if made:
            self.proposals[made["proposal_id"]] = _Proposal(author, subject, words, terms)
            self.await_evidence(made["proposal_id"])

    def await_evidence(self, made: str) -> None:
        wait_until(lambda: self.clients.proposal(made).get("evidence_under_way") is None)

    def approve(self) -> None:
        if made := self.some_proposal():
            shown = self.clients.proposal(made)
            members = {"proposal": made, "content": shown["content"], "base": shown["base"]}
            members["evidence"] = shown["evidence"]["digest"] if shown["evidence"] else None
            for officer in self.random.sample(OFFICERS, 2):
                path = f"/v1/proposals/{made}/approvals"
                if self.state(ApprovalStatement, officer, path, {}, **members):
                    self.proposals[made].approvals[officer] = (self.clock.at, self.hold_days)

    def take_back(self) -> None:
        if made := self.some_proposal():
            officer, path = self.one_of(OFFICERS), f"/v1/proposals/{made}/approvals/withdrawal"
            if self.state(ApprovalWithdrawal, officer, path, {}, proposal=made):
                del self.proposals[made].approvals[officer]

    def reject(self) -> None:
        if made := self.some_proposal():
            path, why = f"/v1/proposals/{made}/rejection", {"reason": "not now"}
            if self.state(Rejection, self.one_of(OFFICERS), path, why, proposal=made, **why):
                self.proposals[made].approvals.clear()

    def withdraw(self) -> None:
        if made := self.some_proposal():
            officer, path = self.one_of(OFFICERS), f"/v1/proposals/{made}/withdrawal"
            if self.state(ProposalWithdrawal, officer, path, {}, proposal=made):
                assert officer == self.proposals[made].author
                self.proposals[made].approvals.clear()

    def activate(self) -> None:
        if made := self.some_proposal():
            self.state(
                Activation, self.one_of(OFFICERS), f"/v1/proposals/{made}/activation", {}, proposal=made
            )

    def compute(self) -> None:
        if made := self.some_proposal():
            response = self.clients.call("officer-1", "POST", f"/v1/proposals/{made}/evidence", {})
            assert response.status_code < 500, response.text
            self.await_evidence(made)

    def revoke(self) -> None:
        leaving, officer, why = self.one_of(OFFICERS), self.one_of(OFFICERS), {"reason": "another office"}
        if self.state(
            Revocation, officer, f"/v1/approvers/{leaving}/revocation", why, revoked=leaving, **why
        ):
            assert officer == leaving or officer in DECIDING
            self.gone.add(leaving)

    def return_to_earlier(self) -> None:
        body, officer = {"revision": self.one_of(self.words_of), "reason": "too much"}, self.one_of(OFFICERS)
        members = {"content": body["revision"], "base": self.in_force()["revision"], "reason": body["reason"]}
        if self.state(EmergencyReturn, officer, "/v1/policies/return", body, **members):
            assert officer in {*DECIDING} - self.gone
            self.seen = self.in_force()
            assert (self.seen["revision"], self.seen["approval"]) == (body["revision"], "returned")

    def ask(self) -> None:
        self.number += 1
        request = {**REQUEST, "request_id": f"r-{self.number}"}
        response = self.clients.call("host", "POST", "/v1/pre-check", request)
        assert response.json()["policy"]["revision"] == self.in_force()["revision"]

    def pass_days(self) -> None:
        self.clock.at += dt.timedelta(days=self.random.choice((1, 1, 1, 2, 12)))

    def restart(self) -> None:
        """The log is intact, and says the same to those who read it anew."""
        before = self.shown()
        self.running.close()
        result = verify(self.office)
        assert result.exit_code == 0, result.output
        self.start()
        assert self.shown() == before

    def shown(self) -> Any:
        """Everything that the service derives from the log."""
        return [self.clients.get("auditor", path) for path in ("/v1/approvers", "/v1/proposals?limit=100")]

    def await_due(self) -> None:
        """Wait until each node looked twice for what is due: the first time may have begun before."""
        enough = len(self.rounds) + 2 * self.node_count
        wait_until(lambda: len(self.rounds) >= enough)

    def check(self) -> None:
        """What came into force was approved by enough others, and by one who decides where that is needed."""
        now, explained = self.in_force(), self.seen
        made = self.clients.get("auditor", "/v1/proposals?limit=100")["proposals"]
        active = [shown for shown in made if shown.get("active_since")]
        for shown in sorted(active, key=itemgetter("active_since")):
            proposal = self.proposals[shown["proposal_id"]]
            if not proposal.was_in_force:
                self.check_approved(proposal)
                explained = {**explained, BASES[proposal.subject]: shown["content"]}
                if proposal.subject is ProposalSubject.POLICIES:
                    self.words_of[shown["content"]] = proposal.words
        assert [now[name] for name in BASES.values()] == [explained[name] for name in BASES.values()]
        self.seen = now
        assert self.clients.get("auditor", "/v1/approvers")["too_few"] is None

    def check_approved(self, proposal: _Proposal) -> None:
        counted = {
            officer
            for officer, (at, days) in proposal.approvals.items()
            if officer not in {proposal.author, *self.gone}
            and self.clock.at < at + dt.timedelta(days=min(days, self.hold_days))
        }
        assert len(counted & {*EDITING}) >= self.needed
        if proposal.subject is not ProposalSubject.POLICIES or LOOSER in proposal.words:
            assert counted & {*DECIDING}
        assert proposal.subject is not ProposalSubject.POLICIES or UNPROVED not in proposal.words
        if proposal.subject is ProposalSubject.APPROVERS:
            self.needed, self.hold_days = proposal.terms
        proposal.was_in_force = True
        self.accepted[f"{proposal.subject.value} in force"] += 1


@pytest.mark.parametrize("seed", SEEDS)
def test_only_what_was_approved_comes_into_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    clock, rounds = _Clock(), list[Context]()

    async def activate_and_count(context: Context) -> None:
        await activate_due(context)
        rounds.append(context)

    monkeypatch.setattr("api.app._now", clock.now)
    monkeypatch.setattr("api.services.approved_followers.activate_due", activate_and_count)
    monkeypatch.setattr("api.services.approved_followers.DUE_SECONDS", 0.002)
    monkeypatch.setattr(EvidenceRuns, "compute_evidence", _compute)
    acts = _Acts(make_office(tmp_path), clock, rounds, seed)
    acts.run(
        {
            acts.propose: 24,
            acts.approve: 80,
            acts.take_back: 5,
            acts.reject: 2,
            acts.withdraw: 2,
            acts.activate: 30,
            acts.compute: 5,
            acts.revoke: 2,
            acts.return_to_earlier: 8,
            acts.ask: 8,
            acts.pass_days: 8,
            acts.restart: 2,
        }
    )
    assert acts.accepted["approval"]
