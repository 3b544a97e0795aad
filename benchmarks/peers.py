"""Deciding in process: channelgate and its peers, on the same content and the same requests.

Install the peers with `pip install --require-hashes -r requirements/benchmarks.txt` and run this as
`python benchmarks/peers.py`. There are two contents:

- shared content at 20 to 10,000 rules, of which every peer has its own translation (`benchmarks/engines/`);
- the shipped policies, for requests whose facts are known, for the peers that take nested expressions.

Every engine has to give the same outcome for every request that it is timed on, before anything is timed. Whatever
can be made ready is made ready outside the timed part: rules parsed and compiled, requests in the form that the
engine takes soonest (for channelgate a validated `Request`, for Rego an input, for CEL a context, for zen-engine and
Cedar JSON text). *Made ready too* has that last step inside: from the posted request, or from a flat dictionary.
Where it says *by hand*, a dictionary by country stands in front of the peer, which then never sees other rules.

channelgate is measured by its full answer: outcome, clauses, reasons, duties, what is missing, sentence. *Warm* are
requests met before. *Cold* are requests of which all answers were forgotten; no two are alike. *Nothing kept* forgets
besides, why single rules failed and which of them win. The peers give the outcome and no more, and so does *outcome
alone*, which is `outcome_of`: for the very requests met before, as the peers take theirs ready made; for *other
requests* with facts that were met, so that the facts have to be read; with *nothing kept* of one for another.

The engines take turns; a figure is the median of the repeats, with the least and the greatest. It is processor time,
of all threads, which others on the machine disturb less than the time of day. A slow engine is given fewer of the
requests, the first ones, 20 at least. What has been built is out of the garbage collector's sight.

`--out FILE` writes what was found as JSON:

    {"benchmark": "peers", "form": 1, "at": TIME,
     "machine": {"python", "system", "processor", "cores"}, "versions": {PACKAGE: VERSION}, "repeats": N,
     "contents": [{"content": "shared" | "shipped", "rules": N, "requests": N, "engines": [
         {"engine", "form", "by_hand": true | false, "built_s": SECONDS, "requests": N,
          "us": [of each repeat], "us_made_ready_too": [of each repeat]}]}],
     "goals": [{"goal", "met": true | false, "found"}], "missing": [PACKAGE]}

`us` are microseconds a decision; channelgate's forms are "warm", "cold", "nothing kept", "outcome alone", "outcome
alone, other requests" and "outcome alone, nothing kept".
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.engines import channelgate
from benchmarks.engines.channelgate import Channelgate, state_request
from benchmarks.engines.content import SIZES, ContentFacts, draw_requests, write_rules
from benchmarks.engines.installed import MODULES, find_forms
from benchmarks.engines.protocol import EngineForm
from benchmarks.engines.shipped import draw_shipped_requests, write_shipped
from benchmarks.peer_goals import Contents, Figures, assess_goals, figure, spread
from benchmarks.peer_subjects import Subject, subject_of, subjects_of
from engine import PolicySet, load_policies

ROOT = Path(__file__).parents[1]
REPEATS = 9
REQUESTS = 400


def compare(
    title: str,
    channelgate_built: tuple[Channelgate, float],
    peers: Sequence[Callable[[], Subject]],
    requests: Sequence[ContentFacts],
    repeats: int,
) -> list[Figures]:
    """Build all, hold them to the same outcomes, then measure them in turns."""
    engine, built_s = channelgate_built
    subjects = subjects_of(engine, built_s, requests)
    expected = [str(engine.decide(engine.prepare(posted))) for posted in subjects[0].stated]
    subjects += [build() for build in peers]
    for subject in subjects:
        subject.agree(expected)
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in Counter(expected).most_common())
    print(f"\n{title}; {len(requests)} requests, no two alike: {outcomes}")
    print("every engine gave the same outcome for every request that it is timed on")
    gc.collect()
    gc.freeze()
    for _ in range(repeats):
        for subject in subjects:
            subject.measure()
    gc.unfreeze()
    return [subject.figures for subject in subjects]


def compare_shared(size: int, forms: Sequence[EngineForm], count: int, repeats: int) -> list[Figures]:
    rules = write_rules(size)
    requests = draw_requests(rules, count)
    start = time.perf_counter()
    engine = channelgate.build(rules)
    engine.decide(engine.prepare(state_request(requests[0])))
    built_s = time.perf_counter() - start
    peers = [lambda form=form: subject_of(form, lambda: form.build(rules), requests) for form in forms]
    countries = SIZES[size][0]
    title = f"shared content, {size:,} rules ({countries} {'country' if countries == 1 else 'countries'})"
    return compare(title, (engine, built_s), peers, requests, repeats)


def load_shipped() -> PolicySet:
    return load_policies(
        {path.name: path.read_bytes() for path in sorted((ROOT / "policies").glob("*.yaml"))}
    )


def compare_shipped(forms: Sequence[EngineForm], count: int, repeats: int) -> list[Figures]:
    start = time.perf_counter()
    engine = Channelgate(load_shipped())
    built_s = time.perf_counter() - start
    requests, tree = draw_shipped_requests(count), write_shipped(engine.policies)
    peers = [
        lambda of_tree=form.of_tree, form=form: subject_of(
            replace(form, name="one nested expression", by_hand=False), lambda: of_tree(tree), requests
        )
        for form in forms
        if form.of_tree
    ]
    return compare("the shipped policies", (engine, built_s), peers, requests, repeats)


def show(figures: Sequence[Figures]) -> None:
    """The ratios of repeats taken one after the other, then microseconds."""
    warm, cold = figures[0].us, figures[1].us
    print(
        f"{'':54} {'ratio to warm':>22} {'cold':>6} {'us a decision':>22} {'made ready too':>15} {'built':>8}"
    )
    for found in figures:
        name = f"{found.engine}, {found.form}{', by hand' if found.by_hand else ''}"
        ratios = [us / other for us, other in zip(found.us, warm, strict=True)]
        to_cold = statistics.median(us / other for us, other in zip(found.us, cold, strict=True))
        print(
            f"  {name:52} {spread(ratios):>22} {figure(to_cold):>6} {spread(found.us):>22}"
            f" {figure(statistics.median(found.us_made_ready_too)):>15} {found.built_s:6.2f} s"
        )


def machine() -> dict[str, Any]:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.processor() or platform.machine()
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": processor,
        "cores": os.cpu_count(),
    }


def as_plain(content: str, rules: int, requests: int, figures: Sequence[Figures]) -> dict[str, Any]:
    return {
        "content": content,
        "rules": rules,
        "requests": requests,
        "engines": [asdict(found) for found in figures],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Deciding in process: channelgate and its peers.")
    parser.add_argument("--out", type=Path, help="write what was found to this file, as JSON")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    options = parser.parse_args()
    forms, missing = find_forms()
    here = machine()
    versions = {package: version(package) for package in ("pydantic", *MODULES) if package not in missing}
    print(", ".join(f"{name} {value}" for name, value in here.items()))
    print(", ".join(f"{name} {value}" for name, value in versions.items()))
    print(
        f"median of {options.repeats} repeats (least-most); a ratio above 1 is slower than channelgate's decide"
    )
    if missing:
        print(f"not installed and left out: {', '.join(missing)}")
    figures: Contents = {}
    contents = []
    for size in options.sizes:
        found = figures[f"{size:,} rules"] = compare_shared(size, forms, options.requests, options.repeats)
        show(found)
        contents.append(as_plain("shared", size, options.requests, found))
    shipped = figures["the shipped policies"] = compare_shipped(forms, options.requests, options.repeats)
    show(shipped)
    rules = sum(len(policy.edition_on(channelgate.NOW.date()).rules) for policy in load_shipped().policies)
    contents.append(as_plain("shipped", rules, options.requests, shipped))
    print("\ngoals")
    goals = assess_goals(figures)
    for goal in goals:
        print(f"  {'met' if goal.met else 'NOT MET':8} {goal.goal}: {goal.found}")
    if options.out:
        written = {
            "benchmark": "peers",
            "form": 1,
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "machine": here,
            "versions": versions,
            "repeats": options.repeats,
            "contents": contents,
            "goals": [asdict(goal) for goal in goals],
            "missing": missing,
        }
        options.out.write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
