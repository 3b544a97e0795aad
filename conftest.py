"""Where pytest starts: the compliance plugins, and what they ask of the project."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from engine import PolicySet, load_policies, rule_names
from tests.compliance.findings import KnownIds
from tests.doors import CliDoor, Door, Folders, FunctionDoor, HttpDoor

POLICIES = Path(__file__).parent / "policies"
DOORS = ("function", "http", "cli")

pytest_plugins = [
    "pytester",
    "tests.compliance.collecting",
    "tests.compliance.recorder",
    "tests.steps",
]


def shipped_files() -> dict[str, bytes]:
    """The shipped policy folder, as name -> content."""
    return {path.name: path.read_bytes() for path in sorted(POLICIES.glob("*.yaml"))}


def pytest_compliance_known_ids(config: pytest.Config) -> KnownIds:
    """The clauses, rules and readings that a tag may name: those of the shipped policies."""
    policies = load_policies(shipped_files())
    return KnownIds(frozenset(policies.clauses), rule_names(policies), frozenset(policies.readings))


def pytest_compliance_doors(config: pytest.Config) -> tuple[str, ...]:
    """Each scenario runs through every door."""
    return DOORS


@pytest.fixture(scope="session")
def shipped() -> PolicySet:
    """The shipped policy set."""
    return load_policies(shipped_files())


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Door]]:
    """The three doors, open for the whole session."""
    folders = Folders(tmp_path_factory.mktemp("policies"))
    with ExitStack() as stack:
        yield {"function": FunctionDoor(), "http": HttpDoor(folders, stack), "cli": CliDoor(folders)}


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, doors: dict[str, Door]) -> Door:
    """The door a scenario comes through."""
    return doors[request.param]
