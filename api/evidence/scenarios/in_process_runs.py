"""Scenarios run in this process by calling their step functions, without pytest around each of them.

It checks quickly, for many changes, whether a scenario would notice them. It is no evidence: what counts as passed is
what the recorder saw. Steps may use three fixtures that it provides: `door`, which decides, `policy_files`, the
policy folder as name -> content, and `pytestconfig`; other fixtures are called as plain functions.
"""

import datetime as dt
import inspect
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_bdd.compat import getfixturedefs

from api.evidence.feature_files import ExpectedScenario, FeatureFile, Step
from api.evidence.scenarios.door import AnswerJson, FolderContent
from api.evidence.scenarios.failures import because
from api.evidence.scenarios.step_definitions import StepDefinition
from engine import PolicyFaults, PolicySet, Request, decide, load_policies, revision_of, withhold_unconfirmed

DOOR = "function"
"""The door that such a run takes the place of: scenarios that name only others are left out."""


@dataclass
class InProcessDoor:
    """Decides by a policy set that is already loaded for `files`; changed files are loaded anew.

    Records every request, the policies it was decided by, and the answer; of the last one also what was stated.
    """

    files: FolderContent
    policies: PolicySet
    loaded: dict[str, PolicySet] = field(default_factory=dict)
    calls: list[tuple[PolicySet, Request, AnswerJson]] = field(default_factory=list)
    stated: Mapping[str, Any] = field(default_factory=dict)

    @property
    def answer(self) -> AnswerJson:
        """The last answer."""
        return self.calls[-1][2]

    def decide(
        self, request: dict[str, Any], files: FolderContent, claimed_of: Collection[str] = ()
    ) -> AnswerJson:
        """Decide a request under a policy folder. Raises PolicyFaults if the folder has faults."""
        self.stated = request
        policies = self.policies if files == self.files else self._load(files)
        vocabulary = policies.vocabulary
        stated = vocabulary.request.model_validate(request)
        posted, claimed = withhold_unconfirmed(vocabulary, stated, vocabulary.owners.difference(claimed_of))
        at = dt.datetime.now(dt.UTC)
        decision = decide(policies, posted, decision_id="of a scenario", evaluated_at=at, claimed=claimed)
        answer: AnswerJson = json.loads(decision.to_json())
        self.calls.append((policies, posted, answer))
        return answer

    def _load(self, files: FolderContent) -> PolicySet:
        revision = revision_of(files)
        if revision not in self.loaded:
            self.loaded[revision] = load_policies(files)
        return self.loaded[revision]


@dataclass(frozen=True, slots=True)
class BoundStep:
    """A step with the function that runs it and the arguments read from its text."""

    function: Callable[..., Any]
    names: tuple[str, ...]
    arguments: Mapping[str, Any]
    target: str | None

    def run(self, fixtures: dict[str, Any], find: Callable[[str], Any]) -> None:
        """Call the function; what it returns becomes the fixture it names."""
        given = {
            name: self.arguments[name] if name in self.arguments else _looked_up(name, fixtures, find)
            for name in self.names
        }
        returned = self.function(**given)
        if self.target:
            fixtures[self.target] = returned


def _looked_up(name: str, fixtures: dict[str, Any], find: Callable[[str], Any]) -> Any:
    if name not in fixtures:
        function = find(name)
        names = inspect.signature(function).parameters
        fixtures[name] = function(**{inner: _looked_up(inner, fixtures, find) for inner in names})
    return fixtures[name]


OWN = "api.evidence.scenarios."
"""Where the steps are that look at answers alone, and at the files of the policies only to change them."""


@dataclass(frozen=True, slots=True)
class BoundScenario:
    """A scenario with the functions of its steps."""

    scenario: ExpectedScenario
    steps: tuple[BoundStep, ...]
    node: pytest.Collector

    @property
    def title(self) -> str:
        """Its place and its name."""
        cells = f" ({', '.join(self.scenario.cells)})" if self.scenario.cells else ""
        return f"{self.scenario.place} {self.scenario.name}{cells}"

    @property
    def has_own_steps(self) -> bool:
        """Whether its steps, and the fixtures that they use, are the product's."""
        functions = [step.function for step in self.steps]
        left = [name for step in self.steps for name in step.names if name not in step.arguments]
        provided = {"door", "policy_files", "pytestconfig"}
        while left:
            name = left.pop()
            if name not in provided:
                provided.add(name)
                # What a step has put there is not of a fixture.
                for function in _fixtures(name, self.node)[-1:]:
                    functions.append(function)
                    left += inspect.signature(function).parameters
        return all(function.__module__.startswith(OWN) for function in functions)


def bind_scenarios(
    file: FeatureFile, node: pytest.Collector, definitions: Sequence[StepDefinition]
) -> Iterable[BoundScenario]:
    """The scenarios of a file that go through the function."""
    for scenario in file.expected:
        doors = [tag for tag in scenario.tags if tag.startswith("@door:")]
        if not doors or f"@door:{DOOR}" in doors:
            yield BoundScenario(scenario, bind(scenario.steps, definitions), node)


def bind(steps: Iterable[Step], definitions: Sequence[StepDefinition]) -> tuple[BoundStep, ...]:
    """Find the function of each step. Raises LookupError if none fits."""
    return tuple(_bound(step, definitions) for step in steps)


def _bound(step: Step, definitions: Sequence[StepDefinition]) -> BoundStep:
    fitting = [definition for definition in definitions if definition.fits(step)]
    if not fitting:
        raise LookupError(f"no step definition fits `{step.text}`")
    context = fitting[0].context
    arguments = dict(context.parser.parse_arguments(step.text) or {})
    converters = getattr(context, "converters", None) or {}
    arguments = {
        name: converters[name](value) if name in converters else value for name, value in arguments.items()
    }
    if step.table is not None:
        arguments["datatable"] = [list(row) for row in step.table]
    if step.docstring is not None:
        arguments["docstring"] = step.docstring
    names = tuple(inspect.signature(context.step_func).parameters)
    return BoundStep(context.step_func, names, arguments, context.target_fixture)


def run_steps(steps: Iterable[BoundStep], door: InProcessDoor, node: pytest.Collector) -> str | None:
    """Run the steps at a door; why the first that failed did, or None.

    Raises PolicyFaults if the policies that a step puts together have faults: such a folder decides nothing.
    """
    fixtures: dict[str, Any] = {"door": door, "policy_files": door.files, "pytestconfig": node.config}

    try:
        for step in steps:
            step.run(fixtures, lambda name: _fixture(name, node))
    except PolicyFaults:
        raise
    except (Exception, pytest.fail.Exception) as error:
        return because(error).split("\n", 1)[0]
    return None


def _fixture(name: str, node: pytest.Collector) -> Callable[..., Any]:
    """The function of the fixture that a scenario under the node would get."""
    functions = _fixtures(name, node)
    if not functions:
        raise LookupError(f"there is no fixture `{name}`")
    return functions[-1]


def _fixtures(name: str, node: pytest.Collector) -> list[Callable[..., Any]]:
    # As in `step_definitions`: pytest has no public list of fixtures.
    return [found.func for found in getfixturedefs(node.session._fixturemanager, name, node) or ()]
