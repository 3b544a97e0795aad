"""The calls beside pre-checks and health, loaded when the first is called: the start does not wait for them."""

from __future__ import annotations

from api.http.routes import (
    api_keys,
    cases,
    decision_log,
    decisions,
    due,
    handovers,
    policies,
    proposals,
    reference,
    register_events,
    register_pages,
    registers,
)
from api.http.routes.authzen import access_requests, discovery, evaluations, searches

ADMITTING = (
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
OPEN = (reference.router, discovery.router)
"""Those of everybody."""
