"""Every address of the console, against every role: nothing is seen or done beyond the table of permissions.

A route that is added needs its line in `EXPECTED`: who may come there is stated here a second time, on purpose.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.routing import Mount, Route

from api.console.application import Console
from tests.support.console_cases import agree, call, opened, today
from tests.support.consoles import PARTIES, ROOT, ServedConsole, Visitor, served_console
from tests.support.serving_parties import serving_parties

ALL = frozenset(PARTIES)
READERS = ALL - {"policy_officer"}
OPENERS = frozenset({"department", "committee"})
RECORDERS = frozenset({"department", "committee", "liaison"})
REGISTERS = frozenset({"committee", "liaison", "auditor"})
KEEPERS = frozenset({"committee", "liaison"})
COMMITTEE = frozenset({"committee"})
AUDIT = frozenset({"committee", "auditor"})
AUDITOR = frozenset({"auditor"})
OFFICERS = frozenset({"committee", "policy_officer"})
PROPOSALS = OFFICERS | {"auditor"}
ANYBODY = None
"""Signed in or not."""

EXPECTED: dict[str, frozenset[str] | None] = {
    "GET /": ALL,
    "GET /sign-in/oidc": ANYBODY,
    "GET /sign-in/callback": ANYBODY,
    "GET /signed-out": ANYBODY,
    "POST /sign-in/back-channel-logout": ANYBODY,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "GET /account": ALL,
    "POST /sign-out": ANYBODY,
    "POST /language": ANYBODY,
    "GET /desk": ALL,
    "POST /desk/items": ALL,
    "GET /desk/interview": ALL,
    "POST /desk/interview": ALL,
    "GET /desk/form": ALL,
    "POST /desk/form": ALL,
    "GET /desk/answers": READERS,
    "POST /desk/answers": ALL,
    "GET /desk/answers/{decision_id}": READERS,
    "GET /desk/answers/{decision_id}/changes": READERS,
    "POST /desk/answers/{decision_id}/changes": READERS,
    "GET /desk/answers/{decision_id}/alike": READERS,
    "POST /desk/answers/{decision_id}/case": OPENERS,
    "GET /cases/events": READERS,
    "GET /cases/feed.atom": READERS,
    "GET /cases/news": READERS,
    "GET /cases": READERS,
    "POST /cases": OPENERS,
    "GET /cases/{case_id}": READERS,
    "GET /cases/{case_id}/facts": RECORDERS,
    "POST /cases/{case_id}/facts": RECORDERS,
    "POST /cases/{case_id}/clearance": RECORDERS,
    "POST /clearances": RECORDERS,
    "GET /clearances/{clearance_id}": READERS,
    "GET /handovers": READERS,
    "GET /handovers/new": RECORDERS,
    "POST /handovers/new": RECORDERS,
    "GET /handovers/{handover_id}": READERS,
    "POST /handovers/{handover_id}/transfer": KEEPERS,
    "POST /handovers/{handover_id}/withdrawal": COMMITTEE,
    "GET /registers": REGISTERS,
    "GET /registers/report": REGISTERS,
    "GET /registers/lists/{list_id}": REGISTERS,
    "GET /registers/items": REGISTERS,
    "GET /registers/items.csv": REGISTERS,
    "GET /registers/items.xlsx": REGISTERS,
    "GET /registers/items/{item_no}": REGISTERS,
    "GET /registers/due": READERS,
    "GET /registers/events": REGISTERS,
    "GET /registers/events/new": KEEPERS,
    "POST /registers/events/new": KEEPERS,
    "GET /registers/confirmations": KEEPERS,
    "GET /registers/confirmations.csv": REGISTERS,
    "GET /registers/confirmations.xlsx": REGISTERS,
    "POST /registers/confirmations": KEEPERS,
    "GET /registers/sessions": REGISTERS,
    "GET /registers/sessions/{number}": REGISTERS,
    "GET /registers/papers": REGISTERS,
    "GET /registers/papers/draft": REGISTERS,
    "POST /registers/papers/draft": KEEPERS,
    "GET /registers/papers/draft/print": REGISTERS,
    "GET /registers/papers/{number}": REGISTERS,
    "GET /registers/papers/{number}/page": REGISTERS,
    "GET /registers/import": KEEPERS,
    "POST /registers/import": KEEPERS,
    "GET /proposals": PROPOSALS,
    "GET /proposals/new": OFFICERS,
    "POST /proposals/new": OFFICERS,
    "POST /proposals/new/preview": OFFICERS,
    "GET /proposals/new/progress": OFFICERS,
    "GET /proposals/{proposal_id}": PROPOSALS,
    "GET /proposals/{proposal_id}/progress": PROPOSALS,
    "GET /proposals/{proposal_id}/files/{name}": PROPOSALS,
    "POST /proposals/{proposal_id}/evidence": OFFICERS,
    "POST /proposals/{proposal_id}/scenarios": OFFICERS,
    **{
        f"{method} /proposals/{{proposal_id}}/{act}": OFFICERS
        for act in ("approve", "withdraw-approval", "reject", "withdraw", "activate")
        for method in ("GET", "POST")
    },
    "GET /approvers": PROPOSALS,
    "GET /approvers/{officer:path}/revoke": OFFICERS,
    "POST /approvers/{officer:path}/revoke": OFFICERS,
    "GET /policies": ALL,
    "GET /policies/law/{clause}": ALL,
    "GET /policies/files/{file}": ALL,
    "GET /policies/checks/{code}": ALL,
    "GET /policies/countries/{policy}": ALL,
    "GET /policies/revisions": PROPOSALS,
    "GET /policies/revisions/{revision}/return": COMMITTEE,
    "POST /policies/revisions/{revision}/return": COMMITTEE,
    "GET /policies/confirmation": COMMITTEE,
    "POST /policies/confirmation": COMMITTEE,
    "GET /policies/drafts": OFFICERS,
    "POST /policies/drafts": OFFICERS,
    "GET /policies/drafts/{draft_id}/propose": OFFICERS,
    "POST /policies/drafts/{draft_id}/propose": OFFICERS,
    "POST /policies/drafts/{draft_id}/propose/preview": OFFICERS,
    "GET /policies/drafts/{draft}": OFFICERS,
    "GET /policies/drafts/{draft}/text/download": OFFICERS,
    "POST /policies/drafts/{draft}/delete": OFFICERS,
    "POST /policies/drafts/{draft}/base": OFFICERS,
    "GET /policies/drafts/{draft}/files.zip": OFFICERS,
    "GET /policies/drafts/{draft}/changes.patch": OFFICERS,
    "POST /policies/drafts/{draft}/file": OFFICERS,
    "POST /policies/drafts/{draft}/diagnostics": OFFICERS,
    "GET /policies/drafts/{draft}/parameters": OFFICERS,
    "GET /policies/drafts/{draft}/sentences": OFFICERS,
    "GET /policies/drafts/{draft}/translations": OFFICERS,
    "GET /policies/drafts/{draft}/deviations": OFFICERS,
    **{
        f"{method} /policies/drafts/{{draft}}/{form}": OFFICERS
        for form in ("text", "parameter", "sentence", "translation", "deviation", "countries", "try")
        for method in ("GET", "POST")
    },
    "GET /audit": AUDIT,
    "GET /audit/decisions": AUDIT,
    "GET /audit/decisions/{decision_id}": AUDIT,
    "GET /audit/decisions/{decision_id}/proof.json": AUDITOR,
    "GET /audit/decisions/{decision_id}/explanation": AUDIT,
    "GET /audit/checkpoints": AUDIT,
    "GET /audit/checkpoints/{size}": AUDIT,
    "GET /audit/consistency": AUDIT,
    "GET /audit/consistency/{first}/{second}/proof.json": AUDIT,
    "GET /audit/reconciliation": AUDIT,
    "GET /audit/approvals": PROPOSALS,
    "GET /audit/report": AUDIT,
}
NO_FORM = "POST /sign-in/back-channel-logout"
"""What the provider itself sends, and no browser: a signed token shows it, and no form of ours."""
CHANGED_BY_READING = ("sign_ins", "decision_")
"""Tables that a page may write to though it only reads, by how their names begin: when a sign-in was last used, and
the index of decisions, which follows the log by itself."""
REFUSED = "Your role may not do this."
UNLIKELY = "1"
"""Stands in an address for the id of something."""


async def _nothing(scope: object, receive: object, send: object) -> None:
    raise AssertionError("the routes alone are looked at")


def _routes() -> Iterator[str]:
    for route in Console(_nothing)._router.routes:
        if isinstance(route, Mount):
            assert route.path == "/static"
            continue
        assert isinstance(route, Route)
        if not route.path.startswith("/static/"):
            yield from (f"{method} {route.path}" for method in (route.methods or set()) - {"HEAD"})


ROUTES = sorted({*_routes()})
FORMS = [one for one in ROUTES if one.startswith("POST") and one != NO_FORM]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("console")) as running:
        yield running


@pytest.fixture(scope="module")
def visitors(console: ServedConsole) -> dict[str, Visitor]:
    return {role: console.visitor(role) for role in console.keys}


def address(path: str, /, **ids: str) -> str:
    return re.sub(r"\{(\w+)(?::path)?\}", lambda found: ids.get(found[1], UNLIKELY), path)


def send(visitor: Visitor, route: str, fields: dict[str, str], **ids: str) -> httpx.Response:
    """The answer at a route, without its body where that has no end."""
    method, _, path = route.partition(" ")
    with visitor.client.stream(method, address(path, **ids), data=fields or None) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return httpx.Response(answer.status_code, headers=answer.headers)
        answer.read()
        return answer


def token_of(visitor: Visitor) -> str:
    found = re.search(r'name="form_token" value="([^"]*)"', visitor.open("/account").text)
    assert found is not None
    return found[1]


def test_each_route_has_its_expectation() -> None:
    assert sorted(EXPECTED) == ROUTES


@pytest.mark.parametrize("role", sorted(PARTIES))
def test_a_role_comes_no_further_than_its_permissions(console: ServedConsole, role: str) -> None:
    wrong, visitor = [], console.visitor(role)
    for route in sorted(ROUTES, key="POST /sign-out".__eq__):  # that one last
        allowed = EXPECTED[route]
        fields = {"form_token": token_of(visitor)} if route.startswith("POST") else {}
        answer = send(visitor, route, fields)
        is_refused = answer.status_code == 403 and (REFUSED in answer.text or "no cases" in answer.text)
        if (allowed is not ANYBODY and is_refused == (role in allowed)) or answer.status_code >= 500:
            wrong.append((route, answer.status_code))
    assert wrong == []


def test_who_is_not_signed_in_sees_and_does_nothing(console: ServedConsole) -> None:
    visitor = console.visitor()
    found = re.search(r'name="form_token" value="([^"]*)"', visitor.open("/sign-in").text)
    assert found is not None
    for route in ROUTES:
        fields = {"form_token": found[1]} if route.startswith("POST") else {}
        answer = send(visitor, route, fields)
        if EXPECTED[route] is ANYBODY:
            assert answer.status_code < 500, route
        elif answer.status_code != 401:
            assert answer.status_code == 303, (route, answer.status_code)
            assert answer.headers["location"].startswith("/sign-in?next="), route


@pytest.mark.parametrize("route", FORMS)
@pytest.mark.parametrize(
    ("headers", "token"),
    [({}, None), ({}, "0" * 64), ({"Origin": "https://elsewhere.example"}, "own"), ({}, "of another")],
)
def test_no_form_of_another_site_is_taken(
    console: ServedConsole,
    visitors: dict[str, Visitor],
    route: str,
    headers: dict[str, str],
    token: str | None,
) -> None:
    allowed = EXPECTED[route] or ALL
    visitor = visitors[min(allowed)]
    tokens = {"own": token_of(visitor), "of another": token_of(console.visitor(min(allowed)))}
    fields = {} if token is None else {"form_token": tokens.get(token, token)}
    visitor.client.headers.update(headers)
    try:
        answer = send(visitor, route, {"x": "x", **fields})
    finally:
        visitor.client.headers.pop("Origin", None)
    assert answer.status_code == 403, answer.text
    assert "This form was not sent by a page of this console" in answer.text


def rows_of(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(database) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)
            for name in names
            if not name.startswith(CHANGED_BY_READING)
        }


def test_what_is_opened_changes_nothing_and_another_department_sees_nothing(tmp_path: Path) -> None:
    parties = {**PARTIES, "department": "geology"}
    with serving_parties(tmp_path, ROOT / "policies", ROOT / "floor.yaml", parties) as (client, keys):
        console = ServedConsole(str(client.base_url).rstrip("/"), client, keys)
        case_id = opened(console, "committee", department="metallurgy")
        agree(console, case_id)
        day = today(console).isoformat()
        cleared = call(console, "committee", "POST", "/v1/clearances", {"case_id": case_id})
        item = {"line": 1, "description": "drawings", "quantity": 1, "unit": "set", "kind": "drawing"}
        handover = {
            "countries": ["KP"],
            "department": "metallurgy",
            "handed_over_on": day,
            "by": "committee",
            "to": "counterpart_institution",
            "recipient": "the secretary of the Trade Attache",
            "mode": "hand",
            "items": [item],
            "evidence": "receipt no. 4",
        }
        handed = call(console, "committee", "POST", "/v1/handovers", handover)
        ids = {
            "case_id": case_id,
            "decision_id": cleared["decision_id"],
            "clearance_id": cleared["clearance_id"],
            "handover_id": handed["handover_id"],
        }
        before = rows_of(tmp_path / "log.db")
        assert before["log_entries"]
        concerned = {role: console.visitor(role) for role in ALL}
        for route in ROUTES:
            if route.startswith("POST"):
                continue
            for role in sorted(EXPECTED[route] or ()):
                answer = send(concerned[role], route, {}, **ids)
                named = [name for name in ids if f"{{{name}}}" in route]
                assert answer.status_code < 500, (role, route)
                if role == "department":
                    assert not named or answer.status_code == 404, (route, answer.status_code)
                    shown = [name for name, value in ids.items() if value in answer.text]
                    assert answer.status_code == 404 or shown == [], (route, shown)
                elif named:
                    assert answer.status_code in (200, 303), (role, route, answer.status_code)
        assert rows_of(tmp_path / "log.db") == before
        outsider = concerned["department"]
        for route in FORMS:
            about_others = "{" in route or route in ("POST /cases", "POST /clearances")
            if about_others and "department" in (EXPECTED[route] or ()):
                fields = {"form_token": token_of(outsider), **ids, "planned_on": day}
                answer = send(outsider, route, fields, **ids)
                assert answer.status_code == 404, (route, answer.text)
        assert rows_of(tmp_path / "log.db") == before
        for visitor in console.clients:
            visitor.close()
