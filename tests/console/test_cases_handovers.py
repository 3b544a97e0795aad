"""Clearances and handovers in the console: a dry run first, then the record; what becomes of it.

Covers: api.console.cases.clearances, api.console.cases.handover_fields, api.console.cases.handover_forms,
api.console.cases.handover_pages, api.console.cases.handover_words, api.services.handover_queries
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.console.test_cases_facts import INJECTIONS
from tests.support.console_cases import agree, call, opened, today
from tests.support.console_content import handover_fields
from tests.support.consoles import ROOT, ServedConsole, Visitor, served_console
from tests.support.serving_parties import serving_parties

HIDDEN = re.compile(r'<input type="hidden" name="(form_token|call_key|looked_at|findings)" value="([^"]*)">')
LINK = re.compile(r'href="/handovers/([0-9a-f-]{36})"')


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("handovers")) as running:
        yield running


def cleared(console: ServedConsole) -> tuple[str, str]:
    """A case and its clearance."""
    case_id = opened(console)
    agree(console, case_id)
    clearance = call(console, "committee", "POST", "/v1/clearances", {"case_id": case_id})
    return case_id, clearance["clearance_id"]


def handovers(console: ServedConsole) -> list[Any]:
    return list(call(console, "committee", "GET", "/v1/handovers?limit=200")["handovers"])


def look(visitor: Visitor, fields: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Send the first step; returns the page and the hidden fields by which the second step follows."""
    answer = visitor.send("/handovers/new", {**fields, "look": "yes"}, at="/handovers/new")
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text), dict(HIDDEN.findall(answer.text))


def record(visitor: Visitor, fields: dict[str, str], hidden: dict[str, str]) -> Any:
    return visitor.client.post("/handovers/new", data={**fields, **hidden, "record": "yes"})


def recorded(console: ServedConsole, visitor: Visitor, **more: str) -> str:
    """The address of a new handover."""
    fields = handover_fields(console, cleared(console)[1], **more)
    _, hidden = look(visitor, fields)
    return str(record(visitor, fields, hidden).headers["location"])


def test_a_dry_run_records_nothing_and_the_record_follows_once(console: ServedConsole) -> None:
    visitor = console.visitor("committee")
    case_id, clearance_id = cleared(console)
    before = len(handovers(console))
    fields = handover_fields(console, clearance_id)
    page, hidden = look(visitor, fields)
    assert "This would be found" in page
    assert '<span class="status good">in order</span>' in page
    assert len(handovers(console)) == before
    assert "can be used once" in visitor.open(f"/clearances/{clearance_id}").text
    first, again = (record(visitor, fields, hidden) for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert len(handovers(console)) == before + 1
    handover = visitor.open(first.headers["location"]).text
    assert f'href="/cases/{case_id}"' in handover
    assert f'href="/clearances/{clearance_id}"' in handover
    assert "used up" in visitor.open(f"/clearances/{clearance_id}").text


def test_what_would_be_found_otherwise_by_now_is_shown_before_it_is_recorded(console: ServedConsole) -> None:
    first, second = console.visitor("committee"), console.visitor("liaison")
    fields = handover_fields(console, cleared(console)[1])
    looks = [look(visitor, fields)[1] for visitor in (first, second)]
    assert record(first, fields, looks[0]).status_code == 303
    before = len(handovers(console))
    shown = record(second, fields, looks[1])
    assert shown.status_code == 200
    assert "Something else would be found by now than you were shown: nothing was recorded yet." in shown.text
    assert "was used up by the handover" in html.unescape(shown.text)
    assert len(handovers(console)) == before
    assert record(second, fields, dict(HIDDEN.findall(shown.text))).status_code == 303
    assert len(handovers(console)) == before + 1


@pytest.mark.parametrize("quantity", ["0.25", "2.50", "0.1000000000000000000000000001"])
def test_a_quantity_may_be_a_part_of_one(console: ServedConsole, quantity: str) -> None:
    visitor = console.visitor("committee")
    fields = handover_fields(console, cleared(console)[1], **{"item.0.quantity": quantity})
    page, hidden = look(visitor, fields)
    assert "This would be found" in page
    assert record(visitor, fields, hidden).status_code == 303


def test_what_was_not_looked_at_is_not_recorded(console: ServedConsole) -> None:
    visitor = console.visitor("committee")
    before = len(handovers(console))
    fields = handover_fields(console, cleared(console)[1])
    _, hidden = look(visitor, fields)
    changed = {**fields, "to": "mission"}
    answer = record(visitor, changed, hidden)
    assert answer.status_code == 200
    text = html.unescape(answer.text)
    assert "You changed something since you looked: nothing was recorded yet." in text
    assert '<span class="status bad">in breach</span>' in text
    assert "the clearance says counterpart_institution" in text
    assert visitor.send("/handovers/new", {**fields, "record": "yes"}, at="/handovers/new").status_code == 200
    assert len(handovers(console)) == before
    hidden = dict(HIDDEN.findall(answer.text))
    assert record(visitor, changed, hidden).status_code == 303
    assert handovers(console)[-1]["status"] == "breach"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"countries": "Atlantis"}, "Countries of the mission: "),
        ({"item.0.quantity": "many"}, "Quantity: `many` is no number"),
        ({"recipient": ""}, "Who took it: "),
        ({"by": "nobody"}, "Handed over by: "),
        ({"handed_over_on": "2999-01-01"}, "Day of the handover: must not lie after today"),
        ({"item.0.description": ""}, "Line 1, Item: "),
        ({"item.0.kind": "a thing"}, "Line 1, Kind: "),
    ],
)
def test_what_cannot_be_read_is_explained_and_stays(
    console: ServedConsole, changes: dict[str, str], sentence: str
) -> None:
    visitor = console.visitor("committee")
    fields = handover_fields(console, "", **changes)
    answer = visitor.send("/handovers/new", {**fields, "look": "yes"}, at="/handovers/new")
    assert answer.status_code == 400
    text = html.unescape(answer.text)
    assert sentence in text
    assert 'value="receipt no. 4"' in text


