"""What officers do about proposals by forms: who may, what is refused, what is recorded once, what is shown as text.

Covers: api.console.proposals.words, api.console.proposals.returning, api.console.proposals.approvers,
api.console.proposals.stating, api.services.proposals.views, api.domain.approvals.needs, api.domain.line_changes
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from tests.support.approving import Clients, Office, make_office
from tests.support.consoles import ServedConsole, Visitor, office_console, served_console
from tests.support.drafted import store_draft

Served = tuple[Clients, ServedConsole]
SENTENCE = "Our release desk looks at this first. We cannot let you have it now."
INJECTIONS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} {% for x in y %}",
    "'; DROP TABLE log_entries;--",
    "%(num)s %s ${7*7} &lt;b&gt;",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with office_console(make_office(tmp_path_factory.mktemp("office"))) as served:
        yield served


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Served]:
    """A service for one test, which changes what is in force or who approves."""
    with office_console(make_office(tmp_path)) as served:
        yield served


def reworded(office: Office, words: str) -> dict[str, str]:
    texts = office.texts()
    assert SENTENCE in texts["directive.yaml"]
    return {**texts, "directive.yaml": texts["directive.yaml"].replace(SENTENCE, words)}


def proposed(clients: Clients, wish: str, *, evidence: bool = True, author: str = "officer-1") -> str:
    """A proposal of other words, with its evidence unless that is not needed."""
    proposal = clients.propose(
        author, wish=wish, files=reworded(clients.office, f"Please wait ({len(wish)}).")
    )
    if evidence:
        clients.await_evidence(proposal)
    return proposal


def links(visitor: Visitor, proposal: str) -> set[str]:
    """The acts that the page of a proposal offers to a visitor."""
    text = visitor.open(f"/proposals/{proposal}").text
    return set(re.findall(rf'href="/proposals/{proposal}/([a-z-]+)(?:\?evidence=[0-9a-f]+)?"', text))


def hidden_in(page: str) -> dict[str, str]:
    """The hidden fields of a page, those of its own form too."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found if name != "back"}


def send(visitor: Visitor, path: str, fields: dict[str, str], *, at: str) -> httpx.Response:
    """Send the form of a page with everything hidden that it holds."""
    return visitor.client.post(path, data={**hidden_in(visitor.open(at).text), **fields})


def act(visitor: Visitor, proposal: str, name: str, **fields: str) -> str:
    """Do what a page of an act offers, and return what the proposal's page shows then."""
    path = f"/proposals/{proposal}/{name}"
    answer = send(visitor, path, fields, at=path)
    assert answer.status_code == 303, answer.text
    return visitor.open(answer.headers["location"]).text


def test_each_officer_is_offered_what_the_officer_may_do(served: Served) -> None:
    clients, console = served
    proposal = proposed(clients, "Only to see who may do what")
    assert links(console.visitor("officer-1"), proposal) == {"withdraw"}
    assert links(console.visitor("officer-2"), proposal) == {"approve", "reject"}
    assert links(console.visitor("head-1"), proposal) == {"approve", "reject"}
    for role in ("auditor", "other_head"):
        assert links(console.visitor(role), proposal) == set()
    assert console.visitor("host").open(f"/proposals/{proposal}").status_code == 403
    assert console.visitor("host").open("/proposals").status_code == 403
    act(console.visitor("officer-2"), proposal, "approve")
    assert links(console.visitor("officer-2"), proposal) == {"withdraw-approval", "reject"}


@pytest.mark.parametrize(
    ("who", "name", "status", "part"),
    [
        ("officer-1", "approve", 409, "the officer is the author"),
        ("officer-1", "activate", 409, "0 of 2 officers other than its author have approved it"),
        ("officer-2", "withdraw", 409, "Only its author withdraws a proposal"),
        ("officer-2", "withdraw-approval", 409, "The officer has no approval that counts."),
        ("other_head", "approve", 403, "name nobody who calls with these credentials"),
        ("auditor", "approve", 403, "Your role may not do this."),
        ("auditor", "reject", 403, "Your role may not do this."),
    ],
)
def test_what_an_officer_may_not_do_is_refused(
    served: Served, who: str, name: str, status: int, part: str
) -> None:
    clients, console = served
    proposal = proposed(clients, f"{who} {name}")
    visitor = console.visitor(who)
    page = visitor.open(f"/proposals/{proposal}/{name}")
    assert (page.status_code, part in page.text) == (status, True), page.text
    assert f'action="/proposals/{proposal}/{name}"' not in page.text
    sent = send(visitor, f"/proposals/{proposal}/{name}", {"reason": "no"}, at="/account")
    assert sent.status_code == status
    assert clients.proposal(proposal)["approvals"] == []


