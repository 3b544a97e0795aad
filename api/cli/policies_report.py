"""`channelgate policies report`: the evidence for a revision on one page, gaps first, and as JUnit XML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.exit_codes import FINDINGS, fail
from api.cli.feature_folder import find_features, load_review_file
from api.cli.options import DirectoryArgument, FolderOption, ForceOption
from api.cli.output_files import require_free
from api.cli.policy_loading import load_usable
from api.evidence.report.records import Evidence, Record, UnusableRecord, read_compliance, read_record
from api.evidence.reviews.review_file import REVIEW_FILE, ReviewFile
from api.evidence.reviews.status import find_reviews
from api.runtime.private_files import write_private
from api.runtime.shipped import default_policies
from engine import PolicySet, ProverMissing, prove, rule_names

SHORT = 12


def report_compliance(
    record: Annotated[Path, typer.Option("--record", help="What `policies test --out` has written.")],
    out: Annotated[Path, typer.Option("--out", help="The HTML page to write.")],
    directory: DirectoryArgument = None,
    policies: FolderOption = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML to this file too.")] = None,
    compliance: Annotated[
        Path | None,
        typer.Option("--compliance", help="The record of the steps: `pytest --compliance-record`."),
    ] = None,
    force: ForceOption = False,
    reviews: Annotated[
        Path | None,
        typer.Option(
            "--reviews",
            help="The review book; a file that is not there holds no review.",
            show_default=f"features/{REVIEW_FILE} beside the policies, else here",
        ),
    ] = None,
) -> None:
    """Put what was tested, proved and reviewed of a revision on one page to print; exit 1 if there are gaps."""
    from api.evidence.report.gaps import find_gaps
    from api.evidence.report.junit import write_junit
    from api.evidence.report.page import write_page

    folder = directory or policies or default_policies()
    book = reviews or find_features(None, folder) / REVIEW_FILE
    outputs = [("--out", out), *([("--junit", junit)] if junit else [])]
    inputs = [record, folder, book, *([compliance] if compliance else [])]
    require_free(outputs, inputs, force=force)
    checked = load_usable(folder, "nothing is reported of them")
    evidence = _collect_evidence(
        checked,
        folder,
        record,
        compliance,
        load_review_file(book),
    )
    gaps = find_gaps(evidence)
    _write(out, write_page(evidence, checked, gaps), "--out")
    if junit:
        _write(junit, write_junit(evidence), "--junit")
    count = sum(len(group.gaps) for group in gaps)
    summary = f"{count} {'gap' if count == 1 else 'gaps'}" if count else "no gaps"
    written = f"{out} and {junit}" if junit else str(out)
    sys.stdout.write(f"{summary}, revision {checked.revision[:SHORT]}; written: {written}\n")
    if gaps:
        raise typer.Exit(FINDINGS)


def _collect_evidence(
    policies: PolicySet, folder: Path, record: Path, compliance: Path | None, review_file: ReviewFile
) -> Evidence:
    try:
        tested = read_record(record)
        _check_revision(policies, folder, record, tested)
        stepped = read_compliance(compliance, tested) if compliance else None
        reviews = find_reviews(policies, review_file)
        return Evidence(record=tested, proof=prove(policies), reviews=reviews, compliance=stepped)
    except UnusableRecord as unusable:
        fail(str(unusable), unusable.remedy)
    except ProverMissing as missing:
        fail(str(missing), "install it: pip install z3-solver")


def _check_revision(policies: PolicySet, folder: Path, record: Path, tested: Record) -> None:
    if tested.policies.revision != policies.revision:
        fail(
            f"{record} is about revision {tested.policies.revision[:SHORT]}, "
            f"but {folder} holds {policies.revision[:SHORT]}",
            "test the folder as it is now: `channelgate policies test --out`",
        )
    named = {row.clause for row in tested.clauses}, {row.rule for row in tested.rules}
    if named != (set(policies.clauses), set(rule_names(policies))):
        fail(
            f"{record} does not tell of the same clauses and rules as {folder}, although of its revision",
            "make it anew with `channelgate policies test --out`; it is not to be edited",
        )


def _write(path: Path, content: str, option: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, content.encode())
    except OSError as error:
        fail(f"{path} cannot be written ({error.strerror})", f"name a file that can be written with {option}")
