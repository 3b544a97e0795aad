"""`channelgate screen`: whole files of requests, answered row by row."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Annotated

import typer

from api.bulk.screening.databases import Engine
from api.cli.clock import today
from api.cli.exit_codes import FINDINGS, fail
from api.cli.options import FloorOption, FolderOption, ForceOption, RoleOption, believed_parties, day_option
from api.cli.output_files import require_free
from api.cli.policy_loading import load_usable
from api.runtime.shipped import default_policies, floor_of
from engine import PolicySet, ProverMissing, Verdict, prove_floor

if TYPE_CHECKING:
    from api.bulk.screening.databases import ScreeningDatabase
    from api.bulk.screening.screening import Screened, ScreeningJob

INSTALL = "install them where channelgate is installed from, in a checkout: pip install -e '.[{}]'"


def screen(
    files: Annotated[list[Path], typer.Argument(help="Files of requests: .parquet, .csv or .jsonl.")],
    out: Annotated[Path, typer.Option("--out", help="The file of answers: .parquet, .csv or .jsonl.")],
    floor: FloorOption = None,
    policies: FolderOption = None,
    role: RoleOption = None,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="Where bad rows go; beside --out if left out.")
    ] = None,
    as_of: Annotated[
        dt.date | None,
        typer.Option(
            "--as-of",
            parser=day_option,
            metavar="YYYY-MM-DD",
            help="The day of a row that states none; today if left out.",
        ),
    ] = None,
    force: ForceOption = False,
    memory: Annotated[str, typer.Option("--memory", help="How much memory the database may use.")] = "2GB",
    engine: Annotated[
        Engine, typer.Option("--engine", help="The database that reads the rows; Spark needs Java.")
    ] = Engine.DUCKDB,
) -> None:
    """Decide every row of the files, as `check` would; bad rows are set aside, and then it exits 1."""
    folder = policies or default_policies()
    floor = floor or floor_of(folder)
    aside = rejects or out.with_name(f"{out.stem}.rejects.jsonl")
    require_free([("--out", out), ("--rejects", aside)], [*files, folder, floor], force=force)
    active = load_usable(folder, "nothing is screened", floor)
    _prove_floor(active, folder)
    try:
        from api.bulk.screening.screening import ScreeningJob
    except ImportError:
        fail("the libraries for tables are not installed", INSTALL.format("tables"))
    try:
        if engine is Engine.SPARK:
            import api.bulk.screening.spark  # noqa: F401
    except ImportError:
        fail("Spark is not installed", INSTALL.format("spark"))
    day = as_of or today(active)
    job = ScreeningJob(
        files=files,
        out=out,
        rejects=aside,
        today=day,
        parties=believed_parties(role, active),
        memory=memory,
        engine=engine,
    )
    found = _screened(active, job)
    counted = "1 row" if found.rows == 1 else f"{found.rows} rows"
    _print_line(f"{counted} answered in {out}, under {active.name}, revision {active.revision[:12]}")
    for outcome, rows in found.outcomes.items():
        _print_line(f"  {outcome.value:<18} {rows:>12}")
    if found.rejected:
        _print_line(f"set aside, as they could not be read: {found.rejected}, each with its line, in {aside}")
        raise typer.Exit(FINDINGS)


def _prove_floor(policies: PolicySet, folder: Path) -> None:
    """End the command unless it is proved that no row can be permitted what no policies may permit.

    Rows are decided many at a time, so the floor is not held against each permission, as `check` does.
    """
    try:
        below = [one for one in prove_floor(policies) if one.verdict is not Verdict.PROVED]
    except ProverMissing as missing:
        fail(str(missing), "install it: pip install z3-solver")
    for one in below:
        sys.stderr.write(f"{one.at}: `{one.name}` {one.verdict.words}: {one.because}\n")
    if below:
        fail(
            f"the policies in {folder} do not meet the floor, so nothing is screened",
            "mend the policies; `channelgate policies prove` shows the rules involved",
        )


def _screened(policies: PolicySet, job: ScreeningJob) -> Screened:
    from api.bulk.screening.screening import screen as screen_files
    from api.bulk.screening.sources import UnusableFile
    from engine.bulk import NotTabular

    try:
        with _progress() as watch:
            return screen_files(policies, job, watch)
    except (UnusableFile, NotTabular) as error:
        fail(str(error), error.remedy)


@contextmanager
def _progress() -> Iterator[Callable[[ScreeningDatabase], None]]:
    """A bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda database: None
        return
    from rich.console import Console
    from rich.progress import Progress

    done = Event()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("screening", total=100)

        def follow(database: ScreeningDatabase) -> None:
            def poll() -> None:
                while not done.wait(0.2):
                    progress.update(task, completed=max(0.0, database.progress()))

            Thread(target=poll, daemon=True).start()

        try:
            yield follow
        finally:
            done.set()


def _print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
