"""The process: a policy folder and a day in, the classes of the day out."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from api.domain.upcoming import DayClasses, classes_of, not_worked_out
from api.policies.folder import read_folder
from engine import (
    ChangeDay,
    PolicyFaults,
    PolicySet,
    ProverMissing,
    compare_with_day_before,
    list_upcoming,
    load_recorded_policies,
)

COULD_NOT = 2


def main() -> int:
    """Print the classes of the day that is named, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m api.upcoming_classes")
    parser.add_argument("folder", type=Path)
    parser.add_argument("day", type=dt.date.fromisoformat)
    arguments = parser.parse_args()
    try:
        # The set may have been taken up by an earlier version, which is no reason not to look ahead.
        policies = load_recorded_policies(read_folder(arguments.folder).files)
    except PolicyFaults as faults:
        listed = "; ".join(finding.message for finding in faults.diagnostics)
        sys.stderr.write(f"the policies cannot be read: {listed}\n")
        return COULD_NOT
    sys.stdout.write(_find_classes(policies, arguments.day).to_text() + "\n")
    return 0


def _find_classes(policies: PolicySet, day: dt.date) -> DayClasses:
    # A day on which a condition of the floor alone turns has no change of the policies; the floor is not compared.
    (upcoming,) = list_upcoming(policies, day, day) or (ChangeDay(day, ()),)
    try:
        return classes_of(compare_with_day_before(policies, upcoming))
    except ProverMissing as missing:
        return not_worked_out(f"{missing}; install it: pip install z3-solver")


if __name__ == "__main__":
    sys.exit(main())
