"""The auditor's pages over plain HTTP: who sees what, tables as CSV, what does not agree, who approved what.

Covers: api.console.audit.decisions, api.console.audit.reconciliation, api.console.audit.overview,
api.console.frame.csv, api.services.decision_pages, api.ledger.proofs, api.services.log_proofs
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert

from api.console.frame.csv import csv_response
from api.console.frame.plots import days_plot, share_plot
from api.ledger import proofs
from api.ledger.checkpoints import Checkpoint, sign_checkpoint
from api.ledger.merkle import consistency_proof, inclusion_path, inclusion_proof, leaf_hash, root_of
from api.ledger.proofs import ProofBlocks, encoded, prove_consistency
from api.ledger.tables import log_entries, log_state, metadata
from api.signing.keys import SigningKey
from tests.support.approving import approving, make_office
from tests.support.consoles import ServedConsole, Visitor, served_console

FORMULA = "=HYPERLINK(1)"
REQUEST = {"mission": {"countries": ["KP"]}, "items": [{"kind": "document"}]}
PAGES = (
    "/audit",
    "/audit/decisions",
    "/audit/checkpoints",
    "/audit/consistency",
    "/audit/reconciliation",
    "/audit/approvals",
    "/audit/report",
)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def decided(console: ServedConsole) -> dict[str, Any]:
    """Decisions about requests with the names of formulas and markup."""
    headers = {"Authorization": f"Bearer {console.keys['department']}"}
    answers = {}
    for name in ("r-1", FORMULA, "<script>alert(1)</script>"):
        answer = console.api.post("/v1/pre-check", headers=headers, json={**REQUEST, "request_id": name})
        assert answer.status_code == 200, answer.text
        answers[name] = answer.json()
    return answers


def table(visitor: Visitor, path: str) -> list[list[str]]:
    answer = visitor.open(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return [*csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))]


@pytest.mark.parametrize("role", ["department", "liaison", "policy_officer"])
def test_the_area_is_for_those_who_reconcile(console: ServedConsole, role: str) -> None:
    visitor = console.visitor(role)
    for path in PAGES:
        allowed = role == "policy_officer" and path == "/audit/approvals"
        assert visitor.open(path).status_code == (200 if allowed else 403), path


def test_who_may_not_read_the_log_gets_no_proof(console: ServedConsole, decided: dict[str, Any]) -> None:
    path = f"/audit/decisions/{decided['r-1']['decision_id']}"
    auditor, committee = console.visitor("auditor"), console.visitor("committee")
    assert "data-proof" in auditor.open(path).text
    assert "data-proof" not in committee.open(path).text
    assert committee.open(f"{path}/proof.json").status_code == 403


@pytest.mark.parametrize(
    "path", ["/audit/decisions/none", "/audit/decisions/none/proof.json", "/audit/checkpoints/999"]
)
def test_what_is_not_there_is_not_found(console: ServedConsole, path: str) -> None:
    assert console.visitor("auditor").open(path).status_code == 404


def test_a_search_finds_by_several_criteria(console: ServedConsole, decided: dict[str, Any]) -> None:
    visitor = console.visitor("auditor")
    day = decided["r-1"]["as_of"]
    found = visitor.open(f"/audit/decisions?country=KP&request_id=r-1&first_day={day}&last_day={day}").text
    assert found.count('<th scope="row"') == 1
    assert "No decision fits all of this." in visitor.open("/audit/decisions?country=AL").text


def test_a_search_that_cannot_be_read_is_shown_again(console: ServedConsole) -> None:
    answer = console.visitor("auditor").open("/audit/decisions?country=Atlantis&request_id=r-1")
    assert answer.status_code == 400
    assert "Country: has to be a country by its code of two letters" in answer.text
    assert 'value="r-1"' in answer.text


def test_every_table_is_also_csv_that_runs_no_formula(
    console: ServedConsole, decided: dict[str, Any]
) -> None:
    visitor = console.visitor("auditor")
    head, *rows = table(visitor, "/audit/decisions?format=csv&country=KP")
    assert head[:2] == ["sequence", "decision_id"]
    assert {row[3] for row in rows} == {"r-1", f"'{FORMULA}", "<script>alert(1)</script>"}
    assert table(visitor, "/audit?format=csv")[0][0] == "day"
    assert sum(map(int, table(visitor, "/audit?format=csv")[1][1:])) == 3
    assert table(visitor, "/audit/checkpoints?format=csv")[0] == ["size", "root", "note"]
    assert table(visitor, "/audit/reconciliation?format=csv")[0][0] == "sort"
    assert table(visitor, "/audit/approvals?format=csv")[0][0] == "proposal_id"
    clauses = table(visitor, "/audit/report?format=csv")
    cited = decided["r-1"]["lines"][0]["clauses"][0]
    assert [row[4] for row in clauses if row[0] == cited] == ["3"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_text_becomes_a_formula(text: str) -> None:
    content = bytes(csv_response("t", ("a",), [(text,)]).body).decode("utf-8-sig")
    ((cell,),) = [*csv.reader(io.StringIO(content.partition("\n")[2], newline=""))] or [[""]]
    assert cell in (text, f"'{text}")
    assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell)


def test_markup_in_a_request_is_text(console: ServedConsole, decided: dict[str, Any]) -> None:
    visitor = console.visitor("auditor")
    identifier = decided["<script>alert(1)</script>"]["decision_id"]
    for path in ("/audit/decisions", f"/audit/decisions/{identifier}"):
        text = visitor.open(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_checkpoint_is_handed_out_as_the_note_that_it_is(
    console: ServedConsole, decided: dict[str, Any]
) -> None:
    headers = {"Authorization": f"Bearer {console.keys['auditor']}"}
    newest = console.api.get("/v1/log/checkpoint", headers=headers).text
    size = newest.split("\n")[1]
    assert console.visitor("auditor").open(f"/audit/checkpoints/{size}").text == newest


@pytest.mark.parametrize(
    "query", ["", "?first=1", "?first=x&second=3", "?first=9999&second=1", "?first=1&second=2"]
)
def test_checkpoints_that_are_not_stored_are_not_compared(console: ServedConsole, query: str) -> None:
    answer = console.visitor("auditor").open(f"/audit/consistency{query}")
    assert answer.status_code == 400
    assert "data-proof" not in answer.text


def test_what_does_not_agree_is_listed(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        committee = {"Authorization": f"Bearer {console.keys['committee']}", "Idempotency-Key": "k-1"}
        handover = {
            "countries": ["KP"], "department": "metallurgy", "handed_over_on": "1965-03-02", "by": "committee",
            "to": "counterpart_institution", "recipient": "the secretary", "mode": "hand",
            "items": [{"line": 1, "description": "drawings", "kind": "drawing"}], "evidence": "receipt no. 4",
        }  # fmt: skip
        answer = console.api.post("/v1/handovers", headers=committee, json=handover)
        assert answer.status_code == 201, answer.text
        visitor = console.visitor("auditor")
        identifier = answer.json()["handover_id"]
        assert "not agree</span>" in visitor.open("/audit").text
        page = visitor.open("/audit/reconciliation").text
        assert identifier in page
        assert identifier in {row[1] for row in table(visitor, "/audit/reconciliation?format=csv")}
        assert visitor.open("/audit/reconciliation?as_of=1965-03-01").text.count(identifier) == 0
        assert visitor.open("/audit/reconciliation?as_of=soon").status_code == 400


def test_days_are_plotted_and_small_numbers_are_seen() -> None:
    plot = days_plot([0, 1, 1000], 1000)
    assert [(bar.x, bar.height) for bar in plot.bars] == [(10, 2), (20, 36)]
    assert days_plot([], 0).bars == ()
    assert [bar.width for bar in share_plot(1, 1000).bars] == [4]
    assert share_plot(0, 0).bars == ()


LEAVES = [leaf_hash(str(number).encode()) for number in range(100)]


def test_proofs_by_blocks_are_those_of_the_whole_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "BLOCK", 8)
    monkeypatch.setattr(proofs, "READ_BLOCKS", 3)
    key = SigningKey.generate("log")
    notes = [sign_checkpoint(Checkpoint("log", size, root_of(LEAVES[:size])), key) for size in range(101)]
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        rows = [
            {
                "sequence": place,
                "kind": "decision",
                "key": str(place),
                "recorded_at": "",
                "entry": b"",
                "leaf": leaf,
            }
            for place, leaf in enumerate(LEAVES)
        ]
        connection.execute(insert(log_entries), rows)
        connection.execute(insert(log_state), {"id": 1, "tree": "", "note": notes[100]})
        blocks = ProofBlocks()
        assert blocks.learn(connection)
        for size in (1, 7, 8, 9, 63, 64, 65, 100):
            for index in {0, size // 2, size - 1}:
                path = inclusion_path(lambda a, b: blocks.root(connection, a, b), index, size)
                assert path == inclusion_proof(LEAVES[:size], index)
            for first in {1, size // 3 or 1, size}:
                proof = prove_consistency(connection, blocks, notes[first], notes[size])
                path = consistency_proof(LEAVES, first, size)
                assert proof["consistency_proof"] == [*map(encoded, path)]
        assert not blocks.learn(connection)
    engine.dispose()


def test_who_approved_what_is_listed(tmp_path: Path) -> None:
    office = make_office(tmp_path)
    with approving(office) as clients:
        files = office.texts()
        proposal = clients.propose(files={**files, "home.yaml": files["home.yaml"] + "# as before"})
        visitor = Visitor(str(clients.client.base_url).rstrip("/"))
        key = {"api_key": office.api_keys["auditor"], "next": "/"}
        assert visitor.send("/sign-in", key, at="/sign-in").status_code == 303
        page = visitor.open("/audit/approvals").text
        assert proposal in page
        assert "founded" in page
        _, row = table(visitor, "/audit/approvals?format=csv")
        assert row[0] == proposal
        visitor.client.close()
