"""The compliance plugins let no session be green that checked nothing.

Each trap that shows beside the steps or in the run is set in a small project of its own, and must be caught
under its code or with its verdict; those that show in the files alone are in `scenarios.test_lint`.
"""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from tests.support.compliance_samples import CONFTEST, DOORS, EXAMPLE_STEPS, GOOD, SOUND, STORY, scenario

Project = Callable[..., pytest.Pytester]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project in a folder of its own: feature files by name, and the steps and conftest if they differ."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def make(
        features: Mapping[str, str], story: str = "", conftest: str = "", base: str = STORY
    ) -> pytest.Pytester:
        pytester.makeini(
            "[pytest]\ntestpaths = features\nbdd_features_base_dir = features\nfilterwarnings = error\n"
            "addopts = --strict-markers -p no:cacheprovider -p no:hypothesispytest -p no:anyio\n"
            "pythonpath = .\n"
        )
        pytester.makepyfile(conftest=dedent(CONFTEST) + dedent(conftest), story=dedent(base) + dedent(story))
        for name, text in features.items():
            path = pytester.path / "features" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(dedent(text).lstrip(), encoding="utf-8")
        return pytester

    return make


def run(pytester: pytest.Pytester, *arguments: str) -> tuple[pytest.RunResult, dict[str, Any]]:
    """Run the project's features and read the record it wrote."""
    result = pytester.runpytest_inprocess("--compliance-record", "out/record.json", *arguments)
    return result, json.loads((pytester.path / "out/record.json").read_text(encoding="utf-8"))


# The clean project


def test_a_sound_project_passes_at_both_doors_with_totals_that_add_up(project: Project) -> None:
    result, record = run(project({"x.feature": SOUND}, conftest=DOORS), "--junitxml=junit.xml", "-v")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "features/x.feature::test_a_request_is_answered?function? PASSED*",
            "4 scenarios promised at each door (function, http): 4 PASSED",
        ]
    )
    assert record["kept"]
    assert record["complete"]
    assert record["totals"].pop("promised") == sum(record["totals"].values()) == 4
    assert [totals["PASSED"] for totals in record["doors"].values()] == [4, 4]
    assert set(record["tools"]) == {"python", "pytest", "pytest-bdd", "gherkin-official"}
    assert [file["path"] for file in record["files"]] == ["features/x.feature"]
    last = record["scenarios"][-1]
    assert (last["path"], last["line"], last["cells"]) == ("features/x.feature", 21, ["ZZ", "no"])
    assert last["rule"] == "A country that is not covered is refused"
    assert last["doors"]["http"].pop("seconds") >= 0
    assert last["doors"]["http"] == {"verdict": "PASSED", "message": ""}
    assert last["steps"][-1] == {
        "line": 24,
        "kind": "then",
        "text": 'the answer is "no"',
        "verdicts": {"function": "PASSED", "http": "PASSED"},
    }


def test_junit_carries_place_clause_rule_door_and_verdict(project: Project) -> None:
    pytester = project({"x.feature": SOUND}, conftest=DOORS)
    pytester.runpytest_inprocess("--junitxml=junit.xml")

    cases = ElementTree.parse(pytester.path / "junit.xml").iter("testcase")
    properties = [{(p.get("name"), p.get("value")) for p in case.iter("property")} for case in cases]

    assert len(properties) == 8
    assert {
        ("feature", "features/x.feature:21"),
        ("clause", "S1.1"),
        ("clause", "S1.2"),
        ("rule", "route"),
        ("reading", "R-1"),
        ("door", "http"),
        ("verdict", "PASSED"),
    } <= properties[-1]


def test_a_scenario_goes_through_the_doors_that_its_tags_name(project: Project) -> None:
    only = SOUND.replace(
        "Scenario: A request is answered", "@door:http\n      Scenario: A request is answered"
    )
    result, record = run(project({"x.feature": only}, conftest=DOORS))
    assert result.ret == pytest.ExitCode.OK
    assert [totals["promised"] for totals in record["doors"].values()] == [3, 4]
    assert record["kept"]
    assert list(record["scenarios"][0]["doors"]) == ["http"]


def test_a_scenario_of_a_door_that_does_not_exist_is_not_run(project: Project) -> None:
    only = SOUND.replace(
        "Scenario: A request is answered", "@door:window\n      Scenario: A request is answered"
    )
    result, record = run(project({"x.feature": only}, conftest=DOORS))
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert not record["kept"]
    assert record["scenarios"][0]["doors"]["window"]["verdict"] == "NOT RUN"


def test_a_project_without_named_doors_has_one(project: Project) -> None:
    result, record = run(project({"x.feature": SOUND}))

    assert result.ret == pytest.ExitCode.OK
    assert list(record["doors"]) == ["default"]


