"""The lint of the feature files names each trap by its code, and the pieces it stands on are sound.

The traps T1 to T16 are the ways in which pytest-bdd passes, or says nothing, although a scenario did not hold;
those that show in the files alone are set here, the others in `test_scenarios`.
"""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from api.evidence.feature_files import StepKind, read_feature
from api.evidence.scenarios.findings import CODES, LintFinding
from api.evidence.scenarios.lint import lint
from api.evidence.scenarios.step_decorators import rows, then
from api.evidence.scenarios.step_definitions import definitions_seen_from, lint_steps
from api.evidence.scenarios.verdicts import Run, ScenarioVerdict, StepRun, match_runs
from api.evidence.scenarios.words import PolicyWords
from engine import load_policies
from tests.support.compliance_samples import EXAMPLE_STEPS, GOOD, KNOWN, SOUND, scenario
from tests.support.mistakes import SHIPPED


def found(text: str | bytes, folder: Path) -> list[LintFinding]:
    """The findings of the lint in one file of this text."""
    path = folder / "x.feature"
    path.write_bytes(text if isinstance(text, bytes) else dedent(text).lstrip().encode())
    return lint([path], KNOWN, folder)


def codes(text: str | bytes, folder: Path) -> list[str]:
    return [finding.code for finding in found(text, folder)]


# Scenarios


def test_scenarios_are_compiled_with_rule_tags_cells_and_background_steps(tmp_path: Path) -> None:
    path = tmp_path / "x.feature"
    path.write_text(dedent(SOUND).lstrip(), encoding="utf-8")

    plain, first, *_, last = read_feature(path, tmp_path).expected

    assert (plain.place, plain.rule, plain.cells) == ("x.feature:8", None, ())
    assert [step.kind for step in plain.steps] == [StepKind.GIVEN, StepKind.WHEN, StepKind.THEN]
    assert first.name == "The country AA gets yes"
    assert first.tags == ("@clause:S1.1", "@rule:route", "@reading:R-1", "@clause:S1.2", "@boundary")
    assert [step.text for step in first.steps][:3] == ["a mission", "these items", 'the country is "AA"']
    assert first.steps[1].has_table
    assert last.key == (str(path.resolve()), 21, ("ZZ", "no"))


# The traps in the files: T1 to T5, T8 (no Then), T9, T12, T13, T16


