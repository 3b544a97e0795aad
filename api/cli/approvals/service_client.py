"""A service with approvals, as a command calls it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

from pydantic import ValidationError

from api.cli.exit_codes import fail
from api.domain.approvals.answers import ProposalAnswer, ProposalsAnswer
from api.http.authentication.bounded_fetch import is_loopback
from api.parsing.answers import JsonAnswer
from api.parsing.problems import FieldError, Problem
from api.runtime.http_client import HttpReply, send

WHOLE_ID = 64
SHORTEST_ID = 6
_OTHER_VERSION = "use the version of channelgate that the service has"

A = TypeVar("A", bound=JsonAnswer)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the service did not do it, and the remedy."""

    fact: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ApprovalService:
    """The service at an address, and what identifies the caller to it."""

    url: str
    token_env: str
    token: str = field(repr=False)

    def get(self, path: str, model: type[A]) -> A:
        """Return what can be read at a path; a refusal ends the command."""
        reply = self.call("GET", path)
        if isinstance(reply, Refusal):
            fail(reply.fact, reply.remedy)
        return _read(reply, model)

    def post(self, path: str, body: Mapping[str, Any], model: type[A]) -> A:
        """Have something recorded, and return the answer; a refusal ends the command."""
        reply = self.call("POST", path, body)
        if isinstance(reply, Refusal):
            fail(reply.fact, reply.remedy)
        return _read(reply, model)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> HttpReply | Refusal:
        """Make a call and return the answer, or why there is none."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Idempotency-Key"] = str(uuid4())
        try:
            reply = send(self.url, method, path, body, headers=headers)
        except OSError as error:
            fact = f"the service {self.url} does not answer ({error.strerror or error})"
            return Refusal(fact, "see that it runs, and name it with --service")
        return reply if reply.status_code < 300 else self._refusal(reply)

    def find_id(self, named: str) -> str:
        """Return the id of the one proposal whose id begins so; none, or several, end the command."""
        if len(named) == WHOLE_ID:
            return quote(named, safe="")
        proposals = self.get("/v1/proposals", ProposalsAnswer).proposals
        found = [one.proposal_id for one in proposals if one.proposal_id.startswith(named)]
        if len(named) < SHORTEST_ID or len(found) != 1:
            fact = f"`{named}` is not the beginning of the id of one proposal"
            fail(fact, "see the ids with `channelgate policies status --service URL`")
        return found[0]

    def read_proposal(self, proposal_id: str) -> ProposalAnswer:
        """Return a proposal as it stands; without it end the command."""
        return self.get(f"/v1/proposals/{proposal_id}", ProposalAnswer)

    def _refusal(self, reply: HttpReply) -> Refusal:
        try:
            problem = Problem.model_validate_json(reply.content)
        except ValidationError:
            fact = f"the service {self.url} answers {reply.status_code}, and gives no reason"
            return Refusal(fact, "see that the address is that of channelgate")
        facts = [problem.detail.rstrip(". "), *map(_describe, problem.errors or ())]
        return Refusal("; ".join(facts), self._remedy(problem))

    def _remedy(self, problem: Problem) -> str:
        if problem.status == 401:  # RFC 9110, section 15.5.2: nobody is identified
            return f"put the token or API key of an officer into {self.token_env}"
        return f"see {problem.type} in docs/reference/problems.md"


def open_service(url: str, token_env: str) -> ApprovalService:
    """Return the service at an address; one to which no token may be sent ends the command."""
    place = urlsplit(url)
    if place.scheme not in ("http", "https") or not place.hostname:
        fail(f"{url} is no address of a service", "write it as https://HOST, with --service")
    if place.scheme == "http" and not is_loopback(place.hostname):
        fail(
            "a token is sent over http to this machine alone",
            "name the service as https://HOST, with --service",
        )
    token = os.environ.get(token_env, "").strip()
    if not token:
        fail(
            f"the variable {token_env} is empty, so the service would not know who calls",
            "put a token or API key into it, or name another variable with --token-env",
        )
    return ApprovalService(url, token_env, token)


def _read(reply: HttpReply, model: type[A]) -> A:
    try:
        return model.model_validate_json(reply.content)
    except ValidationError:
        fail("the service answers in a form that is not known here", _OTHER_VERSION)


def _describe(error: FieldError) -> str:
    place = error.pointer or error.parameter
    return f"{place}: {error.detail}" if place else error.detail
