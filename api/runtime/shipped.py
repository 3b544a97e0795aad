"""Where the shipped policies, their floor, the features and the verifier are: in a wheel, or beside the packages."""

from __future__ import annotations

import os
from pathlib import Path

import api

FLOOR_FILE = "floor.yaml"
"""The name of a floor that holds without being named: it stands beside the policy folder."""

_PACKAGE = Path(api.__file__).parent

_INSTALLED = _PACKAGE / "shipped"
"""In an installed package, what a checkout has beside its packages: `policies`, `features`, `verifier`, the floor."""


def default_policies() -> Path:
    """The folder `policies` in the working folder, else the shipped one."""
    here = Path("policies")
    return here if here.is_dir() else shipped_policies()


def shipped_policies() -> Path:
    """The shipped policies: of the installed package, or of the checkout."""
    return _shipped() / "policies"


def shipped_floor() -> Path:
    """The floor of the shipped directive, which holds for every folder that has none beside it."""
    return _shipped() / FLOOR_FILE


def shipped_verifier() -> Path:
    """The folder of the verifier that shares no code with this program; browsers get its `verify.js`."""
    return _shipped() / "verifier"


def floor_of(policies: Path) -> Path:
    """The floor that holds for a policy folder where none is named: the one beside it, else the shipped one.

    Whatever stands there under that name is taken: a floor that cannot be read has to stop the folder, and not to
    leave it to another one.
    """
    beside = policies.resolve().parent / FLOOR_FILE
    return beside if os.path.lexists(beside) else shipped_floor()


def _shipped() -> Path:
    return _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent


def is_installed(folder: Path) -> bool:
    """Whether a folder is part of the installed package."""
    return folder.resolve().is_relative_to(_INSTALLED.resolve())
