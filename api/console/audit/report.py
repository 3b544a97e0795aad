"""The report on clauses: which rules carry each out, and how many decisions cite it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from api.console.audit.revision_evidence import find_revision_evidence
from api.console.frame.csv import csv_response, wants_csv
from api.console.frame.policy_texts import ShownText
from api.console.frame.visits import Visit
from api.domain.decision_terms import TermSort
from api.services.decision_index import catch_up, reach_of
from api.storage.decision_lookup import count_decisions
from engine import clause_coverage

PATH = "/audit/report"
COLUMNS = ("clause", "text", "rules", "no_rule", "decisions")


@dataclass(frozen=True, slots=True)
class ClauseReport:
    """A clause of the policies in force, with its rules, or why it has none, and how many decisions cite it."""

    clause: str
    text: ShownText
    rules: Sequence[str]
    no_rule: str | None
    decisions: int


async def show_report(visit: Visit) -> Response:
    """Show the clauses."""
    await catch_up(visit.context)
    counted, reach = await visit.context.store.read(
        lambda connection: (count_decisions(connection, TermSort.CLAUSE), reach_of(connection))
    )
    rows = [
        ClauseReport(
            clause=clause,
            text=visit.texts.read(visit.policies.clauses[clause].text),
            rules=rules,
            no_rule=visit.policies.clauses[clause].no_rule,
            decisions=counted.get(clause, 0),
        )
        for clause, rules in clause_coverage(visit.policies).items()
    ]
    if wants_csv(dict(visit.query)):
        cells = ((row.clause, row.text.text, " ".join(row.rules), row.no_rule, row.decisions) for row in rows)
        return csv_response("clauses", COLUMNS, cells)
    return visit.render(
        "audit/report.html", rows=rows, reach=reach, tested=await find_revision_evidence(visit)
    )
