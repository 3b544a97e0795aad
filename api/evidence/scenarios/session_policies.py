"""The policy folder that the scenarios of a session are about."""

from pathlib import Path

import pytest

from api.policies.folder import read_folder
from engine import PolicyFaults


def policy_files_of(config: pytest.Config) -> dict[str, bytes]:
    """The folder that `--policies` names, else `policies` in the project, as name -> content.

    Raises PolicyFaults if the folder is absent or empty, or something in it is not read.
    """
    named = config.getoption("--policies")
    folder: Path = config.invocation_params.dir / named if named else config.rootpath / "policies"
    content = read_folder(folder)
    if content.unread:
        raise PolicyFaults(content.unread)
    return dict(content.files)
