"""The page of one decision: the request, the answer, its place in the log with the proof, how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, assert_never

from starlette.responses import JSONResponse, Response

from api.console.audit.outcome_status import status_of
from api.console.frame.approval_words import approval_words
from api.console.frame.areas import marked
from api.console.frame.headers import PAGE_HEADERS
from api.console.frame.visits import Visit
from api.http.request_body import wait_until_left
from api.services.decision_pages import explain_decision, read_decision_page
from api.services.explained_names import explain_name
from api.services.log_proofs import log_keys, prove_recorded
from engine import Outcome
from engine.explanation.model import Holds, RuleState

PROOF = "GET /v1/log/entries"
"""Who may read the bytes of entries may have them proved."""
_LEFT_OUT: Mapping[str, Sequence[Any]] = dict.fromkeys(
    ("rules", "readings", "duties", "missing", "why_not", "claimed_not_confirmed"), ()
)
"""The members that a line of an answer has only where there is something to say."""
MOST_LINES = 20
MOST_FACTS = 100
MOST_EXPLAINED = 10


async def show_decision(visit: Visit) -> Response:
    """Show a decision; who may read the log gets its proof."""
    decision_id = visit.request.path_params["decision_id"]
    found = await read_decision_page(visit.context, decision_id, visit.caller)
    lines = [{**_LEFT_OUT, **line} for line in found.answer["lines"][:MOST_LINES]]
    return visit.render(
        "audit/decision.html",
        found=found,
        record=found.record,
        lines=lines,
        left_out=len(found.answer["lines"]) - len(lines),
        most_facts=MOST_FACTS,
        clauses=_statements(visit, [clause for line in lines for clause in line["clauses"]]),
        keys=await log_keys(visit.context) if visit.may(PROOF) else [],
        approval=visit.message(approval_words(found.record.status.approval).word),
        outcome_of=Outcome,
        title_of=lambda outcome: visit.texts.title(Outcome(outcome)),
        status_of=lambda outcome: status_of(Outcome(outcome)),
    )


def _statements(visit: Visit, clauses: Sequence[str]) -> Mapping[str, str]:
    """What each clause says, as far as the policies in force have it."""
    found = {}
    for clause in dict.fromkeys(clauses):
        named = [one for one in explain_name(visit.policies, clause) if one.name == clause]
        texts = [text for one in named for _, text in one.statements[:1]]
        if texts:
            found[clause] = texts[0]
    return found


async def show_proof(visit: Visit) -> Response:
    """Hand out the proof that the decision is in the log, for `verify.js` and other verifiers."""
    proof = await prove_recorded(visit.context, visit.request.path_params["decision_id"])
    return proof_response(proof)


def proof_response(proof: dict[str, Any]) -> Response:
    """Return a proof as the file proof.json."""
    headers = {**PAGE_HEADERS, "Content-Disposition": 'attachment; filename="proof.json"'}
    return JSONResponse(proof, headers=headers)


async def show_explanation(visit: Visit) -> Response:
    """Explain a decision: every policy and rule that was considered, and what became of it."""
    decision_id = visit.request.path_params["decision_id"]
    explanation = await explain_decision(
        visit.context,
        visit.pre_checks.explainer,
        decision_id,
        visit.caller,
        lambda: wait_until_left(visit.request.receive),
        MOST_EXPLAINED,
    )
    if explanation is None:
        return Response(status_code=400)  # nobody waits for it any more
    return visit.render(
        "audit/explanation.html",
        decision_id=decision_id,
        explanation=explanation,
        lines=explanation.lines[:MOST_EXPLAINED],
        left_out=explanation.left_out + max(0, len(explanation.lines) - MOST_EXPLAINED),
        title_of=visit.texts.title,
        status_of=status_of,
        state_words=lambda state: visit.message(_state_words(state)),
        holds_words=lambda holds: visit.message(_holds_words(holds)),
        in_detail=lambda rule: rule.state != "does_not_hold",
    )


def _state_words(state: RuleState) -> str:
    match state:
        case "decides":
            return marked("decides")
        case "outweighed":
            return marked("is outweighed by a stricter answer")
        case "gives_way":
            return marked("gives way to an exception")
        case "beaten":
            return marked("is beaten by another rule")
        case "not_reached":
            return marked("is not reached")
        case "does_not_hold":
            return marked("does not hold")
        case "may_apply":
            return marked("may apply")
        case _:
            assert_never(state)


def _holds_words(holds: Holds) -> str:
    match holds:
        case "yes":
            return marked("holds")
        case "no":
            return marked("does not hold")
        case "unknown":
            return marked("not known")
        case _:
            assert_never(holds)
