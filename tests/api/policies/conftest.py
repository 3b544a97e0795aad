"""A policy folder that a test may change, and the settings of a service for it."""

import shutil
from pathlib import Path

import pytest

from api.settings import Settings
from tests.support.mistakes import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "policies", tmp_path / "policies"))


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    return Settings(policies=folder, database=str(tmp_path / "log.db"), insecure_no_auth=True)
