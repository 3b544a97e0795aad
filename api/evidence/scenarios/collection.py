"""The pytest plugin that collects feature files: each is its own module, and none runs unless all are sound.

Ids read `features/x.feature::test_...`, and one faulty file does not hide the faults of another. When the
collection ends, every finding of the lint is shown at once and the session stops with a usage error, nothing
run. Clause, rule, reading, country and door tags become marks with an id: `-m 'clause(id="S3.6")'`.
"""

import contextlib
import functools
import re
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pytest_bdd import scenario

from api.evidence.feature_files import FeatureFile, UnreadableFeatureError, name_of, read_feature
from api.evidence.scenarios import hookspecs
from api.evidence.scenarios.findings import KnownIds, LintFinding
from api.evidence.scenarios.lint import lint
from api.evidence.scenarios.scenario_part import ScenarioPart
from api.evidence.scenarios.session_policies import words_of
from api.evidence.scenarios.step_definitions import definitions_seen_from, lint_definitions, lint_steps

MARKS = ("clause(id)", "rule(id)", "reading(id)", "country(id)", "door(id)", "boundary", "precedence")


@dataclass
class CollectedFeatures:
    """What one session has read so far: the files that could be read, and every finding."""

    root: Path
    known: KnownIds
    files: dict[Path, FeatureFile] = field(default_factory=dict)
    findings: set[LintFinding] = field(default_factory=set)
    seen: dict[Path, bool] = field(default_factory=dict)
    modules: list["FeatureModule"] = field(default_factory=list)

    def read(self, path: Path) -> bool:
        """Read and lint a file once; whether it is sound."""
        real = path.resolve()
        if real not in self.seen:
            found = lint([real], self.known, self.root)
            self.findings.update(found)
            self.seen[real] = not found
            with contextlib.suppress(UnreadableFeatureError):
                self.files[real] = read_feature(real, self.root)
        return self.seen[real]


COLLECTED = pytest.StashKey[CollectedFeatures]()


class FeatureModule(pytest.Module):
    """A feature file as a test module: one test function for each of its scenarios."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Bind the scenarios, unless the lint has found a fault in the file."""
        collected = self.config.stash[COLLECTED]
        collected.modules.append(self)
        if not collected.read(self.path):
            return []
        self.obj = _bind_scenarios(collected.files[self.path.resolve()])
        if doors_of(self.config):
            self.add_marker(pytest.mark.usefixtures("door"))
        return super().collect()


def doors_of(config: pytest.Config) -> tuple[str, ...]:
    """The doors each scenario must run through, as the project names them; none if it does not."""
    return tuple(config.hook.pytest_compliance_doors(config=config) or ())


def expected_paths(config: pytest.Config) -> tuple[Path, ...]:
    """The feature files that the arguments of this session cover, collected or not, in sorted order.

    A file below the features folder that pytest overlooks (an ignored or hidden folder) is thereby missed.
    """
    folder = config.getini("bdd_features_base_dir")
    requested = {
        (config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args
    }
    below = (config.rootpath / folder).resolve().rglob("*.feature") if folder else ()
    covered = {path for path in below if requested & {path, *path.parents}}
    return tuple(sorted(covered | set(config.stash[COLLECTED].seen)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to run a part of the scenarios."""
    parser.addoption("--part", metavar="FILE", help="run the scenarios of a part alone")


def part_of(config: pytest.Config) -> ScenarioPart | None:
    """The part of the scenarios that this session is about; None if it is about all."""
    path = config.getoption("--part", None)
    return ScenarioPart.read(config.invocation_params.dir / path) if path else None


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let the conftest answer for the known ids and the doors."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks that tags become."""
    for mark in MARKS:
        config.addinivalue_line("markers", f"{mark}: a tag of the feature files")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Query the project for the ids that exist."""
    known = session.config.hook.pytest_compliance_known_ids(config=session.config) or KnownIds()
    session.config.stash[COLLECTED] = CollectedFeatures(session.config.rootpath, known)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Collect each feature file as its own module."""
    if file_path.suffix != ".feature":
        return None
    return FeatureModule.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> bool:
    """Turn a tag into a mark; one of no known form, such as `skip`, never becomes one."""
    name, _, value = tag.partition(":")
    if f"{name}(id)" in MARKS and value:
        getattr(pytest.mark, name)(id=value)(function)
    elif tag in MARKS:
        getattr(pytest.mark, tag)(function)
    return True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is of another part, and the doors of a scenario but those that `@door:NAME` names, if any."""
    part = part_of(config)
    items[:] = [
        item for item in items if _is_for_its_door(item) and (part is None or _place_of(item) in part.places)
    ]


def _place_of(item: pytest.Item) -> str:
    """Where the scenario of an item is written, as `features/x.feature:12`."""
    return f"{name_of(item.path, item.config.rootpath)}:{(item.location[1] or 0) + 1}"


def _is_for_its_door(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    named = {mark.kwargs["id"] for mark in item.iter_markers("door")}
    return not (callspec and named) or callspec.params.get("door") in named


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Show every finding and stop, if there is one; raises UsageError."""
    collected = session.config.stash[COLLECTED]
    for path in expected_paths(session.config):
        collected.read(path)
    words = functools.partial(words_of, session.config)
    for module in collected.modules:
        definitions = definitions_seen_from(module)
        collected.findings.update(lint_definitions(definitions, collected.root))
        file = collected.files.get(module.path.resolve())
        if file:
            collected.findings.update(lint_steps(file, definitions, words, collected.root))
    if collected.findings:
        shown = "\n".join(f"  {finding}" for finding in sorted(collected.findings))
        count = len(collected.findings)
        raise pytest.UsageError(
            f"{count} fault(s) in the feature files or their steps, nothing was run:\n{shown}"
        )


def _bind_scenarios(file: FeatureFile) -> types.ModuleType:
    """Make the module: a test function for each scenario, named after it and placed at its line."""
    module = types.ModuleType(f"feature_{file.path.stem}")
    module.__file__ = str(file.path)
    for written in file.scenarios:
        title = written.node["name"]
        name = base = "test_" + re.sub(r"\W+", "_", title).strip("_").lower()
        number = 1
        while hasattr(module, name):
            number += 1
            name = f"{base}_{number}"
        setattr(module, name, _bind_scenario(file.path, title, written.line))
    return module


def _bind_scenario(path: Path, title: str, line: int) -> Callable[..., object]:
    def checked_in_steps() -> None:
        """Everything is checked in the steps."""

    bound = scenario(str(path), title)(checked_in_steps)
    checked_in_steps.__code__ = checked_in_steps.__code__.replace(co_filename=str(path), co_firstlineno=line)
    bound.place_as = checked_in_steps  # type: ignore[attr-defined]  # pytest shows this place instead of pytest-bdd's own
    return bound
