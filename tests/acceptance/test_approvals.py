"""Changes of policies are proposed, approved by two, brought into force and undone, over HTTP.

Covers: api.services.proposals.making, api.services.proposals.acts, api.services.proposals.emergencies,
api.services.proposals.queries, api.services.proposals.recording, api.services.proposals.evidence,
api.services.proposals.officers, api.http.routes.proposals, api.policies.approved, api.policies.founding,
api.domain.approvals.answers, api.domain.approvals.history, api.services.policy_sources
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from tests.support.approving import Clients, Office, approving, make_office

REQUEST = {
    "request_id": "r-1",
    "mission": {"countries": ["IS"]},
    "items": [{"line": 1, "description": "a sample"}],
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


@pytest.fixture
def clients(office: Office) -> Iterator[Clients]:
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
    environment = {"CHANNELGATE_SIGNING_KEY": str(office.folder / "signing.key")}
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
