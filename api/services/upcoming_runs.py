"""The classes of requests that days answer otherwise, computed by a process of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from api.domain.upcoming import DayClasses
from api.services.work_folders import UnwritableName, last_words, run_module, work_folder, write_files

PROCESS = "api.upcoming_classes"
"""The module that is run; it is not imported here, so that the service does not load z3."""

FoundClasses = Callable[[dt.date, DayClasses], None]


class UpcomingFailed(Exception):
    """The classes could not be computed: `fact` says why, `remedy` what helps; of the policies it says nothing."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(f"{fact}; {remedy}")
        self.fact = fact
        self.remedy = remedy


async def compute_classes(
    files: Mapping[str, bytes], days: Sequence[dt.date], found: FoundClasses, limit_seconds: float
) -> None:
    """Call `found` with the classes of each day, in order, as soon as they are there; `files` are the policies.

    The process is ended when the call is cancelled. Raises `UpcomingFailed`; after `limit_seconds`, `ChildTooSlow`.
    """
    missing = list(days)

    def read(line: bytes) -> None:
        members: dict[str, Any] = json.loads(line)
        day = dt.date.fromisoformat(members["day"])
        missing.remove(day)
        found(day, DayClasses.model_validate(members["found"]))

    try:
        async with work_folder("upcoming") as folder:
            await asyncio.to_thread(write_files, folder, files)
            arguments = tuple(day.isoformat() for day in days)
            end = await run_module(PROCESS, folder, arguments, read, limit_seconds=limit_seconds)
    except UnwritableName as error:
        raise UpcomingFailed(error.fact, error.remedy) from error
    except OSError as error:
        fact = f"the requests that change could not be found out ({error.strerror or error})"
        raise UpcomingFailed(fact, "look for a full disk or too few processes, and try again") from error
    except (ValueError, LookupError, TypeError) as error:
        fact = "the process that finds out which requests change wrote something that cannot be read"
        raise UpcomingFailed(
            fact, "see that one version of channelgate is installed, and no other"
        ) from error
    if end.exit_code != 0 or missing:
        fact = f"the process that finds out which requests change ended with code {end.exit_code}: {last_words(end)}"
        raise UpcomingFailed(fact, "try again; if it ends so each time, look ahead to fewer days")
