"""`channelgate log replay`: every decision again, by the policies of its day or by a candidate."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exit_codes import FINDINGS, fail
from api.cli.log import reading_log
from api.cli.options import DEFAULT_DATABASE, DatabaseOption, FloorOption, database_by_position_too
from api.ledger.database_url import name_of
from api.policies.floor import load_floor
from api.policies.folder import read_folder
from api.runtime.shipped import default_policies, floor_of
from api.services.replay import ReplayFault, replay
from engine import ANSWER_EDITION, PolicyFaults, hold_to


@database_by_position_too
def replay_log(
    floor: FloorOption = None,
    database: DatabaseOption = DEFAULT_DATABASE,
    policies: Annotated[
        Path | None, typer.Option(help="A candidate policy folder; left out, the policies of each day.")
    ] = None,
) -> None:
    """Take every decision again and list those that come out differently; exit 1 if there are any."""
    floor = floor or floor_of(policies or default_policies())
    try:
        held_to = load_floor(floor)
        candidate = hold_to(read_folder(policies).load(), held_to) if policies else None
    except PolicyFaults as faults:
        what = f"the policies in {policies}" if policies else f"the floor {floor}"
        fail(f"{what} cannot be used:\n{faults}", "mend the places named")
    taken = changed = in_old_words = 0
    older: Counter[int] = Counter()
    with reading_log(database) as connection, _replay_faults(database):
        for replayed in replay(connection, candidate, held_to):
            taken += 1
            if replayed.edition < ANSWER_EDITION:
                older[replayed.edition] += 1
            if not replayed.same:
                changed += 1
                _print_line(
                    f"{replayed.decision_id} ({replayed.request_id}): was {replayed.was}, is {replayed.is_now}"
                )
            if replayed.lacking:
                in_old_words += 1
                _print_line(
                    f"{replayed.decision_id} ({replayed.request_id}): not known to the candidate, which lacks "
                    + ", ".join(replayed.lacking)
                )
    how = "change under the candidate" if candidate else "differ from what was recorded"
    _print_line(f"{taken} {'decision' if taken == 1 else 'decisions'} taken again, {changed} {how}")
    if in_old_words:
        _print_line(f"{in_old_words} of them are recorded in words that the candidate lacks")
    for edition, count in () if candidate else sorted(older.items()):
        _print_line(
            f"{count} of them have answers of edition {edition}, and were compared by what was decided"
        )
    if changed:
        raise typer.Exit(FINDINGS)


@contextmanager
def _replay_faults(database: str) -> Iterator[None]:
    """End the command with exit code 2 where decisions cannot be taken again."""
    try:
        yield
    except ReplayFault as fault:
        fail(f"the policies {fault.revision} kept in {name_of(database)} {fault.fact}", fault.remedy)


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")
