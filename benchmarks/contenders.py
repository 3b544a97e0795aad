"""The servers that the benchmark over HTTP puts side by side: how each is set up and started."""

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
HOLDER = ("--name", "benchmark", "--role", "department", "--department", DEPARTMENT)

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

    def __init__(self, folder: Path, opa: str | None) -> None:
        self._folder = folder
        self.cerbos = str(CERBOS) if CERBOS.exists() else which("cerbos")
        self.opa = opa or which("opa")

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
        policies: Path = ROOT / "policies",
        cores: str = SERVER_CORE,
    ) -> AbstractContextManager[Server]:
        """The service with its durable, signed log; callers are departments with an API key, or everybody."""
        port, file = free_port(), self._folder / name.replace(" ", "-")
        keys, headers = file.with_suffix(".keys.json"), {}
        where = ["--port", port, "--policies", policies, "--database", file.with_suffix(".db")]
        who = ["--api-keys", keys] if key else ["--insecure-no-auth"]
        if key:
            headers["Authorization"] = f"Bearer {cli('keys', 'new', *HOLDER, '--file', str(keys))}"
        return serving(
            name,
            [*CLI, "serve", *where, *who, *options],
            port,
            "/v1/pre-check",
            ready="/readyz",
            log=file.with_suffix(".log"),
            headers=headers,
            cores=cores,
            seconds=600,
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


def cli(*arguments: str) -> str:
    """Run the command line of channelgate and return what it prints."""
    done = subprocess.run([*CLI, *arguments], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise CannotMeasure(f"channelgate {arguments[0]} failed: {done.stderr}")
    return done.stdout.strip()
