"""The two doors outside the function: `POST /v1/pre-check` and `channelgate check`."""

import json
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from api.cli.building import build_app
from api.cli.commands import COMMANDS
from api.doors.running_server import running_server
from api.evidence.scenarios.door import AnswerJson, PolicyFolders
from api.files.check_command import role_options
from api.runtime.http_client import send
from api.settings import Settings
from engine import Vocabulary, vocabulary_in

_CHECK = build_app({}, {"check": COMMANDS["check"]})
"""The command line with this command alone: what it is made of is made anew for every call."""


class DoorFailed(Exception):
    """A door returned something other than an answer; the text is what it returned."""


class HttpDoor:
    """`POST /v1/pre-check` of a server that runs, one for each policy folder; the stored answer is read back."""

    def __init__(self, folders: PolicyFolders, stack: ExitStack) -> None:
        self._folders = folders
        self._stack = stack
        self._servers: dict[Path, str] = {}

    def decide(
        self, request: dict[str, Any], files: dict[str, bytes], claimed_of: Collection[str] = ()
    ) -> AnswerJson:
        """Decide over HTTP. Raises DoorFailed if there is no answer, or another one was recorded."""
        if claimed_of:
            remedy = "tag the scenario with @door:function @door:cli"
            raise DoorFailed(f"callers that are not identified state every fact, and claim none; {remedy}")
        server = self._server(self._folders.folder(files))
        reply = send(server, "POST", "/v1/pre-check", request)
        if reply.status_code != 200:
            raise DoorFailed(reply.text)
        answer: AnswerJson = reply.json()
        stored = send(server, "GET", f"/v1/decisions/{answer['decision_id']}")
        if stored.content != reply.content:
            raise DoorFailed(f"the stored decision differs: {stored.text}")
        return answer

    def _server(self, folder: Path) -> str:
        if folder not in self._servers:
            # Scenarios show what single rules do, also in folders that would not hold the invariants.
            settings = Settings(
                policies=folder,
                database=str(folder.parent / f"{folder.name}.db"),
                insecure_no_auth=True,
                accept_unproved=True,
            )
            self._servers[folder] = self._stack.enter_context(running_server(settings))
        return self._servers[folder]


class CliDoor:
    """`channelgate check - --role OWNER --format json`: the facts of a scenario are those of their owners."""

    def __init__(self, folders: PolicyFolders) -> None:
        self._folders = folders
        self._vocabularies: dict[Path, Vocabulary] = {}

    def decide(
        self, request: dict[str, Any], files: dict[str, bytes], claimed_of: Collection[str] = ()
    ) -> AnswerJson:
        """Decide on the command line. Raises DoorFailed if it exits otherwise than with 0."""
        folder = self._folders.folder(files)
        if folder not in self._vocabularies:
            self._vocabularies[folder] = vocabulary_in(files)
        roles = role_options(self._vocabularies[folder].owners.difference(claimed_of))
        arguments = ["check", "-", *roles, "--format", "json", "--policies", str(folder)]
        result = CliRunner().invoke(_CHECK, arguments, input=json.dumps(request))
        if result.exit_code != 0:
            raise DoorFailed(result.output)
        return dict(json.loads(result.stdout))
