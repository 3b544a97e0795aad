"""`channelgate policies prove`: what holds for all requests, and a worked request where it does not."""

from __future__ import annotations

import json
import sys
import textwrap
import time
from pathlib import Path

import typer

from api.cli.exit_codes import FINDINGS, fail
from api.cli.options import DirectoryArgument, FloorOption, FolderOption, Format, FormatOption
from api.cli.policy_loading import load_usable, name_floor
from api.files.check_command import check_by_owners
from api.runtime.shipped import default_policies, floor_of
from engine import (
    Obligation,
    Proof,
    ProofGroup,
    ProverMissing,
    Verdict,
    WorkedRequest,
    prove_in_groups,
)

WIDTH = 100


def prove_policies(
    floor: FloorOption = None,
    directory: DirectoryArgument = None,
    policies: FolderOption = None,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Prove over all requests what has to hold of the answers; exit 1 unless everything is proved."""
    folder = directory or policies or default_policies()
    floor = floor or floor_of(folder)
    checked = load_usable(folder, "nothing is proved of them", floor)
    groups: list[ProofGroup] = []
    began = time.perf_counter()
    try:
        for group in prove_in_groups(checked):
            took = time.perf_counter() - began
            groups.append(group)
            if format_ is Format.TEXT:
                _print_line(_summary(group, took))
            began = time.perf_counter()
    except ProverMissing as missing:
        fail(str(missing), "install it: pip install z3-solver")
    proof = Proof(policies=checked.name, revision=checked.revision, groups=tuple(groups))
    if format_ is Format.JSON:
        plain = {"proved": proof.proved, **proof.model_dump(mode="json", exclude_none=True)}
        _print_line(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        _print_result(proof, folder, check_by_owners(checked.vocabulary), name_floor(floor))
    if not proof.proved:
        raise typer.Exit(FINDINGS)


def _summary(group: ProofGroup, took: float) -> str:
    proved = sum(obligation.verdict is Verdict.PROVED for obligation in group.obligations)
    count = f"{proved} of {len(group.obligations)} proved"
    mark = "ok  " if group.proved else "FAIL"
    return f"{mark} {group.title:<42} {count:<18} {took * 1000:6.0f} ms"


def _print_result(proof: Proof, folder: Path, command: str, held_to: str) -> None:
    failures = [o for group in proof.groups for o in group.obligations if o.verdict is not Verdict.PROVED]
    for obligation in failures:
        _print_line("")
        for line in _obligation_lines(obligation, command):
            _print_line(line)
    if failures:
        _print_line("")
        count = sum(len(group.obligations) for group in proof.groups)
        _print_line(f"not proved: {len(failures)} of {count}{held_to}")
        return
    revision = proof.revision[:12]
    _print_line(f"ok: {folder}, everything is proved for all requests, revision {revision}{held_to}")


def _obligation_lines(obligation: Obligation, command: str) -> list[str]:
    """An obligation that is not proved, at length: what, why, the request that shows it, the rules involved."""
    where = f"{obligation.at}: " if obligation.at else ""
    lines = _wrapped(f"{where}`{obligation.name}` {obligation.verdict.words}: {obligation.title}", "")
    if obligation.clauses:
        lines.append(f"  clauses: {', '.join(obligation.clauses)}")
    lines += _wrapped(f"Why: {obligation.because}.", "  ")
    same = len({json.dumps(worked.request) for worked in obligation.worked}) == 1
    for position, worked in enumerate(obligation.worked):
        lines += _worked(worked, command, shown=not same or position == len(obligation.worked) - 1)
    if obligation.involved:
        lines.append("  rules involved")
        lines += [f"    {rule.at} {rule.rule} [{', '.join(rule.clauses)}]" for rule in obligation.involved]
    return lines


def _worked(worked: WorkedRequest, command: str, *, shown: bool) -> list[str]:
    lines = [f"  the smallest request that shows it{f', {worked.role}' if worked.role else ''}"]
    lines += [f"    {row}" for row in worked.words]
    rules = f" by {', '.join(worked.rules)}" if worked.rules else ""
    lines.append(f"    answer: {worked.outcome.value}{rules} [{', '.join(worked.clauses)}]")
    if shown:
        lines.append(f"  to see it: {command}, and give it this on standard input")
        lines.append(f"    {json.dumps(worked.request, ensure_ascii=False)}")
    return lines


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", break_long_words=False
    )


def _print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
