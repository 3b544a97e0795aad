"""Where pytest starts: the compliance plugins, what they ask of the project, and the databases of the tests."""

import functools
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from engine import PolicySet, load_policies, rule_names
from tests.compliance.findings import KnownIds
from tests.compliance.language import Language
from tests.compliance.policy_folder import policy_files_of
from tests.support.doors import CliDoor, Door, Folders, FunctionDoor, HttpDoor
from tests.support.postgres import running_postgres

POLICIES = Path(__file__).parent / "policies"
DOORS = ("function", "http", "cli")

pytest_plugins = [
    "pytester",
    "tests.compliance.collecting",
    "tests.compliance.recorder",
    "tests.compliance.mutation",
    "tests.steps",
]


def shipped_files() -> dict[str, bytes]:
    """The shipped policy folder, as name -> content."""
    return {path.name: path.read_bytes() for path in sorted(POLICIES.glob("*.yaml"))}


def pytest_compliance_language(config: pytest.Config) -> Language:
    """How a request and an answer are put into the steps of this project."""
    # Imported late: pytest has to see the step modules first, to rewrite their assertions.
    from tests.steps import writing

    return writing


def pytest_compliance_known_ids(config: pytest.Config) -> KnownIds:
    """The clauses, rules and readings that a tag may name: those of the policies."""
    policies = load_policies(policy_files_of(config))
    return KnownIds(frozenset(policies.clauses), rule_names(policies), frozenset(policies.readings))


def pytest_compliance_doors(config: pytest.Config) -> tuple[str, ...]:
    """Each scenario runs through every door."""
    return DOORS


@pytest.fixture(autouse=True)
def _own_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that is started inside the tests leaves their logging as it is."""
    monkeypatch.setattr("api.server.configure_logging", lambda: None)


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Each client of httpx reads the certificates of all authorities, whatever it asks; once is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ssl.create_default_context", functools.cache(ssl.create_default_context))
        yield


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A running PostgreSQL, the same for the whole session."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: a SQLite file, and a database of a real PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "log.db")
    server = request.getfixturevalue("postgres")
    name = f"log_{abs(hash(str(tmp_path))):x}"
    server.psql(f"CREATE DATABASE {name};")
    return str(server.get_uri(name))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def module_where(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database for all tests of a module: a SQLite file, and a database of a real PostgreSQL."""
    folder = tmp_path_factory.mktemp("database")
    if request.param == "sqlite":
        return str(folder / "log.db")
    server = request.getfixturevalue("postgres")
    name = f"module_{abs(hash(str(folder))):x}"
    server.psql(f"CREATE DATABASE {name};")
    return str(server.get_uri(name))