@pytest.mark.parametrize(
    ("trap", "text", "expected"),
    [
        ("T1", scenario(GOOD) + "  Rule: Another\n    Scenario: It holds\n      Then it holds\n", "F05"),
        ("T1", scenario(GOOD, "Scenario:"), "F05"),
        ("T2", scenario(""), "F06"),
        ("T3", scenario(EXAMPLE_STEPS + "Examples:\n  | country |", "Scenario Outline: It holds"), "F11"),
        ("T3", scenario(GOOD, "Scenario Outline: It holds"), "F11"),
        (
            "T3",
            scenario(EXAMPLE_STEPS + "Examples:\n| country |\n| AA |\n| AA |", "Scenario Outline: x"),
            "F12",
        ),
        ("T3", scenario(EXAMPLE_STEPS + "Examples:\n| country |\n|  |", "Scenario Outline: x"), "F12"),
        ("T4", scenario(EXAMPLE_STEPS + "Examples:\n| county |\n| AA |", "Scenario: <county>"), "F13"),
        (
            "T4",
            scenario(EXAMPLE_STEPS + "Examples:\n| country | why |\n| AA | far |", "Scenario Outline: x"),
            "F14",
        ),
        (
            "T4",
            scenario(EXAMPLE_STEPS + "Examples:\n| country | country |\n| AA | BB |", "Scenario: x"),
            "F14",
        ),
        ("T4", scenario('Given the country is "<country>"\nThen it holds'), "F15"),
        ("T4", scenario("Given a text\n  '''\n  <x>\n  '''\nThen it holds".replace("'''", '"""')), "F15"),
        ("T4", "@clause:S1.1\nFeature: x\n  Background:\n    Given <x>\n  Scenario: y\n    Then z\n", "F15"),
        ("T5", scenario("given a mission\nThen it holds"), "F10"),
        ("T5", scenario("Given: a mission\nThen it holds"), "F10"),
        ("T5", "@clause:S1.1\nFeature: x\n  scenario: y\n  Scenario: z\n    Then it holds\n", "F10"),
        ("T5", "@clause:S1.1\nFeature: x\n  Scenario y\n  Given a\n  Scenario: z\n    Then b\n", "F10"),
        ("T8", scenario("Given a mission\nWhen it asks"), "F07"),
        ("T8", "@clause:S1.1\nFeature: x\n  Background:\n    Then a\n  Scenario: y\n    When b\n", "F07"),
        ("T9", scenario(GOOD, "@skip\nScenario: It holds"), "F16"),
        ("T9", scenario(GOOD, "@xfail:later\nScenario: It holds"), "F16"),
        ("T9", scenario(GOOD, "@usefixtures\nScenario: It holds"), "F17"),
        ("T9", scenario(GOOD, "@clause-S1.1\nScenario: It holds"), "F17"),
        ("T12", "# to be written\n", "F02"),
        ("T12", "", "F02"),
        ("T12", "Feature: Requests\n", "F04"),
        ("T12", scenario(GOOD) + "  Rule: Nothing yet\n", "F04"),
        ("T12", "Scenario: It holds\n  Then it holds\n", "F03"),
        (
            "T13",
            scenario(EXAMPLE_STEPS + "@boundary\nExamples:\n| country |\n| AA |", "Scenario Outline: x"),
            "F19",
        ),
        ("T16", "Feature: Anfragen für alle\n".encode("latin-1"), "F01"),
        ("T16", scenario(GOOD).encode("utf-8-sig"), "F01"),
        ("style", scenario("When it asks\nAnd it asks again\nThen it holds"), "F08"),
        ("style", scenario("* a mission\nThen it holds"), "F09"),
        ("style", scenario("And a mission\nThen it holds"), "F09"),
        ("style", "Feature: x\n  Scenario: y\n    Then z\n", "F18"),
        ("style", scenario(GOOD, "@clause:S9\nScenario: It holds"), "F20"),
        ("style", scenario(GOOD, "@rule:rout\nScenario: It holds"), "F21"),
        ("style", scenario(GOOD, "@reading:R-9\nScenario: It holds"), "F22"),
    ],
)
def test_a_fault_of_the_file_has_its_code(
    trap: str, text: str | bytes, expected: str, tmp_path: Path
) -> None:
    assert codes(text, tmp_path) == [expected]


ITEMS = "Given these items\n{}\nThen it holds"


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        (scenario(EXAMPLE_STEPS + "Examples:\n| country | why\n| AA |", "Scenario Outline: x"), "why"),
        (scenario(EXAMPLE_STEPS + "Examples:\n| country |\n| AA | far", "Scenario Outline: x"), "far"),
        (scenario(ITEMS.format("| line |\n| 1 | # the drawing")), "# the drawing"),
        (scenario(ITEMS.format("| line |\n| 1 | y \\|")), r"y \|"),
        (scenario(ITEMS.format(r"| line | \\|z")), "z"),
        ("@clause:S1.1\nFeature: x\n Background:\n  Given a\n   | b | c\n Scenario: y\n  Then z\n", "c"),
    ],
)
def test_a_row_that_is_not_closed_would_lose_its_end(text: str, lost: str, tmp_path: Path) -> None:
    (finding,) = found(text, tmp_path)
    assert finding.code == "F23"
    assert f"`{lost}`" in finding.fact
    assert lost in text.splitlines()[finding.line - 1]


def test_a_row_is_closed_whatever_stands_in_its_cells_and_behind_it(tmp_path: Path) -> None:
    rows = "| line | a |\n| 1 | \\| |\t \n| 2 | b \\\\|\n|||"
    assert found(scenario(ITEMS.format(rows)), tmp_path) == []


def test_a_sound_file_has_no_fault(tmp_path: Path) -> None:
    assert found(SOUND, tmp_path) == []


