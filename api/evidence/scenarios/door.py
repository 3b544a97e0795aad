"""The interfaces through which scenarios have requests decided (doors), and the innermost: the function itself."""

import datetime as dt
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, Protocol

from api.policies.floor import hold_to_floor
from engine import PolicySet, decide, load_policies, revision_of, withhold_unconfirmed

AnswerJson = dict[str, Any]
"""A decision as JSON (version 1), parsed."""

FolderContent = dict[str, bytes]
"""The files of a policy folder, as name -> content."""


class Door(Protocol):
    """An interface that decides a request under a policy folder."""

    def decide(
        self, request: dict[str, Any], files: FolderContent, claimed_of: Collection[str] = ()
    ) -> AnswerJson:
        """Return the answer as a caller gets it.

        `claimed_of` are the parties of whose facts the request holds a claim of somebody else, and no statement of
        theirs; all other facts are as their owners state them.
        """
        ...


class FunctionDoor:
    """`engine.decide` itself, for policies held to a floor."""

    def __init__(self, floor: Path) -> None:
        self._floor = floor
        self._loaded: dict[str, PolicySet] = {}

    def decide(
        self, request: dict[str, Any], files: FolderContent, claimed_of: Collection[str] = ()
    ) -> AnswerJson:
        """Decide in this process. Raises PolicyFaults if the folder has faults."""
        revision = revision_of(files)
        if revision not in self._loaded:
            self._loaded[revision] = hold_to_floor(load_policies(files), self._floor)
        policies = self._loaded[revision]
        vocabulary = policies.vocabulary
        posted = vocabulary.request.model_validate(request)
        believed, claimed = withhold_unconfirmed(vocabulary, posted, vocabulary.owners.difference(claimed_of))
        decision = decide(
            policies,
            believed,
            decision_id="of a test",
            evaluated_at=dt.datetime.now(dt.UTC),
            claimed=claimed,
        )
        return dict(json.loads(decision.to_json()))


class PolicyFolders:
    """Policy folders on disk, one for each revision."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, files: FolderContent) -> Path:
        """Return the folder with these files, written when it is first needed."""
        folder = self._root / revision_of(files)[:16]
        if not folder.exists():
            folder.mkdir(parents=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)
        return folder