def test_the_form_begins_with_the_clearance_the_case_or_the_record_to_be_corrected(
    console: ServedConsole,
) -> None:
    visitor = console.visitor("committee")
    case_id, clearance_id = cleared(console)
    for path in (f"/handovers/new?clearance={clearance_id}", f"/handovers/new?case_id={case_id}"):
        page = visitor.open(path).text
        assert 'value="drawings of a rolling mill"' in page
        assert '<option value="counterpart_institution" selected>' in page
        assert '<option value="drawing" selected>' in page
    address = recorded(console, visitor)
    form = visitor.open(f"/handovers/new?supersedes={address.rpartition('/')[2]}").text
    assert f'name="supersedes" value="{address.rpartition("/")[2]}"' in form
    more = visitor.send(
        "/handovers/new", {"more": "yes", "item.0.description": "x"}, at="/handovers/new"
    ).text
    assert 'name="item.7.line"' in more
    assert visitor.open("/handovers/new?clearance=nothing").status_code == 404


def test_a_record_is_corrected_by_another_and_both_stay(console: ServedConsole) -> None:
    visitor = console.visitor("committee")
    address = recorded(console, visitor, recipient="somebody else")
    handover_id = address.rpartition("/")[2]
    stated = handovers(console)[-1]
    fields = handover_fields(
        console,
        stated["clearance_id"],
        supersedes=handover_id,
        reason="the name was wrong",
        recipient="the secretary",
    )
    _, hidden = look(visitor, fields)
    later = record(visitor, fields, hidden).headers["location"]
    assert f'href="{later}"' in visitor.open(address).text
    listed = visitor.open("/handovers").text
    assert "does not count any more" in listed
    assert "Correct this record" not in visitor.open(address).text


def test_the_transfer_is_for_whom_keeps_registers_and_the_withdrawal_for_who_decides(
    console: ServedConsole,
) -> None:
    committee, liaison = console.visitor("committee"), console.visitor("liaison")
    department = console.visitor("department")
    address = recorded(console, committee)
    day = today(console).isoformat()
    page = liaison.open(address).text
    assert "Record the transfer" in page
    assert "Withdraw the handover" not in page
    assert "Record the transfer" not in department.open(address).text
    refused = department.send(f"{address}/transfer", {"recorded_on": day, "reference": "no. 1"}, at=address)
    assert refused.status_code == 403
    wrong = liaison.send(
        f"{address}/transfer", {"recorded_on": "1999-01-01", "reference": "no. 1"}, at=address
    )
    assert wrong.status_code == 400
    assert "must not lie before the handover" in wrong.text
    assert 'value="no. 1"' in wrong.text
    sent = liaison.send(f"{address}/transfer", {"recorded_on": day, "reference": "no. 12"}, at=address)
    assert sent.status_code == 303
    assert "no. 12" in liaison.open(address).text
    assert liaison.send(f"{address}/withdrawal", {"reason": "x"}, at=address).status_code == 403
    assert committee.send(f"{address}/withdrawal", {"reason": ""}, at=address).status_code == 400
    assert committee.send(f"{address}/withdrawal", {"reason": "called off"}, at=address).status_code == 303
    assert "called off" in committee.open(address).text
    assert committee.send(f"{address}/withdrawal", {"reason": "again"}, at=address).status_code == 409