def test_a_rejection_needs_a_reason_and_is_shown_with_it(served: Served) -> None:
    clients, console = served
    proposal = proposed(clients, "To be rejected", evidence=False)
    visitor, path = console.visitor("officer-3"), f"/proposals/{proposal}/reject"
    without = send(visitor, path, {"reason": "  "}, at=path)
    assert (without.status_code, "Say why, in a sentence." in without.text) == (400, True)
    text = act(visitor, proposal, "reject", reason="not before the spring")
    assert "The proposal is rejected." in text
    assert "not before the spring" in text
    assert clients.proposal(proposal)["state"] == "rejected"
    assert links(console.visitor("officer-1"), proposal) == set()
    again = visitor.open(path)
    assert (again.status_code, "The proposal is rejected." in again.text) == (409, True)


def test_an_author_withdraws_a_proposal(served: Served) -> None:
    clients, console = served
    proposal = proposed(clients, "To be withdrawn", evidence=False)
    assert "The proposal is withdrawn." in act(console.visitor("officer-1"), proposal, "withdraw")
    assert "withdrawn" in console.visitor("auditor").open("/proposals").text


def test_an_approval_is_taken_back(served: Served) -> None:
    clients, console = served
    proposal, visitor = proposed(clients, "To be approved and not"), console.visitor("officer-2")
    assert "1 of 2" in act(visitor, proposal, "approve")
    text = act(visitor, proposal, "withdraw-approval")
    assert "Your approval is taken back." in text
    assert "the officer took it back" in text
    assert "0 of 2" in text


