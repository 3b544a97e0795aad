"""The policy folder that the scenarios of a session are about, and its words."""

from pathlib import Path

import pytest

from api.evidence.scenarios.words import PolicyWords
from api.policies.folder import read_folder
from engine import PolicyFaults, load_policies

_WORDS = pytest.StashKey[PolicyWords]()


def policy_folder_of(config: pytest.Config) -> Path:
    """The folder that `--policies` names, else `policies` in the project."""
    named = config.getoption("--policies")
    return config.invocation_params.dir / named if named else config.rootpath / "policies"


def policy_files_of(config: pytest.Config) -> dict[str, bytes]:
    """That folder, as name -> content.

    Raises PolicyFaults if the folder is absent or empty, or something in it is not read.
    """
    content = read_folder(policy_folder_of(config))
    if content.unread:
        raise PolicyFaults(content.unread)
    return dict(content.files)


def words_of(config: pytest.Config) -> PolicyWords:
    """The words of that folder. Raises PolicyFaults."""
    if _WORDS not in config.stash:
        config.stash[_WORDS] = PolicyWords(load_policies(policy_files_of(config)))
    return config.stash[_WORDS]
