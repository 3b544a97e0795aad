"""`channelgate policies review`: which links have to be read again, and the book of those that were read.

Covers: api.cli.policies_review, api.evidence.reviews.review_file, api.evidence.reviews.text_report
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.cli.main import app
from engine import day_in, find_links, load_policies, revision_of
from tests.engine.evaluation.test_default_logic import SKELETON

ROOT = Path(__file__).parents[2]
FEATURE = """\
Feature: Samples

  @clause:H2 @rule:no-sample-leaves
  Rule: No sample leaves

    Scenario: A visitor is sent to the safety office
      Given a sample

    @rule:small-quantities-are-sent
    Scenario Outline: <number> are sent
      Given <number> samples

      Examples:
        | number |
        | 1      |
        | 2      |
"""
LINKS = len(find_links(load_policies({name: text.encode() for name, text in SKELETON.items()})))


class Project:
    """A policy folder and feature files in a folder of their own."""

    def __init__(self, root: Path) -> None:
        self.policies, self.features = root / "policies", root / "features"
        self.book = self.features / "reviewed.yaml"
        for folder in (self.policies, self.features):
            folder.mkdir()
        for name, content in SKELETON.items():
            (self.policies / name).write_text(content, encoding="utf-8")
        (self.features / "samples.feature").write_text(FEATURE, encoding="utf-8")

    def review(self, *options: str) -> Result:
        folders = [str(self.policies), "--features", str(self.features)]
        return CliRunner().invoke(app, ["policies", "review", *folders, *options])

    def change(self, old: str, new: str, file: str = "directive.yaml") -> None:
        path = self.policies / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def open(self) -> list[tuple[str, str | None, str, list[str]]]:
        """The links to review, each with its state and what changed."""
        found: dict[str, Any] = json.loads(self.review("--format", "json").stdout)
        return [(row["clause"], row["rule"], row["state"], row["changed"]) for row in found["open"]]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def reviewed(project: Project) -> Project:
    assert project.review("--all", "--by", "A. Reader", "--on", "2026-05-04").exit_code == 0
    return project


def words(result: Result) -> str:
    """What was printed, whatever the breaks of lines."""
    return " ".join(result.output.split())


def test_without_a_book_every_link_is_unreviewed(project: Project) -> None:
    result = project.review()
    assert result.exit_code == 1
    assert result.output.count("unreviewed, nobody has read them together") == LINKS
    assert f"{LINKS} of {LINKS} links to review" in result.output


def test_what_was_recorded_is_reviewed_as_it_stands(reviewed: Project) -> None:
    result = reviewed.review()
    assert result.exit_code == 0
    assert result.output == f"ok: all {LINKS} links are reviewed as they stand\n"


def test_a_link_is_shown_with_what_has_to_be_read_together(project: Project) -> None:
    shown = words(project.review())
    assert "H2 and no-sample-leaves: unreviewed" in shown
    assert "clause: the host of the visit: Gives no sample away." in shown
    assert 'rule: when item.kind in ["sample", "specimen"]: route_bilateral' in shown
    assert "duty: the host of the visit must send the visitor to the safety office [H2]" in shown
    assert "say: “Please ask the safety office.”" in shown
    place = f"{project.features.name}/samples.feature"
    assert f"scenario: {place}:6 A visitor is sent to the safety office" in shown
    assert f"scenario: {place}:10 1 are sent (2 rows)" in shown


def test_a_changed_rule_makes_its_links_suspect(reviewed: Project) -> None:
    reviewed.change('["sample", "specimen"]', '["sample"]')
    assert reviewed.open == [("H2", "no-sample-leaves", "suspect", ["rule"])]
    result = reviewed.review()
    assert result.exit_code == 1
    message = "H2 and no-sample-leaves: suspect, the rule changed since A. Reader read them on 2026-05-04"
    assert message in words(result)


def test_a_changed_clause_makes_its_links_suspect(reviewed: Project) -> None:
    reviewed.change("Gives no sample away.", "Lends no sample.")
    assert {(clause, state, *changed) for clause, _, state, changed in reviewed.open} == {
        ("H2", "suspect", "clause")
    }


def test_both_ends_are_named_where_both_changed(reviewed: Project) -> None:
    reviewed.change("Sends small quantities itself.", "Sends what is small.")
    reviewed.change("say: The safety office will send it.", "say: It will be sent.")
    assert "suspect, the clause and the rule changed since" in words(reviewed.review())


def test_a_country_that_departs_makes_the_shared_rule_suspect_and_is_shown(reviewed: Project) -> None:
    departure = (
        "deviations:\n  - suspend: small-quantities-are-sent\n    clause: H2\n    reason: A letter.\n"
        "    in_force: {from: 2024-06-01}\n"
    )
    france = reviewed.policies / "france.yaml"
    france.write_text(SKELETON["france.yaml"] + departure, encoding="utf-8")
    assert reviewed.open == [("H3", "small-quantities-are-sent", "suspect", ["rule"])]
    assert "in france from 2024-06-01: suspended" in words(reviewed.review())


def test_the_value_of_a_parameter_makes_nothing_suspect(reviewed: Project) -> None:
    reviewed.change("value: 5", "value: 4", "france.yaml")
    assert reviewed.review().exit_code == 0


def test_a_new_link_is_unreviewed_until_it_is_recorded(reviewed: Project) -> None:
    reviewed.change("    clause: H3\n", "    clause: [H3, H2]\n")
    key = ("H2", "small-quantities-are-sent")
    assert [row[:3] for row in reviewed.open] == [(*key, "unreviewed"), ("H3", key[1], "suspect")]
    result = reviewed.review("--rule", key[1], "--by", "Another Reader")
    assert result.exit_code == 0
    assert "0 left to review" in words(result)
    assert reviewed.review().exit_code == 0


def test_a_clause_without_a_rule_is_reviewed_by_itself(reviewed: Project) -> None:
    reviewed.change("  - {clause: H4,", "  - {clause: H5, text: So., no_rule: A custom.}\n  - {clause: H4,")
    assert reviewed.open == [("H5", None, "unreviewed", [])]
    assert "no rule: A custom." in reviewed.review().output
    reviewed.review("--clause", "H5", "--by", "Another Reader")
    assert reviewed.review().exit_code == 0


def test_recording_leaves_the_other_lines_as_they_are(reviewed: Project) -> None:
    before = reviewed.book.read_text(encoding="utf-8").replace("  - {", "  # a remark\n  - {")
    reviewed.book.write_text(before, encoding="utf-8")
    reviewed.review("--clause", "H3", "--by", "Another Reader", "--on", "2026-05-05")
    after = reviewed.book.read_text(encoding="utf-8")
    assert [
        (old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new
    ] == [
        (line, line.replace('"A. Reader", on: 2026-05-04', '"Another Reader", on: 2026-05-05'))
        for line in before.splitlines()
        if '"H3"' in line
    ]


def test_a_clause_and_a_rule_name_the_link_between_them(project: Project) -> None:
    result = project.review("--clause", "H2", "--rule", "no-sample-leaves", "--by", "A. Reader")
    assert "recorded as read: H2 and no-sample-leaves\n1 recorded" in result.output
    assert len(project.open) == LINKS - 1


def test_the_day_is_today_if_none_is_named(project: Project) -> None:
    days = [day_in("Europe/Paris", dt.datetime.now(dt.UTC))]
    project.review("--all", "--by", "A. Reader")
    days.append(day_in("Europe/Paris", dt.datetime.now(dt.UTC)))
    assert any(f"on: {day}}}" in project.book.read_text(encoding="utf-8") for day in days)


def test_an_orphan_of_the_book_is_reported_and_dropped_with_the_next_review(reviewed: Project) -> None:
    reviewed.change("rule: no-sample-leaves", "rule: nothing-leaves")
    reviewed.change("exception_to: no-sample-leaves", "exception_to: nothing-leaves")
    shown = words(reviewed.review())
    assert "H2 and no-sample-leaves: in the book, by A. Reader on 2026-05-04, but not there any more" in shown
    result = reviewed.review("--all", "--by", "Another Reader")
    assert "dropped, as it is not there any more: H2 and no-sample-leaves" in result.output
    assert "no-sample-leaves" not in reviewed.book.read_text(encoding="utf-8")
    assert reviewed.review().exit_code == 0


def test_orphans_alone_are_findings(reviewed: Project) -> None:
    text = reviewed.book.read_text(encoding="utf-8")
    reviewed.book.write_text(text.replace("H4", "H9"), encoding="utf-8")
    reviewed.review("--clause", "H4", "--by", "A. Reader")
    reviewed.book.write_text(
        reviewed.book.read_text(encoding="utf-8") + text.splitlines(keepends=True)[-1].replace("H4", "H9"),
        encoding="utf-8",
    )
    result = reviewed.review()
    assert result.exit_code == 1
    assert "1 in the book not there any more; the next review that is recorded" in result.output
    assert result.output.endswith(f"\nall {LINKS} links are reviewed as they stand\n")


def test_a_reader_may_have_any_name_that_shows(project: Project) -> None:
    name = 'Ng. "the elder": {a}, 王 # \\'
    assert project.review("--all", "--by", name).exit_code == 0
    project.change("Gives no sample away.", "Lends no sample.")
    assert f"since {name} read them" in words(project.review())


def test_a_review_is_no_revision_of_the_policies(project: Project) -> None:
    def revision() -> str:
        return revision_of({path.name: path.read_bytes() for path in project.policies.iterdir()})

    before = revision()
    project.review("--all", "--by", "A. Reader")
    assert revision() == before


MISTAKES = [
    (["--clause", "H22", "--by", "x"], "there is no clause `H22`; did you mean `H2`?"),
    (["--rule", "no-sample-leavs", "--by", "x"], "did you mean `no-sample-leaves`?"),
    (["--clause", "H1", "--rule", "no-sample-leaves", "--by", "x"], "none of these rules carries out"),
    (["--clause", "H2"], "it is not said who has read them; say it with --by"),
    (["--all", "--by", "  "], "--by is no name"),
    (["--all", "--by", "a\nb"], "--by is no name"),
    (["--all", "--clause", "H2", "--by", "x"], "--all leaves nothing to --clause and --rule"),
    (["--by", "x"], "it is not said what has been read"),
    (["--all", "--by", "x", "--on", "yesterday"], "YYYY-MM-DD"),
]


@pytest.mark.parametrize(("options", "message"), MISTAKES, ids=[" ".join(case[0]) for case in MISTAKES])
def test_a_mistake_records_nothing(project: Project, options: list[str], message: str) -> None:
    result = project.review(*options)
    assert result.exit_code == 2
    assert message in result.output
    assert not project.book.exists()


LINE = '  - {clause: "H1", clause_read: "0123456789abcdef", by: "A. Reader", on: 2026-05-04}\n'
FAULTS = [
    ("reviewed:\n", "1:1 Y17"),
    ("read:\n" + LINE, "1:1 `read` is no key of the review book; take it out"),
    ("- a\n- b\n", "1:1 `the file` cannot be so"),
    ("reviewed:\n" + LINE.replace('"A. Reader"', "1900"), "2:57 `by` has to be a text; put it in quotes"),
    ("reviewed:\n" + LINE.replace("0123456789abcdef", "0123"), "2:33 `clause_read` is no fingerprint"),
    ("reviewed:\n" + LINE.replace("2026-05-04", "soon"), "2:74 `on` has to be a day"),
    ("reviewed:\n" + LINE.replace('by: "A. Reader", ', ""), "2:5 `by` is missing here; add it"),
    ("reviewed:\n" + LINE.replace("by:", "rule: a-rule, by:"), "2:5 of `rule` and `rule_read` only one"),
    ("reviewed:\n" + LINE + LINE, "3:5 H1 without a rule stands here twice; take one out"),
    ("reviewed: &all\n" + LINE, "Y08"),
]


@pytest.mark.parametrize(("content", "message"), FAULTS, ids=[case[1] for case in FAULTS])
def test_a_faulty_book_counts_for_nothing_and_stays_as_it_is(
    project: Project, content: str, message: str
) -> None:
    project.book.write_text(content, encoding="utf-8")
    for options in ([], ["--all", "--by", "x"]):
        result = project.review(*options)
        assert result.exit_code == 2
        assert f"{project.book}:" in result.output
        assert message in result.output
        assert "the review book cannot be used, so no link counts as reviewed" in result.output
    assert project.book.read_text(encoding="utf-8") == content


def test_a_book_whose_lines_cannot_be_exchanged_stays_as_it_is(project: Project) -> None:
    content = f"reviewed: [{LINE.strip().removeprefix('- ')}]\n"
    project.book.write_text(content, encoding="utf-8")
    result = project.review("--clause", "H2", "--by", "x")
    assert result.exit_code == 2
    assert "reviewed.yaml is not laid out with one line an entry; lay it out so" in result.output
    assert project.book.read_text(encoding="utf-8") == content


def test_a_book_that_cannot_be_read_is_named(project: Project) -> None:
    project.book.mkdir()
    result = project.review()
    assert result.exit_code == 2
    assert "reviewed.yaml cannot be read (Is a directory)" in result.output


def test_the_shipped_book_is_complete_and_current() -> None:
    folders = [str(ROOT / "policies"), "--features", str(ROOT / "features")]
    result = CliRunner().invoke(app, ["policies", "review", *folders])
    assert result.exit_code == 0, result.output


def test_a_review_is_of_no_day_to_come(project: Project) -> None:
    refused = project.review("--all", "--by", "me", "--on", "2950-01-01")
    assert refused.exit_code == 2
    assert "2950-01-01 is after today" in refused.stderr
    assert "name the day on which they were read with --on" in refused.stderr
    assert not project.book.exists()
