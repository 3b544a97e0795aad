"""Decisions that were given: the recorded bytes, with what they are about."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.http.authentication.authenticate import Admitted, context_of
from api.http.languages import ACCEPT_LANGUAGE, read_language, respond, worded
from api.http.openapi import answer, problems
from api.http.request_body import read_query
from api.parsing.answers import JsonAnswer
from api.services.answered import AnsweredDecision
from api.services.decision_queries import show_decision
from api.services.log_proofs import prove_to

router = APIRouter(prefix="/v1", tags=["decisions"])


class DecisionProof(JsonAnswer):
    """The proof (RFC 6962, SHA-256) that the entry of a decision stands in the log under a signed checkpoint.

    Whoever verifies it takes size and root from the checkpoint, once its signature was found good.
    """

    sequence: int = Field(description="The place of the entry, counted from 0")
    size: int = Field(description="The number of entries under the checkpoint")
    root: str = Field(description="The root of the tree, in Base64")
    inclusion_proof: tuple[str, ...] = Field(description="The nodes from the entry up, each in Base64")
    entry: str = Field(description="The bytes of the entry, in Base64")
    checkpoint: str = Field(description="A signed note of the form tlog-checkpoint")


@router.get(
    "/decisions/{decision_id}",
    summary="Read a decision again",
    openapi_extra={"parameters": [ACCEPT_LANGUAGE]},
    responses=answer("The decision as it was recorded, and what it is about", AnsweredDecision)
    | problems(404, 503),
)
async def read_decision(request: Request, decision_id: str, caller: Admitted) -> Response:
    """Return the answer. For a department, a decision about another one is not there."""
    context = context_of(request)
    policies = context.policies.current.policies
    language = read_language(request, policies)
    content = await show_decision(context, decision_id, caller)
    return respond(worded(content, policies, language), language)


@router.get(
    "/decisions/{decision_id}/proof",
    summary="Prove that a decision is recorded",
    responses=answer("The entry with its proof, as `log prove` prints it", DecisionProof)
    | problems(400, 404, 503),
)
async def read_decision_proof(request: Request, decision_id: str, caller: Admitted) -> Response:
    """Return the proof. For a department, a decision about another one is not there."""
    read_query(request, frozenset())
    proof = DecisionProof.model_validate(await prove_to(context_of(request), decision_id, caller))
    return Response(proof.to_bytes(), media_type="application/json")
