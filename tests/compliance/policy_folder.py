"""The policy folder that the scenarios of a session are about."""

from pathlib import Path

import pytest


def policy_files_of(config: pytest.Config) -> dict[str, bytes]:
    """The folder that `--policies` names, else `policies` in the project, as name -> content."""
    asked = config.getoption("--policies")
    folder: Path = config.invocation_params.dir / asked if asked else config.rootpath / "policies"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
