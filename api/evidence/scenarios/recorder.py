"""The pytest plugin that records what each scenario did and matches it with what the feature files expect.

Every step is recorded through pytest-bdd's public hooks. The run of a scenario travels with its test report:
it survives xdist, and lands in JUnit as the properties feature, clause, rule, reading, door and verdict. At
the end of the session each expected scenario gets a verdict at each door. If the features were collected as a whole,
any verdict but PASSED fails the session; in a part of them (`-k`, `-m`, one id) NOT RUN is forgiven.
`--compliance-record FILE` writes the evidence as JSON; its schema is documented in `compliance_record`.
"""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_bdd.parser import Feature, Scenario, Step

from api.evidence.feature_files import ScenarioKey, name_of
from api.evidence.scenarios.collection import (
    COLLECTED,
    CollectedFeatures,
    FeatureModule,
    doors_of,
    expected_paths,
)
from api.evidence.scenarios.compliance_record import compliance_record
from api.evidence.scenarios.failures import because
from api.evidence.scenarios.verdicts import (
    ONLY_DOOR,
    Results,
    Run,
    ScenarioVerdict,
    StepRun,
    gravest,
    match_runs,
)

PROPERTY = "compliance-run"
PARTIAL_OPTIONS = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise", "part")


@dataclass
class Trace:
    """What has been seen so far of one test item that runs a scenario."""

    path: str
    line: int
    steps: list[StepRun] = field(default_factory=list)
    verdicts: list[ScenarioVerdict] = field(default_factory=list)
    message: str = ""
    seconds: float = 0.0

    def begin(self, step: Step, verdict: ScenarioVerdict) -> None:
        """Note a step that begins; until it ends it counts as `verdict`."""
        self.steps.append(StepRun(step.line_number, step.type, step.name, verdict))

    def end(self, verdict: ScenarioVerdict) -> None:
        """Note how the step begun last has ended."""
        last = self.steps.pop()
        self.steps.append(StepRun(last.line, last.kind, last.text, verdict))


TRACE = pytest.StashKey[Trace]()


def expected_doors(config: pytest.Config) -> tuple[str, ...]:
    """The doors at which every scenario of this session must pass; one nameless door if none are named."""
    return doors_of(config) or (ONLY_DOOR,)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the record."""
    parser.addoption(
        "--compliance-record", metavar="FILE", help="write the compliance record to FILE as JSON"
    )
    parser.addoption("--progress", metavar="FILE", help="write to FILE how many runs ended, and of how many")


def pytest_configure(config: pytest.Config) -> None:
    """Start recording; a worker only sends its runs on."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(config), "compliance-recorder")


def pytest_bdd_before_scenario(request: pytest.FixtureRequest, feature: Feature, scenario: Scenario) -> None:
    """Note which scenario really runs."""
    name = name_of(Path(feature.filename), request.config.rootpath)
    request.node.stash[TRACE] = Trace(name, scenario.line_number)


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Step) -> None:
    """Note a step that begins; one that neither ends nor errs was left by a skip."""
    request.node.stash[TRACE].begin(step, ScenarioVerdict.SKIPPED)


def pytest_bdd_after_step(request: pytest.FixtureRequest) -> None:
    """Note a step that ended well."""
    request.node.stash[TRACE].end(ScenarioVerdict.PASSED)


def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Step, exception: Exception) -> None:
    """Note a step that failed, and why."""
    trace = request.node.stash[TRACE]
    trace.end(ScenarioVerdict.FAILED)
    why = f"{trace.path}:{step.line_number} {step.name}: {because(exception)}"
    trace.message = why.replace(f"{request.config.rootpath}/", "")


