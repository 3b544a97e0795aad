"""What recording costs: pre-checks a second with the durable, signed log, and with none, side by side in one run.

64 callers at a time: the pre-check as the application answers it (route, identity, decision; no socket), and the
service alone, from bytes to bytes. Run it as `python benchmarks/log_cost.py`.
"""

import asyncio
import json
import logging
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import structlog
from fastapi import FastAPI

from api.app import create_app
from api.domain.identity import anonymous_in
from api.ledger.entries import Entry
from api.ledger.log import Ledger
from api.parsing.problems import Problem
from api.parsing.requests import read_request
from api.services.pre_checks import PreChecks
from api.settings import Settings
from tests.support.shipped_words import VERSION_1

ROOT = Path(__file__).parents[1]
HOLD = json.loads((ROOT / "examples" / "hold.json").read_bytes())
BODY = json.dumps({**HOLD, "department": {"id": "metallurgy"}}).encode()
"""With its department, so that a case about it is looked for."""
CALLERS, CALLS, REPEATS = 64, 40, 7


class NoLedger:
    """Stores nothing; what the service would do if it recorded nothing."""

    async def append(self, entries: Sequence[Entry], policies: object, read_sequence: int | None) -> None:
        await asyncio.sleep(0)


async def rate(pre_checks: PreChecks) -> float:
    async def call() -> None:
        for _ in range(CALLS):
            received = read_request(BODY, VERSION_1)
            assert not isinstance(received, Problem)
            await pre_checks.decide(*received, caller)

    caller = anonymous_in(pre_checks.context.policies.current.policies.roles)
    start = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(CALLERS)))
    return CALLERS * CALLS / (time.perf_counter() - start)


async def rate_of_calls(app: FastAPI) -> float:
    length = str(len(BODY)).encode()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/pre-check",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", length)],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Any) -> None:
        assert message.get("status", 200) == 200, message

    async def call() -> None:
        for _ in range(CALLS):
            await app(dict(scope), receive, send)

    start = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(CALLERS)))
    return CALLERS * CALLS / (time.perf_counter() - start)


def show(what: str, pairs: list[tuple[float, float]]) -> None:
    print(what)
    for name, rates in zip(("with the log", "without"), zip(*pairs, strict=True), strict=True):
        print(
            f"  {name:14} {statistics.median(rates):7,.0f} a second ({min(rates):,.0f} to {max(rates):,.0f})"
        )
    ratios = [with_log / without for with_log, without in pairs]
    print(f"  ratio          {statistics.median(ratios):7.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(policies=ROOT / "policies", database=f"{folder}/log.db", insecure_no_auth=True)
        )
        recording: PreChecks = app.state.pre_checks
        recording.context.store.open()
        forgetting = PreChecks(replace(recording.context, store=cast("Ledger", NoLedger())))
        calls, alone = [], []
        for _ in range(REPEATS):
            rates = []
            for pre_checks in (recording, forgetting):
                app.state.pre_checks = pre_checks
                rates.append((asyncio.run(rate_of_calls(app)), asyncio.run(rate(pre_checks))))
            (called, served), (called_without, served_without) = rates
            calls.append((called, called_without))
            alone.append((served, served_without))
        recording.context.store.close()
    print(f"Python {platform.python_version()} on {platform.machine()}; {CALLERS} callers, {REPEATS} repeats")
    show("POST /v1/pre-check, without a socket", calls)
    show("the service alone", alone)


if __name__ == "__main__":
    main()
