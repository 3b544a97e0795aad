"""What changes on which day by itself: `channelgate policies upcoming` and `GET /v1/policies/upcoming`.

Covers: api.cli.policies_upcoming, api.upcoming_classes.__main__, api.cli.rendering.upcoming,
api.domain.upcoming, api.services.upcoming, api.http.routes.policies
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.services import upcoming_runs
from engine import PolicyFaults, load_policies, load_recorded_policies
from engine.checking.reserved_names import RESERVED_NAMES
from tests.support.desks import Desk, serving
from tests.support.handing_over import cleared, hand_over
from tests.support.mistakes import ROOT
from tests.support.waiting import wait_until

SHIPPED = ROOT / "policies"
INSTITUTE = ROOT / "examples" / "second_directive" / "policies"
STARTER = ROOT / "api" / "files" / "starter" / "policies"


def upcoming(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["policies", "upcoming", *map(str, arguments)])


def days_of(*arguments: object) -> list[dict[str, Any]]:
    result = upcoming(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)["days"]
    return found


def changes_of(day: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (one["kind"], one["name"], one["change"], one.get("before"), one.get("after"))
        for one in day["changes"]
    ]


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STARTER, tmp_path / "policies"))


def rewritten(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def test_a_parameter_whose_value_changes_is_shown_with_both(tmp_path: Path) -> None:
    days = days_of(SHIPPED, "--from", "1964-10-31", "--until", "1964-11-30")
    assert [day["day"] for day in days] == ["1964-11-01"]
    assert changes_of(days[0]) == [("parameter", "next_session", "changes", "not stated", "8")]


def test_the_instruction_and_a_deviation_begin_and_every_class_has_its_cause() -> None:
    (day,) = days_of(SHIPPED, "--from", "1964-12-01", "--days", 60)
    assert day["day"] == "1965-01-01"
    assert {change[:3] for change in changes_of(day)} == {
        ("instruction", "instruction", "begins"),
        ("deviation", "lists-of-another-country", "begins"),
    }
    assert day["classes"]
    assert day["complete"]
    for one in day["classes"]:
        assert one["was"] == "refer"
        assert any("instruction" in cause for cause in one["because_of"])
        assert one["example"]["as_of"] == "1965-01-01"


def test_a_rule_that_ends_and_its_ruling_are_shown_on_the_day_after(starter: Path) -> None:
    with (starter / "readings.yaml").open("a") as book:
        book.write(
            "\nrulings:\n  - ruling: P1\n    given_on: 2026-03-10\n    given_by: host\n"
            "    until: 2026-04-20\n    allows: Samples may go.\n    clause: [C2]\n    source: minutes\n"
        )
    rewritten(
        starter,
        "directive.yaml",
        "rules:\n",
        "rules:\n  - rule: by-itself\n    beats: [ask-the-desk-first]\n    clause: [C2]\n    ruling: P1\n"
        '    when: item.kind == "sample"\n    outcome: refuse\n'
        "    duties: [{who: host, must: wait, clause: C2}]\n    say: Not now.\n",
    )
    first, last = days_of(starter, "--from", "2026-02-01", "--until", "2026-12-31")
    assert (first["day"], last["day"]) == ("2026-03-10", "2026-04-21")
    assert {change[:3] for change in changes_of(first)} == {
        ("rule", "by-itself", "begins"),
        ("ruling", "P1", "begins"),
    }
    assert {change[2] for change in changes_of(last)} == {"ends"}
    assert "refuse" in {one["becomes"] for one in first["classes"]}
    assert "refuse" in {one["was"] for one in last["classes"]}
    assert all("by-itself" in cause for one in first["classes"] for cause in one["because_of"])


def test_a_condition_that_holds_the_day_against_a_date_turns_on_it(starter: Path) -> None:
    rewritten(
        starter,
        "directive.yaml",
        "rules:\n",
        "rules:\n  - rule: by-itself\n    beats: [ask-the-desk-first]\n    clause: [C2]\n"
        '    when: as_of > d"2026-05-31"\n    outcome: refuse\n'
        "    duties: [{who: host, must: wait, clause: C2}]\n    say: Not now.\n",
    )
    (day,) = days_of(starter, "--from", "2026-02-01", "--until", "2026-12-31")
    assert day["day"] == "2026-06-01"
    assert changes_of(day) == [("condition", "by-itself", "turns", None, 'as_of > d"2026-05-31"')]
    assert {one["becomes"] for one in day["classes"]} == {"refuse"}


def test_a_membership_that_begins_is_shown_with_the_requests_it_concerns(starter: Path) -> None:
    iceland = starter / "iceland.yaml"
    assert "country: IS\n" in iceland.read_text()
    text = iceland.read_text().replace(
        "country: IS\n",
        "countries:\n  - {country: IS}\n  - {country: NO, from: 2026-07-01, source: a letter}\n",
        1,
    )
    iceland.write_text(text)
    (day,) = days_of(starter, "--from", "2026-02-01", "--until", "2026-12-31")
    assert day["day"] == "2026-07-01"
    assert changes_of(day) == [("membership", "NO", "begins", None, None)]
    assert {country for one in day["classes"] for country in one["countries"]} == {"NO"}


def test_what_turns_on_dates_of_requests_is_named_and_listed_on_no_day() -> None:
    result = upcoming(INSTITUTE, "--from", "2026-12-01", "--until", "2026-12-31")
    assert result.exit_code == 0
    assert "Nothing that is written with days" in result.stdout
    assert "item.licence.until" in result.stdout


def test_without_a_prover_the_classes_are_not_known_and_nothing_else_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "z3.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    arguments = (SHIPPED, "--from", "1964-12-01", "--days", 60)
    (day,) = days_of(*arguments)
    assert (day["classes"], day["answers"], day["complete"]) == (None, None, False)
    text = " ".join(upcoming(*arguments).stdout.split())
    assert "Which requests are answered otherwise is not known: z3 is not installed" in text
    assert "No request changes" not in text


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_a_page_shows_day_change_and_class(format_: str) -> None:
    result = upcoming(SHIPPED, "--from", "1964-12-01", "--days", 60, "--format", format_)
    assert result.exit_code == 0
    for text in ("1965-01-01", "korea.yaml:45", "instruction", "deviation", "refer"):
        assert text in result.stdout


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (("--until", "1965-01-01", "--days", "3"), "both given"),
        (("--from", "1965-01-02", "--until", "1965-01-01"), "before the first"),
    ],
)
def test_days_that_make_no_span_end_with_two(arguments: tuple[str, ...], fact: str) -> None:
    result = upcoming(SHIPPED, *arguments)
    assert result.exit_code == 2
    assert fact in result.stderr


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upcoming")


@pytest.fixture(scope="module")
def desk(where: Path) -> Iterator[Desk]:
    with serving(where) as opened:
        yield opened


def first_day(desk: Desk, caller: str = "committee", **query: str) -> dict[str, Any]:
    """The first day on which the policies change, as the service lists it."""
    answer = desk.call(caller, "GET", "/v1/policies/upcoming", params={"from": "1964-12-01", **query})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = next(one for one in answer.json()["days"] if one["changes"])
    return found


def test_the_service_finds_the_classes_in_the_background_and_has_them_for_everybody(tmp_path: Path) -> None:
    with serving(tmp_path) as desk:
        answer = desk.call("committee", "GET", "/v1/policies/upcoming", params={"from": "1964-12-01"}).json()
        assert (answer["from"], answer["until"]) == ("1964-12-01", "1965-12-01")
        (day,) = (one for one in answer["days"] if one["changes"])
        assert (day["day"], day["classes"], day["answers"]) == ("1965-01-01", None, None)
        assert (day["complete"], day["because"]) == (False, "it is being computed; call again later")
        wait_until(lambda: first_day(desk)["classes"] is not None)
        found = first_day(desk, "department", until="1965-01-31")
    assert found["classes"]
    assert found["complete"]
    assert [found] == days_of(SHIPPED, "--from", "1964-12-01", "--until", "1965-01-31")


def test_a_process_that_fails_is_started_once_and_the_rest_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts = tmp_path / "starts"
    (tmp_path / "stand_in_that_fails.py").write_text(
        f"open({str(starts)!r}, 'a').write('started\\n'); raise SystemExit('out of memory')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(upcoming_runs, "PROCESS", "stand_in_that_fails")
    with serving(tmp_path) as desk:
        wait_until(lambda: "see the log of the service" in first_day(desk)["because"])
        day = first_day(desk)
    assert (day["classes"], day["complete"]) == (None, False)
    assert day["changes"]
    assert starts.read_text() == "started\n"


def test_the_command_says_which_days_it_did_not_reach_in_its_time() -> None:
    arguments = (SHIPPED, "--from", "1964-12-01", "--days", 60, "--seconds", 0)
    (day,) = days_of(*arguments)
    assert (day["classes"], day["answers"], day["complete"]) == (None, None, False)
    assert day["changes"]
    result = upcoming(*arguments)
    assert result.exit_code == 0
    assert "not known: it was not found out in 0 seconds" in " ".join(result.stdout.split())


def test_no_policy_has_the_name_of_an_address_of_something_else(desk: Desk) -> None:
    paths = desk.client.get("/openapi.json").json()["paths"]
    assert {path.removeprefix("/v1/policies/") for path in paths if path.startswith("/v1/policies/")} == {
        *RESERVED_NAMES,
        "{name}",
    }


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_a_set_recorded_before_goes_on_with_such_a_name(starter: Path, name: str) -> None:
    rewritten(starter, "iceland.yaml", "policy: iceland", f"policy: {name}")
    files = {path.name: path.read_bytes() for path in starter.glob("*.yaml")}
    with pytest.raises(PolicyFaults, match=f"R50 no policy can be called `{name}`"):
        load_policies(files)
    policies = load_recorded_policies(files)
    assert [hint.code for hint in policies.hints_on(dt.date(2026, 2, 1)) if hint.code == "R50"] == ["R50"]


def test_a_clearance_that_nobody_used_ends_on_the_day_after_its_last(desk: Desk, where: Path) -> None:
    unused, used = cleared(desk), cleared(desk)
    hand_over(desk, clearance=used["clearance_id"])

    def names(caller: str) -> tuple[bool, set[tuple[str, str]]]:
        content = desk.call(caller, "GET", "/v1/policies/upcoming", params={"from": "1964-12-01"}).json()
        records = {(one["name"], day["day"]) for day in content["days"] for one in day["records"]}
        return "clearance" in content["record_kinds"], records

    listed, records = names("committee")
    assert listed
    assert {name for name, _ in records} == {unused["clearance_id"]}
    assert all(day > unused["valid_until"] for _, day in records)
    assert names("policy_officer") == (False, set())
    days = days_of(SHIPPED, "--from", "1965-02-01", "--until", "1965-12-31", "--database", where / "log.db")
    assert [(one["name"], day["day"]) for day in days for one in day["records"]] == sorted(records)


def test_the_answer_has_a_tag_that_is_the_callers(desk: Desk) -> None:
    first = desk.call("committee", "GET", "/v1/policies/upcoming")
    again = desk.call(
        "committee", "GET", "/v1/policies/upcoming", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    other = desk.call(
        "policy_officer", "GET", "/v1/policies/upcoming", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert other.status_code == 200


def test_a_last_day_before_the_first_is_named(desk: Desk) -> None:
    query = {"from": "1965-01-02", "until": "1965-01-01"}
    answer = desk.call("committee", "GET", "/v1/policies/upcoming", params=query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "until"
