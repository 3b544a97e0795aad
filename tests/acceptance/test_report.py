"""`channelgate policies report`: gaps first, everything escaped, nothing fetched, and the same as JUnit XML.

Covers: api.cli.policies_report, api.evidence.report.gaps, api.evidence.report.page, api.evidence.report.records
"""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from copy import deepcopy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from engine import clause_coverage, load_policies, rule_names
from tests.engine.evaluation.test_default_logic import SKELETON
from tests.support.junit_schema import find_junit_faults

FILES = {name: text.encode() for name, text in SKELETON.items()}
POLICIES = load_policies(FILES)
PLACE = "features/samples.feature:7"
SCENARIO: dict[str, Any] = {
    "place": PLACE,
    "feature": "Samples",
    "rule": "What a listed mission asks for",
    "name": "A sample is delivered",
    "cells": [],
    "tags": [f"@clause:{next(iter(POLICIES.clauses))}"],
    "verdict": "PASSED",
}
MUTANT: dict[str, Any] = {
    "number": 1,
    "file": "directive.yaml",
    "line": 30,
    "subject": "deliver-samples",
    "said": "the rule is left out",
    "fate": "killed",
}
PROPOSAL = {"path": "features/samples.feature", "text": "Scenario: One that notices"}

Change = Callable[[dict[str, Any]], None]


def sound_record() -> dict[str, Any]:
    coverage = clause_coverage(POLICIES)
    return {
        "schema": 1,
        "ready": True,
        "policies": {
            "name": POLICIES.name,
            "title": POLICIES.title,
            "revision": POLICIES.revision,
            "status": "in_force",
            "as_of": "1965-02-01",
            "instruction": {"from": "1965-01-01", "until": None},
            "folder": "policies",
        },
        "started": "2026-03-02T09:30:00+00:00",
        "seconds": 3.2,
        "scenarios": {"promised": 1, "passed": 1, "failing": [], "findings": [], "all": [deepcopy(SCENARIO)]},
        "clauses": [
            {
                "clause": name,
                "text": clause.text,
                "no_rule": None if coverage[name] else "it is said elsewhere",
                "rules": list(coverage[name]),
                "without": [],
                "scenarios": [PLACE],
                "verdict": "verified" if coverage[name] else "no rule",
            }
            for name, clause in POLICIES.clauses.items()
        ],
        "rules": [
            {"rule": rule, "clauses": [], "scenarios": [PLACE], "verdict": "verified"}
            for rule in sorted(rule_names(POLICIES))
        ],
        "conditions": [],
        "mutants": {
            "tried": 1,
            "killed": 1,
            "refused": 0,
            "equivalent": 0,
            "survived": 0,
            "not_decided": 0,
            "score": 1.0,
            "seconds": 1.0,
            "set_aside": [],
            "all": [deepcopy(MUTANT)],
        },
    }


