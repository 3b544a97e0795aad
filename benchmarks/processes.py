"""Servers under measure as processes of their own, and the load on them. For machines with Linux."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SERVER_CORE, LOAD_CORE = "0", "1"
MARK = "THE-ID-OF-THE-REQUEST"
"""What stands in the bodies for the id of a request; the load gives every request its own."""


class CannotMeasure(Exception):  # reported to whoever runs the benchmark
    """What stands in the way, and the remedy."""


@dataclass(frozen=True)
class Server:
    """A server in its own group of processes, which stands still while another one is measured."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    def post(self, body: bytes, path: str = "", seconds: float = 60) -> bytes:
        """Return the answer to one request. Raises `CannotMeasure` unless it is a success."""
        headers = {"Content-Type": "application/json", **self.headers}
        status, answer = _exchange(self.port, "POST", path or self.path, body, headers, seconds)
        if status != 200:
            raise CannotMeasure(f"{self.name} answered {status}: {answer.decode(errors='replace')[:500]}")
        return answer

    def processor_seconds(self) -> float:
        """The processor time that all processes of the server have used, in steps of a hundredth of a second."""
        ticks = 0
        for fields in self._processes().values():
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[int, int]:
        """The bytes of memory of all processes of the server: resident, and with what is shared divided (PSS)."""
        kilobytes = dict.fromkeys(("Rss", "Pss"), 0)
        for process in self._processes():
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
                name, _, value = line.partition(":")
                if name in kilobytes:
                    kilobytes[name] += int(value.split()[0])
        return kilobytes["Rss"] * 1024, kilobytes["Pss"] * 1024

    def _processes(self) -> dict[int, list[str]]:
        """The processes of the group, with the fields of /proc/PID/stat from the state on."""
        found = {}
        for file in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # a process that has ended meanwhile
                fields = file.read_text().rpartition(")")[2].split()
                if int(fields[2]) == self.process.pid:
                    found[int(file.parent.name)] = fields
        return found

    def signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    @contextmanager
    def going(self) -> Iterator[None]:
        self.signal(signal.SIGCONT)
        try:
            yield
        finally:
            self.signal(signal.SIGSTOP)


@contextmanager
def serving(
    name: str,
    command: Sequence[object],
    port: int,
    path: str,
    *,
    ready: str,
    log: Path,
    headers: Mapping[str, str] | None = None,
    cores: str = SERVER_CORE,
    seconds: float = 60,
    tree: Path = ROOT,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Start a server on its core, wait until `ready` answers, make it stand still; it is stopped in any case.

    Its modules are those of the source `tree`; `variables` are added to its environment.

    Raises `CannotMeasure`, with the end of its log, if it does not come up.
    """
    added = {"PYTHONPATH": str(tree), **(variables or {})}
    with log.open("wb") as written:
        process = subprocess.Popen(
            ["taskset", "-c", cores, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            cwd=tree,
            env={**os.environ, **added},
            start_new_session=True,
        )
    server = Server(name, process, port, path, headers or {})
    try:
        _wait_until_ready(server, ready, log, seconds)
        server.signal(signal.SIGSTOP)
        yield server
    finally:
        _stop(server)


def _wait_until_ready(server: Server, ready: str, log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if _exchange(server.port, "GET", ready, None, {}, 2)[0] < 500:
                return
        except OSError:
            time.sleep(0.1)
    raise CannotMeasure(f"{server.name} did not come up:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(server: Server) -> None:
    server.signal(signal.SIGCONT)
    server.signal(signal.SIGTERM)
    try:
        server.process.wait(15)
    except subprocess.TimeoutExpired:
        server.signal(signal.SIGKILL)
        server.process.wait()


def _exchange(
    port: int, method: str, path: str, body: bytes | None, headers: Mapping[str, str], seconds: float
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(method, path, body, dict(headers))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def read_metric(port: int, name: str) -> dict[str, float]:
    """The values of a metric of the server, by its labels as they are written; empty where there is none."""
    _, content = _exchange(port, "GET", "/metrics", None, {}, 10)
    lines = [line.rpartition(" ") for line in content.decode().splitlines() if line.startswith(f"{name}{{")]
    return {labels.partition("{")[2].rstrip("}"): float(value) for labels, _, value in lines}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class Run:
    """What one run of the load found; times in milliseconds.

    `processor_us` is the processor time of the server for a call. Where the load is a mix, `sent` is the number of
    calls and `met` the share of them whose shape the load had sent before. `sync_p50` and `sync_p99` are those of the
    disk around the run, where they were measured.
    """

    per_second: float
    p50: float
    p99: float
    max: float
    failed: int
    processor_us: float = 0
    sent: int = 0
    met: float = 0
    sync_p50: float = 0
    sync_p99: float = 0


def put_load(server: Server, bodies: Path, connections: int, seconds: int, prefix: str) -> Run:
    """Post over and over on so many connections, each of which waits for its answer before it posts again."""
    return put_script(server, connections, seconds, "wrk.lua", bodies, prefix)


def put_script(
    server: Server, connections: int, seconds: int, script: str, *arguments: object, core: str = LOAD_CORE
) -> Run:
    """Put the load of a script of wrk on a server, which goes on while the load lasts."""
    used = server.processor_seconds()
    with server.going():
        found = run_script(server, connections, seconds, script, *arguments, core=core)
    used = server.processor_seconds() - used
    return Run(
        per_second=found["requests"] / found["microseconds"] * 1e6,
        p50=found["p50"] / 1000,
        p99=found["p99"] / 1000,
        max=found["max"] / 1000,
        failed=found["refused"] + found["broken"],
        processor_us=used / max(1, found["requests"]) * 1e6,
        sent=found.get("sent", 0),
        met=found.get("met", 0),
    )


def run_script(
    server: Server, connections: int, seconds: int, script: str, *arguments: object, core: str
) -> dict[str, Any]:
    """Run a script of wrk, and return the object that it prints as its last line."""
    waits = "--timeout=20s"  # a slow answer counts as slow, not as none
    headers = [part for name, value in server.headers.items() for part in ("-H", f"{name}: {value}")]
    command = ["taskset", "-c", core, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", waits, *headers]
    named = ["-s", str(ROOT / "benchmarks" / script), server.url, "--", *map(str, arguments)]
    done = subprocess.run([*command, *named], capture_output=True, text=True, timeout=seconds + 60)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        raise CannotMeasure(f"wrk failed on {server.name}: {done.stderr or done.stdout}")
    found: dict[str, Any] = json.loads(lines[-1])
    return found


def need_tools() -> None:
    """Raise `CannotMeasure` where the load generator or the pinning to cores is missing."""
    for tool, package in (("wrk", "wrk"), ("taskset", "util-linux")):
        if shutil.which(tool) is None:
            raise CannotMeasure(f"`{tool}` is missing; install it: apt-get install {package}")
    if not {int(SERVER_CORE), int(LOAD_CORE)} <= os.sched_getaffinity(0):
        raise CannotMeasure("cores 0 and 1 are needed, one for the server and one for the load")