def test_a_part_of_the_features_may_be_run_alone(project: Project) -> None:
    pytester = project({"x.feature": SOUND})

    result, record = run(pytester, "-m", 'clause(id="S1.2")')

    result.assert_outcomes(passed=3, deselected=1)
    assert result.ret == pytest.ExitCode.OK
    assert not record["complete"]
    assert not record["kept"]
    assert record["totals"]["NOT RUN"] == 1


def test_one_file_is_a_whole_of_its_own(project: Project) -> None:
    pytester = project({"x.feature": SOUND, "y.feature": scenario(GOOD)})

    result, record = run(pytester, "features/y.feature")

    assert result.ret == pytest.ExitCode.OK
    assert record["complete"]
    assert record["totals"]["promised"] == 1


def test_a_run_without_features_is_left_alone(project: Project) -> None:
    pytester = project({"x.feature": "# nothing\n"})
    pytester.makepyfile(test_other="def test_other(): pass")

    result = pytester.runpytest_inprocess("test_other.py")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*scenarios promised*")


def test_a_record_of_nothing_is_no_evidence(project: Project) -> None:
    pytester = project({})
    pytester.makepyfile(test_other="def test_other(): pass")

    result, record = run(pytester, "test_other.py")

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert not record["kept"]


def test_every_finding_is_shown_at_once_and_nothing_is_run(project: Project) -> None:
    pytester = project(
        {
            "a.feature": scenario(GOOD) + "  Rule: r\n" + indent(GOOD, "  ").replace("Given", "Scenario:"),
            "b.feature": scenario(EXAMPLE_STEPS + "@x\nExamples:\n| country |", "Scenario Outline: x"),
            "c.feature": "# nothing\n",
            "d.feature": scenario("Given a missoin\nThen it holds"),
            "e.feature": scenario(GOOD),
        }
    )
    result, record = run(pytester)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.assert_outcomes()
    result.stderr.fnmatch_lines(
        [
            "*nothing was run*",
            "  features/b.feature:6 F19 *",
            "  features/b.feature:7 F11 *",
            "  features/c.feature:1 F02 *",
            "  features/d.feature:4 S01 *did you mean `a mission`?*",
            "  features/d.feature:5 S01 *",
        ]
    )
    assert [finding["code"] for finding in record["findings"]] == ["F19", "F11", "F02", "S01", "S01"]
    assert record["totals"]["NOT RUN"] == record["totals"]["promised"] > 0


@pytest.mark.parametrize("step", ["a mission", "a step that nobody defined"])
def test_a_step_with_a_star_has_one_fault(project: Project, step: str) -> None:
    starred = scenario(f'Given a mission\n* {step}\nAnd {step}\nThen the answer is "yes"')
    _, record = run(project({"x.feature": starred}))
    (finding,) = record["findings"]
    assert (finding["code"], "None" in finding["fact"]) == ("F09", False)


# The traps in the steps: T6, T7, T8 (a returned value), T10, T11, T14, T15


@pytest.mark.parametrize(
    ("trap", "body", "story", "expected"),
    [
        ("T6", 'Given a mission\n  | a |\n  | 1 |\nThen the answer is "yes"', "", "S04"),
        ("T6", 'Given a mission\n  """\n  text\n  """\nThen the answer is "yes"', "", "S04"),
        ("T7", GOOD, "@then('it waits')\nasync def _(): ...", "S03"),
        ("T10", GOOD, "@given(parsers.parse('a {thing}'))\ndef _(thing): ...", "S02"),
        ("T11", GOOD + "\nAnd nobody knows", "", "S01"),
        ("T11", "Given trace\n" + GOOD, "", "S01"),
        ("T8", GOOD, "import pytest_bdd\n@pytest_bdd.then('it holds')\ndef _(): return False", "S05"),
    ],
)
def test_a_fault_of_the_steps_has_its_code(
    trap: str, body: str, story: str, expected: str, project: Project
) -> None:
    result, record = run(project({"x.feature": scenario(body)}, story))

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [finding["code"] for finding in record["findings"]] == [expected]


def test_a_step_of_another_kind_is_another_step(project: Project) -> None:
    story = "@when('a mission')\ndef _(): ..."
    result, _ = run(project({"x.feature": scenario(GOOD)}, story))

    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("trap", "step", "verdict", "steps"),
    [
        ("T8", "return False", "FAILED", ["PASSED", "FAILED", "NOT RUN"]),
        ("T14", "pytest.skip('later')", "SKIPPED", ["PASSED", "SKIPPED", "NOT RUN"]),
        ("T9", "pytest.xfail('later')", "XFAIL", ["PASSED", "FAILED", "NOT RUN"]),
        ("plain", "assert False", "FAILED", ["PASSED", "FAILED", "NOT RUN"]),
    ],
)
def test_a_step_that_checks_nothing_fails_the_session(
    trap: str, step: str, verdict: str, steps: list[str], project: Project
) -> None:
    body = 'Given a mission\nThen it holds\nAnd the answer is "yes"'
    result, record = run(project({"x.feature": scenario(body)}, f"@then('it holds')\ndef _():\n    {step}"))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"{verdict} features/x.feature:3 It holds *"])
    [scenario_record] = record["scenarios"]
    assert scenario_record["verdict"] == verdict
    assert scenario_record["doors"]["default"]["message"]
    assert [entry["verdicts"]["default"] for entry in scenario_record["steps"]] == steps
    assert not record["kept"]


