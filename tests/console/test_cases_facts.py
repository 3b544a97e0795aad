"""Recording facts of a case: whose they are, in which version, what is wrong with them, and corrections.

Covers: api.console.cases.fact_fields, api.console.cases.fact_forms
"""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest

from tests.support.console_cases import call, opened, today
from tests.support.consoles import ServedConsole, Visitor, served_console

REPORTED = "1.item.channel.reported_to_committee"
GROUND = "0.urgency.ground"
INJECTIONS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "{% raw %}",
    "'--",
    "' OR 1=1 --",
    "javascript:alert(1)",
    "</textarea><svg onload=alert(1)>",
    "&lt;b&gt;",
    "$" + "{7*7}",
    "%(num)s",
]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedConsole]:
    with served_console(tmp_path_factory.mktemp("facts")) as running:
        yield running


def version_of(console: ServedConsole, case_id: str) -> int:
    return int(call(console, "committee", "GET", f"/v1/cases/{case_id}")["version"])


def send(
    console: ServedConsole, visitor: Visitor, case_id: str, *, fields: dict[str, str], seen: int | None = None
) -> tuple[int, str]:
    """Send the form, and return the status and the text of the answer."""
    version = version_of(console, case_id) if seen is None else seen
    shared = {"version": str(version), "happened_on": today(console).isoformat(), "evidence": "note no. 12"}
    answer = visitor.send(f"/cases/{case_id}/facts", {**shared, **fields}, at="/account")
    return answer.status_code, html.unescape(answer.text)


def test_facts_are_recorded_together(console: ServedConsole) -> None:
    case_id, visitor = opened(console), console.visitor("committee")
    before = version_of(console, case_id)
    status, _ = send(
        console,
        visitor,
        case_id,
        fields={REPORTED: "true", "1.item.channel.project_no": "-", "0.visit.starts_on": "1965-03-04"},
    )
    assert status == 303
    assert version_of(console, case_id) == before + 3
    page = visitor.open(f"/cases/{case_id}").text
    assert "note no. 12" in page
    assert "not known" in page
    assert "1965-03-04" in page


def test_a_form_that_is_sent_twice_is_recorded_once(console: ServedConsole) -> None:
    case_id, visitor = opened(console), console.visitor("committee")
    before = version_of(console, case_id)
    for _ in range(2):
        status, _ = send(
            console, visitor, case_id, seen=before, fields={"call_key": "1" * 32, REPORTED: "true"}
        )
        assert status == 303
    assert version_of(console, case_id) == before + 1


def test_what_changed_meanwhile_is_shown_and_what_was_typed_stays(console: ServedConsole) -> None:
    case_id, first, second = opened(console), console.visitor("committee"), console.visitor("department")
    seen = version_of(console, case_id)
    assert send(console, second, case_id, fields={GROUND: "the ship leaves"})[0] == 303
    status, text = send(
        console, first, case_id, seen=seen, fields={REPORTED: "true", "1.item.channel.project_no": "8-14"}
    )
    assert status == 412
    assert "the case has changed since you opened this form" in text
    assert "<strong>the ship leaves</strong>" in text
    assert 'value="8-14"' in text
    assert '<option value="true" selected>yes</option>' in text
    assert f'name="version" value="{seen + 1}"' in text
    assert version_of(console, case_id) == seen + 1
    assert send(console, first, case_id, seen=seen + 1, fields={REPORTED: "true"})[0] == 303


def test_a_form_names_a_version_that_the_case_has_had(console: ServedConsole) -> None:
    case_id, visitor = opened(console), console.visitor("committee")
    for version in ("999", "", "x"):
        status, text = send(console, visitor, case_id, fields={REPORTED: "true", "version": version})
        assert status == 400
        assert "Look at the case as it is now, then send the form again." in text


