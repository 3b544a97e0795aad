"""Parts of the benchmark over HTTP: how fast requests of known shapes are answered, and how much new ones cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks.http_requests import make_requests
from benchmarks.load_runs import Bench, ServerLoad
from benchmarks.mixes import (
    OFFICE,
    OFFICE_DEPARTMENTS,
    READ,
    Mix,
    Plan,
    write_office_plan,
    write_share_plan,
)
from benchmarks.processes import Server, free_port, read_metric
from benchmarks.results import (
    CHANNELGATE,
    COUNTED,
    STRICT,
    Measurement,
    assess_share,
    assess_times,
)


def shares_of_known_shapes(bench: Bench) -> None:
    """The service beside a bare answer and other builds, by the share of requests whose shape was met before."""
    plan = write_share_plan(bench.folder / "shares.plan")
    with ExitStack() as servers:
        own, strict, bare = start_own(bench, servers)
        others = list(start_before(bench, servers))
        for share in bench.extent.shares:
            mix = Mix(plan, f"{share:g}")
            cases = [ServerLoad(own, mix, at=share, strict=strict)]
            cases += [ServerLoad(server, mix, at=share) for server in (bare, *others)]
            found = bench.measure("shares", cases, bench.extent.repeats, bench.extent.seconds)
            show(f"{share:g} of the requests of a known shape", found)
            bench.report.add_goals(assess_share(share, found[0], found[1]))
        never_met = Mix(write_share_plan(bench.folder / "facts.plan", READ), "0")
        cases = [ServerLoad(own, never_met, strict=strict)]
        cases += [ServerLoad(server, never_met) for server in (bare, *others)]
        found = bench.measure("facts never met", cases, bench.extent.repeats, bench.extent.seconds)
        show("nothing known: no two requests alike in the facts that policies read", found)


def office(bench: Bench) -> None:
    """What an office would send, with the keys of its departments: how much is of a known shape, and how fast."""
    with ExitStack() as servers:
        own, strict, bare = start_own(bench, servers, OFFICE_DEPARTMENTS)
        others = list(start_before(bench, servers, OFFICE_DEPARTMENTS))
        key_of = bench.contenders.key_of
        cases = []
        for server in (own, bare, *others):
            tokens = {department: key for (name, department), key in key_of.items() if name == server.name}
            case = ServerLoad(server, Mix(_office_plan(bench, server, tokens), OFFICE))
            cases.append(case)
        cases[0] = ServerLoad(own, cases[0].bodies, strict=strict)
        found = bench.measure(OFFICE, cases, bench.extent.repeats, bench.extent.seconds)
        show(f"an office of {len(OFFICE_DEPARTMENTS)} departments", found)
        print(f"  of a shape that this run sent before: {found[0].met.shown(3)}", flush=True)
        count_hits(bench, servers, cases[0].bodies)


def count_hits(bench: Bench, servers: ExitStack, load: Mix | Path) -> None:
    """What the service counts itself, in a run of its own: it is not measured, as it has metrics."""
    port = free_port()
    service = bench.contenders.channelgate(COUNTED, "--metrics-port", str(port), keys_of=CHANNELGATE)
    counted = servers.enter_context(service)
    bench.measure(COUNTED, [ServerLoad(counted, load)], 1, bench.extent.seconds)
    with counted.going():
        uses = read_metric(port, "channelgate_request_shapes_total")
    bench.report.shape_uses |= uses
    shown = ", ".join(f"{use} {calls:,.0f}" for use, calls in uses.items())
    print(f"  counted by the service, with its warm-up: {shown or 'it has no such metric'}", flush=True)


def times(bench: Bench) -> None:
    """Times to an answer of a known shape beside those of the disk, measured before and after each run."""
    plan = write_share_plan(bench.folder / "times.plan")
    with ExitStack() as servers:
        own, strict, bare = start_own(bench, servers)
        others = list(start_before(bench, servers))
        for connections in bench.extent.times_at:
            mix = Mix(plan, "1")
            cases = [ServerLoad(own, mix, connections, connections, strict, syncs=True)]
            cases += [
                ServerLoad(server, mix, connections, connections, syncs=True) for server in (bare, *others)
            ]
            found = bench.measure("times", cases, bench.extent.repeats, bench.extent.seconds)
            show(f"times to an answer, {connections} connections", found)
            for one in found:
                disk = f"fdatasync p50 {one.sync_p50.shown(2)} p99 {one.sync_p99.shown(2)} ms"
                print(f"  {one.server:21} {disk}", flush=True)
            bench.report.add_goals(assess_times(found[0]))


def start_own(
    bench: Bench, servers: ExitStack, departments: tuple[str, ...] = ()
) -> tuple[Server, Server, Server]:
    """The service, another one with the same keys that answers the strict way, and the bare answers of the first."""
    start = bench.contenders.channelgate
    own = servers.enter_context(start(CHANNELGATE, departments=departments))
    strict = servers.enter_context(start(STRICT, keys_of=CHANNELGATE, strict=True))
    bodies = bench.bodies("bare", make_requests())
    with own.going():
        answers = [own.post(body) for body in bodies.read_bytes().splitlines()]
    return own, strict, servers.enter_context(bench.contenders.bare(answers))


def start_before(bench: Bench, servers: ExitStack, departments: tuple[str, ...] = ()) -> Iterator[Server]:
    """The service of each other source tree."""
    for name, tree in bench.contenders.before.items():
        yield servers.enter_context(bench.contenders.channelgate(name, tree=tree, departments=departments))


def _office_plan(bench: Bench, server: Server, tokens: Mapping[str, str]) -> Plan:
    name = server.name.replace(" ", "-").replace(":", "")
    return write_office_plan(bench.folder / f"office-{name}.plan", tokens)


def show(heading: str, found: list[Measurement]) -> None:
    own, *others = found
    print(
        f"\n{heading}; {own.connections} connections, one core each; channelgate as a ratio to each of the others"
    )
    for other in others:
        rate, cost = own.ratio_to(other).shown(2), own.cost_to(other).shown(2)
        print(f"  to {other.server:18} {rate:22} processor time for a call {cost}")
    for one in found:
        print(f"  {one.server:21} {one.shown()}", flush=True)
