"""What a pre-check over HTTP costs: requests a second and times of answer, beside other servers in the same run.

`python -m benchmarks.over_http [--out FILE] [--before TREE] [--opa PROGRAM] [--only PART] [--quick]`. Each server
runs on one core, the load on another; the servers take turns, and while one is measured the rest stand still. What
each figure means and what not, and the form of the file: docs/explain/performance.md.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from benchmarks.contenders import NO_CERBOS, NO_OPA, Contenders
from benchmarks.grown_policies import tree
from benchmarks.http_requests import (
    CERBOS_PROTOCOL,
    OPA_PROTOCOL,
    Constants,
    Json,
    PeerProtocol,
    constants_of,
    grown_requests,
    long_log_entry,
    make_requests,
)
from benchmarks.load_runs import QUICK, Bench, Extent, ServerLoad
from benchmarks.machine import Others, describe_machine, describe_versions
from benchmarks.processes import ROOT, CannotMeasure, Server, need_tools
from benchmarks.results import (
    CERBOS,
    CERBOS_AUDIT,
    CHANNELGATE,
    GOAL_CONNECTIONS,
    NO_AUTH,
    OPA,
    BenchmarkReport,
    Measurement,
    assess_peers,
)
from benchmarks.shares import office, shares_of_known_shapes, start_before, times
from benchmarks.workers import workers_on_one_log

PACKAGES = (
    "uvicorn",
    "uvloop",
    "httptools",
    "fastapi",
    "starlette",
    "pydantic",
    "pydantic-core",
    "sqlalchemy",
)
ENTRIES_A_CALL = 5_000


def side_by_side(bench: Bench) -> None:
    """All servers with 16 and 64 connections; then the service and the bare answer with other numbers of them."""
    requests = make_requests()
    bodies = bench.bodies("requests", requests)
    with ExitStack() as servers:
        own = servers.enter_context(bench.contenders.channelgate(CHANNELGATE))
        open_to_all = servers.enter_context(bench.contenders.channelgate(NO_AUTH, key=False))
        with own.going():
            answered = [own.post(body) for body in bodies.read_bytes().splitlines()]
        answers = [json.loads(answer) for answer in answered]
        bare = servers.enter_context(bench.contenders.bare(answered))
        sides = [(own, bodies), (open_to_all, bodies), (bare, bodies)]
        sides += [(server, bodies) for server in start_before(bench, servers)]
        for peer, protocol in peers(bench, servers, constants_of(requests, answers)):
            translated = bench.bodies(peer.name, [protocol.body(request) for request in requests])
            check_answers(peer, protocol, translated, answers)
            sides.append((peer, translated))
        for connections in (16, GOAL_CONNECTIONS):
            cases = [ServerLoad(server, posted, connections) for server, posted in sides]
            found = bench.measure("side by side", cases, bench.extent.repeats, bench.extent.seconds)
            show_side_by_side(found, connections)
        bench.report.add_goals(assess_peers({measurement.server: measurement for measurement in found}))
        for server in (own, bare):
            cases = [
                ServerLoad(server, bodies, connections, connections)
                for connections in bench.extent.connections
            ]
            bench.measure_growth("connections", f"growth with connections, {server.name}", cases)


def peers(bench: Bench, servers: ExitStack, constants: Constants) -> Iterator[tuple[Server, PeerProtocol]]:
    """The other engines that can be had; what cannot be had is reported."""
    contenders = bench.contenders
    if contenders.cerbos:
        for name, audit in ((CERBOS, False), (CERBOS_AUDIT, True)):
            yield (
                servers.enter_context(contenders.cerbos_server(name, constants, audit=audit)),
                CERBOS_PROTOCOL,
            )
    else:
        bench.report.skip("Cerbos", NO_CERBOS)
    if contenders.opa:
        yield servers.enter_context(contenders.opa_server(OPA, constants)), OPA_PROTOCOL
    else:
        bench.report.skip("Open Policy Agent", NO_OPA)


def check_answers(server: Server, protocol: PeerProtocol, bodies: Path, answers: Sequence[Json]) -> None:
    """Raise `CannotMeasure` unless the server decides every request by the rule that channelgate decided by."""
    with server.going():
        for body, answer in zip(bodies.read_bytes().splitlines(), answers, strict=True):
            answered = protocol.answer(json.loads(server.post(body)))
            if answered["rules"] != answer["lines"][0]["rules"]:
                raise CannotMeasure(f"{server.name} decides otherwise than channelgate: {answered['rules']}")


def show_side_by_side(found: Sequence[Measurement], connections: int) -> None:
    by_name = {measurement.server: measurement for measurement in found}
    print(
        f"\nside by side, {connections} connections, one core each; channelgate as a ratio to each of the others"
    )
    for other in by_name:
        if other not in (CHANNELGATE, NO_AUTH):
            ratios = [by_name[name].ratio_to(by_name[other]).shown(2) for name in (CHANNELGATE, NO_AUTH)]
            print(f"  to {other:18} {ratios[0]:22} no-auth {ratios[1]}")
    for name, measurement in by_name.items():
        print(f"  {name:21} {measurement.shown()}", flush=True)


def growth_with_lines(bench: Bench) -> None:
    with bench.contenders.channelgate("lines") as server:
        cases = [
            ServerLoad(server, bench.bodies(f"lines-{lines}", make_requests(lines)), at=lines)
            for lines in bench.extent.lines
        ]
        bench.measure_growth("lines", "growth with the lines of a request", cases)


def growth_with_the_log(bench: Bench) -> None:
    """A new log beside one that already holds many decisions, which the service itself took, in long lists."""
    bodies = bench.bodies("log", make_requests())
    start = bench.contenders.channelgate
    with start("new log") as new, start("long log") as long:
        body = json.dumps([long_log_entry()] * min(ENTRIES_A_CALL, bench.extent.entries)).encode()
        with long.going():
            for _ in range(0, bench.extent.entries, ENTRIES_A_CALL):
                long.post(body, "/v1/pre-checks")
        cases = [ServerLoad(new, bodies, at=0), ServerLoad(long, bodies, at=bench.extent.entries)]
        bench.measure_growth("log", "growth with the entries already in the log", cases)


def growth_with_rules(bench: Bench) -> None:
    bodies = bench.bodies("grown", grown_requests())
    with ExitStack() as servers:
        cases = []
        for rules in bench.extent.rules:
            policies = bench.folder / f"grown-{rules}"
            policies.mkdir()
            for name, content in tree(rules).items():
                (policies / name).write_bytes(content)
            grown = bench.contenders.channelgate(
                f"rules {rules}", "--accept-unproved", key=False, policies=policies
            )
            cases.append(ServerLoad(servers.enter_context(grown), bodies, at=rules))
        bench.measure_growth("rules", "growth with the rules of the policies, no-auth", cases)


PARTS = {
    "shares": shares_of_known_shapes,
    "office": office,
    "times": times,
    "side-by-side": side_by_side,
    "lines": growth_with_lines,
    "log": growth_with_the_log,
    "rules": growth_with_rules,
    "workers": workers_on_one_log,
}


def run(options: argparse.Namespace) -> None:
    need_tools()
    extent = QUICK if options.quick else Extent()
    options.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.work, prefix="over-http-") as name:
        folder = Path(name).resolve()
        versions = describe_versions(PACKAGES) | Contenders(folder, options.opa).versions()
        report = BenchmarkReport(describe_machine(folder), versions, asdict(extent))
        for described in (report.machine, report.versions):
            print("; ".join(f"{what} {value}" for what, value in described.items()))
        print(f"medians of {extent.repeats} repeats (least to most), {extent.growth_repeats} for growth")
        others = Others()
        for part in options.only or PARTS:
            own_folder = folder / part
            own_folder.mkdir()
            contenders = Contenders(own_folder, options.opa, options.before)
            PARTS[part](Bench(extent, own_folder, contenders, report))
            report.machine["taken by others"] = f"{others.share():.0%} of all cores"
            if options.out:
                options.out.parent.mkdir(parents=True, exist_ok=True)
                options.out.write_text(report.to_json())
    for server, answers in report.compared.items():
        print(
            f"\n{answers:,} answers of {server} were compared with those of the strict way: no byte differed"
        )
    print(f"\ntaken by other programs during the run: {report.machine['taken by others']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, metavar="FILE", help="write what was found, as JSON")
    parser.add_argument(
        "--opa", metavar="PROGRAM", help="the program of Open Policy Agent; else `opa` on the PATH"
    )
    parser.add_argument(
        "--work", type=Path, metavar="DIR", default=ROOT / "out", help="a folder on a real disk"
    )
    parser.add_argument(
        "--before",
        action="append",
        type=Path,
        default=[],
        metavar="TREE",
        help="the sources of another build; may be given again",
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone; may be given again")
    parser.add_argument(
        "--quick", action="store_true", help="everything in little, to try the benchmark itself"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))  # so that every server is stopped then too
    try:
        run(options)
    except CannotMeasure as fault:
        print(f"over_http: {fault}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
