"""What loading and deciding cost in process: medians with their spread, and ratios to a peer in the same run.

The peer of a decision is the cost of reading the same request: strict JSON into the request model. The peer of
loading is composing the same files with the YAML library alone. Run it as `python benchmarks/in_process.py`.
"""

import datetime as dt
import json
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from ruamel.yaml import YAML

from engine import Request, decide, load_policies

ROOT = Path(__file__).parents[1]
NOW = dt.datetime(1965, 3, 1, tzinfo=dt.UTC)


def measure(job: Callable[[], object], times: int, repeats: int = 7) -> list[float]:
    """Seconds for one run of the job, once for each repeat."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(times):
            job()
        seconds.append((time.perf_counter() - start) / times)
    return seconds


def show(name: str, seconds: list[float], peer: list[float]) -> None:
    median, base = statistics.median(seconds), statistics.median(peer)
    spread = f"{min(seconds) * 1e6:,.0f} to {max(seconds) * 1e6:,.0f}"
    print(f"{name:34} {median * 1e6:11,.0f} us  ({spread})  {median / base:6.1f} x its peer")


def main() -> None:
    print(f"Python {platform.python_version()} on {platform.machine()}; median of 7 repeats (least to most)")
    files = {path.name: path.read_bytes() for path in sorted((ROOT / "policies").glob("*.yaml"))}
    policies = load_policies(files)

    def compose() -> None:
        for content in files.values():
            YAML(typ="safe", pure=True).compose(content.decode())

    show("load and check the shipped set", measure(lambda: load_policies(files), 3), measure(compose, 3))
    bare = json.dumps(
        {"request_id": "bare", "mission": {"countries": ["KP"]}, "trigger": "ad_hoc_request", "items": [{}]}
    )
    requests = {path.stem: path.read_text() for path in sorted((ROOT / "examples").glob("*.json"))} | {
        "everything else unknown": bare
    }
    for name, text in requests.items():
        request = Request.model_validate(json.loads(text))

        def read(text: str = text) -> object:
            return Request.model_validate(json.loads(text))

        def answer(request: Request = request) -> object:
            return decide(policies, request, decision_id="benchmark", evaluated_at=NOW)

        show(f"decide: {name}", measure(answer, 100), measure(read, 100))


if __name__ == "__main__":
    main()
