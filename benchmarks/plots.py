"""Pictures of what the benchmarks found: `python -m benchmarks.plots FILE... [--into DIR]`.

Each file is what a benchmark wrote with `--out`; its member `benchmark` names which one, and so what is drawn.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.charts import Bar, ChartText, Line, bar_chart, line_chart
from benchmarks.processes import ROOT, Run
from benchmarks.results import (
    BARE,
    CERBOS,
    CERBOS_AUDIT,
    CHANNELGATE,
    GOAL_CONNECTIONS,
    NO_AUTH,
    OPA,
    Measurement,
    Spread,
)

NAMES = {
    BARE: "a bare answer",
    CHANNELGATE: "channelgate",
    NO_AUTH: "channelgate, no auth",
    OPA: "Open Policy Agent, log off",
    CERBOS: "Cerbos, audit log off",
    CERBOS_AUDIT: "Cerbos, audit log on",
}
Picture = tuple[str, str]
"""The name of a file, and its content."""


def draw_over_http(found: dict[str, Any]) -> Iterator[Picture]:
    """Rates and times beside the other servers, and growth; what failed is no figure and is not drawn."""
    machine = found["machine"]
    note = f"{machine['cpu']}, one core each for server and load; {found['at'][:10]}. Medians, least to most."
    parts: dict[str, list[Measurement]] = {}
    for plain in found["measurements"]:
        measurement = Measurement(**plain | {"runs": [Run(**run) for run in plain["runs"]]})
        if not measurement.failed:
            parts.setdefault(measurement.part, []).append(measurement)

    beside = {one.server: one for one in parts.get("side by side", ()) if one.connections == GOAL_CONNECTIONS}
    shown = [
        (name, beside[server], server == CHANNELGATE) for server, name in NAMES.items() if server in beside
    ]
    if shown:
        text = ChartText("Pre-checks a second over HTTP, 64 connections", "answers a second", note=note)
        yield "http-rates", bar_chart(text, [Bar(name, one.per_second, own) for name, one, own in shown])
        text = ChartText(
            "Time within which 99 of 100 answers come, 64 connections", "milliseconds (p99)", note=note
        )
        yield "http-times", bar_chart(text, [Bar(name, one.p99, own) for name, one, own in shown], 1)

    if series := parts.get("connections"):
        by_server = {
            server: [one for one in series if one.server == server] for server in (CHANNELGATE, BARE)
        }
        text = ChartText("Pre-checks a second by connections", "connections", "answers a second", note)
        lines = [
            Line(NAMES[server], [(one.at, one.per_second) for one in own])
            for server, own in by_server.items()
            if own
        ]
        yield "http-connections", line_chart(text, lines)
        if own := by_server[CHANNELGATE]:
            text = ChartText("Time to an answer by connections", "connections", "milliseconds", note)
            times = [
                Line("p50", [(one.at, one.p50) for one in own]),
                Line("p99", [(one.at, one.p99) for one in own]),
            ]
            yield "http-times-connections", line_chart(text, times, 1)

    for part, name, across in (
        ("lines", "lines of a request", "lines in each request"),
        ("rules", "rules of the policies", "rules"),
    ):
        if series := parts.get(part):
            text = ChartText(f"Pre-checks a second by {name}", across, "requests a second", note)
            yield (
                f"http-{part}",
                line_chart(text, [Line("channelgate", [(one.at, one.per_second) for one in series])]),
            )

    if series := parts.get("log"):
        text = ChartText("Pre-checks a second by entries already in the log", "answers a second", note=note)
        yield (
            "http-log",
            bar_chart(text, [Bar(f"{one.at:,} entries", one.per_second, True) for one in series]),
        )
    yield from draw_mixes(parts, note)


def draw_mixes(parts: Mapping[str, Sequence[Measurement]], note: str) -> Iterator[Picture]:
    """Rates by the share of known shapes, of an office and of workers; times beside those of the disk."""
    if series := parts.get("shares"):
        text = ChartText(
            "Pre-checks a second by share of known shapes, as a part of a bare answer", "", note=note
        )
        bare = {one.at: one for one in series if one.server == BARE}
        bars = [
            Bar(
                f"{server_name(one.server)}, {one.at:g} known",
                one.ratio_to(bare[one.at]),
                one.server == CHANNELGATE,
            )
            for one in series
            if one.server != BARE and one.at in bare
        ]
        yield "http-shares", bar_chart(text, bars, 2)
    for part, title in (
        ("office", "Pre-checks a second, as an office sends them"),
        ("facts never met", "Pre-checks a second about facts never met before"),
        ("workers", "Pre-checks a second by workers, on two cores that the load is on too"),
    ):
        if series := [one for one in parts.get(part, ()) if one.server != BARE]:
            text = ChartText(title, "answers a second", note=note)
            bars = [
                Bar(server_name(one.server), one.per_second, "before" not in one.server) for one in series
            ]
            yield f"http-{part.replace(' ', '-')}", bar_chart(text, bars)
    if series := parts.get("times"):
        text = ChartText(
            "Time within which 99 of 100 answers come", "connections", "milliseconds (p99)", note
        )
        names = dict.fromkeys(one.server for one in series if one.server != BARE)
        by_server = {name: [one for one in series if one.server == name] for name in names}
        lines = [
            Line(server_name(server), [(one.at, one.p99) for one in own]) for server, own in by_server.items()
        ]
        own = by_server.get(CHANNELGATE, ())
        lines.append(Line("fdatasync", [(one.at, one.sync_p99) for one in own]))
        yield "http-times-disk", line_chart(text, lines, 1)


def server_name(server: str) -> str:
    return NAMES.get(server, server)


def draw_memory(found: dict[str, Any]) -> Iterator[Picture]:
    """Resident memory by requests, for each kind of difference between them."""
    note = f"{found['machine']['cpu']}, Python {found['versions']['Python']}; {found['at'][:10]}."
    for kind in dict.fromkeys(series["kind"] for series in found["series"]):
        text = ChartText(f"Memory of serve; the requests differ in {kind}", "requests", "MB resident", note)
        lines = [
            Line(series["build"], [(point["requests"], _megabytes(point)) for point in series["points"][1:]])
            for series in found["series"]
            if series["kind"] == kind
        ]
        yield f"memory-{kind}", line_chart(text, lines)


def _megabytes(point: Mapping[str, int]) -> Spread:
    return Spread.of([point["rss"] / 1e6])


def draw_peers(found: dict[str, Any]) -> Iterator[Picture]:
    """What deciding costs in process, beside the other engines, for each content and number of rules."""
    note = (
        f"{found['machine']['processor']}; {found['at'][:10]}. Medians of {found['repeats']}, least to most."
    )
    for content in found["contents"]:
        what = "the shipped policies" if content["content"] == "shipped" else f"{content['rules']:,} rules"
        text = ChartText(f"One decision in process, {what}", "microseconds", note=note)
        bars = [
            Bar(f"{one['engine']}, {one['form']}", Spread.of(one["us"]), one["engine"] == "channelgate")
            for one in content["engines"]
            if not one["by_hand"]
        ]
        yield f"peers-{content['content']}-{content['rules']}", bar_chart(text, bars, 1)


DRAWN: dict[str, Callable[[dict[str, Any]], Iterator[Picture]]] = {
    "over_http": draw_over_http,
    "peers": draw_peers,
    "memory_use": draw_memory,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="what a benchmark wrote with --out"
    )
    parser.add_argument("--into", type=Path, metavar="DIR", default=ROOT / "docs" / "explain" / "plots")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    for file in options.files:
        found = json.loads(file.read_text())
        if found.get("benchmark") not in DRAWN:
            sys.exit(f"plots: {file} is of no benchmark that is drawn here ({', '.join(DRAWN)})")
        for name, picture in DRAWN[found["benchmark"]](found):
            (options.into / f"{name}.svg").write_text(picture)
            print(options.into / f"{name}.svg")


if __name__ == "__main__":
    main()
