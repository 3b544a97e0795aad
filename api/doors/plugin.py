"""The pytest plugin for the doors: every scenario runs through three, and an office has a service of its own."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.doors.office_service import Callers, import_opening_balance, office_service
from api.doors.outer_doors import CliDoor, HttpDoor
from api.evidence.scenarios.door import Door, FunctionDoor, PolicyFolders
from api.evidence.scenarios.session_policies import policy_folder_of
from api.runtime.shipped import FLOOR_FILE
from api.settings import Settings

DOORS = ("function", "http", "cli")


def pytest_compliance_doors(config: pytest.Config) -> tuple[str, ...]:
    """Each scenario runs through every door."""
    return DOORS


@pytest.fixture(scope="session")
def floor(pytestconfig: pytest.Config) -> Path:
    """The floor that the policies of the session are held to."""
    return Settings(policies=policy_folder_of(pytestconfig)).floor


@pytest.fixture(scope="session")
def policy_folders(tmp_path_factory: pytest.TempPathFactory, floor: Path) -> PolicyFolders:
    """Where policy folders are written for the doors that read them from disk, beside the floor."""
    root = tmp_path_factory.mktemp("policies")
    shutil.copy(floor, root / FLOOR_FILE)
    return PolicyFolders(root)


@pytest.fixture(scope="session")
def doors(policy_folders: PolicyFolders, floor: Path) -> Iterator[dict[str, Door]]:
    """The three doors, open for the whole session."""
    with ExitStack() as stack:
        yield {
            "function": FunctionDoor(floor),
            "http": HttpDoor(policy_folders, stack),
            "cli": CliDoor(policy_folders),
        }


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest, doors: dict[str, Door]) -> Door:
    """The door that a scenario runs through."""
    return doors[request.param]


@pytest.fixture(scope="session")
def balanced_ledger(
    tmp_path_factory: pytest.TempPathFactory, policy_folders: PolicyFolders, policy_files: dict[str, bytes]
) -> Path:
    """A folder with a ledger into which the opening balance was imported."""
    folder = tmp_path_factory.mktemp("balance")
    import_opening_balance(folder, policy_folders.folder(policy_files))
    return folder


@pytest.fixture
def callers(
    balanced_ledger: Path, tmp_path: Path, policy_folders: PolicyFolders, policy_files: dict[str, bytes]
) -> Iterator[Callers]:
    """The callers of a service with a ledger of its own that holds the opening balance."""
    for file in balanced_ledger.iterdir():
        shutil.copy(file, tmp_path)
    with office_service(tmp_path, policy_folders.folder(policy_files)) as callers:
        yield callers
