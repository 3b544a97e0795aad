"""Whether the process is alive, and whether it can decide."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from fastapi import APIRouter, Request, Response

from api.domain.identity import KeyState, KeyTrust
from api.http.authentication.authenticate import context_of
from api.http.openapi import Responses, problems
from api.http.refusals import STOPPING
from api.parsing.answers import JsonAnswer
from api.parsing.problems import ProblemError, ProblemKind, issuer_unavailable_problem, make_problem
from engine import AgeKind, Approval, Diagnostic


class HealthAnswer(JsonAnswer):
    """The process is alive."""

    status: Literal["alive"]


class PolicyFault(JsonAnswer):
    """A fault of the policy folder, with its place and its remedy."""

    file: str
    line: int
    column: int
    code: str
    message: str
    remedy: str | None


class ActivePolicies(JsonAnswer):
    """The policies that are decided by; with faults in the folder, those from before them.

    `approval` is how they came into force. `ages` and the limits of `hold_past` are whole seconds: since the set came
    into force, since its last proof (null if it was not proved), since it was last found to be in force, which grows
    while the folder has faults, and since an emergency return that is not confirmed. `too_old` are the ages past
    their limits. Where approvals are required, `differences` says how the folder, the floor and the approvers on disk
    differ from what is in force.
    """

    state: Literal["active", "last_good_active"]
    revision: str
    proof: Literal["proved", "not_run"]
    approvals: Literal["required", "none"]
    approval: Approval
    ages: dict[AgeKind, int | None]
    hold_past: dict[AgeKind, int]
    too_old: tuple[AgeKind, ...]
    faults: tuple[PolicyFault, ...]
    differences: tuple[str, ...]


class OldWord(JsonAnswer):
    """What the policies in force have no word for, and at how many places of cases and registers it is recorded."""

    what: str
    places: int


class LogState(JsonAnswer):
    """Whether the decision log can be written."""

    state: Literal["writable"]


class ReadinessAnswer(JsonAnswer):
    """The service can decide; while it is `holding`, something of the policies is too old, and it permits nothing.

    `issuer_keys` is null where no tokens are taken.
    `in_old_words` is what was recorded, when the policies came into force, in words that they do not have.
    """

    status: Literal["ready", "holding"]
    policies: ActivePolicies
    decision_log: LogState
    counters: dict[str, int]
    issuer_keys: KeyTrust | None
    in_old_words: tuple[OldWord, ...]


async def read_health() -> Response:
    """Answer as long as the event loop runs."""
    return _respond(HealthAnswer(status="alive"))


async def read_readiness(request: Request) -> Response:
    """Answer 200 if there is a usable policy set, callers can be identified and the decision log can be written.

    Otherwise answer 503, and so from the moment on that the service is about to stop. A faulty or unproved policy
    folder is reported here, while the last good set stays active; so are keys of the issuer that cannot be read
    again, while those of before are trusted. What is too old for a permission is reported with 200 too: every call
    is answered.
    """
    context = context_of(request)
    if context.drain.has_begun:
        raise ProblemError(STOPPING)
    trust = context.authenticator.key_trust
    if trust and trust.state is KeyState.EXPIRED and not context.settings.api_keys:
        raise ProblemError(issuer_unavailable_problem("The issuer's keys are too old to be trusted."))
    await context.store.try_writing()
    if stopped := context.policies.stopped:
        raise ProblemError(make_problem(ProblemKind.NOT_TAKEN, stopped))
    faults, active = context.policies.faults, context.policies.current
    status = context.moment(active).status
    found = ReadinessAnswer(
        status="holding" if status.too_old else "ready",
        policies=ActivePolicies(
            state="last_good_active" if faults else "active",
            revision=active.policies.revision,
            proof="proved" if active.proved else "not_run",
            approvals=context.policies.approvals,
            approval=status.approval,
            ages=dict(status.ages),
            hold_past=dict(status.limits),
            too_old=tuple(past.kind for past in status.too_old),
            faults=tuple(map(_fault, faults)),
            differences=context.policies.differences,
        ),
        decision_log=LogState(state="writable"),
        counters=context.counters.numbers(),
        issuer_keys=trust,
        in_old_words=tuple(
            OldWord(what=what, places=places)
            for what, places in Counter(one.what for one in context.old_words.found).items()
        ),
    )
    return _respond(found)


def _respond(found: JsonAnswer) -> Response:
    return Response(found.model_dump_json(), media_type="application/json")


def _fault(fault: Diagnostic) -> PolicyFault:
    return PolicyFault(
        file=fault.place.file,
        line=fault.place.line,
        column=fault.place.column,
        code=fault.code,
        message=fault.message,
        remedy=fault.remedy,
    )


def routes_of_health(alive: Responses, ready: Responses) -> APIRouter:
    """Return the two calls, with what the OpenAPI document says of their answers."""
    router = APIRouter(tags=["health"])
    router.get("/healthz", summary="Is the process alive?", responses=alive | problems())(read_health)
    router.get("/readyz", summary="Can the service decide?", responses=ready | problems(503))(read_readiness)
    return router


router = routes_of_health({}, {})
"""The calls as they are answered from the start on; the framework prepares no model of an answer for them."""