# What the files hold and the session does not run


def test_a_scenario_passes_only_at_every_door(project: Project) -> None:
    doors = DOORS.replace('params=["function", "http"]', 'params=["function"]')
    result, record = run(project({"x.feature": SOUND}, conftest=doors))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert {door: totals["PASSED"] for door, totals in record["doors"].items()} == {"function": 4, "http": 0}
    assert record["totals"]["NOT RUN"] == 4


def test_a_scenario_that_fails_at_one_door_has_not_passed(project: Project) -> None:
    broken = "@then('it holds')\ndef _(door):\n    assert door == 'function'"
    result, record = run(project({"x.feature": scenario("Then it holds")}, broken, DOORS))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert record["totals"]["FAILED"] == 1
    result.stdout.fnmatch_lines(["FAILED features/x.feature:3 It holds ?http? *"])


def test_a_file_that_pytest_overlooks_is_not_run(project: Project) -> None:
    pytester = project({"x.feature": scenario(GOOD), "y.feature": scenario(GOOD)})
    (pytester.path / "features/conftest.py").write_text("collect_ignore = ['y.feature']\n", encoding="utf-8")

    result, record = run(pytester)

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert [entry["verdict"] for entry in record["scenarios"]] == ["PASSED", "NOT RUN"]
    assert record["complete"]


@pytest.mark.parametrize("says_so", ["", "    config.hook.pytest_deselected(items=dropped)\n"])
def test_a_scenario_that_the_project_drops_is_not_run(says_so: str, project: Project) -> None:
    drop = "def pytest_collection_modifyitems(config, items):\n    dropped = [items.pop(0)]\n" + says_so
    result, record = run(project({"x.feature": SOUND}, conftest=drop))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert record["totals"]["NOT RUN"] == 1


def test_a_file_changed_between_reading_and_running_is_a_mismatch(project: Project) -> None:
    tamper = """
        def pytest_bdd_before_scenario(scenario):
            del scenario.steps[-1]
    """
    result, record = run(project({"x.feature": scenario(GOOD)}, conftest=tamper))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert record["totals"]["MISMATCH"] == 1
    assert record["scenarios"][0]["steps"][-1]["verdicts"] == {"default": "NOT RUN"}


def test_a_scenario_whose_setup_fails_is_failed(project: Project) -> None:
    broken = "@pytest.fixture(autouse=True)\ndef broken():\n    raise RuntimeError('no policy set')\n"
    result, record = run(project({"x.feature": scenario(GOOD)}, conftest=broken))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    at_door = record["scenarios"][0]["doors"]["default"]
    assert (at_door["verdict"], at_door["message"]) == ("FAILED", "RuntimeError: no policy set")


def test_a_record_of_an_earlier_session_is_never_left_behind(project: Project) -> None:
    pytester = project({"x.feature": scenario(GOOD)})
    run(pytester)
    (pytester.path / "features/x.feature").write_text("# nothing\n", encoding="utf-8")

    _, record = run(pytester)
    pytester.runpytest_inprocess("--compliance-record", "out/record.json", "--collect-only")

    assert not record["kept"]
    assert record["scenarios"] == []
    assert not (pytester.path / "out/record.json").exists()


def test_the_plugins_work_in_a_process_of_their_own(project: Project) -> None:
    pytester = project({"x.feature": SOUND}, conftest=DOORS)

    result = pytester.runpytest_subprocess()

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["4 scenarios promised at each door (function, http): 4 PASSED"])


def test_a_step_that_vanishes_after_the_lint_is_undefined(project: Project) -> None:
    vanish = """
        from pytest_bdd.steps import step_function_context_registry

        def pytest_bdd_before_scenario():
            for marker, context in list(step_function_context_registry.items()):
                if context.parser.name == "it asks":
                    del step_function_context_registry[marker]
    """
    result, record = run(project({"x.feature": scenario(GOOD)}, conftest=vanish))

    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert record["totals"]["UNDEFINED"] == 1
    verdicts = [step["verdicts"]["default"] for step in record["scenarios"][0]["steps"]]
    assert verdicts == ["PASSED", "UNDEFINED", "NOT RUN"]
