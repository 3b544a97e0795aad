"""What `GET /v1/policies/upcoming` and `policies upcoming --database` list of approvals.

Covers: api.domain.approvals.dated_records, api.services.dated_records
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from tests.support.approving import Clients, Office, approving, make_office

Record = tuple[str, str, str, bool | None, str | None]
START = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return make_office(tmp_path)


@pytest.fixture
def clients(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    monkeypatch.setattr("api.app._now", lambda: START)
    monkeypatch.setattr("api.cli.policies_upcoming.now", lambda: START)
    with approving(office) as clients:
        yield clients


def reworded(office: Office) -> dict[str, str]:
    """The policies with another sentence to say."""
    files = {name: text.decode() for name, text in office.files().items()}
    before = "Our release desk looks at this first."
    assert before in files["directive.yaml"]
    return {**files, "directive.yaml": files["directive.yaml"].replace(before, "Please ask them first.")}


def records_in(content: Any) -> list[Record]:
    return [
        (one["kind"], one["name"], day["day"], one.get("approved"), one.get("officer"))
        for day in content["days"]
        for one in day["records"]
    ]


def records(clients: Clients, caller: str = "auditor") -> list[Record]:
    return records_in(clients.get(caller, "/v1/policies/upcoming"))


def shown(office: Office, *arguments: str) -> str:
    """What the command prints of the ledger, without looking for classes."""
    named = ["--database", office.database, "--from", "2026-11-29", "--seconds", "0"]
    result = CliRunner().invoke(app, ["policies", "upcoming", str(office.policies), *named, *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_proposal_is_listed_with_its_day_and_whether_it_is_approved(
    clients: Clients, office: Office
) -> None:
    proposal = clients.propose(files=reworded(office), holds_from="2026-12-20")
    clients.await_evidence(proposal)
    day = ("proposal", proposal, "2026-12-20")
    assert records(clients) == [(*day, False, None)]
    clients.approve(proposal, "officer-2")
    until = ("approval", proposal, "2026-12-29", None)
    assert records(clients) == [(*day, False, None), (*until, "officer-2")]
    assert "is not approved, and shall hold" in " ".join(shown(office).split())
    clients.approve(proposal, "officer-3")
    expected = [(*day, True, None), (*until, "officer-2"), (*until, "officer-3")]
    assert records(clients) == expected
    assert records_in(json.loads(shown(office, "--format", "json"))) == expected
    for format_ in ("text", "markdown"):
        text = " ".join(shown(office, "--format", format_).split())
        assert f"proposal {proposal} is approved, and shall hold from this day" in text.replace("\\", "")
        assert f"approval of officer-3 for the proposal {proposal} expires" in text.replace("\\", "")


def test_what_no_longer_counts_is_not_listed(clients: Clients, office: Office) -> None:
    proposal = clients.propose(files=reworded(office), holds_from="2026-12-20")
    clients.await_evidence(proposal)
    clients.approve(proposal, "officer-2")
    clients.post("officer-2", f"/v1/proposals/{proposal}/approvals/withdrawal")
    assert [kind for kind, *_ in records(clients)] == ["proposal"]
    clients.post("officer-1", f"/v1/proposals/{proposal}/withdrawal")
    assert records(clients) == []


def test_who_may_not_read_proposals_is_shown_none(clients: Clients) -> None:
    text = clients.office.approvers_text(needed=3)
    proposal = clients.propose(holds_from="2026-12-20", subject="approvers", text=text)
    listed = {
        caller: [name for _, name, *_ in records(clients, caller)]
        for caller in ("officer-1", "head-1", "auditor", "host")
    }
    assert listed == {
        "officer-1": [proposal],
        "head-1": [proposal],
        "auditor": [proposal],
        "host": [],
    }
    kinds = {
        caller: clients.get(caller, "/v1/policies/upcoming")["record_kinds"]
        for caller in ("officer-1", "host", "auditor")
    }
    of_approvals = ["proposal", "approval", "emergency return"]
    assert kinds == {
        "officer-1": of_approvals,
        "host": ["clearance"],
        "auditor": ["clearance", *of_approvals],
    }


def test_an_emergency_return_is_listed_with_the_day_by_which_it_has_to_be_confirmed(
    clients: Clients, office: Office
) -> None:
    before = clients.get("auditor", "/v1/approvers")["in_force"]["revision"]
    proposal = clients.propose(files=reworded(office))
    clients.await_evidence(proposal)
    clients.approve(proposal, "officer-2", "officer-3")
    clients.activate(proposal)
    assert records(clients) == []
    clients.post("head-1", "/v1/policies/return", {"revision": before, "reason": "it was wrong"})
    assert records(clients) == [("emergency return", before, "2026-12-02", None, None)]
    assert f"emergency return to the revision {before} has to be confirmed" in " ".join(shown(office).split())