def test_a_form_that_is_sent_twice_is_recorded_once(served: Served) -> None:
    clients, console = served
    proposal, visitor = proposed(clients, "To be approved twice"), console.visitor("officer-2")
    path = f"/proposals/{proposal}/approve"
    fields = hidden_in(visitor.open(path).text)
    answers = [visitor.client.post(path, data=fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len(clients.proposal(proposal)["approvals"]) == 1


def test_nobody_approves_by_other_evidence_than_the_newest(served: Served) -> None:
    clients, console = served
    proposal, visitor = proposed(clients, "With other evidence"), console.visitor("officer-2")
    page = visitor.open(f"/proposals/{proposal}/approve?evidence={'0' * 64}")
    assert (page.status_code, "This is not the newest evidence" in page.text) == (409, True)
    path = f"/proposals/{proposal}/approve"
    sent = send(visitor, path, {"evidence": "0" * 64}, at=path)
    assert (sent.status_code, "This is not the newest evidence" in sent.text) == (409, True)
    assert clients.proposal(proposal)["approvals"] == []


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_officers_type_is_shown_as_text(served: Served, text: str) -> None:
    clients, console = served
    visitor = console.visitor("officer-1")
    revision = clients.proposal(proposed(clients, f"before {text}", evidence=False))["content"]
    path = f"/proposals/new?revision={revision}"
    sent = send(visitor, "/proposals/new", {"wish": text}, at=path)
    assert sent.status_code == 303, sent.text
    place = sent.headers["location"]
    act(console.visitor("officer-2"), place.rpartition("/")[2], "reject", reason=text)
    for page in (place, "/proposals"):
        shown = visitor.open(page).text
        assert (
            html.escape(" ".join(text.split())).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in shown
        )
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


def test_words_that_do_not_show_as_they_are_are_refused(served: Served) -> None:
    clients, console = served
    visitor = console.visitor("officer-2")
    path = f"/proposals/{proposed(clients, 'Of which words', evidence=False)}/reject"
    sent = send(visitor, path, {"reason": "\u202eabc"}, at=path)
    assert (sent.status_code, "U+202E" in sent.text) == (400, True)


def test_the_list_is_read_page_by_page(own: Served) -> None:
    clients, console = own
    for number in range(21):
        proposed(clients, f"wish {number:02d}", evidence=False)
        clients.office.texts()
    visitor = console.visitor("auditor")
    first = visitor.open("/proposals").text
    assert ("wish 20" in first, "wish 01" in first, "wish 00" in first) == (True, True, False)
    (address,) = re.findall(r'href="(/proposals\?after=\w+)"', first)
    rest = visitor.open(address).text
    assert ("wish 00" in rest, "wish 01" in rest, "Earlier ones" in rest) == (True, False, False)
    assert visitor.open(f"/proposals?after={'0' * 64}").status_code == 400
    assert visitor.open(f"/proposals/{'0' * 64}").status_code == 404


def test_a_proposal_with_a_day_says_that_it_comes_into_force_by_itself(own: Served) -> None:
    clients, console = own
    revision = clients.proposal(proposed(clients, "first", evidence=False))["content"]
    visitor, path = console.visitor("officer-1"), f"/proposals/new?revision={revision}"
    wrong = send(visitor, "/proposals/new", {"wish": "on a day", "holds_from": "soon"}, at=path)
    assert (wrong.status_code, 'value="on a day"' in wrong.text) == (400, True)
    past = send(visitor, "/proposals/new", {"wish": "on a day", "holds_from": "2020-01-01"}, at=path)
    assert (past.status_code, "must not lie before today" in past.text) == (400, True)
    day = (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).date().isoformat()
    made = send(visitor, "/proposals/new", {"wish": "on a day", "holds_from": day}, at=path)
    proposal = made.headers["location"].rpartition("/")[2]
    clients.await_evidence(proposal)
    clients.approve(proposal, "officer-2", "officer-3")
    assert f"It comes into force by itself on {day}." in visitor.open("/proposals").text
    assert links(visitor, proposal) == {"withdraw"}
    assert clients.proposal(proposal)["state"] == "approved"


def test_a_draft_with_faults_is_not_proposed(own: Served) -> None:
    clients, console = own
    revision, visitor = clients.ready()["revision"], console.visitor("officer-1")
    broken = {"iceland.yaml": "policy: iceland\nrules: [\n"}
    draft = store_draft(clients.office, "officer-1", "broken", revision, broken)
    page = visitor.open(f"/policies/drafts/{draft}/propose").text
    assert "It does not pass the check." in page
    assert "iceland.yaml" in page
    assert "Propose it" not in page
    nothing = store_draft(clients.office, "officer-1", "nothing", revision, {})
    assert "It is what is in force." in visitor.open(f"/policies/drafts/{nothing}/propose").text
    assert visitor.open(f"/policies/drafts/{'0' * 32}/propose").status_code == 404
    assert console.visitor("auditor").open(f"/policies/drafts/{nothing}/propose").status_code == 403


def test_what_was_shown_is_what_is_proposed(own: Served) -> None:
    clients, console = own
    texts = reworded(clients.office, "Please wait.")
    changes = {"directive.yaml": texts["directive.yaml"]}
    draft = store_draft(clients.office, "officer-1", "other words", clients.ready()["revision"], changes)
    visitor, path = console.visitor("officer-1"), f"/policies/drafts/{draft}/propose"
    other = send(visitor, path, {"wish": "x", "shown": "0" * 64}, at=path)
    assert (other.status_code, "has changed since this page was shown" in other.text) == (409, True)
    stale = send(visitor, path, {"wish": "x", "base": "0" * 64}, at=path)
    assert (stale.status_code, "based on something else" in stale.text) == (409, True)
    assert clients.get("auditor", "/v1/proposals")["proposals"] == []


def test_other_approvers_and_another_floor_are_proposed_as_text(own: Served) -> None:
    clients, console = own
    visitor, office = console.visitor("officer-1"), clients.office
    path = "/proposals/new?subject=approvers"
    faulty = send(visitor, "/proposals/new", {"wish": "x", "text": "approvers: 3"}, at=path)
    assert (faulty.status_code, "approvers: 3" in faulty.text) == (400, True)
    fields = {"wish": "three of them", "text": office.approvers_text(needed=3)}
    made = send(visitor, "/proposals/new", fields, at=path)
    page = visitor.open(made.headers["location"]).text
    assert "needed: 3" in page
    assert "One officer who decides has to approve as well: head-1, head-2." in page
    assert links(console.visitor("head-1"), made.headers["location"].rpartition("/")[2]) == {
        "approve",
        "reject",
    }
    floor = office.floor.read_text()
    assert html.escape(floor[:40]) in visitor.open("/proposals/new?subject=floor").text
    other = {"wish": "floor", "text": floor.replace("has not approved.", "did not approve.")}
    made = send(visitor, "/proposals/new", other, at="/proposals/new?subject=floor")
    assert "did not approve." in visitor.open(made.headers["location"]).text
    assert visitor.open("/proposals/new").status_code == 404
    assert visitor.open(f"/proposals/new?revision={'0' * 64}").status_code == 404


def test_that_an_officer_has_left_is_recorded(own: Served) -> None:
    _, console = own
    visitor, path = console.visitor("head-1"), "/approvers/officer-4/revoke"
    assert "record that officer-4 has left" in visitor.open("/approvers").text
    assert "record that" not in console.visitor("auditor").open("/approvers").text
    sent = send(visitor, path, {"reason": "another office"}, at=path)
    assert sent.headers["location"] == "/approvers"
    assert visitor.open("/approvers").text.count("has left</span>") == 1
    assert visitor.open(path).status_code == 409
    assert visitor.open("/approvers/nobody/revoke").status_code == 404
    assert console.visitor("officer-2").open("/approvers/officer-3/revoke").status_code == 409
    few = "/approvers/officer-3/revoke"
    assert "Though too few would be left" in visitor.open(few).text
    refused = send(visitor, few, {"reason": "another office"}, at=few)
    assert (refused.status_code, "though_too_few" in refused.text) == (409, True)
    assert send(visitor, few, {"reason": "x", "though_too_few": "yes"}, at=few).status_code == 303
    assert "which cannot be." in visitor.open("/approvers").text


def test_only_one_who_decides_returns_in_an_emergency(own: Served) -> None:
    clients, console = own
    founded = clients.ready()["revision"]
    changed = proposed(clients, "other words")
    clients.adopt(changed)
    path = f"/policies/revisions/{founded}/return"
    head, officer = console.visitor("head-1"), console.visitor("officer-2")
    assert officer.open(path).status_code == 403
    assert path not in officer.open("/policies/revisions").text
    assert path in head.open("/policies/revisions").text
    assert head.open(f"/policies/revisions/{'0' * 64}/return").status_code == 404
    assert send(head, path, {"reason": ""}, at=path).status_code == 400
    assert send(head, path, {"reason": "as before"}, at=path).status_code == 303
    assert clients.ready()["revision"] == founded
    assert head.open(path).status_code == 409
    first = officer.open("/policies/revisions").text
    assert "returned to in an emergency" in first
    page = head.client.get("/v1/approvers", headers={"Authorization": f"Bearer {console.keys['head-1']}"})
    assert page.json()["in_force"]["approval"] == "returned"


def test_a_restored_ledger_is_confirmed(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    with office_console(office) as (clients, _):
        revision = clients.ready()["revision"]
    backup, restored = str(tmp_path / "backup.db"), str(tmp_path / "restored.db")
    for arguments in (("backup", "--database", office.database, "--out", backup), ("restore", backup)):
        more = ["--database", restored] if arguments[0] == "restore" else []
        assert CliRunner().invoke(app, ["store", *arguments, *more], env=office.log_variables).exit_code == 0
    with office_console(office, database=restored) as (clients, console):
        head = console.visitor("head-1")
        assert "This ledger was restored from a backup" in head.open("/proposals").text
        path = "/policies/confirmation"
        other = send(head, path, {"seen": "0" * 64}, at=path)
        assert (other.status_code, "look at it again" in other.text) == (409, True)
        assert send(head, path, {}, at=path).headers["location"] == "/proposals"
        assert "This ledger was restored" not in head.open("/proposals").text
        assert head.open(path).status_code == 409
        assert clients.ready()["revision"] == revision
        assert console.visitor("officer-1").open(path).status_code == 403


def test_the_files_and_the_progress_are_shown(served: Served) -> None:
    clients, console = served
    proposal, visitor = proposed(clients, "With files"), console.visitor("auditor")
    page = visitor.open(f"/proposals/{proposal}/files/directive.yaml").text
    assert SENTENCE in page
    assert "Please wait (10)." in page
    assert visitor.open(f"/proposals/{proposal}/files/none.yaml").status_code == 404
    progress = visitor.open(f"/proposals/{proposal}/progress").json()
    assert progress == {"words": "", "is_there": True}


def test_the_pages_speak_chinese(served: Served) -> None:
    clients, console = served
    proposal, visitor = proposed(clients, "In another language"), console.visitor("officer-2")
    visitor.client.headers["Accept-Language"] = "zh"
    text = visitor.open(f"/proposals/{proposal}").text
    assert "下一步须做什么" in text
    assert "没有任何请求得到不同结果" in text
    assert "提案" in visitor.open("/proposals").text


def test_without_approvals_there_is_nothing_to_propose(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        page = console.visitor("auditor").open("/proposals")
        assert "This service requires no approvals" in page.text
        assert console.visitor("auditor").open("/approvers").status_code == 404


def test_pages_are_small(served: Served) -> None:
    clients, console = served
    proposal, visitor = proposed(clients, "Of which size"), console.visitor("officer-2")
    for path in ("/proposals", f"/proposals/{proposal}", "/policies/revisions", "/approvers"):
        assert len(visitor.open(path).content) < 100_000


def test_the_audit_shows_what_was_tested_of_the_policies_in_force(own: Served) -> None:
    clients, console = own
    auditor = console.visitor("auditor")
    assert "The log holds no evidence on it" in auditor.open("/audit/report").text
    proposal = proposed(clients, "Say it more kindly")
    clients.adopt(proposal)
    report = html.unescape(auditor.open("/audit/report").text)
    recorded = clients.proposal(proposal)["evidence"]
    assert f'<a href="/proposals/{proposal}#evidence">Say it more kindly</a>' in report
    assert recorded["computed_at"][:16].replace("T", " ") in report
    assert clients.ready()["revision"][:12] in report
    assert "obligations are proved, over all requests" in report
