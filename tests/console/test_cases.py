"""The queue and the page of a case: what waits for whom, who sees it, and as of which times.

Covers: api.console.cases.queue, api.console.cases.case_pages, api.console.cases.words, api.console.cases.line_pages,
api.services.case_board,
api.services.case_queue, api.storage.case_changes, api.services.reading_policies
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.console_cases import agree, call, opened, today, urgent_request
from tests.support.consoles import ServedConsole, Visitor, served_console

ROW = re.compile(r'data-label="Case">\s*<a href="/cases/([0-9a-f-]{36})">([^<]*)</a>')
URGENT = re.compile(r'name="decision_id" value="([0-9a-f-]{36})"')
NEXT = re.compile(r'class="button" href="(/cases\?after=[^"]+)"')


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("cases")) as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[ServedConsole]:
    with served_console(tmp_path) as running:
        yield running


def queued(visitor: Visitor, path: str = "/cases") -> list[str]:
    """The cases of a page of the queue, in order."""
    return [case_id for case_id, _ in ROW.findall(visitor.open(path).text)]


def by_api(console: ServedConsole, party: str | None = None) -> list[str]:
    """The cases that wait, the nearest deadline first, as the call of the API has them."""
    query = "&waiting_for=committee" if party else ""
    cases = call(console, "committee", "GET", f"/v1/cases?sort=deadline{query}")["cases"]
    return [case["case_id"] for case in cases if case["waiting_for"]]


def test_what_is_overdue_stands_first_and_what_is_done_does_not_wait(fresh: ServedConsole) -> None:
    visitor = fresh.visitor("committee")
    assert "Nothing waits here." in visitor.open("/cases").text
    late, soon, far = (opened(fresh, days=days) for days in (-4, 1, 40))
    page = visitor.open("/cases").text
    assert [case_id for case_id, _ in ROW.findall(page)] == [late, soon, far]
    assert '<span class="status bad">4 days overdue</span>' in page
    assert '<span class="status wait">1 day left</span>' in page
    assert '<span class="status good">40 days left</span>' in page
    assert "report the request to the Committee first" in page
    assert 'aria-label="Cases by the days left until their deadline: overdue 1, 0 to 3 days left 1,' in page

    agree(fresh, late)
    clearance = call(fresh, "committee", "POST", "/v1/clearances", {"case_id": late})
    handed = {
        "clearance": clearance["clearance_id"],
        "countries": ["KP"],
        "handed_over_on": today(fresh).isoformat(),
        "by": "committee",
        "to": "counterpart_institution",
        "recipient": "the secretary",
        "mode": "hand",
        "items": [{"line": 1, "description": "drawings of a rolling mill"}],
        "evidence": "receipt no. 4",
    }
    assert queued(visitor) == by_api(fresh) == [late, soon, far]
    handover = call(fresh, "committee", "POST", "/v1/handovers", handed)
    path = f"/v1/handovers/{handover['handover_id']}"
    assert queued(visitor) == by_api(fresh)
    call(
        fresh,
        "liaison",
        "POST",
        f"{path}/transfer",
        {"recorded_on": handed["handed_over_on"], "reference": "no. 1"},
    )
    assert queued(visitor) == by_api(fresh)
    assert "the transfer" not in visitor.open(f"/cases/{late}").text.partition("Done")[0]
    call(fresh, "committee", "POST", f"{path}/withdrawal", {"reason": "called off"})
    assert queued(visitor) == by_api(fresh) == [late, soon, far]


def test_the_queue_is_paged_by_its_last_entry(fresh: ServedConsole) -> None:
    day = today(fresh)
    cases = [opened(fresh, days=days % 7) for days in range(30)]
    decisions = [
        call(fresh, "department", "POST", "/v1/pre-check", urgent_request(day))["decision_id"]
        for _ in range(27)
    ]
    visitor, path = fresh.visitor("committee"), "/cases"
    urgent, found, pages = list[str](), list[str](), 0
    while path:
        page = visitor.open(path)
        assert len(page.content) < 100_000
        urgent += URGENT.findall(page.text)
        found += [case_id for case_id, _ in ROW.findall(page.text)]
        following = NEXT.search(page.text)
        path, pages = html.unescape(following[1]) if following else "", pages + 1
    assert urgent == decisions
    assert found == by_api(fresh)
    assert sorted(found) == sorted(cases)
    assert pages == 3
    assert visitor.open("/cases?after=nothing").status_code == 400
    assert visitor.open("/cases?waiting_for=nobody").status_code == 400


def test_the_queue_follows_what_is_recorded_while_nobody_looks(
    fresh: ServedConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.storage.case_changes.MAX_IDS", 5)
    visitor = fresh.visitor("committee")
    cases = [opened(fresh, days=days) for days in range(4)]
    assert queued(visitor) == cases == by_api(fresh)
    cases += [opened(fresh, days=days) for days in range(4, 12)]
    agree(fresh, cases[0])
    assert queued(visitor) == cases == by_api(fresh)
    assert queued(visitor, "/cases?waiting_for=receiving_department") == cases[1:]


def test_the_queue_is_for_one_party_if_one_is_chosen(console: ServedConsole) -> None:
    case_id = opened(console)
    visitor = console.visitor("committee")
    assert case_id in queued(visitor, "/cases?waiting_for=committee")
    agree(console, case_id)
    assert case_id not in queued(visitor, "/cases?waiting_for=receiving_department")
    assert queued(visitor, "/cases?waiting_for=committee") == by_api(console, "committee")


def test_a_department_sees_its_own_alone(console: ServedConsole) -> None:
    own, other = opened(console), opened(console, "committee", department="textiles")
    department, committee = console.visitor("department"), console.visitor("committee")
    assert other in queued(committee)
    assert own in queued(department)
    assert other not in queued(department)
    assert department.open(f"/cases/{other}").status_code == 404
    assert department.open(f"/cases/{other}/facts").status_code == 404
    assert department.open(f"/cases?after={other}").status_code == 400
    sent = department.send(f"/cases/{other}/clearance", {}, at=f"/cases/{own}")
    assert sent.status_code == 404


def test_who_may_not_see_cases_sees_none(console: ServedConsole) -> None:
    visitor = console.visitor("policy_officer")
    case_id = opened(console)
    for path in ("/cases", f"/cases/{case_id}", f"/cases/{case_id}/facts", "/handovers", "/handovers/new"):
        assert visitor.open(path).status_code == 403, path
    auditor = console.visitor("auditor")
    page = auditor.open(f"/cases/{case_id}")
    assert page.status_code == 200
    assert "Record facts" not in page.text
    assert auditor.open(f"/cases/{case_id}/facts").status_code == 403


def test_a_case_is_opened_from_the_queue_once(console: ServedConsole) -> None:
    request = urgent_request(today(console))
    decision_id = call(console, "department", "POST", "/v1/pre-check", request)["decision_id"]
    visitor = console.visitor("committee")
    fields = {"decision_id": decision_id, "call_key": "0" * 32}
    first, again = (visitor.send("/cases", fields, at="/account") for _ in range(2))
    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]
    assert request["request_id"] in visitor.open(first.headers["location"]).text
    other = visitor.send("/cases", {"decision_id": decision_id}, at="/account")
    assert other.status_code == 409
    assert visitor.send("/cases", {"decision_id": "nothing"}, at="/account").status_code == 404


def test_a_case_is_shown_as_of_another_day_and_as_known_at_another_time(console: ServedConsole) -> None:
    case_id = opened(console)
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    agree(console, case_id)
    visitor = console.visitor("committee")
    assert "may be handed over</span>" in visitor.open(f"/cases/{case_id}").text
    earlier = visitor.open(f"/cases/{case_id}?held_on={today(console) - dt.timedelta(1)}").text
    assert "This is the case as it was held on" in earlier
    assert "may not be handed over</span>" in earlier
    assert f'href="/cases/{case_id}/facts"' not in earlier
    assert visitor.open(f"/cases/{case_id}?held_on=&known_at=").text.count("As known at (UTC)") == 1
    assert visitor.open(f"/cases/{case_id}?known_at=1999-01-01T10:00").status_code == 404
    assert visitor.open(f"/cases/{case_id}?known_at=soon").status_code == 400
    now = visitor.open(f"/cases/{case_id}?known_at={before:%Y-%m-%dT%H:%M:%S}")
    assert now.status_code in (200, 404)


def test_a_case_of_many_lines_is_shown_some_lines_at_a_time(console: ServedConsole) -> None:
    item = urgent_request(today(console))["items"][0]
    items = [{**item, "line": f"no. {number}"} for number in range(1, 121)]
    case_id = opened(console, items=items)
    visitor = console.visitor("committee")
    for path in (f"/cases/{case_id}", f"/cases/{case_id}/facts"):
        first, last = visitor.open(path), visitor.open(f"{path}?first_line=111")
        assert "Lines 1 to 10 of 120" in first.text
        assert f'href="{path}?first_line=11"' in first.text
        assert "Lines 111 to 120 of 120" in last.text
        assert "Next lines" not in last.text
        assert "Lines 1 to 10 of 120" in visitor.open(f"{path}?first_line=999").text
        assert max(len(first.content), len(last.content)) < 100_000
    fields = {
        "version": re.findall(
            'name="version" value="([0-9]+)"', visitor.open(f"/cases/{case_id}/facts").text
        )[0],
        "first_line": "111",
        "happened_on": today(console).isoformat(),
        "evidence": "note",
        "115.item.channel.project_no": "8-15",
    }
    assert visitor.send(f"/cases/{case_id}/facts", fields, at="/account").status_code == 303
    page = visitor.open(f"/cases/{case_id}?first_line=111").text
    assert "8-15" in page
    correction = re.findall(rf"/cases/{case_id}/facts.supersedes=([0-9]+)", page)[-1]
    assert 'name="120.' in visitor.open(f"/cases/{case_id}/facts?supersedes={correction}").text


def test_the_words_of_the_policies_are_in_the_language_of_the_reader(console: ServedConsole) -> None:
    case_id = opened(console)
    visitor = console.visitor("committee")
    visitor.client.headers["Accept-Language"] = "zh"
    page = visitor.open(f"/cases/{case_id}").text
    assert '<html lang="zh">' in page
    assert '<blockquote class="say" lang="zh">因为你们急需这份资料' in page
    assert visitor.open("/cases").status_code == 200
    assert visitor.open(f"/cases/{case_id}/facts").status_code == 200


def test_what_is_due_stands_beside_the_queue(fresh: ServedConsole) -> None:
    visitor = fresh.visitor("committee")
    assert "Nothing is due." in visitor.open("/cases").text
    case_id = opened(fresh)
    agree(fresh, case_id)
    page = visitor.open("/cases").text
    assert "put it on the resolution of session 8" in page
    due = page.partition("What is due first")[2]
    assert f'<a href="/cases/{case_id}">drawings of a rolling mill, 1 set</a>' in due
    assert call(fresh, "committee", "GET", "/v1/due")["due"][0]["subject"]["case_id"] == case_id


def test_lists_name_requests_by_what_they_are_about_with_the_id_beside(fresh: ServedConsole) -> None:
    case_id = opened(fresh)
    request = urgent_request(today(fresh))
    decision_id = call(fresh, "department", "POST", "/v1/pre-check", request)["decision_id"]
    visitor = fresh.visitor("committee")
    queue, news = visitor.open("/cases").text, visitor.open("/cases/news").text
    about = "drawings of a rolling mill, 1 set"
    whom = "expert group on rolling mills (Democratic People&#39;s Republic of Korea)"
    assert f'<a href="/cases/{case_id}">{about}</a> <span class="soft">{whom}</span>' in queue
    assert f'<small class="soft">{request["request_id"]}</small>' in queue
    assert f'<a href="/cases/{case_id}">{about}</a>' in news
    assert f'<a href="/cases">{about}</a>' in news
    for subject in (case_id, decision_id):
        assert f'<small class="soft">{subject}</small>' in news
    visitor.client.headers["Accept-Language"] = "zh"
    assert "expert group on rolling mills (朝鲜)" in visitor.open("/cases").text