def test_the_list_is_paged_newest_first_and_filtered(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        visitor, department = console.visitor("committee"), console.visitor("department")
        body = {
            "countries": ["KP"],
            "handed_over_on": today(console).isoformat(),
            "by": "other",
            "to": "mission",
            "recipient": "somebody",
            "mode": "hand",
            "items": [{"line": 1, "description": "a sample"}],
            "evidence": "receipt",
        }
        made = [
            call(console, "committee", "POST", "/v1/handovers", {**body, "department": name})["handover_id"]
            for name in ["metallurgy", "textiles"] * 15
        ]
        for who, path, expected in (
            (visitor, "/handovers", made[::-1]),
            (visitor, "/handovers?status=breach", made[::-1]),
            (department, "/handovers", made[::-1][1::2]),
        ):
            found, following = list[str](), path
            while following:
                page = who.open(following).text
                found += list(dict.fromkeys(LINK.findall(page)))
                button = re.search(r'class="button" href="(/handovers\?after=[^"]+)"', page)
                following = html.unescape(button[1]) if button else ""
            assert sorted(found, reverse=True) == sorted(expected, reverse=True)
            assert len(found) == len(expected)
        assert "No handover is recorded here." in visitor.open("/handovers?status=in_order").text
        assert visitor.open("/handovers?status=lost").status_code == 400
        assert department.open(f"/handovers?after={made[-1]}").status_code == 400
        assert department.open(f"/handovers/{made[-1]}").status_code == 404


def test_what_prevents_a_clearance_stands_on_the_page_of_the_case(console: ServedConsole) -> None:
    case_id, visitor = opened(console), console.visitor("committee")
    assert "Issue the clearance" not in visitor.open(f"/cases/{case_id}").text
    answer = visitor.send(f"/cases/{case_id}/clearance", {}, at=f"/cases/{case_id}")
    assert answer.status_code == 409
    assert "Hand nothing over." in answer.text
    agree(console, case_id)
    assert "Issue the clearance" in visitor.open(f"/cases/{case_id}").text
    wrong = visitor.send(f"/cases/{case_id}/clearance", {"planned_on": "soon"}, at=f"/cases/{case_id}")
    assert wrong.status_code == 400
    issued = visitor.send(f"/cases/{case_id}/clearance", {"planned_on": ""}, at=f"/cases/{case_id}")
    page = visitor.open(issued.headers["location"])
    assert "channelgate clearance 1" in page.text
    assert "their registered institution in China" in page.text
    decision_id = call(console, "committee", "GET", f"/v1{issued.headers['location']}")["decision_id"]
    again = visitor.send("/clearances", {"decision_id": decision_id}, at="/account")
    assert again.headers["location"] == issued.headers["location"]


def test_a_department_sees_its_own_clearances_alone(tmp_path: Path) -> None:
    with served_console(tmp_path) as console:
        case_id = opened(console, "committee", department="textiles")
        agree(console, case_id)
        clearance = call(console, "committee", "POST", "/v1/clearances", {"case_id": case_id})
        department = console.visitor("department")
        assert department.open(f"/clearances/{clearance['clearance_id']}").status_code == 404
        assert department.open(f"/handovers/new?clearance={clearance['clearance_id']}").status_code == 404
        assert console.visitor("liaison").open(f"/clearances/{clearance['clearance_id']}").status_code == 200


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_somebody_typed_is_shown_as_text(console: ServedConsole, text: str) -> None:
    visitor = console.visitor("committee")
    fields = handover_fields(console, "", recipient=text, evidence=text, **{"item.0.description": text})
    page, hidden = look(visitor, fields)
    assert page.count(text) >= 3
    address = record(visitor, fields, hidden).headers["location"]
    for path in (address, "/handovers", f"/handovers/new?supersedes={address.rpartition('/')[2]}"):
        shown = visitor.open(path).text
        assert "<script>" not in shown
        assert "<img" not in shown
        assert text in html.unescape(shown)


def test_another_directive_has_its_own_words(tmp_path: Path) -> None:
    second = ROOT / "examples" / "second_directive"
    roles = {"host": "physics", "disclosure_office": None, "auditor": None}
    with serving_parties(tmp_path, second / "policies", second / "floor.yaml", roles) as (client, keys):
        console = ServedConsole(str(client.base_url).rstrip("/"), client, keys)
        request = {
            "request_id": "r1",
            "mission": {"countries": ["IS"]},
            "urgency": {"useless_if_late": True},
            "handover": {"by": "host", "to": "visitor"},
            "items": [{"line": 1, "description": "a data set", "quantity": 1, "kind": "data"}],
        }
        case_id = call(console, "host", "POST", "/v1/cases", request)["case_id"]
        visitor = console.visitor("disclosure_office")
        assert "Is it useless if late?" in visitor.open(f"/cases/{case_id}").text
        assert visitor.open("/cases").status_code == 200
        facts = visitor.open(f"/cases/{case_id}/facts").text
        assert 'name="1.item.review.' in facts
        form = visitor.open(f"/handovers/new?case_id={case_id}").text
        assert 'name="mode"' not in form
        assert '<option value="visitor" selected>the visitor</option>' in form
        fields = {
            "countries": "IS",
            "handed_over_on": today_of(visitor),
            "by": "host",
            "to": "visitor",
            "recipient": "the visitor",
            "evidence": "receipt",
            "item.0.description": "a data set",
        }
        page, hidden = look(visitor, fields)
        assert "This would be found" in page
        assert record(visitor, fields, hidden).status_code == 303
        for one in console.clients:
            one.close()


def today_of(visitor: Visitor) -> str:
    found = re.search(r'name="handed_over_on" value="([^"]+)"', visitor.open("/handovers/new").text)
    assert found
    return found[1]