def test_a_clause_quoted_over_several_lines_is_no_fault(tmp_path: Path) -> None:
    text = """
        @clause:S1.1
        Feature: Requests
          Rule: The Committee is told
            "A request is reported,
            when it is urgent,
            and then it waits."
            Scenario: It is told
              Then the answer is "yes"
    """
    assert found(text, tmp_path) == []


def test_a_finding_names_place_fact_and_remedy(tmp_path: Path) -> None:
    [finding] = found(scenario(GOOD, "@rule:rout\nScenario: It holds"), tmp_path)

    assert str(finding) == "x.feature:3 F21 the rule `rout` is unknown; did you mean `route`?"


def test_a_byte_that_is_not_utf8_is_placed_on_its_line(tmp_path: Path) -> None:
    [finding] = found("Feature: Requests\n# für alle\n".encode("latin-1"), tmp_path)

    assert (finding.line, finding.code) == (2, "F01")


def test_a_file_with_windows_line_ends_has_the_same_scenarios(tmp_path: Path) -> None:
    path = tmp_path / "x.feature"
    text = scenario('Given a text\n  """\n  a\n  b\n  """\nThen it holds')
    path.write_bytes(text.encode())
    unix = read_feature(path, tmp_path).expected
    path.write_bytes(text.replace("\n", "\r\n").encode())

    assert read_feature(path, tmp_path).expected == unix


def test_a_swallowed_line_is_placed_where_it_stands(tmp_path: Path) -> None:
    [finding] = found(scenario("\n  Some words.\ngiven a mission\nThen it holds"), tmp_path)

    assert (finding.line, finding.code) == (5, "F10")


def test_every_code_has_a_meaning_and_a_test() -> None:
    own = Path(__file__)
    tests = [path.read_text(encoding="utf-8") for path in (own, own.parents[1] / "test_scenarios.py")]

    assert [code for code in CODES if f'"{code}"' not in "".join(tests)] == []


def test_a_then_may_not_yield() -> None:
    def holds() -> Any:
        yield False

    with pytest.raises(TypeError, match="nobody receives"):
        then("it holds")(holds)


@pytest.mark.parametrize(
    "table",
    [[["item"], ["x"]], [["item", "cuont"], ["x", "1"]], [["item", "item"], ["x", "1"]], [["item", "count"]]],
)
def test_a_table_with_other_columns_or_no_rows_is_refused(table: list[list[str]]) -> None:
    with pytest.raises(ValueError, match="the table has"):
        rows(table, "item", "count")


def test_a_table_is_read_by_column_name_in_any_order() -> None:
    assert rows([["count", "item"], ["2", "paper"]], "item", "count") == [{"item": "paper", "count": "2"}]


# Verdicts


def test_a_run_survives_the_way_from_a_worker() -> None:
    run = Run(
        "x.feature",
        3,
        ("AA",),
        "http",
        ScenarioVerdict.FAILED,
        (StepRun(4, "given", "a", ScenarioVerdict.FAILED),),
        "no",
    )

    assert Run.from_json(run.to_json()) == run


def test_a_run_that_is_in_no_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.feature"
    path.write_text(scenario(GOOD), encoding="utf-8")
    [expected] = read_feature(path, tmp_path).expected
    stray = Run("x.feature", 99, (), "default", ScenarioVerdict.PASSED, ())

    results = match_runs([expected], [(expected.key._replace(line=99), stray)], ["default"])

    assert results.unexpected == (stray,)
    assert results.totals()["NOT RUN"] == 1


# Words that the policies do not have: S06

WORDS = PolicyWords(load_policies(SHIPPED))


