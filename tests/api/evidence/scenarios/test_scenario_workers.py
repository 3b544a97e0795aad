"""Scenarios that several processes run: the record is the one of a single process, and none is lost unseen.

Covers: api.evidence.scenarios.scenario_workers
"""

import json
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.support.compliance_samples import CONFTEST, DOORS, STORY

WORKERS = 3
TIMES = ("seconds", "started", "finished")
COUNTRIES = [f"A{letter}" for letter in "BCDEFGHIJK"]
FEATURE = """
    @clause:S1.1
    Feature: Requests

      Background:
        Given a mission

      Scenario Outline: The country <country> gets an answer
        Given the country is "<country>"
        When it asks
        Then the answer is "yes"

        Examples:
          | country |
          | {countries} |

      @door:http
      Scenario: It asks at one door
        When it asks
        Then the answer is "yes"

      Scenario: It is wrong
        When it asks
        Then the answer is "no"

      Scenario: It is not there
        When {missing}
        Then the answer is "yes"
"""
STEPS = """
    import os

    @pytest.fixture(scope="session", autouse=True)
    def opened(tmp_path_factory):
        line = f"{os.getpid()} {tmp_path_factory.mktemp('opened').parent}{os.linesep}"
        with open("opened.txt", "a") as opened:
            opened.write(line)
        yield
        with open("closed.txt", "a") as closed:
            closed.write(line)

    @when("the process ends")
    def _():
        os._exit(3)

    @when("it does not end well")
    def _(mission):
        raise LookupError("there is none")
"""


def run(pytester: pytest.Pytester, workers: int) -> pytest.RunResult:
    """Run the project at two doors."""
    arguments = ["-p", "api.evidence.scenarios.scenario_workers", "--scenario-workers", str(workers)]
    return pytester.runpytest_subprocess(*arguments, "--compliance-record", "record.json", "--capture=sys")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose scenarios pass, fail and err."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[4]))
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini(
        "[pytest]\ntestpaths = features\nbdd_features_base_dir = features\n"
        "addopts = --strict-markers -p no:cacheprovider -p no:hypothesispytest -p no:anyio\npythonpath = .\n"
    )
    pytester.makepyfile(conftest=dedent(CONFTEST) + dedent(DOORS), story=dedent(STORY) + dedent(STEPS))
    return pytester


def write(pytester: pytest.Pytester, missing: str) -> None:
    """Write the feature file with this step in one scenario."""
    rows = " |\n          | ".join(COUNTRIES)
    (pytester.path / "features").mkdir()
    content = dedent(FEATURE.format(countries=rows, missing=missing)).lstrip()
    (pytester.path / "features" / "x.feature").write_text(content, encoding="utf-8")


def without_times(value: Any) -> Any:
    """The record without how long anything took."""
    match value:
        case dict():
            return {key: without_times(entry) for key, entry in value.items() if key not in TIMES}
        case list():
            return [without_times(entry) for entry in value]
        case _:
            return value


def lines_of(pytester: pytest.Pytester, name: str) -> list[str]:
    return sorted((pytester.path / name).read_text(encoding="utf-8").splitlines())


def record_of(pytester: pytest.Pytester) -> Any:
    return without_times(json.loads((pytester.path / "record.json").read_text(encoding="utf-8")))


def test_the_record_is_that_of_one_process(project: pytest.Pytester) -> None:
    write(project, "it does not end well")
    alone = run(project, 1)
    record = record_of(project)

    spread = run(project, WORKERS)

    assert (record["totals"]["PASSED"], record["totals"]["FAILED"]) == (len(COUNTRIES) + 1, 2)
    assert record_of(project) == record
    assert spread.ret == alone.ret == pytest.ExitCode.TESTS_FAILED
    assert spread.parseoutcomes() == alone.parseoutcomes()
    failed = [line for line in alone.stdout.lines if line.startswith("FAILED ")]
    assert failed
    assert [line for line in spread.stdout.lines if line.startswith("FAILED ")] == failed


def test_every_process_closes_what_it_opened_in_one_folder(project: pytest.Pytester) -> None:
    write(project, "it asks")
    run(project, WORKERS)
    opened, closed = lines_of(project, "opened.txt"), lines_of(project, "closed.txt")
    assert opened == closed
    assert len({line.partition(" ")[2] for line in opened}) == 1


def test_few_scenarios_are_run_by_the_process_that_has_them(project: pytest.Pytester) -> None:
    write(project, "it asks")
    arguments = ["-p", "api.evidence.scenarios.scenario_workers", "--scenario-workers", str(WORKERS)]
    project.runpytest_subprocess(*arguments, "--capture=sys", "-k", "one_door or wrong")
    assert len(lines_of(project, "closed.txt")) == 1


def test_a_process_that_ends_early_leaves_no_record(project: pytest.Pytester) -> None:
    write(project, "the process ends")
    result = run(project, WORKERS)
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(["*a process that ran scenarios ended early: * have no report"])
    assert not (project.path / "record.json").exists()
