"""`channelgate policies evidence`: everything that is computed of a proposed change, as approvers see it."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, assert_never

import typer

from api.cli.exit_codes import FINDINGS, fail
from api.cli.feature_folder import find_features
from api.cli.ledgers import ledger_files
from api.cli.log import reading_log
from api.cli.options import DATABASE_HELP, FloorOption, ForceOption
from api.cli.output_files import require_free
from api.cli.policy_loading import read_shown
from api.cli.rendering.evidence import ProgressLines, write_evidence, write_evidence_markdown
from api.domain.approvals.evidence import ProposalEvidence
from api.policies.folder import PolicyFolder
from api.runtime.private_files import write_private
from api.runtime.regular_files import read_regular_file
from api.runtime.shipped import floor_of
from api.services.evidence_runs import EvidenceFailed, EvidenceInputs, EvidenceLimits, EvidenceRuns
from api.services.recorded_decisions import RecordedDecisions, collect_decisions
from engine import MAX_FILE_BYTES, PolicyFaults, load_recorded_policies


class EvidenceFormat(StrEnum):
    """How the evidence is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def show_evidence(
    base: Annotated[Path, typer.Argument(help="The policy folder as it is.")],
    proposed: Annotated[Path, typer.Argument(help="The policy folder as it would be.")],
    floor: FloorOption = None,
    features: Annotated[
        Path | None,
        typer.Option(
            "--features",
            help="The feature files of the base, which are run against the proposed policies.",
            show_default="features beside the base, else here",
        ),
    ] = None,
    database: Annotated[
        str | None, typer.Option("--database", envvar="CHANNELGATE_DATABASE", help=DATABASE_HELP)
    ] = None,
    last: Annotated[
        int, typer.Option("--last", min=1, help="Of the ledger, take so many of the last decisions again.")
    ] = 1000,
    mutant_seconds: Annotated[
        float, typer.Option("--mutant-seconds", min=0, help="For how long small changes are tried.")
    ] = 300,
    format_: Annotated[
        EvidenceFormat, typer.Option("--format", help="Text to read, JSON, or Markdown for a review.")
    ] = EvidenceFormat.TEXT,
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file.")] = None,
    force: ForceOption = False,
) -> None:
    """Compute what a proposed change does; exit 1 unless all has passed and nothing may be loosened.

    It is computed as the service does for a proposal: check, proof, comparison, recorded decisions, scenarios.
    """
    floor = floor or floor_of(proposed)
    features = find_features(features, base)
    if out:
        ledger = ledger_files(database) if database else []
        require_free([("--out", out)], [base, proposed, floor, features, *ledger], force=force)
    before, after = _read(base), _read(proposed)
    inputs = EvidenceInputs(
        base=before.files,
        proposed=after.files,
        floor=_read_file(floor, "name a floor that can be read, with --floor"),
        features=_read_features(features),
        decisions=_collect(before, base, database, last) if database else RecordedDecisions(),
    )
    limits = EvidenceLimits(mutant_seconds=mutant_seconds)
    try:
        evidence = asyncio.run(EvidenceRuns(limits).compute_evidence(inputs, ProgressLines().show))
    except EvidenceFailed as failed:
        fail(failed.fact, failed.remedy)
    content = _written(evidence, format_)
    if out:
        _write(out, content)
    else:
        sys.stdout.write(content)
    if not evidence.sound:
        raise typer.Exit(FINDINGS)


def _written(evidence: ProposalEvidence, format_: EvidenceFormat) -> str:
    match format_:
        case EvidenceFormat.TEXT:
            return write_evidence(evidence)
        case EvidenceFormat.JSON:
            return json.dumps(evidence.to_plain_data(), indent=2, ensure_ascii=False) + "\n"
        case EvidenceFormat.MARKDOWN:
            return write_evidence_markdown(evidence)
        case _:
            assert_never(format_)


def _read(folder: Path) -> PolicyFolder:
    """The files of a folder in which everything is read; what is not read would be no part of the evidence."""
    content = read_shown(folder)
    for finding in content.unread:
        sys.stderr.write(f"{folder}: {finding}\n")
    if content.unread:
        fail(f"{folder} holds something that is not read", "mend the places named above")
    return content


def _read_file(path: Path, remedy: str) -> bytes:
    try:
        return read_regular_file(path, MAX_FILE_BYTES)
    except OSError as error:
        fail(f"{path} cannot be read ({error.strerror})", remedy)


def _read_features(folder: Path) -> dict[str, bytes]:
    """The feature files and what lies beside them, by their paths below the folder; hidden files are left out."""
    paths = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.as_posix(): _read_file(folder / path, "make it readable, or name another folder with --features")
        for path in paths
        if not any(part.startswith((".", "__pycache__")) for part in path.parts)
    }


def _collect(base: PolicyFolder, folder: Path, database: str, last: int) -> RecordedDecisions:
    try:
        policies = load_recorded_policies(base.files)
    except PolicyFaults as faults:
        fail(f"the policies {folder} have faults, so no decision can be taken again:\n{faults}", "mend them")
    with reading_log(database) as connection:
        return collect_decisions(connection, policies, last)


def _write(path: Path, content: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, content.encode())
    except OSError as error:
        fail(f"{path} cannot be written ({error.strerror})", "name a file that can be written with --out")
