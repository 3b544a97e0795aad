"""What loading and deciding cost in process: medians with their spread, and ratios to a peer in the same run.

Run it as `python -m benchmarks.in_process`. Each part names its peer:

- loading: composing the same files with the YAML library alone;
- deciding a request: walking the condition trees, which gives the same answer. *Warm* is a request whose facts were
  met before, *cold* one whose answer has to be worked out while all else is warm;
- different requests: each of many random ones in turn, the first time and the second;
- from bytes to bytes: each step of it as a share of the whole;
- growth: the same request under 20 rules.
"""

import datetime as dt
import json
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from api.parsing.requests import Received, read_request
from api.parsing.strict_json import read_faultless
from benchmarks.grown_policies import DIGITS, SHAPES
from engine import PolicySet, Request, decide, decide_by_walking, decide_to_json, load_policies
from engine.checking.cache import forget_everything
from engine.compiling import compile_policies
from engine.contract.vocabulary import Kind
from tests.support.shipped_words import VERSION_1, WORDS, make_request

ROOT = Path(__file__).parents[1]
NOW = dt.datetime(1965, 3, 1, tzinfo=dt.UTC)
REPEATS = 9
SIZES = (20, 200, 2_000, 10_000)

Job = Callable[[], object]


def measure(jobs: Sequence[Job], times: int) -> list[list[float]]:
    """Microseconds for one run of each job, once for each repeat; the jobs take turns."""
    found: list[list[float]] = [[] for _ in jobs]
    for _ in range(REPEATS):
        for job, microseconds in zip(jobs, found, strict=True):
            start = time.perf_counter()
            for _ in range(times):
                job()
            microseconds.append((time.perf_counter() - start) / times * 1e6)
    return found


def shown(microseconds: list[float]) -> str:
    median = statistics.median(microseconds)
    digits = 1 if median < 100 else 0
    return f"{median:9,.{digits}f} us ({min(microseconds):,.{digits}f} to {max(microseconds):,.{digits}f})"


def ratio(of: list[float], to: list[float]) -> str:
    """The median of the ratios of repeats taken one after the other, with the least and the greatest."""
    ratios = [one / other for one, other in zip(of, to, strict=True)]
    return f"{statistics.median(ratios):7.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def decider(policies: PolicySet, request: Request, by: Callable[..., object] = decide) -> Job:
    return lambda: by(policies, request, decision_id="benchmark", evaluated_at=NOW)


def forgetting(policies: PolicySet, job: Job) -> Job:
    """The job, with all answers forgotten before it."""
    compiled = compile_policies(policies)

    def cold() -> object:
        compiled.forget_answers()
        return job()

    return cold


def heading(text: str) -> None:
    print(f"\n{text}")


def loading(files: dict[str, bytes]) -> None:
    def compose() -> None:
        for content in files.values():
            YAML(typ="safe", pure=True).compose(content.decode())

    def first() -> None:
        forget_everything()
        load_policies(files)

    heading("loading and checking the shipped set, the first time and again; ratio to composing its YAML")
    for job in (first, lambda: load_policies(files)):
        took, peer = measure([job, compose], 1)
        print(f"  {shown(took)}  {ratio(took, peer)} x")


def examples(policies: PolicySet) -> None:
    heading("one line; ratio of walking the trees to the compiled policies, warm and cold")
    for path in sorted((ROOT / "examples").glob("*.json")):
        request = make_request(json.loads(path.read_text()))
        job = decider(policies, request)
        (warm,) = measure([job], 2000)
        cold, walk = measure([forgetting(policies, job), decider(policies, request, decide_by_walking)], 100)
        print(f"  {path.stem:18} warm{shown(warm)}  cold{shown(cold)}  walk{shown(walk)}")
        print(f"  {'':18} warm{ratio(walk, warm)} x  cold{ratio(walk, cold)} x")


def random_requests(count: int) -> list[Request]:
    """Requests of one line whose facts are known, each with its own chance of not being so."""
    chance = random.Random(1)
    names = [word.name for word in WORDS.values() if word.kind in (Kind.TRUTH, Kind.CHOICE)]
    found = []
    for number in range(count):
        plain: dict[str, Any] = {"request_id": str(number), "as_of": "1965-03-01", "items": [{}]}
        if chance.random() < 0.9:
            plain["mission"] = {"countries": [chance.choice(["KP", "KP", "VN", "AL", "CU", "FR"])]}
        for name in names:
            *parts, last = name.split(".")
            if name == "mission.country_listed" or chance.random() < 0.3:
                continue
            place = plain
            for part in parts:
                place = plain["items"][0] if part == "item" else place.setdefault(part, {})
            place[last] = chance.choice(WORDS[name].choices or (True, False))
        found.append(make_request(plain))
    return found


def different_requests(policies: PolicySet) -> None:
    requests = random_requests(400 * REPEATS)
    times: dict[str, list[float]] = {"the first time": [], "the second time": [], "walking": []}
    for repeat in range(REPEATS):
        # New ones each time, for what was cached of one answer helps to find others.
        some = requests[repeat * 400 : (repeat + 1) * 400]
        for name, by in zip(times, (decide, decide, decide_by_walking), strict=True):
            start = time.perf_counter()
            for request in some:
                by(policies, request, decision_id="benchmark", evaluated_at=NOW)
            times[name].append((time.perf_counter() - start) / len(some) * 1e6)
    heading(
        "400 random requests of one line, every one different in every repeat; ratio to walking the trees"
    )
    for name, took in times.items():
        print(f"  {name:18} {shown(took)}  {ratio(took, times['walking'])} x")


