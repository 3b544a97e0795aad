"""What a client of AuthZEN has to know of the service (Authorization API 1.0, policy decision point metadata)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.domain.authzen.access_requests import CAPABILITY
from api.domain.authzen.answers import CUSTOM
from api.domain.authzen.searches import lists_entities
from api.http.authentication.authenticate import context_of
from api.http.openapi import answer, problems
from api.http.request_body import read_query
from api.http.routes.authzen.access_requests import PATH as REQUESTS
from api.http.routes.authzen.addresses import base_of
from api.parsing.answers import JsonAnswer
from api.services.authzen.evaluations import require_authzen

router = APIRouter(tags=["authzen"])

PATH = "/.well-known/authzen-configuration"


class DecisionPointMetadata(JsonAnswer):
    """The addresses of the service; one that is left out is no address of it under the policies in force."""

    policy_decision_point: str
    access_evaluation_endpoint: str
    access_evaluations_endpoint: str
    search_subject_endpoint: str | None = None
    search_resource_endpoint: str | None = None
    search_action_endpoint: str
    access_request_endpoint: str
    supported_obligations: tuple[str, ...]
    capabilities: tuple[str, ...]


@router.get(
    PATH,
    summary="Read what the service answers of AuthZEN",
    responses=answer("The addresses", DecisionPointMetadata) | problems(404),
)
async def discover(request: Request) -> Response:
    """Answer to everybody: who has to ask here need not be known yet."""
    read_query(request, set())
    context = context_of(request)
    mapping = require_authzen(context.policies.current.policies)
    base = base_of(request)
    metadata = DecisionPointMetadata(
        policy_decision_point=base,
        access_evaluation_endpoint=f"{base}/access/v1/evaluation",
        access_evaluations_endpoint=f"{base}/access/v1/evaluations",
        search_subject_endpoint=f"{base}/access/v1/search/subject"
        if lists_entities(mapping.subjects)
        else None,
        search_resource_endpoint=f"{base}/access/v1/search/resource"
        if lists_entities(mapping.resources)
        else None,
        search_action_endpoint=f"{base}/access/v1/search/action",
        access_request_endpoint=base + REQUESTS,
        supported_obligations=(CUSTOM,),
        capabilities=(CAPABILITY,),
    )
    return Response(metadata.to_bytes(), media_type="application/json", headers={"Cache-Control": "no-cache"})
