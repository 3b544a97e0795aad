"""`channelgate policies test`: run the scenarios, and find what they do not cover.

The record (`--out`, `--format json`) has these members:

    schema        1
    ready         whether nothing is left to do: the command then exits 0; never true of a part
    partial       only of a part: {because, scenarios: {run, of}, changes: {tried, of} or null, left: whether what was
                  run has gaps, without which the command exits 0}; the rows are then those of what was run
    fingerprints  {whole, rules: {rule: fingerprint}, parameters: {parameter: fingerprint}}: what the answers rest on
    policies      {name, title, revision, status, as_of, instruction: {from, until} or null, folder}
    started, seconds
    scenarios     {promised, passed, failing: [{place, name, cells, verdict, message}], all: [{place, feature, rule,
                  name, cells, tags, fingerprint, verdict, seconds}], findings: [{path, line, code, fact, remedy}]}
    clauses       [{clause, text, no_rule, rules, scenarios: [place], verdict}], in the directive's order; the verdict
                  is `verified`, `failing`, `no scenario`, `no rule` (with its reason in `no_rule`) or, of a clause
                  whose scenarios pass while a rule of it has none, `partly`; `without` names those rules
    rules         [{rule, clauses, scenarios: [place], verdict}]
    conditions    [{rule, condition, seen: {true, false, unknown}, impossible: [truth], unseen: [truth]}]
    unasked_countries  the codes that the policies name and no scenario asks about, and `any other` likewise; none is
                  looked for with --no-mutants or in a part
    mutants       null with --no-mutants, else {tried, killed, refused, equivalent, survived, not_decided, score,
                  seconds, set_aside: [{scenario, because}], all: [...]} in the order of the files; an entry
                  is documented in api/evidence/scenarios/mutation.py. `score` is killed / (killed + survived +
                  not_decided)
"""

from __future__ import annotations

import datetime as dt
import json
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.exit_codes import COULD_NOT, FINDINGS, INTERRUPTED, fail
from api.cli.feature_folder import (
    find_features,
    read_scenarios,
    refuse_to_change_shipped,
    require_features,
)
from api.cli.options import (
    DirectoryArgument,
    FeaturesOption,
    FloorOption,
    FolderOption,
    Format,
    FormatOption,
)
from api.cli.output_files import refuse_inputs
from api.cli.policy_loading import load_usable
from api.evidence.report.records import UnusableRecord, read_record
from api.evidence.scenarios.accepted_proposals import accept_proposals
from api.evidence.scenarios.changed_part import select_changed
from api.evidence.scenarios.runs import NothingFound, RunFailed, Runs, RunsResult
from api.evidence.scenarios.scenario_part import ScenarioPart, select_part
from api.evidence.scenarios.scoring import score, score_part
from api.evidence.scenarios.text_report import Progress, report_lines
from api.runtime.private_files import write_private
from api.runtime.shipped import default_policies, floor_of
from engine import PolicySet, rule_names, suggestion

PLUGINS = ("api.evidence.scenarios.plugin", "api.doors.plugin")
"""The pytest plugins of a run, by name: pytest and what they need are imported in the processes of the runs alone."""


