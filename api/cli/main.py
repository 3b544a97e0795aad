"""The command line: one program of the commands of `api.cli.commands`.

Exit codes: 0 done, 1 there are findings (or, with --exit-code, the requested handover may not take place),
2 the job could not be done; 141 where the reader of its output has gone.
"""

from __future__ import annotations

from api.cli.building import build_app
from api.cli.closed_pipes import ending_quietly
from api.cli.commands import COMMANDS, GROUPS
from api.runtime.gc_tuning import raise_gc_threshold


def main() -> None:
    """Run the command line."""
    raise_gc_threshold()
    with ending_quietly():
        app()


app = build_app(GROUPS, COMMANDS)
