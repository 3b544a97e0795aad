"""The request of an interview sent to a service as a pre-check, which records it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from api.cli.approvals.service_client import ApprovalService, Refusal, open_service
from api.cli.exit_codes import fail
from api.domain.about import About
from api.runtime.http_client import HttpReply
from engine import Decision


@dataclass(frozen=True, slots=True)
class ServiceDecision:
    """The decision of a service, and what it is about."""

    decision: Decision
    about: About


@dataclass(frozen=True, slots=True)
class DecidingService:
    """A service that decides by the revision of the policies by which the interview is held."""

    service: ApprovalService
    revision: str

    def decide(self, request: Mapping[str, Any]) -> ServiceDecision:
        """Return what the service has decided and recorded; a refusal ends the command."""
        answer = _members_of(_called(self.service, "POST", "/v1/pre-check", request))
        members = {name: value for name, value in answer.items() if name in Decision.model_fields}
        try:
            decision = Decision.model_validate_json(json.dumps(members))
            about: About = answer["about"]
        except (ValidationError, KeyError):
            fail("the service answers in a form that is not known here", "use its version of channelgate")
        if decision.policy.revision != self.revision:
            fact = f"recorded as {decision.decision_id}, by policies that came into force meanwhile"
            fail(fact, f"read it at {self.service.url}/v1/decisions/{decision.decision_id}")
        return ServiceDecision(decision, about)


def find_service(url: str, token_env: str, revision: str) -> DecidingService:
    """Return the service at an address; one that decides by another revision ends the command."""
    service = open_service(url, token_env)
    found = _members_of(_called(service, "GET", "/v1/policies")).get("revision")
    if found != revision:
        fact = f"the service decides by the revision {str(found)[:12]}, and the questions would be by {revision[:12]}"
        fail(fact, "name the policies of the service with --policies")
    return DecidingService(service, revision)


def _called(
    service: ApprovalService, method: str, path: str, body: Mapping[str, Any] | None = None
) -> HttpReply:
    reply = service.call(method, path, body)
    if isinstance(reply, Refusal):
        fail(reply.fact, reply.remedy)
    return reply


def _members_of(reply: HttpReply) -> dict[str, Any]:
    try:
        found = reply.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        fail("the service answers in a form that is not known here", "use its version of channelgate")
    return found