def show_what_scenarios_show(
    floor: FloorOption = None,
    directory: DirectoryArgument = None,
    policies: FolderOption = None,
    features: FeaturesOption = None,
    format_: FormatOption = Format.TEXT,
    mutants: Annotated[
        bool, typer.Option("--mutants/--no-mutants", help="Look for changes that no scenario would notice.")
    ] = True,
    out: Annotated[Path | None, typer.Option("--out", help="Write the record to this file as JSON.")] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Put the proposed scenarios into the feature files.")
    ] = False,
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            metavar="TEXT",
            help="Run a part: what is about a rule or clause, or a feature file or title with this text.",
        ),
    ] = None,
    changed: Annotated[
        Path | None,
        typer.Option(
            "--changed",
            metavar="RECORD",
            help="Run a part: the rules and scenarios that have changed since this record was written with --out.",
        ),
    ] = None,
) -> None:
    """Run the scenarios, and show what they do not show; exit 1 unless nothing is left to do.

    Interrupted (Ctrl-C, SIGTERM), it shows what it has found so far, and exits 130.
    """
    if only is not None and not only.strip():
        fail(
            "--only names nothing", "name a rule, a clause, or a part of the name of a feature file or title"
        )
    folder = directory or policies or default_policies()
    floor = floor or floor_of(folder)
    checked = load_usable(folder, "nothing is tested", floor)
    features = find_features(features, folder)
    require_features(features)
    if accept:
        refuse_to_change_shipped(features)
    if out:
        refuse_inputs([("--out", out)], [features, folder, floor])
    part = _select(only, changed, features, checked)
    started, began = dt.datetime.now(dt.UTC), time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch, Progress() as progress, _interrupted_by_sigterm():
        settings = {"CHANNELGATE_FLOOR": str(floor.resolve())}
        places = (features.resolve(), folder.resolve(), Path(scratch))
        runs = Runs(*places, PLUGINS, settings, mutants=mutants, part=part)
        try:
            result = runs.wait(progress.show)
        except RunFailed as failed:
            sys.stderr.write(f"{failed.output}\n")
            fail("the scenarios could not be run", failed.remedy)
        except NothingFound as nothing:
            sys.stderr.write("channelgate: interrupted before a scenario had ended, so nothing is shown\n")
            raise typer.Exit(INTERRUPTED) from nothing
    record = {
        **_score(checked, result, folder, part),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.perf_counter() - began, 1),
    }
    content = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    if out and not result.interrupted:
        _write(out, content)
    if format_ is Format.JSON:
        sys.stdout.write(content)
    else:
        sys.stdout.write("\n".join(report_lines(record)) + "\n")
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)
    if accept:
        _accept(features.resolve(), record, quiet=format_ is Format.JSON)
    if record["partial"]["left"] if "partial" in record else not record["ready"]:
        raise typer.Exit(FINDINGS)


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """For the block, have SIGTERM interrupt like Ctrl-C, so that the runs, processes of their own, are ended too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _select(
    text: str | None, record: Path | None, features: Path, policies: PolicySet
) -> ScenarioPart | None:
    """Return the part that is run: what both options choose; None if there is neither."""
    about = _select_about(text, features, policies) if text is not None else None
    changed = _select_changed(record, features, policies) if record is not None else None
    part = about.within(changed) if about and changed else about or changed
    if part and part.is_empty:
        nothing = part.because.replace("of what", "nothing", 1)
        sys.stderr.write(f"channelgate: {nothing}, so nothing is run\n")
        raise typer.Exit
    return part


def _select_about(text: str, features: Path, policies: PolicySet) -> ScenarioPart:
    part = select_part(text, read_scenarios(features), policies)
    if part.is_empty:
        names = {*policies.clauses, *rule_names(policies)}
        near = suggestion(text, names)
        fail(
            f"nothing is about `{text}`: no scenario of such a rule or clause, no such feature file or title",
            near or "name a rule or a clause with --only, or a part of a file's name or of a title",
        )
    return part


def _select_changed(record: Path, features: Path, policies: PolicySet) -> ScenarioPart:
    try:
        return select_changed(read_record(record), str(record), read_scenarios(features), policies)
    except UnusableRecord as unusable:
        fail(str(unusable), unusable.remedy)


def _score(
    policies: PolicySet, result: RunsResult, folder: Path, part: ScenarioPart | None
) -> dict[str, Any]:
    if not (part or result.interrupted):
        return score(policies, result.evidence, result.events, folder)
    parts = [part.because] if part else []
    parts += ["interrupted"] if result.interrupted else []
    concerns = part.concerns if part else lambda _: True
    return score_part(policies, result.evidence, result.events, folder, concerns, " and ".join(parts))


def _write(out: Path, content: str) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_private(out, content.encode())
    except OSError as error:
        fail(f"{out} cannot be written ({error.strerror})", "name a file that can be written with --out")


def _accept(features: Path, record: dict[str, Any], *, quiet: bool) -> None:
    try:
        added = accept_proposals(features.parent, record)
    except OSError as error:
        sys.stderr.write(
            f"channelgate: a feature file cannot be written ({error.strerror}); make it writable\n"
        )
        raise typer.Exit(COULD_NOT) from error
    for path, title in () if quiet else added:
        sys.stdout.write(f"added to {path}: {title}\n")
