"""The classes of requests that days answer otherwise, computed by a process of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence

from api.domain.upcoming import DayClasses, not_worked_out
from api.runtime.child_process import ChildTooSlow
from api.services.work_folders import UnwritableName, last_words, run_module, work_folder, write_files

PROCESS = "api.upcoming_classes"
"""The module that is run; it is not imported here, so that the service does not load z3."""


class UpcomingFailed(Exception):
    """The classes could not be computed: `fact` says why, `remedy` what helps; of the policies it says nothing."""

    def __init__(self, fact: str, remedy: str) -> None:
        super().__init__(f"{fact}; {remedy}")
        self.fact = fact
        self.remedy = remedy


async def compute_days(
    files: Mapping[str, bytes], days: Sequence[dt.date], seconds: float
) -> dict[dt.date, DayClasses]:
    """Return the classes of each day; `files` are the policies, and `seconds` is for all days together.

    Each day has an equal share of what is left, so that one which takes long leaves time to the others. Raises
    `UpcomingFailed`.
    """
    clock = asyncio.get_running_loop().time
    end, found = clock() + seconds, {}
    for past, day in enumerate(days):
        share = max(0.0, end - clock()) / (len(days) - past)
        try:
            found[day] = await compute_classes(files, day, share)
        except ChildTooSlow:
            found[day] = not_worked_out(
                f"it was not found out in {share:.0f} seconds, the share of this day in {seconds:g}; look at the day"
                " alone, or give --seconds more"
            )
    return found


async def compute_classes(files: Mapping[str, bytes], day: dt.date, limit_seconds: float) -> DayClasses:
    """Return the classes of a day; `files` are the policies.

    The process is ended when the call is cancelled. Raises `UpcomingFailed`; after `limit_seconds`, `ChildTooSlow`.
    """
    lines: list[DayClasses] = []

    def read(line: bytes) -> None:
        lines.append(DayClasses.model_validate_json(line))

    try:
        async with work_folder("upcoming") as folder:
            await asyncio.to_thread(write_files, folder, files)
            end = await run_module(PROCESS, folder, (day.isoformat(),), read, limit_seconds=limit_seconds)
    except UnwritableName as error:
        raise UpcomingFailed(error.fact, error.remedy) from error
    except OSError as error:
        fact = f"the requests that change could not be found out ({error.strerror or error})"
        raise UpcomingFailed(fact, "look for a full disk or too few processes, and try again") from error
    except ValueError as error:
        fact = "the process that finds out which requests change wrote something that cannot be read"
        raise UpcomingFailed(
            fact, "see that one version of channelgate is installed, and no other"
        ) from error
    if end.exit_code != 0 or len(lines) != 1:
        fact = f"the process that finds out which requests change ended with code {end.exit_code}: {last_words(end)}"
        raise UpcomingFailed(fact, "see what it says, and try again")
    return lines[0]