@pytest.mark.parametrize(
    ("step", "fact", "remedy"),
    [
        (
            "Given the fact urgency.eager_wanted is true",
            "unknown fact `urgency.eager_wanted`",
            "`urgency.eagerly_wanted`?",
        ),
        (
            "Given the fact item.kind is sampel",
            "`sampel` is no value of `item.kind`",
            "did you mean `sample`?",
        ),
        ("Given the fact urgency.eagerly_wanted is yes", "is no value of", "write true or false"),
        ("Given the fact urgency.deadline is 1965-02-30", "is no value of", "write a day as 2026-03-01"),
        ("Given the fact item.quantity is -1", "is no value of", "write a number from 0 on"),
        (
            "Given the fact item.channel.inclusion_session is 10000",
            "is no value of",
            "a whole number from 1 to 9999",
        ),
        (
            "Given the fact visit.place is Beijing",
            "is a text, and `Beijing` is not in quotes",
            'write "Beijing"',
        ),
        ("Given the fact trigger of line 2 is host_offer", "not for a line", "leave the line out"),
        ("Given the fact item.kind of line 0 is sample", "there is no line 0", "lines count from 1"),
        (
            "Given the fact mission.countries is Korea and Corea",
            "no country is called `Corea`",
            "did you mean `Korea`?",
        ),
        ("Given a mission from Corea", "no country is called `Corea`", "did you mean `Korea`?"),
        (
            "Given it is agreed to include it in session eight",
            "`eight` is no value of",
            "write a whole number",
        ),
        ("Given it was reported to the Committee on 1965-02-30", "`1965-02-30` is no day", "write it as"),
        (
            "Given the receiving department states that item.legacy_list is none",
            "`item.legacy_list` is not for the receiving department to state",
            "let the Committee state it, or write `claims that`",
        ),
        (
            "Given the facts\n| fact | value |\n| trigger | host_ofer |",
            "`host_ofer` is no value",
            "`host_offer`?",
        ),
        (
            "Given the facts\n| fact | is |\n| trigger | host_offer |",
            "it needs fact, value",
            "a row for each fact",
        ),
        (
            "Given the rule report-first does not name host_offer",
            "unknown choice in the rule",
            "there is none",
        ),
        ("Given the fact item.kind of line 00 is sample", "there is no line 0", "lines count from 1"),
        ("Given the facts", "the step has no table", "the columns fact and value"),
        ("Given today is 1965-13-01", "`1965-13-01` is no value of `as_of`", "write a day as"),
        (
            "Given the Committee claims that item.legacy_list is none",
            "`item.legacy_list` is for the Committee to state",
            "write `states that`",
        ),
        (
            "Given the parameter next_sesion of Korea is 9",
            "unknown parameter `next_sesion`",
            "`next_session`?",
        ),
        (
            "Given the parameter next_session of France is 9",
            "no policy is about `France` alone",
            "name a country",
        ),
        (
            "Given the parameter next_session of Korea is ninth",
            "no value of `{next_session}`",
            "write a number",
        ),
        ("Given the rule route-bilatral does not name host_offer", "unknown rule", "`route-bilateral`?"),
        (
            "When the Committee asks before the handover",
            "it is not the Committee that asks",
            "`receiving department`?",
        ),
        ("Then for the whole: wait", "unknown outcome `wait`", "name one of"),
        ("Then for line 1: it is hold", "unknown outcome `it is hold`", "did you mean `it is held`?"),
        ("Then the Comittee must wait", "unknown party `Comittee`", "did you mean `Committee`?"),
        ("Then the answer does not cite S3.66", "unknown clause `S3.66`", "did you mean `S3.6`?"),
        ("Then the answer does not use the reading A44", "unknown reading `A44`", "did you mean `A4`?"),
        (
            "Then the answer does not rest on the rule report-frist",
            "unknown rule",
            "did you mean `report-first`?",
        ),
        ("Then nobody is asked for item.kinds", "unknown fact `item.kinds`", "did you mean `item.kind`?"),
        ("Then the rule report-first did not decide because of the wether", "unknown ground", "name one of"),
    ],
)
def test_a_word_that_the_policies_do_not_have_is_found_before_anything_runs(
    step: str, fact: str, remedy: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "x.feature"
    path.write_text(f"Feature: x\nScenario: y\n{step}\n", encoding="utf-8")
    definitions = definitions_seen_from(request.node)
    (finding,) = lint_steps(read_feature(path, tmp_path), definitions, lambda: WORDS, tmp_path)
    assert (finding.line, finding.code) == (3, "S06")
    assert fact in finding.fact
    assert remedy in finding.remedy