def pytest_bdd_step_func_lookup_error(request: pytest.FixtureRequest, step: Step) -> None:
    """Note a step that nobody defined."""
    request.node.stash[TRACE].begin(step, ScenarioVerdict.UNDEFINED)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the run of a scenario along with the report of its teardown."""
    report = yield
    if isinstance(item.parent, FeatureModule):
        lineno = item.location[1] or 0
        item.stash.setdefault(TRACE, Trace(name_of(item.path, item.config.rootpath), lineno + 1))
    trace = item.stash.get(TRACE, None)
    if trace is None:
        return report
    trace.verdicts.append(_phase_verdict(report, trace))
    trace.seconds += report.duration
    trace.message = trace.message or _message(report, item.config.rootpath)
    if report.when == "teardown":
        report.user_properties.extend(_properties(item, _run(item, trace)))
    return report


def _phase_verdict(report: pytest.TestReport, trace: Trace) -> ScenarioVerdict:
    if getattr(report, "wasxfail", None) is not None:
        return ScenarioVerdict.XFAIL
    if report.failed:
        undefined = any(step.verdict is ScenarioVerdict.UNDEFINED for step in trace.steps)
        return ScenarioVerdict.UNDEFINED if undefined and report.when == "call" else ScenarioVerdict.FAILED
    if report.skipped:
        return ScenarioVerdict.SKIPPED
    return ScenarioVerdict.PASSED


def _message(report: pytest.TestReport, root: Path) -> str:
    """Why the phase did not pass, in its own words and without the place of this machine."""
    if report.passed:
        return ""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2]
    crash = getattr(report.longrepr, "reprcrash", None)
    text = crash.message if crash else report.longreprtext
    return text.replace(f"{root}/", "")


def _run(item: pytest.Item, trace: Trace) -> Run:
    callspec = getattr(item, "callspec", None)
    params = callspec.params if callspec else {}
    cells = tuple(params.get("_pytest_bdd_example", {}).values())
    door = str(params.get("door", ONLY_DOOR))
    verdict = gravest(trace.verdicts)
    steps = tuple(trace.steps)
    return Run(trace.path, trace.line, cells, door, verdict, steps, trace.message, trace.seconds)


def _properties(item: pytest.Item, run: Run) -> list[tuple[str, object]]:
    tags = [
        (name, mark.kwargs["id"])
        for name in ("clause", "rule", "reading")
        for mark in item.iter_markers(name)
        if "id" in mark.kwargs
    ]
    return [
        ("feature", f"{run.path}:{run.line}"),
        *sorted(set(tags)),
        ("door", run.door),
        ("verdict", run.verdict.value),
        (PROPERTY, run.to_json()),
    ]


class Recorder:
    """The session's side: it collects the runs, matches them, and lets the session fail."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.runs: list[Run] = []
        self.ended = 0
        self.results: Results | None = None
        self.session: pytest.Session | None = None

    @property
    def record(self) -> Path | None:
        """The file to write, if one is requested."""
        path = self.config.getoption("--compliance-record")
        return self.config.invocation_params.dir / path if path else None

    @property
    def is_complete(self) -> bool:
        """Whether the features were requested as a whole, so that NOT RUN cannot be on purpose."""
        narrowed = any(self.config.getoption(option, None) for option in PARTIAL_OPTIONS)
        return not (narrowed or any(".feature::" in name for name in self.config.args))

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remove the record of an earlier session."""
        self.session = session
        if self.record:
            self.record.unlink(missing_ok=True)

    def pytest_runtest_logfinish(self) -> None:
        """Note for whoever waits how many runs have ended, of how many."""
        self.ended += 1
        path = self.config.getoption("--progress")
        if path and self.session:
            (self.config.invocation_params.dir / path).write_text(
                f"{self.ended} {self.session.testscollected}"
            )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in the run that a report carries."""
        self.runs += [Run.from_json(str(value)) for name, value in report.user_properties if name == PROPERTY]

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Match the runs, write the record, and fail a session that would have passed although a scenario did not."""
        if self.config.option.collectonly or session.exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            return  # what broke off shows nothing
        collected = self.config.stash[COLLECTED]
        self.results = self._match(collected)
        if self.record:
            self.record.parent.mkdir(parents=True, exist_ok=True)
            files = [file for _, file in sorted(collected.files.items())]
            content = compliance_record(self.results, files, sorted(collected.findings), self.is_complete)
            self.record.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        if session.exitstatus == pytest.ExitCode.OK and not self._is_acceptable(self.results):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the totals in one line, and list the scenarios that did not pass."""
        results = self.results
        if not results or self.config.stash[COLLECTED].findings or not (results.scenarios or self.record):
            return
        terminalreporter.section("compliance")
        for line in self._lines(results):
            terminalreporter.line(line)

    def _match(self, collected: CollectedFeatures) -> Results:
        root = self.config.rootpath
        for path in {*expected_paths(self.config), *(root / run.path for run in self.runs)}:
            collected.read(path)
        scenarios = [scenario for _, file in sorted(collected.files.items()) for scenario in file.expected]
        keyed = [
            (ScenarioKey(str((root / run.path).resolve()), run.line, run.cells), run) for run in self.runs
        ]
        return match_runs(scenarios, keyed, expected_doors(self.config))

    def _is_acceptable(self, results: Results) -> bool:
        passed = all(
            entry.verdict in self._accepted for result in results.scenarios for entry in result.doors
        )
        nothing_to_record = self.record is not None and not results.scenarios
        return passed and not results.unexpected and not nothing_to_record

    @property
    def _accepted(self) -> frozenset[ScenarioVerdict]:
        """The verdicts that let a session pass: in a part of the features, the rest is not run on purpose."""
        return frozenset(
            {ScenarioVerdict.PASSED}
            if self.is_complete
            else {ScenarioVerdict.PASSED, ScenarioVerdict.NOT_RUN}
        )

    def _lines(self, results: Results) -> Iterator[str]:
        yield self._sentence(results)
        for result in results.scenarios:
            scenario = result.scenario
            cells = f" ({', '.join(scenario.cells)})" if scenario.cells else ""
            for at in result.doors:
                if at.verdict not in self._accepted:
                    reason = at.message.split("\n", 1)[0]
                    place = f"{scenario.place} {scenario.name}{cells}"
                    yield f"{at.verdict} {place} [{at.door}] {reason}".rstrip()
        for run in results.unexpected:
            yield f"{ScenarioVerdict.MISMATCH} {run.path}:{run.line} [{run.door}] no file promises this run"

    def _sentence(self, results: Results) -> str:
        totals = results.totals()
        counts = [f"{totals[verdict]} {verdict}" for verdict in reversed(ScenarioVerdict) if totals[verdict]]
        doors = "" if results.doors == (ONLY_DOOR,) else f" at each door ({', '.join(results.doors)})"
        scope = "" if self.is_complete else "; a part of the features only"
        return f"{totals['promised']} scenarios promised{doors}: {', '.join(counts) or 'none'}{scope}"
