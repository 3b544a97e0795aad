"""Long work in a process of its own, which yields to the service and never outlives the call that wants it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

NICENESS = 10
LONGEST_LINE = 64 * 1024 * 1024
ERROR_BYTES = 4000
"""Of what the process writes to standard error, the last bytes that are stored."""
GRACE_SECONDS = 5
"""For how long a process that is ended may end processes of its own."""


class ChildTooSlow(Exception):
    """The process did not end within its limit, and was ended."""


@dataclass(frozen=True, slots=True)
class ChildEnd:
    """How a process ended: its exit code, negative for a signal, and the last of its standard error."""

    exit_code: int
    errors: str


async def run_child(
    command: Sequence[str],
    on_line: Callable[[bytes], None],
    *,
    limit_seconds: float,
    environment: Mapping[str, str],
) -> ChildEnd:
    """Run a process and return how it ended; `on_line` is called with each line of its standard output.

    Its priority is lower than that of the caller. It is ended when the call is cancelled, when `on_line` raises, and
    after `limit_seconds`. Raises `ChildTooSlow`, ValueError for a line of more than `LONGEST_LINE` bytes, and OSError
    if it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=environment, limit=LONGEST_LINE
    )
    assert process.stdout
    assert process.stderr
    with contextlib.suppress(ProcessLookupError):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
    errors = asyncio.create_task(_last_bytes(process.stderr))
    try:
        async with asyncio.timeout(limit_seconds):
            async for line in process.stdout:
                on_line(line)
            exit_code = await process.wait()
            return ChildEnd(exit_code, (await errors).decode(errors="replace").strip())
    except TimeoutError as error:
        raise ChildTooSlow from error
    finally:
        errors.cancel()
        await _end(process)


async def _last_bytes(stream: asyncio.StreamReader) -> bytes:
    last = b""
    while read := await stream.read(ERROR_BYTES):
        last = (last + read)[-ERROR_BYTES:]
    return last


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_SECONDS):
                await process.wait()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
    await process.wait()