class Project:
    """A policy folder and records in a folder of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "out" / "report.html"
        self.junit = root / "out" / "report.xml"
        (root / "policies").mkdir()
        for name, content in FILES.items():
            (root / "policies" / name).write_bytes(content)
        self.book = root / "features" / "reviewed.yaml"
        self.book.parent.mkdir()
        self.review("--all")

    def report(self, *options: str, change: Change = lambda _: None) -> Result:
        record = sound_record()
        change(record)
        (self.root / "record.json").write_text(json.dumps(record), encoding="utf-8")
        return self.run("--record", str(self.root / "record.json"), *options)

    def review(self, *selection: str) -> None:
        folders = [str(self.root / "policies"), "--features", str(self.book.parent)]
        by = ["--by", "A. Reader", "--on", "2026-03-01"]
        reviewed = CliRunner().invoke(app, ["policies", "review", *folders, *selection, *by])
        assert reviewed.exit_code == 0, reviewed.output

    def run(self, *options: str) -> Result:
        files = ["--out", str(self.out), "--junit", str(self.junit), "--reviews", str(self.book)]
        return CliRunner().invoke(app, ["policies", "report", str(self.root / "policies"), *files, *options])

    @property
    def page(self) -> str:
        return self.out.read_text(encoding="utf-8")

    @property
    def gaps(self) -> str:
        """The part of the page that stands before the contents."""
        return self.page.split("<nav", 1)[0].split("</head>", 1)[1]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def fail_the_scenario(record: dict[str, Any]) -> None:
    record["scenarios"]["all"][0]["verdict"] = "FAILED"
    record["scenarios"]["passed"] = 0
    record["scenarios"]["failing"] = [
        {"place": PLACE, "name": SCENARIO["name"], "verdict": "FAILED", "message": "expected <deliver>\nmore"}
    ]


def orphan_the_scenario(record: dict[str, Any]) -> None:
    record["scenarios"]["all"][0]["tags"] = ["@rule:deliver-smaples"]


def leave_a_clause_without_rule(record: dict[str, Any]) -> None:
    record["clauses"][0] |= {"rules": [], "no_rule": None, "verdict": "no rule"}


def leave_a_clause_without_scenario(record: dict[str, Any]) -> None:
    record["clauses"][0] |= {"rules": ["a"], "scenarios": [], "verdict": "no scenario"}


def leave_a_rule_without_scenario(record: dict[str, Any]) -> None:
    record["rules"][0] |= {"scenarios": [], "verdict": "no scenario"}


def leave_a_condition_unseen(record: dict[str, Any]) -> None:
    record["conditions"] = [{"rule": "r", "condition": "item.sample", "unseen": ["false", "unknown"]}]


def leave_a_country_unasked(record: dict[str, Any]) -> None:
    record["unasked_countries"] = ["AL"]


def let_a_change_survive(record: dict[str, Any]) -> None:
    record["mutants"]["all"][0] |= {"fate": "survived", "proposal": PROPOSAL}
    record["mutants"] |= {"killed": 0, "survived": 1, "score": 0.0}


def leave_a_change_undecided(record: dict[str, Any]) -> None:
    record["mutants"]["all"][0] |= {"fate": "not_decided", "because": "too involved"}


def leave_the_changes_out(record: dict[str, Any]) -> None:
    record["mutants"] = None


def set_a_scenario_aside(record: dict[str, Any]) -> None:
    record["mutants"]["set_aside"] = [{"scenario": "One more", "because": "it asks nothing"}]


def find_a_fault_in_a_file(record: dict[str, Any]) -> None:
    found = {"path": "features/a.feature", "line": 3, "code": "F07", "fact": "no Then", "remedy": "add one"}
    record["scenarios"]["findings"] = [found]


def leave_something_unnamed(record: dict[str, Any]) -> None:
    record["ready"] = False


GAPS: list[tuple[Change, str]] = [
    (fail_the_scenario, "FAILED: A sample is delivered"),
    (orphan_the_scenario, "@rule:deliver-smaples names nothing"),
    (orphan_the_scenario, "no clause is named: A sample is delivered"),
    (leave_a_clause_without_rule, "or say in `no_rule` why there is none"),
    (leave_a_clause_without_scenario, f"no scenario shows {next(iter(POLICIES.clauses))}"),
    (leave_a_rule_without_scenario, "no scenario shows the rule"),
    (leave_a_country_unasked, "no scenario asks about AL"),
    (leave_a_condition_unseen, "`item.sample` is never false and never unknown"),
    (let_a_change_survive, "deliver-samples: the rule is left out"),
    (leave_a_change_undecided, "not decided (too involved)"),
    (leave_the_changes_out, "no small changes and no conditions were looked at"),
    (set_a_scenario_aside, "set aside (it asks nothing)"),
    (find_a_fault_in_a_file, "F07 no Then"),
    (leave_something_unnamed, "the test says that something is left to do"),
]


def test_without_gaps_the_result_says_so(project: Project) -> None:
    result = project.report()
    assert result.exit_code == 0, result.output + (project.gaps if project.out.exists() else "")
    assert "no gaps, revision" in result.output
    assert "✓ No gaps" in project.gaps
    assert POLICIES.revision in project.gaps
    assert "in force from 1965-01-01" in project.gaps


@pytest.mark.parametrize(
    ("change", "message"), GAPS, ids=[f"{c.__name__}-{n}" for n, (c, _) in enumerate(GAPS)]
)
def test_each_gap_stands_before_everything_else(project: Project, change: Change, message: str) -> None:
    result = project.report(change=change)
    assert result.exit_code == 1, result.output
    assert message in project.gaps.replace("&#34;", '"')
    assert "Not shown to be sound" in project.gaps


def test_a_proof_that_does_not_hold_is_a_gap_with_its_request(project: Project) -> None:
    invariants = (
        "invariants:\n  - invariant: never-delivered\n    title: nothing is ever delivered\n"
        f"    clause: {next(iter(POLICIES.clauses))}\n    never: deliver\n"
    )
    (project.root / "policies" / "invariants.yaml").write_text(invariants, encoding="utf-8")
    revision = load_policies({**FILES, "invariants.yaml": invariants.encode()}).revision
    result = project.report(change=lambda record: record["policies"].update(revision=revision))
    assert result.exit_code == 1, result.output
    assert "never-delivered does not hold: nothing is ever delivered" in project.gaps
    assert "The smallest request that shows it" in project.page
    failed = ET.parse(project.junit).find(".//testcase[@name='never-delivered']/failure")
    assert failed is not None
    assert failed.get("type") == "refuted"


def test_a_directive_without_instruction_is_only_proposed(project: Project) -> None:
    project.report(change=lambda record: record["policies"].update(instruction=None, status="proposed"))
    assert "none: the directive is only proposed" in project.gaps


def test_why_a_scenario_failed_stands_open_where_the_gap_leads(project: Project) -> None:
    project.report(change=fail_the_scenario)
    assert f'<a href="#scenario-1">{PLACE}</a>' in project.gaps
    assert re.search(
        r'<details id="scenario-1" open>.*<pre>expected &lt;deliver&gt;', project.page, re.DOTALL
    )


def test_texts_cannot_break_out_of_the_page(project: Project) -> None:
    hostile = "</summary><script>alert('x')</script>\x1b[31m"
    project.report(change=lambda record: record["scenarios"]["all"][0].update(name=hostile))
    assert "<script" not in project.page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;�[31m" in project.page
    ET.parse(project.junit)


class ElementReader(HTMLParser):
    """What a screen reader goes by: headings, captions, header cells, ids and links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def test_headings_go_down_one_level_at_a_time(project: Project) -> None:
    project.report(change=let_a_change_survive)
    levels = [int(tag[1]) for tag, _ in ElementReader(project.page).seen if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_tables_have_captions_and_scopes_and_links_lead_somewhere(project: Project) -> None:
    project.report(change=let_a_change_survive)
    elements = ElementReader(project.page)
    assert len(elements.all("table")) == len(elements.all("caption")) > 3
    assert all(cell.get("scope") in ("col", "row") for cell in elements.all("th"))
    ids = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {str(link["href"]) for link in elements.all("a")} <= {f"#{name}" for name in ids}
    assert elements.all("a")[0] == {"class": "skip", "href": "#main"}
    assert elements.all("html") == [{"lang": "en"}]


def test_nothing_is_fetched_and_nothing_runs(project: Project) -> None:
    project.report()
    tags = {tag for tag, _ in ElementReader(project.page).seen}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not re.search(r"https?:|url\(|@import|\bsrc=|\bon\w+=", project.page)


def test_the_same_records_give_the_same_bytes(project: Project) -> None:
    project.report()
    before = project.out.read_bytes(), project.junit.read_bytes()
    project.report()
    assert (project.out.read_bytes(), project.junit.read_bytes()) == before


def test_junit_has_a_case_for_each_scenario_and_obligation(project: Project) -> None:
    project.report(change=fail_the_scenario)
    scenarios, proofs = ET.parse(project.junit).getroot()
    assert [case.get("name") for case in scenarios] == ["A sample is delivered"]
    assert scenarios.get("failures") == "1"
    assert len(proofs) > 3
    assert proofs.get("failures") == "0"


def test_each_case_says_where_it_is_written_and_what_it_shows(project: Project) -> None:
    project.report()
    scenarios, _ = ET.parse(project.junit).getroot()
    shown = scenarios.findtext("testcase/system-out")
    assert shown is not None
    assert shown.splitlines() == [f"place: {PLACE}", f"clause: {next(iter(POLICIES.clauses))}"]


@pytest.mark.parametrize("change", [change for change, _ in GAPS])
def test_jenkins_takes_the_junit_file_and_shows_why_something_failed(
    project: Project, change: Change
) -> None:
    project.report(change=change)
    root = ET.parse(project.junit).getroot()
    assert list(find_junit_faults(root)) == []
    assert all((failure.text or "").strip() for failure in root.iter("failure"))


def test_a_case_has_the_time_it_took_and_the_suite_their_sum(project: Project) -> None:
    def timed(record: dict[str, Any]) -> None:
        rows = record["scenarios"]["all"]
        rows[:] = [rows[0] | {"seconds": 0.25}, rows[0] | {"name": "Another", "seconds": 1234.5}]

    project.report(change=timed)
    root = ET.parse(project.junit).getroot()
    assert [case.get("time") for case in root[0]] == ["0.250", "1234.500"]
    assert root[0].get("time") == "1234.750"
    assert list(find_junit_faults(root)) == []


def test_each_row_of_examples_fails_for_its_own_reason(project: Project) -> None:
    def fail_both(record: dict[str, Any]) -> None:
        row = record["scenarios"]["all"][0] | {"verdict": "FAILED"}
        record["scenarios"]["all"] = [row | {"cells": ["tea"]}, row | {"cells": ["ore"]}]
        failing = {"place": PLACE, "name": row["name"], "verdict": "FAILED"}
        record["scenarios"]["failing"] = [
            failing | {"cells": ["tea"], "message": "of tea"},
            failing | {"cells": ["ore"], "message": "of ore"},
        ]

    project.report(change=fail_both)
    texts = [failure.get("message") for failure in ET.parse(project.junit).iter("failure")]
    assert texts == ["of tea", "of ore"]


def test_a_scenario_that_was_not_run_names_the_fault_of_its_file(project: Project) -> None:
    def not_run(record: dict[str, Any]) -> None:
        record["scenarios"]["all"][0]["verdict"] = "NOT RUN"
        failing = {"place": PLACE, "name": SCENARIO["name"], "verdict": "NOT RUN", "message": ""}
        record["scenarios"]["failing"] = [failing]
        found = {"code": "F09", "fact": "`* x` is neither Given, When nor Then", "remedy": "open it anew"}
        record["scenarios"]["findings"] = [
            {"path": "features/other.feature", "line": 1} | found,
            {"path": "features/samples.feature", "line": 9} | found,
        ]

    project.report(change=not_run)
    failure = ET.parse(project.junit).find(".//failure")
    assert failure is not None
    fault = "features/samples.feature:9 F09 `* x` is neither Given, When nor Then; open it anew"
    assert failure.get("message") == fault
    assert (failure.text or "").splitlines() == [fault, f"at {PLACE}"]


def stepped(project: Project, **scenario: Any) -> list[str]:
    one = {
        "path": "features/samples.feature",
        "line": 7,
        "name": SCENARIO["name"],
        "cells": [],
        "verdict": "PASSED",
        "steps": [{"line": 8, "kind": "given", "text": "a listed mission", "verdicts": {"http": "PASSED"}}],
        **scenario,
    }
    record = {"schema": 1, "finished": "2026-03-02T09:31:00+00:00", "complete": True, "scenarios": [one]}
    path = project.root / "steps.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return ["--compliance", str(path)]


def test_steps_stand_with_their_verdicts_at_each_door(project: Project) -> None:
    result = project.report(*stepped(project))
    assert result.exit_code == 0, result.output
    assert re.search(r"Given a listed mission: <span.*> PASSED</span> \(http\)", project.page)


def test_a_scenario_that_failed_in_either_record_is_a_gap(project: Project) -> None:
    result = project.report(*stepped(project, verdict="FAILED"))
    assert result.exit_code == 1
    assert "PASSED in one record, FAILED: A sample is delivered" in project.gaps


def test_steps_of_other_scenarios_are_refused(project: Project) -> None:
    result = project.report(*stepped(project, line=9))
    assert result.exit_code == 2
    assert "is not about the same scenarios as the record" in result.output
    assert "make both records from the same feature files" in result.output


def test_a_record_of_another_revision_is_refused(project: Project) -> None:
    result = project.report(change=lambda record: record["policies"].update(revision="0" * 64))
    assert result.exit_code == 2
    assert f"is about revision 000000000000, but {project.root / 'policies'} holds" in result.output
    assert "test the folder as it is now" in result.output
    assert not project.out.exists()


def test_a_record_from_which_a_clause_was_taken_is_refused(project: Project) -> None:
    result = project.report(change=lambda record: record["clauses"].pop())
    assert result.exit_code == 2
    assert "does not tell of the same clauses and rules as" in result.output
    assert "make it anew with `channelgate policies test --out`" in result.output


def test_a_missing_record_is_named_with_the_way_to_make_it(project: Project) -> None:
    result = project.run("--record", str(project.root / "recrod.json"))
    assert result.exit_code == 2
    assert "recrod.json cannot be read (No such file or directory); make it with" in result.output
    assert "`channelgate policies test --out`" in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "is not such a record;"), ('{"schema": 2}', "is not such a record at `schema`;")],
)
def test_what_is_no_record_is_refused(project: Project, content: str, message: str) -> None:
    (project.root / "other.json").write_text(content, encoding="utf-8")
    result = project.run("--record", str(project.root / "other.json"))
    assert result.exit_code == 2
    assert message in result.output


