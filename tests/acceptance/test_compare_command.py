"""`channelgate policies compare`: what an officer and a reviewer read, the exit codes, stored revisions.

Covers: api.cli.policies_compare, api.files.comparison.page, api.services.backtest
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from api.doors.running_server import running_server
from api.settings import Settings
from tests.support.mistakes import ROOT

SHIPPED = ROOT / "policies"


def compare(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["policies", "compare", *map(str, arguments)])


def variant(folder: Path, file: str, old: str, new: str) -> Path:
    """The shipped folder with one change."""
    copied = Path(shutil.copytree(SHIPPED, folder / "changed"))
    page = copied / file
    assert old in page.read_text()
    page.write_text(page.read_text().replace(old, new))
    return copied


@pytest.fixture
def next_session(tmp_path: Path) -> Path:
    return variant(tmp_path, "korea.yaml", "- value: 8\n", "- value: 9\n")


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    """Every example, one a line."""
    lines = [json.dumps(json.loads(file.read_text())) for file in sorted((ROOT / "examples").glob("*.json"))]
    file = tmp_path / "requests.jsonl"
    file.write_text("\n".join(lines) + "\n\n")
    return file


def test_the_same_policies_change_nothing() -> None:
    result = compare(SHIPPED, SHIPPED)
    assert result.exit_code == 0, result.output
    assert "No request changes the outcome; proved: no other request does" in result.output
    assert "Nothing becomes more permissive." in result.output


def test_a_fact_that_is_new_or_gone_is_named(tmp_path: Path) -> None:
    new = "  - fact: visit.purpose\n    kind: text\n    ask: Why?\n    answered_by: receiving_department\n\n"
    changed = variant(tmp_path, "vocabulary.yaml", "  - fact: visit.place\n", f"{new}  - fact: visit.place\n")
    forth, back = compare(SHIPPED, changed), compare(changed, SHIPPED)
    assert "fact visit.purpose: is new" in forth.output
    assert "fact visit.purpose: is gone" in back.output
    for result in (forth, back):
        assert result.exit_code == 0, result.output
        assert "proved: no other request does" in result.output


def test_what_a_rule_makes_of_a_new_choice_is_compared(tmp_path: Path) -> None:
    changed = variant(
        tmp_path,
        "vocabulary.yaml",
        "      other: another kind\n",
        "      other: another kind\n      academy: an academy\n",
    )
    directive = changed / "directive.yaml"
    text = directive.read_text().replace(
        "when: urgency.time_sensitive and urgency.eagerly_wanted",
        'when: urgency.time_sensitive and urgency.eagerly_wanted and department.kind != "academy"',
    )
    directive.write_text(text.replace("mission.level, department.kind,", "mission.level,"))
    forth, back = compare(SHIPPED, changed), compare(changed, SHIPPED)
    assert "fact department.kind: has the new choice academy" in forth.output
    assert "department.kind is academy" in forth.output
    assert "was escalate_urgent" in forth.output
    assert "fact department.kind: no longer has the choice academy" in back.output
    assert "is escalate_urgent" in back.output


def test_facts_of_other_kinds_are_named_and_nothing_is_proved_of_them(tmp_path: Path) -> None:
    changed = variant(
        tmp_path,
        "vocabulary.yaml",
        "  - fact: visit.place\n    kind: text",
        "  - fact: visit.place\n    kind: number",
    )
    text = (changed / "vocabulary.yaml").read_text().replace("place: visit.place\n", "", 1)
    (changed / "vocabulary.yaml").write_text(text)
    result = compare(SHIPPED, changed)
    assert result.exit_code != 0
    assert "the fact visit.place was of the kind text, and is of the kind number" in result.output


def test_something_more_permissive_ends_with_one_unless_it_is_accepted(next_session: Path) -> None:
    result = compare(SHIPPED, next_session)
    assert result.exit_code == 1
    output = " ".join(result.output.split())
    assert "was hold by agreed-for-another-session, is deliver by agreed-as-a-project" in output
    assert "because of korea.yaml: {next_session}: 8 from 1964-11-01 -> 9 from 1964-11-01" in output
    assert "MORE PERMISSIVE: in 1 of them" in output
    assert compare(SHIPPED, next_session, "--accept").exit_code == 0


def test_a_change_of_words_alone_ends_with_nought(tmp_path: Path) -> None:
    folder = variant(
        tmp_path,
        "directive.yaml",
        "We cannot give it to\n      you here.",
        "We cannot give it to\n      you.",
    )
    result = compare(SHIPPED, folder)
    assert result.exit_code == 0, result.output
    assert "The outcome stays, and the answer says something else" in result.output
    assert "route-bilateral (missions from AL, CU, KP, VN): say" in result.output


def test_an_example_can_be_fed_to_check(next_session: Path) -> None:
    compared = json.loads(compare(SHIPPED, next_session, "--format", "json").output)
    assert compared["complete"] is True
    assert compared["more_permissive"] is True
    for one in compared["classes"]:
        for folder, outcome in ((SHIPPED, one["was"]), (next_session, one["becomes"])):
            shown = CliRunner().invoke(
                app,
                ["check", "-", "--role", "committee", "--policies", str(folder), "--format", "json"],
                input=json.dumps(one["example"]["request"]),
            )
            assert json.loads(shown.output)["outcome"] == outcome


def test_markdown_begins_with_the_verdict(next_session: Path, requests: Path) -> None:
    output = compare(SHIPPED, next_session, "--format", "markdown", "--requests", requests).output
    assert output.startswith("## Policy change: something becomes more permissive\n")
    assert "- **`hold` → `deliver`** Requests about missions from KP" in output
    assert "| `deliver` | `hold` | 1 |" in output
    assert output.count("<details>") == output.count("</details>")


def test_the_requests_of_a_file_are_counted_and_listed(next_session: Path, requests: Path) -> None:
    arguments = (SHIPPED, next_session, "--requests", requests, "--format", "json")
    history = json.loads(compare(*arguments).output)["history"]
    assert (history["requests"], history["lines"]) == (9, 9)
    assert history["outcomes"] == [{"was": "deliver", "becomes": "hold", "lines": 1}]
    assert history["countries"] == {"KP": 2}
    assert history["clauses"]["S3.11"] == 1
    listed = {one["request_id"]: one["direction"] for one in history["changed"]}
    assert sorted(listed.values()) == ["stricter", "what_is_said"]


def test_a_line_that_is_no_request_is_named(requests: Path) -> None:
    requests.write_text(requests.read_text() + '{"request_id": "x", "itmes": []}\n')
    result = compare(SHIPPED, SHIPPED, "--requests", requests)
    assert result.exit_code == 2
    assert "line 11" in result.stderr
    assert "did you mean `items`?" in result.stderr
    assert compare(SHIPPED, SHIPPED, "--requests", requests.with_name("none")).exit_code == 2


def test_a_log_is_decided_again_and_a_stored_revision_compared(next_session: Path, tmp_path: Path) -> None:
    database = str(tmp_path / "log.db")
    settings = Settings(policies=SHIPPED, database=database, insecure_no_auth=True)
    deliver: dict[str, Any] = json.loads((ROOT / "examples" / "deliver.json").read_text())
    with running_server(settings) as url:
        answer = httpx.post(f"{url}/v1/pre-check", json=deliver, trust_env=False).json()
    revision = answer["policy"]["revision"]
    result = compare(revision[:8], next_session, "--database", database, "--log", database, "--accept")
    assert result.exit_code == 0, result.output
    assert "1 request with 1 line decided under both: 1 line with another outcome" in result.output
    assert "deliver -> hold: 1" in result.output
    for wrong in ("ffffffff", "abc"):
        missing = compare(wrong, next_session, "--database", database)
        assert missing.exit_code == 2, wrong
    both = compare(SHIPPED, SHIPPED, "--log", database, "--requests", tmp_path / "x")
    assert both.exit_code == 2


def test_faulty_policies_cannot_be_compared(next_session: Path, tmp_path: Path) -> None:
    (next_session / "korea.yaml").write_text("policy: korea")
    result = compare(SHIPPED, next_session)
    assert result.exit_code == 2
    assert "korea.yaml:1:1" in result.stderr
    assert compare(SHIPPED, tmp_path / "nowhere").exit_code == 2


# -- what guards the policies --------------------------------------------------------------------------------


def guards_of(old: Path, new: Path) -> list[str]:
    shown = compare(old, new, "--format", "json")
    found = json.loads(shown.stdout)
    assert shown.exit_code == (1 if found["more_permissive"] else 0)
    return [f"{one['name']}: {one['change']}" for one in found["guards"]]


@pytest.mark.parametrize(
    ("file", "old", "new", "text"),
    [
        (
            "invariants.yaml",
            'unless: handover.by == "committee"',
            'unless: handover.by in ["committee", "other"]',
            "invariant no-department-hands-over: says less than it did",
        ),
        (
            "invariants.yaml",
            "escalate_urgent, hold, needs_information, refuse]",
            "escalate_urgent, hold, needs_information]",
            "invariant strangers-in-a-border-area-are-referred: says less than it did",
        ),
        (
            "invariants.yaml",
            "property: a_rule_decides",
            "property: unknown_never_permits",
            "invariant no-gaps: says less than it did",
        ),
        ("readings.yaml", "They widen it.", "They narrow it.", "reading A1: “They widen it."),
        (
            "korea.yaml",
            "\nmay_loosen:\n",
            '\nmay_loosen:\n  - {when: trigger == "host_offer", clause: S3.6, reason: A try.}\n',
            'may_loosen: is new, when trigger == "host_offer"',
        ),
    ],
)
def test_what_guards_the_policies_less_comes_first_and_ends_with_one(
    file: str, old: str, new: str, text: str, tmp_path: Path
) -> None:
    folder = variant(tmp_path, file, old, new)
    assert [one for one in guards_of(SHIPPED, folder) if one.startswith(text)], guards_of(SHIPPED, folder)
    shown = compare(SHIPPED, folder)
    assert shown.exit_code == 1
    assert shown.output.split("\n")[2] == "What guards the policies less"
    assert "LESS GUARDED: 1 thing holds the policies less." in shown.output
    assert compare(SHIPPED, folder, "--accept").exit_code == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('unless: handover.by == "committee"', 'unless: not (handover.by != "committee")'),
        ('unless: handover.by == "committee"\n    never: deliver', "never: deliver"),
        ("invariant: no-department-hands-over", "invariant: only-the-committee"),
    ],
)
def test_an_invariant_put_otherwise_or_stronger_guards_no_less(old: str, new: str, tmp_path: Path) -> None:
    assert guards_of(SHIPPED, variant(tmp_path, "invariants.yaml", old, new)) == []


def test_without_its_invariants_a_folder_is_guarded_less(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "changed"))
    (folder / "invariants.yaml").unlink()
    gone = guards_of(SHIPPED, folder)
    assert len(gone) == (SHIPPED / "invariants.yaml").read_text().count("- invariant:")
    assert all(one.endswith(": is gone, and no other says as much") for one in gone)


def test_what_does_not_meet_the_floor_comes_before_all_and_cannot_be_accepted(tmp_path: Path) -> None:
    old, new = 'handover.by in ["receiving_department", "other"]', 'handover.by == "other"'
    folder = variant(tmp_path, "directive.yaml", old, new)
    shown = compare(SHIPPED, folder, "--accept")
    assert shown.exit_code == 1
    assert shown.output.split("\n")[2] == "Below the floor"
    assert "`only-the-committee-hands-over` does not hold" in " ".join(shown.output.split())
    assert "BELOW THE FLOOR" in shown.output
    (below,) = json.loads(compare(SHIPPED, folder, "--format", "json").stdout)["below_floor"]
    assert below["name"] == "only-the-committee-hands-over"
    marked = compare(SHIPPED, folder, "--format", "markdown").output
    assert marked.startswith("## Policy change: the policies do not meet the floor")
