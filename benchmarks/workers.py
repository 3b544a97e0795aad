"""A part of the benchmark over HTTP: workers of one service, which share a log, beside servers with a log each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.contenders import cli
from benchmarks.http_requests import make_requests
from benchmarks.load_runs import Bench
from benchmarks.processes import LOAD_CORE, ROOT, SERVER_CORE, Run, Server, run_script
from benchmarks.results import GOAL_CONNECTIONS, Measurement, at_least

BOTH_CORES = f"{SERVER_CORE},{LOAD_CORE}"
LOADS = 2
"""The load is two programs, each with half of the connections: two servers get one each, a service gets both."""
GOAL = 0.95


def workers_on_one_log(bench: Bench) -> None:
    """Workers of one service, and two servers; all on both cores, which they share with the load."""
    if "--workers" not in cli("serve", "--help"):
        bench.report.skip("workers", "`channelgate serve` has no option --workers")
        return
    bodies = bench.bodies("workers", make_requests())
    with ExitStack() as stack:
        trees = {"": ROOT, **bench.contenders.before}
        services = {
            service: servers
            for build, tree in trees.items()
            for service, servers in _start(bench, stack, build, tree).items()
        }
        found = {service: Measurement("workers", service, 0, GOAL_CONNECTIONS) for service in services}
        for servers in services.values():
            _put_loads(bench, servers, bodies, seconds=1)
        for _ in range(bench.extent.repeats):
            for service, servers in services.items():
                found[service].runs.append(_put_loads(bench, servers, bodies, bench.extent.seconds))
    bench.report.measurements += found.values()
    _show(found, list(trees))
    bench.report.add_goals(
        [
            at_least(
                f"two workers on one log: at least {GOAL} of two servers with a log each",
                found["2 workers"],
                found["2 servers"],
                GOAL,
            )
        ]
    )


def _start(bench: Bench, stack: ExitStack, build: str, tree: Path) -> dict[str, list[Server]]:
    """The services of a build: those with so many workers, and two of one worker each."""

    def start(name: str, workers: int) -> Server:
        options = ("--workers", str(workers))
        service = bench.contenders.channelgate(_named(name, build), *options, cores=BOTH_CORES, tree=tree)
        return stack.enter_context(service)

    services = {
        _named(f"{workers} workers", build): [start(f"{workers} workers", workers)]
        for workers in bench.extent.workers
    }
    services[_named("2 servers", build)] = [start(f"server {number}", 1) for number in (1, 2)]
    return services


def _named(service: str, build: str) -> str:
    return f"{service}, {build}" if build else service


def _put_loads(bench: Bench, servers: Sequence[Server], bodies: Path, seconds: int) -> Run:
    """Put both loads on the servers at the same time, and return what they found together."""
    connections = GOAL_CONNECTIONS // LOADS

    prefixes = [bench.next_prefix() for _ in range(LOADS)]

    def put(number: int) -> dict[str, Any]:
        server, prefix = servers[number % len(servers)], prefixes[number]
        return run_script(server, connections, seconds, "wrk.lua", bodies, prefix, core=BOTH_CORES)

    used = sum(server.processor_seconds() for server in servers)
    with ExitStack() as going, ThreadPoolExecutor(LOADS) as threads:
        for server in servers:
            going.enter_context(server.going())
        loads = list(threads.map(put, range(LOADS)))
    used = sum(server.processor_seconds() for server in servers) - used
    requests = sum(load["requests"] for load in loads)
    return Run(
        per_second=sum(load["requests"] / load["microseconds"] for load in loads) * 1e6,
        p50=max(load["p50"] for load in loads) / 1000,
        p99=max(load["p99"] for load in loads) / 1000,
        max=max(load["max"] for load in loads) / 1000,
        failed=sum(load["refused"] + load["broken"] for load in loads),
        processor_us=used / max(1, requests) * 1e6,
    )


def _show(found: Mapping[str, Measurement], builds: Sequence[str]) -> None:
    print("\nworkers on one log, and two servers with a log each, on two cores that the load is on too")
    for build in builds:
        beside = found[_named("2 servers", build)]
        for service, measurement in found.items():
            if service.endswith(build) if build else "," not in service:
                ratio, cost = measurement.ratio_to(beside), measurement.cost_to(beside)
                print(
                    f"  {service:28} {ratio.shown(2)} of two servers; processor time for a call {cost.shown(2)}"
                )
                print(f"  {'':28} {measurement.shown()}", flush=True)