def test_a_role_is_offered_the_facts_that_it_may_record_and_refused_the_others(
    console: ServedConsole,
) -> None:
    case_id, department = opened(console), console.visitor("department")
    page = department.open(f"/cases/{case_id}/facts").text
    assert f'name="{GROUND}"' in page
    assert f'name="{REPORTED}"' not in page
    assert "department.id" not in page
    before = version_of(console, case_id)
    status, text = send(console, department, case_id, fields={REPORTED: "true"})
    assert status == 403
    assert "this fact is recorded by somebody else" in text
    assert version_of(console, case_id) == before
    liaison = console.visitor("liaison").open(f"/cases/{case_id}/facts").text
    assert 'name="1.item.channel.attache_confirmation"' in liaison
    assert f'name="{GROUND}"' not in liaison


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Answer at least one question."),
        ({REPORTED: "true", "evidence": " "}, "Name the paper, the letter or the talk that shows it."),
        ({REPORTED: "true", "happened_on": "soon"}, "Say on which day it happened."),
        ({REPORTED: "true", "happened_on": "2999-01-01"}, "must not lie after today"),
        ({REPORTED: "perhaps"}, "is neither yes nor no"),
        ({"1.item.channel.consultation": "perhaps"}, "is none of the choices"),
        ({"1.item.channel.inclusion_session": "0"}, "is not a whole number"),
        ({"0.visit.starts_on": "1965-02-30"}, "is no day of the calendar"),
        ({"0.mission.countries": "Atlantis"}, "Atlantis"),
        ({"0.mission.countries": "Korea"}, "can be several countries"),
        ({"1.item.quantity": "many"}, "many"),
        ({GROUND: "a\u202eb"}, "character"),
    ],
)
def test_what_cannot_be_recorded_is_explained_and_stays_in_the_form(
    console: ServedConsole, fields: dict[str, str], sentence: str
) -> None:
    case_id, visitor = opened(console), console.visitor("committee")
    before = version_of(console, case_id)
    status, text = send(console, visitor, case_id, fields=fields)
    assert status == 400
    assert sentence in text
    assert 'role="alert"' in text
    assert all(f'value="{typed}"' in text for name, typed in fields.items() if name == "1.item.quantity")
    assert version_of(console, case_id) == before


def test_a_code_stands_for_its_country_although_its_name_is_mistakable(console: ServedConsole) -> None:
    case_id, visitor = opened(console), console.visitor("committee")
    assert send(console, visitor, case_id, fields={"0.mission.countries": "KP, VN"})[0] == 303
    assert "(VN)" in visitor.open(f"/cases/{case_id}").text


def test_a_fact_is_corrected_by_whom_it_belongs_to(console: ServedConsole) -> None:
    case_id, committee, department = (
        opened(console),
        console.visitor("committee"),
        console.visitor("department"),
    )
    send(console, committee, case_id, fields={REPORTED: "true"})
    position = version_of(console, case_id)
    link = f"/cases/{case_id}/facts?supersedes={position}"
    assert link in committee.open(f"/cases/{case_id}").text
    assert link not in department.open(f"/cases/{case_id}").text
    form = committee.open(link).text
    assert "Recorded as no." in form
    assert '<option value="true" selected>yes</option>' in form
    assert form.count("<select") == 1
    assert (
        send(console, committee, case_id, fields={"supersedes": str(position), REPORTED: "false"})[0] == 303
    )
    page = committee.open(f"/cases/{case_id}").text
    assert f"superseded by no. {position + 1}" in page
    assert f"in the place of no. {position}" in page
    assert committee.open(f"/cases/{case_id}/facts?supersedes={position}").status_code == 404
    assert committee.open(f"/cases/{case_id}/facts?supersedes=x").status_code == 404
    assert send(console, committee, case_id, fields={"supersedes": str(position), REPORTED: "true"})[0] == 404


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_somebody_typed_is_shown_as_text(console: ServedConsole, text: str) -> None:
    case_id, visitor = opened(console), console.visitor("committee")
    status, _ = send(console, visitor, case_id, fields={GROUND: text, "evidence": text})
    assert status == 303
    for path in (f"/cases/{case_id}", f"/cases/{case_id}/facts", "/cases"):
        page = visitor.open(path).text
        assert "<script>" not in page
        assert "<img" not in page
        assert "onload=alert(1)>" not in page
    page = html.unescape(visitor.open(f"/cases/{case_id}").text)
    assert page.count(text) >= 2
    status, shown = send(console, visitor, case_id, fields={GROUND: text, "happened_on": text})
    assert status == 400
    assert text in shown
