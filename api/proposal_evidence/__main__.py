"""The process: arguments in, progress and evidence out, a line each."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from api.domain.approvals.evidence import EvidenceProgress
from api.parsing.answers import as_plain
from api.proposal_evidence.computation import compute_evidence
from api.proposal_evidence.work_folder import JobFailed

COULD_NOT = 2
ENDED_BY_SIGNAL = 128
ENDINGS = (signal.SIGTERM, signal.SIGINT)


def main() -> int:
    """Compute the evidence of the folder that is named, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m api.proposal_evidence")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mutant-seconds", type=float, default=300)
    arguments = parser.parse_args()
    # Ended like this, the runs of the scenarios, which are processes of their own, are ended as well.
    for ending in ENDINGS:
        signal.signal(ending, _end)
    try:
        evidence = compute_evidence(arguments.folder, arguments.mutant_seconds, _show)
    except JobFailed as failed:
        _print_line({"fault": failed.fact, "remedy": failed.remedy})
        return COULD_NOT
    _print_line({"evidence": evidence.to_data()})
    return 0


def _show(progress: EvidenceProgress) -> None:
    _print_line(progress.to_data())


def _print_line(members: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(members, default=as_plain) + "\n")
    sys.stdout.flush()


def _end(received: int, _: object) -> NoReturn:
    # A second signal must not cut off the ending: Ctrl-C reaches this process and its parent, which then ends it.
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    sys.exit(ENDED_BY_SIGNAL + received)


if __name__ == "__main__":
    sys.exit(main())
