"""The calls beside pre-checks and health, loaded when the first is called: the start does not wait for them.

Those two come once more, with the models of their answers, which the OpenAPI document describes.
"""

from __future__ import annotations

from api.http.openapi import answer
from api.http.routes import (
    api_keys,
    cases,
    decision_log,
    decisions,
    due,
    handovers,
    health,
    policies,
    pre_checks,
    proposals,
    reference,
    register_events,
    register_pages,
    registers,
)
from api.http.routes.authzen import access_requests, discovery, evaluations, searches
from api.parsing.problems import Problem
from api.services.answered import AnsweredDecision, ExplainedDecision

ADMITTING = (
    pre_checks.routes_of_pre_checks(
        answer("The decision; a refusal is a decision too", AnsweredDecision | ExplainedDecision),
        answer("A decision or a problem for each request, in order", list[AnsweredDecision | Problem]),
    ),
    decisions.router,
    cases.router,
    handovers.router,
    policies.router,
    registers.router,
    register_events.router,
    register_pages.router,
    due.router,
    decision_log.router,
    api_keys.router,
    proposals.router,
    evaluations.router,
    searches.router,
    access_requests.router,
)
"""The calls of those whom the service knows, in the order of the document."""
OPEN = (
    health.routes_of_health(
        answer("Successful Response", health.HealthAnswer),
        answer("Successful Response", health.ReadinessAnswer),
    ),
    reference.router,
    discovery.router,
)
"""Those of everybody."""