def bytes_to_bytes(policies: PolicySet) -> None:
    plain = json.loads((ROOT / "examples" / "escalate_urgent.json").read_text())
    plain["items"] = [{**plain["items"][0], "line": line} for line in (1, 2, 3)]
    body = json.dumps(plain).encode()
    received = read_request(body, VERSION_1)
    assert isinstance(received, Received)
    request, decision = (
        received.request,
        decide(policies, received.request, decision_id="b", evaluated_at=NOW),
    )

    def whole() -> object:
        received = read_request(body, VERSION_1)
        assert isinstance(received, Received)
        return decide_to_json(policies, received.request, decision_id="benchmark", evaluated_at=NOW)

    def whole_walking() -> object:
        received = read_request(body, VERSION_1)
        assert isinstance(received, Received)
        return decider(policies, received.request, decide_by_walking)().to_json()  # type: ignore[attr-defined]

    steps: dict[str, Job] = {
        "the whole": whole,
        "read and validate": lambda: read_request(body, VERSION_1),
        "(strict JSON, in doubt)": lambda: read_faultless(body),
        "decide, straight to JSON": decider(policies, request, decide_to_json),
        "(decide, to a model)": decider(policies, request),
        "(pydantic's to_json)": decision.to_json,
    }
    heading(
        f"from bytes to bytes: three lines, {len(body)} bytes in, {len(decision.to_json())} out; share of the whole"
    )
    found = dict(zip(steps, measure(list(steps.values()), 500), strict=True))
    for name, took in found.items():
        print(f"  {name:26} {shown(took)}  {ratio(took, found['the whole'])}")
    cold, walk = measure([forgetting(policies, whole), whole_walking], 50)
    print(f"  {'the whole, cold':26} {shown(cold)}\n  {'the whole, walking':26} {shown(walk)}")


def growth(shape: str, sizes: Sequence[int]) -> None:
    heading(f"growth, {shape}: ratios to {sizes[0]} rules")
    base: list[list[float]] = []
    for size in sizes:
        start = time.perf_counter()
        policies = load_policies(SHAPES[shape](size))
        took = time.perf_counter() - start
        country = sorted(policies.countries)[len(policies.countries) // 2]
        known = _grown_request(country)
        open_ = _grown_request(country, unknown="item.owner")
        start = time.perf_counter()
        decision = decide(policies, known, decision_id="benchmark", evaluated_at=NOW)
        first = time.perf_counter() - start
        line = decision.lines[0]
        jobs = [
            decider(policies, known),
            decider(policies, known, decide_to_json),
            evaluator(policies, known),
            forgetting(policies, decider(policies, known)),
            forgetting(policies, decider(policies, open_)) if size <= 200 or "--open" in sys.argv else int,
        ]
        found = [
            *measure(jobs[:3], 200),
            *measure(jobs[3:4], 3 if len(line.why_not) > 500 else 50),
            *measure(jobs[4:], 1),
        ]
        base = base or found
        print(
            f"  {size:6,} rules: loaded in {took:5.1f} s, first answer after {first:5.2f} s, "
            f"{len(line.why_not)} reasons given"
        )
        names = ("decide, warm", "to JSON, warm", "outcome alone", "decide, cold", "cold, owner unknown")
        for name, took_now, before in zip(names, found, base, strict=True):
            if name != "cold, owner unknown" or jobs[4] is not int:
                print(f"    {name:20} {shown(took_now)}  {ratio(took_now, before)} x")


def evaluator(policies: PolicySet, request: Request) -> Job:
    """Which rules apply and win, without the trace, and without what was cached."""
    interval = compile_policies(policies).interval_on(NOW.date())
    (key,) = interval.keys.of_lines(request, NOW.date())
    return lambda: interval.evaluate(key)


def _grown_request(country: str, unknown: str = "") -> Request:
    plain: dict[str, Any] = {"request_id": "grown", "items": [{"published": False}]}
    plain["mission"] = {"countries": [country]}
    for name in DIGITS:
        part, fact = name.split(".")
        place = plain["items"][0] if part == "item" else plain.setdefault(part, {})
        if name != unknown:
            place[fact] = "7"
    return make_request(plain)


def main() -> None:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("pydantic", "pydantic-core", "ruamel.yaml"))
    print(
        f"Python {platform.python_version()} on {platform.machine()}, {platform.processor() or 'cpu'}; {libraries}"
    )
    print(f"median of {REPEATS} repeats (least to most)")
    files = {path.name: path.read_bytes() for path in sorted((ROOT / "policies").glob("*.yaml"))}
    policies = load_policies(files)
    loading(files)
    examples(policies)
    different_requests(policies)
    bytes_to_bytes(policies)
    for shape in SHAPES:
        growth(shape, SIZES)


if __name__ == "__main__":
    main()