def test_a_page_that_cannot_be_written_is_named(project: Project) -> None:
    project.out.mkdir(parents=True)
    result = project.report()
    assert result.exit_code == 2
    assert "report.html cannot be written (Is a directory); name a file that can be written" in result.output


LAST = list(POLICIES.clauses)[-1]


def change_the_policies(project: Project, old: str, new: str) -> Change:
    """Change the directive; the record is then of what it has become."""
    path = project.root / "policies" / "directive.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    revision = load_policies({**FILES, path.name: path.read_bytes()}).revision
    return lambda record: record["policies"].update(revision=revision)


def state_of(project: Project, clause: str) -> str:
    """The state of a clause in the matrix."""
    found = re.search(
        rf'data-label="Clause">{clause}</th>.*?data-label="State">(.*?)</td>', project.page, re.DOTALL
    )
    assert found is not None
    return re.sub("<[^>]*>", "", found[1])


def test_the_first_page_says_who_reviewed_last(project: Project) -> None:
    project.report()
    assert (
        "links of clause and rule reviewed as they stand; the last on 2026-03-01 by A. Reader" in project.gaps
    )


def test_a_link_that_changed_since_its_review_is_a_gap_and_suspect(project: Project) -> None:
    change = change_the_policies(project, "Gives no sample away.", "Lends no sample.")
    result = project.report(change=change)
    assert result.exit_code == 1, result.output
    assert "Links that changed since their review, or were never reviewed (3)" in project.gaps
    message = "H2 and no-sample-leaves: suspect, the clause changed since A. Reader read them on 2026-03-01"
    assert message in project.gaps
    assert state_of(project, "H2") == "✗ suspect"
    assert state_of(project, "H3") == "✓ verified"


