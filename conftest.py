"""Where pytest starts: the product's plugins for the feature files, and the databases of the tests."""

import functools
import gc
import inspect
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest

from api.runtime.gc_tuning import freeze_loaded_objects
from engine import PolicySet, load_policies
from tests.support.memory import folder_in_memory
from tests.support.postgres import new_database, running_postgres
from tests.support.waiting import PATIENCE_SECONDS

POLICIES = Path(__file__).parent / "policies"
BROKEN_OFF = 3
"""The status of a run that did not come to its end, where 1 is that of one in which tests failed."""

# Tests make workbooks by openpyxl themselves; it is to choose as it does for the product, whatever else is installed.
os.environ.update(OPENPYXL_LXML="False", OPENPYXL_DEFUSEDXML="False")
# What is tested is checked and proved, whatever was stored by another run; tests of what is stored name a folder.
os.environ["CHANNELGATE_CACHE"] = "off"

# Feature files of another directive are data of the tests; they are run about its own policies.
collect_ignore = ["tests/data"]
# Examples are the same at each run, so that what passed passes again, and no machine is too slow for them;
# `--hypothesis-profile explore` draws new ones.
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "explore", hypothesis.settings.get_profile("repeatable"), derandomize=False
)
hypothesis.settings.load_profile("repeatable")

pytest_plugins = ["pytester", "api.evidence.scenarios.plugin", "api.doors.plugin"]


def pytest_configure() -> None:
    """Set up what is the same for all processes: this one, those that share the tests, and those that tests start.

    They read compiled modules instead of compiling each again, and their temporary files lie in memory.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if folder := folder_in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(error: object) -> None:
    """End the run where one of its processes did: what that was to run would be left out, or waited for for ever."""
    if error:
        pytest.exit(f"a process that ran tests has ended: {error}", returncode=BROKEN_OFF)


def pytest_collection_finish() -> None:
    """What collecting made stays to the end: it is not searched for garbage again and again."""
    gc.collect()
    freeze_loaded_objects()


def pytest_sessionfinish() -> None:
    """Collect what is garbage once; at the end pytest does so five times over all there is."""
    gc.collect()
    freeze_loaded_objects()


def shipped_files() -> dict[str, bytes]:
    """The shipped policy folder, as name -> content."""
    return {path.name: path.read_bytes() for path in sorted(POLICIES.glob("*.yaml"))}


@pytest.fixture(autouse=True)
def _own_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that is started inside the tests leaves their logging as it is."""
    monkeypatch.setattr("api.server.configure_logging", lambda: None)


@pytest.fixture(autouse=True)
def _no_index_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service inside the tests writes when a test has it write: decisions are indexed when they are searched."""
    monkeypatch.setattr("api.services.decision_index.IDLE_SECONDS", 3600.0)


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Each client of httpx reads the certificates of all authorities, whatever it asks; once is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ssl.create_default_context", functools.cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _patient_clients() -> None:
    """A call waits for its answer as long as a test waits for anything; five seconds are short on a busy machine."""
    usual = inspect.signature(httpx.get).parameters["timeout"].default
    usual.connect = usual.read = usual.write = usual.pool = PATIENCE_SECONDS


@pytest.fixture(scope="session")
def shipped() -> PolicySet:
    """The shipped policy set."""
    return load_policies(shipped_files())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A running PostgreSQL, the same for the whole session."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database: a SQLite file, and a database of a real PostgreSQL."""
    yield from _empty_database(request, tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def module_where(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database for all tests of a module: a SQLite file, and a database of a real PostgreSQL."""
    yield from _empty_database(request, tmp_path_factory.mktemp("database"))


def _empty_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(folder / "log.db")
        return
    with new_database(request.getfixturevalue("postgres"), f"d_{abs(hash(str(folder))):x}") as url:
        yield url
