"""What is in force: the clauses by countries, each clause beside its rules, files, and what a check's code means."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from api.console.frame.visits import Visit
from api.console.workbench.condition_views import day_of
from api.console.workbench.law_views import (
    count_rules,
    excerpt_at,
    first_of_files,
    policies_of,
    rules_of_clause,
    view_duty,
)
from api.console.workbench.scenarios import scenarios_of
from api.files.findings.checks import check_paragraphs
from api.parsing.problems import ProblemError, ProblemKind, make_problem
from api.services.policy_drafts import may_draft

FILE_LINES = 300
"""So many lines of a file are shown at once."""
MAX_SCENARIOS = 20


async def show_policies(visit: Visit) -> Response:
    """Show what is in force: the clauses by the files of the countries, and what is remarked."""
    policies, day, say = visit.policies, day_of(visit), visit.texts
    return visit.render(
        "workbench/policies.html",
        day=day,
        say=say,
        in_force=policies.status_on(day) == "in_force",
        columns=[(policy, say.read(policy.title)) for policy in first_of_files(policies)],
        clauses=list(policies.clauses.values()),
        counts=count_rules(policies, day),
        remarks=policies.hints_on(day),
        faults=visit.context.policies.faults,
        upcoming=[one for one in policies.change_days if one > day][:5],
        may_draft=may_draft(visit.caller),
    )


async def show_clause(visit: Visit) -> Response:
    """Show a clause beside what carries it out."""
    policies, day, say = visit.policies, day_of(visit), visit.texts
    clause = policies.clauses.get(visit.request.path_params["clause"])
    if clause is None:
        raise _nothing("The policies in force have no such clause.")
    files = visit.context.policies.current.files.read()
    wanted = visit.query.get("policy") or None
    scenarios = await asyncio.to_thread(scenarios_of, visit.context.settings.policies)
    order = list(policies.clauses)
    at = order.index(clause.id)
    return visit.render(
        "workbench/clause.html",
        day=day,
        say=say,
        clause=clause,
        who=say.read(policies.parties.get(clause.who or "", "")),
        before=order[at - 1] if at else None,
        behind=order[at + 1] if at + 1 < len(order) else None,
        chosen=wanted or "",
        choices={"": visit.message("all countries")}
        | {one.name: say.read(one.title).text for one in policies.policies},
        readings=[one for one in policies.readings.values() if clause.id in one.clauses],
        rules=rules_of_clause(say, files, clause.id, policies_of(policies, wanted), day),
        unruled=[
            (
                name,
                say.read(answer.say),
                [view_duty(say, duty) for duty in answer.duties if duty.clause == clause.id],
            )
            for name, answer in policies.standing_answers.items()
            if clause.id in answer.clauses
        ],
        invariants=[
            (one, excerpt_at(files, one.place))
            for one in policies.invariants
            if clause.id in one.cited.clauses
        ],
        scenarios=scenarios.get(clause.id, ())[:MAX_SCENARIOS],
        count=len(scenarios.get(clause.id, ())),
    )


async def show_file(visit: Visit) -> Response:
    """Show lines of a policy file in force, each with its number."""
    name = visit.request.path_params["file"]
    files = visit.context.policies.current.files.read()
    if name not in files:
        raise _nothing("The policies in force have no such file.")
    lines = files[name].decode(errors="replace").split("\n")
    wanted = visit.query.get("line", "1")
    line = min(int(wanted), len(lines)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    first = max(0, min(line - 1 - FILE_LINES // 3, len(lines) - FILE_LINES))
    return visit.render(
        "workbench/file.html",
        name=name,
        line=line,
        first=first + 1,
        lines=lines[first : first + FILE_LINES],
        before=max(1, first - FILE_LINES // 2) if first else None,
        behind=first + FILE_LINES + FILE_LINES // 3 + 1 if first + FILE_LINES < len(lines) else None,
        files=sorted(files),
    )


async def show_check(visit: Visit) -> Response:
    """Show what a check finds, by its code."""
    found = check_paragraphs().get(visit.request.path_params["code"])
    if found is None:
        raise _nothing("No check has this code.")
    _, _, rest = " ".join(found.text.split()).partition(" Bad: ")
    example, _, remedy = rest.partition(" Remedy: ")
    return visit.render("workbench/check.html", check=found, example=example, remedy=remedy, say=visit.texts)


def _nothing(detail: str) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.NOT_FOUND, detail))
