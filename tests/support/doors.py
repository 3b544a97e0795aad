"""The three doors a request can come through: the function, a really running server, and the command line."""

import asyncio
import datetime as dt
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import httpx
import uvicorn
from typer.testing import CliRunner

from api.app import create_app
from api.cli.main import app as command_line
from api.server import server_config
from api.settings import Settings
from engine import Request, decide, load_policies, revision_of

Answer = dict[str, Any]


class Door(Protocol):
    """A way to ask about a request under a policy folder."""

    def ask(self, request: dict[str, Any], files: dict[str, bytes]) -> Answer: ...


class Folders:
    """Policy folders on disk, one for each revision."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, files: dict[str, bytes]) -> Path:
        folder = self.root / revision_of(files)[:16]
        if not folder.exists():
            folder.mkdir(parents=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)
        return folder


class FunctionDoor:
    """`engine.decide` itself."""

    def __init__(self) -> None:
        self.loaded: dict[str, Any] = {}

    def ask(self, request: dict[str, Any], files: dict[str, bytes]) -> Answer:
        revision = revision_of(files)
        if revision not in self.loaded:
            self.loaded[revision] = load_policies(files)
        now = dt.datetime.now(dt.UTC)
        decision = decide(
            self.loaded[revision], Request.model_validate(request), decision_id="of a test", evaluated_at=now
        )
        return dict(json.loads(decision.to_json()))


class _Server(uvicorn.Server):
    """A server that stops when it is told to, not when it next looks whether it was."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        ticks = 0
        while not (self._stop.is_set() or await self.on_tick(ticks)):
            ticks += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), 0.1)

    def stop(self) -> None:
        """To be called from another thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: it has stopped by itself
                self._loop.call_soon_threadsafe(self._stop.set)


@contextmanager
def running_server(settings: Settings, **options: Any) -> Iterator[str]:
    """Run the service on a free port of the loopback address; yields its base URL. `options` are the server's."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(server_config(create_app(settings), **options))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            thread.join(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join(10)


class HttpDoor:
    """`POST /v1/pre-check` of a server that runs, one for each policy folder; the stored answer is read back."""

    def __init__(self, folders: Folders, stack: ExitStack) -> None:
        self.folders = folders
        self.stack = stack
        self.client = stack.enter_context(httpx.Client(timeout=30))
        self.servers: dict[Path, str] = {}

    def ask(self, request: dict[str, Any], files: dict[str, bytes]) -> Answer:
        folder = self.folders.folder(files)
        if folder not in self.servers:
            # Scenarios show what single rules do, also in folders that would not hold the invariants.
            settings = Settings(
                policies=folder,
                database=folder.parent / f"{folder.name}.db",
                insecure_no_auth=True,
                accept_unproved=True,
            )
            self.servers[folder] = self.stack.enter_context(running_server(settings))
        response = self.client.post(f"{self.servers[folder]}/v1/pre-check", json=request)
        assert response.status_code == 200, response.text
        answer: Answer = response.json()
        stored = self.client.get(f"{self.servers[folder]}/v1/decisions/{answer['decision_id']}")
        assert stored.content == response.content
        return answer


class CliDoor:
    """`channelgate check - --format json`."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders

    def ask(self, request: dict[str, Any], files: dict[str, bytes]) -> Answer:
        arguments = ["check", "-", "--format", "json", "--policies", str(self.folders.folder(files))]
        result = CliRunner().invoke(command_line, arguments, input=json.dumps(request))
        assert result.exit_code == 0, result.output
        return dict(json.loads(result.stdout))
