"""The command line: one program of the commands of `api.cli.commands`.

Exit codes: 0 done, 1 there are findings (or, with --exit-code, the requested handover may not take place),
2 the job could not be done; 141 where the reader of its output has gone.
"""

from __future__ import annotations

import os

from api.runtime.gc_tuning import tune_gc_of_command

tune_gc_of_command()  # the imports that follow are most of what many a command takes

from api.cli.building import build_app  # noqa: E402  see above
from api.cli.closed_pipes import ending_quietly  # noqa: E402
from api.cli.commands import COMMANDS, GROUPS  # noqa: E402


def main() -> None:
    """Run the command line."""
    # Requests and policies are read as this program says; looking for plugins that would see to it also takes time.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    with ending_quietly():
        app()


app = build_app(GROUPS, COMMANDS)
