"""`channelgate check`: one request from a file, decided and explained."""

from __future__ import annotations

import json
import sys
from typing import Annotated, NoReturn

import typer

from api.cli.clock import now
from api.cli.console import console, errors
from api.cli.exit_codes import COULD_NOT, FINDINGS
from api.cli.inputs import read_input
from api.cli.options import (
    DayOption,
    FloorOption,
    Format,
    FormatOption,
    PoliciesOption,
    RoleOption,
    believed_parties,
)
from api.cli.policy_loading import load_shown
from api.cli.rendering.decision import print_decision
from api.cli.rendering.explanation import print_explanation
from api.domain.about import about_request
from api.parsing.problems import Problem
from api.parsing.requests import read_request
from api.services.answered import answer_with, with_explanation
from api.services.decision_ids import new_decision_id
from engine import Permission, decide, explain, withhold_unconfirmed


def check(
    file: Annotated[str, typer.Argument(help="A file with the request as JSON, or - for standard input.")],
    policies: PoliciesOption,
    floor: FloorOption,
    as_of: DayOption = None,
    role: RoleOption = None,
    format_: FormatOption = Format.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 unless the handover may take place as asked.")
    ] = False,
    explained: Annotated[
        bool,
        typer.Option("--explain", help="Show every rule considered, and what would change the answer."),
    ] = False,
) -> None:
    """Decide one request as the parties named state it; nothing is recorded, and the answer is no clearance."""
    active = load_shown(policies, floor)
    received = read_request(read_input(file, "a request as JSON"))
    if isinstance(received, Problem):
        _report_problem(file, received)
    request, claimed = withhold_unconfirmed(received.request, believed_parties(role, active))
    if as_of is not None:
        request = request.model_copy(update={"as_of": as_of})
    at = now()
    decision = decide(active, request, decision_id=new_decision_id(at), evaluated_at=at, claimed=claimed)
    about = about_request(request, active)
    explanation = explain(active, request, decision) if explained else None
    if format_ is Format.JSON:
        answer = answer_with(decision.to_json(), about)
        answer = with_explanation(answer, explanation.to_json()) if explanation else answer
        sys.stdout.write(json.dumps(json.loads(answer), indent=2, ensure_ascii=False) + "\n")
    else:
        print_decision(console, active, about, decision)
        if explanation:
            print_explanation(console, explanation)
    if exit_code and decision.handover_as_asked is not Permission.YES:
        raise typer.Exit(FINDINGS)


def _report_problem(file: str, problem: Problem) -> NoReturn:
    errors.print(f"{file}: {problem.title} {problem.detail}", soft_wrap=True, markup=False)
    for fault in problem.errors or ():
        errors.print(f"  {fault.pointer or 'the whole'}: {fault.detail}", soft_wrap=True, markup=False)
    raise typer.Exit(COULD_NOT)
