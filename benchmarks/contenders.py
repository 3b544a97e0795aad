"""The servers that the benchmark over HTTP puts side by side: how each is set up and started."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from shutil import which

from benchmarks.http_requests import DEPARTMENT, Constants, cerbos_policy, opa_policy
from benchmarks.machine import output_of
from benchmarks.processes import ROOT, SERVER_CORE, CannotMeasure, Server, free_port, serving

CLI = (sys.executable, "-c", "from api.cli.main import main; main()")
CLI_OF_ONE_MODULE = (sys.executable, "-c", "from api.cli import main; main()")
"""The command line of a source tree in which it was one module."""

WITHOUT_SHAPES = {"CHANNELGATE_REQUEST_SHAPES": "0"}
"""The setting of a service that answers every request the strict way."""

PEERS = ROOT / "benchmarks" / ".peers"
CERBOS = PEERS / "node_modules" / "@cerbos" / "cerbos-linux-x64" / "cerbos-linux-x64"
NO_CERBOS = "Cerbos is not there; npm install --prefix benchmarks/.peers @cerbos/cerbos-linux-x64@0.55.0"
NO_OPA = (
    "Open Policy Agent's server is in no package of PyPI, npm or Debian; name its program with --opa, "
    "or put `opa` on the PATH"
)

AUDITING = (
    "audit.enabled=true",
    "audit.backend=local",
    "audit.accessLogsEnabled=false",
    "audit.decisionLogsEnabled=true",
)


class Contenders:
    """Starts servers that write everything into one folder."""

    def __init__(self, folder: Path, opa: str | None, before: Sequence[Path] = ()) -> None:
        self._folder = folder
        self.before = {f"before: {tree.name}": tree.resolve() for tree in before}
        """The source trees of other builds, by the names of their servers."""
        self.cerbos = str(CERBOS) if CERBOS.exists() else which("cerbos")
        self.opa = opa or which("opa")
        self.key_of: dict[tuple[str, str], str] = {}
        """The API keys by the name of the server and the department."""

    def versions(self) -> dict[str, str]:
        """Of the programs that are here."""
        found = {"wrk": output_of("wrk", "-v").split()[1]}
        if self.cerbos:
            found["Cerbos"] = output_of(self.cerbos, "--version")
        if self.opa:
            found["Open Policy Agent"] = output_of(self.opa, "version").split()[-1]
        return found

    def bare(self, answers: Sequence[bytes]) -> AbstractContextManager[Server]:
        port, file = free_port(), self._folder / "answers.jsonl"
        file.write_bytes(b"".join(answer + b"\n" for answer in answers))
        command = [sys.executable, "-m", "benchmarks.bare_asgi", port, file]
        return serving("bare", command, port, "/", ready="/", log=self._folder / "bare.log")

    def channelgate(
        self,
        name: str,
        *options: str,
        key: bool = True,
        policies: Path | None = None,
        cores: str = SERVER_CORE,
        tree: Path = ROOT,
        departments: Sequence[str] = (),
        keys_of: str = "",
        strict: bool = False,
    ) -> AbstractContextManager[Server]:
        """The service with its durable, signed log; callers are departments with an API key, or everybody.

        It is that of the source `tree`, whose policies are its own unless others are named; each of `departments`
        has a key too, in `key_of`. Another server's keys are taken with `keys_of`; a `strict` one learns no shapes.
        """
        port, file = free_port(), self._folder / name.replace(" ", "-").replace(":", "")
        keys, headers = file.with_suffix(".keys.json"), {}
        where = [
            "--port",
            port,
            "--policies",
            policies or tree / "policies",
            "--database",
            file.with_suffix(".db"),
        ]
        if key:
            if keys_of:
                keys = (self._folder / keys_of).with_suffix(".keys.json")
            holders = () if keys_of or (name, DEPARTMENT) in self.key_of else {DEPARTMENT, *departments}
            for department in holders:
                self.key_of[name, department] = new_key(keys, department, tree)
            headers["Authorization"] = f"Bearer {self.key_of[keys_of or name, DEPARTMENT]}"
        who = ["--api-keys", keys] if key else ["--insecure-no-auth"]
        return serving(
            name,
            [*command_of(tree), "serve", *where, *who, *options],
            port,
            "/v1/pre-check",
            ready="/readyz",
            log=file.with_suffix(".log"),
            headers=headers,
            cores=cores,
            seconds=600,
            tree=tree,
            variables=WITHOUT_SHAPES if strict else None,
        )

    def cerbos_server(
        self, name: str, constants: Constants, *, audit: bool
    ) -> AbstractContextManager[Server]:
        assert self.cerbos is not None
        port, folder = free_port(), self._folder / name.replace(" ", "-")
        (folder / "policies").mkdir(parents=True)
        (folder / "policies" / "handover.yaml").write_text(cerbos_policy(constants))
        settings = [
            f"server.httpListenAddr=127.0.0.1:{port}",
            f"server.grpcListenAddr=127.0.0.1:{free_port()}",
            "storage.driver=disk",
            f"storage.disk.directory={folder / 'policies'}",
            "storage.disk.watchForChanges=false",
            "telemetry.disabled=true",
            *([*AUDITING, f"audit.local.storagePath={folder / 'audit'}"] if audit else ()),
        ]
        command = [self.cerbos, "server", "--log-level=error", *(f"--set={one}" for one in settings)]
        return serving(
            name,
            command,
            port,
            "/api/check/resources",
            ready="/_cerbos/health",
            log=self._folder / f"{folder.name}.log",
        )

    def opa_server(self, name: str, constants: Constants) -> AbstractContextManager[Server]:
        assert self.opa is not None
        port, file = free_port(), self._folder / "handover.rego"
        file.write_text(opa_policy(constants))
        options = ["--addr", f"127.0.0.1:{port}", "--log-level", "error", "--disable-telemetry"]
        return serving(
            name,
            [self.opa, "run", "--server", *options, file],
            port,
            "/v1/data/handover/answer",
            ready="/health",
            log=self._folder / "opa.log",
        )


def command_of(tree: Path) -> Sequence[str]:
    """The command line of a source tree."""
    return CLI_OF_ONE_MODULE if (tree / "api" / "cli.py").exists() else CLI


def new_key(file: Path, department: str, tree: Path = ROOT) -> str:
    """A new API key of a department."""
    holder = ("--name", f"benchmark {department}", "--role", "department", "--department", department)
    return cli("keys", "new", *holder, "--file", str(file), tree=tree)


def cli(*arguments: str, tree: Path = ROOT) -> str:
    """Run the command line of channelgate and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(
        [*command_of(tree), *arguments], capture_output=True, text=True, cwd=tree, env=environment
    )
    if done.returncode:
        raise CannotMeasure(f"channelgate {arguments[0]} failed: {done.stderr}")
    return done.stdout.strip()
