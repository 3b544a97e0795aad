"""A process that a service starts: its lines, its end, and that it never outlives the call."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from api.runtime.child_process import NICENESS, ChildEnd, ChildTooSlow, run_child

ENDLESS = "import os, sys, time; print(os.getpid(), flush=True)\nwhile True: time.sleep(60)"


def command(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def run(code: str, lines: list[bytes], limit: float = 60) -> ChildEnd:
    return await run_child(command(code), lines.append, limit_seconds=limit, environment=os.environ)


def is_running(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def test_lines_are_handed_on_and_the_end_is_returned() -> None:
    lines: list[bytes] = []
    end = asyncio.run(run("import sys; print('a'); print('b'); sys.exit('why it failed')", lines))
    assert lines == [b"a\n", b"b\n"]
    assert end == ChildEnd(1, "why it failed")


def test_a_long_line_is_handed_on_whole() -> None:
    lines: list[bytes] = []
    asyncio.run(run("print('x' * 3_000_000)", lines))
    assert [len(line) for line in lines] == [3_000_001]


def test_only_the_last_of_standard_error_is_stored() -> None:
    end = asyncio.run(run("import sys; sys.stderr.write('x' * 1_000_000 + 'the end')", []))
    assert end.errors.endswith("the end")
    assert len(end.errors) < 10_000


def test_the_process_yields_to_its_caller() -> None:
    lines: list[bytes] = []
    # It is made nice once it runs; until then it waits.
    code = "import os, time\nwhile os.nice(0) == 0: time.sleep(0.01)\nprint(os.nice(0))"
    asyncio.run(run(code, lines))
    assert lines == [b"%d\n" % max(NICENESS, os.nice(0))]


def test_a_process_that_is_too_slow_is_ended() -> None:
    lines: list[bytes] = []
    with pytest.raises(ChildTooSlow):
        asyncio.run(run(ENDLESS, lines, limit=1))
    assert not any(is_running(int(line)) for line in lines)


@pytest.mark.parametrize(
    "ignores_ending", ["", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"]
)
def test_a_process_is_ended_when_the_call_is_cancelled(
    ignores_ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.runtime.child_process.GRACE_SECONDS", 0.2)

    async def cancel_once_it_runs() -> int:
        started: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        call = asyncio.create_task(
            run_child(
                command(f"{ignores_ending}{ENDLESS}"),
                started.set_result,
                limit_seconds=60,
                environment=os.environ,
            )
        )
        process = int(await started)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return process

    assert not is_running(asyncio.run(cancel_once_it_runs()))


def test_a_process_is_ended_when_a_line_is_refused() -> None:
    seen: list[int] = []

    def refuse(line: bytes) -> None:
        seen.append(int(line))
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        asyncio.run(run_child(command(ENDLESS), refuse, limit_seconds=60, environment=os.environ))
    assert not is_running(seen[0])