def test_a_link_that_nobody_reviewed_is_a_gap(project: Project) -> None:
    project.book.unlink()
    project.review("--clause", "H2")
    result = project.report()
    assert result.exit_code == 1
    assert "H3 and small-quantities-are-sent: unreviewed" in project.gaps
    assert (state_of(project, "H2"), state_of(project, "H3")) == ("✓ verified", "✗ unreviewed")


def test_the_gravest_state_is_shown(project: Project) -> None:
    reworded = change_the_policies(project, "Gives no sample away.", "Lends no sample.")

    def change(record: dict[str, Any]) -> None:
        reworded(record)
        rule = next(row for row in record["rules"] if row["rule"] == "no-sample-leaves")
        rule["verdict"] = "failing"

    project.report(change=change)
    assert state_of(project, "H2") == "✗ failing"
    assert re.search(r"not_settled: <span[^>]*>.*? suspect", project.page)


def test_a_clause_with_a_rule_that_no_scenario_shows_is_unexercised_in_part(project: Project) -> None:
    def change(record: dict[str, Any]) -> None:
        next(row for row in record["clauses"] if row["clause"] == "H2")["verdict"] = "partly"
        next(row for row in record["rules"] if row["rule"] == "no-sample-leaves")["verdict"] = "no scenario"

    project.report(change=change)
    assert state_of(project, "H2") == "✗ unexercised in part"


def test_without_a_review_book_each_link_is_a_gap_as_it_is_with_one_that_is_begun(project: Project) -> None:
    links = project.book.read_text(encoding="utf-8").count("{clause:")
    project.book.unlink()
    result = project.report()
    assert result.exit_code == 1
    assert f"{links} gaps, revision" in result.output
    assert "nobody has read them together" in project.gaps
    assert "<dt>Reviews</dt><dd>none recorded</dd>" in project.gaps
    assert state_of(project, "H2") == "✗ unreviewed"


def test_an_entry_of_the_book_about_no_link_is_an_orphan(project: Project) -> None:
    text = project.book.read_text(encoding="utf-8")
    last = text.splitlines(keepends=True)[-1]
    project.book.write_text(text + last.replace(LAST, "H9"), encoding="utf-8")
    result = project.report()
    assert result.exit_code == 1
    assert "the review book names a link that is not there: H9 and" in project.gaps


def test_a_faulty_review_book_makes_no_report(project: Project) -> None:
    project.book.write_text("reviewed: none\n", encoding="utf-8")
    result = project.report()
    assert result.exit_code == 2
    assert f"{project.book}:1:11 `reviewed`" in result.output
    assert not project.out.exists()
