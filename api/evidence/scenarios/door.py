"""The door a request comes through to be decided, and the nearest one: the function itself."""

import datetime as dt
import json
from pathlib import Path
from typing import Any, Protocol

from engine import PolicySet, Request, decide, load_policies, revision_of

Answer = dict[str, Any]


class Door(Protocol):
    """A way to ask about a request under a policy folder."""

    def ask(self, request: dict[str, Any], files: dict[str, bytes]) -> Answer:
        """Return the answer as a caller gets it: the decision as JSON (version 1), read."""
        ...


class FunctionDoor:
    """`engine.decide` itself."""

    def __init__(self) -> None:
        self._loaded: dict[str, PolicySet] = {}

    def ask(self, request: dict[str, Any], files: dict[str, bytes]) -> Answer:
        """Decide in this process. Raises PolicyFaults if the folder has faults."""
        revision = revision_of(files)
        if revision not in self._loaded:
            self._loaded[revision] = load_policies(files)
        decision = decide(
            self._loaded[revision],
            Request.model_validate(request),
            decision_id="of a test",
            evaluated_at=dt.datetime.now(dt.UTC),
        )
        return dict(json.loads(decision.to_json()))


class PolicyFolders:
    """Policy folders on disk, one for each revision."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folder(self, files: dict[str, bytes]) -> Path:
        """Return the folder with these files, written when it is first wanted."""
        folder = self._root / revision_of(files)[:16]
        if not folder.exists():
            folder.mkdir(parents=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)
        return folder
