"""The pages of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.frame.routing import page
from api.console.workbench.law import show_check, show_clause, show_file, show_policies

READ = "GET /v1/policies"

ROUTES: list[Route] = [
    page("/policies", show_policies, READ),
    page("/policies/law/{clause}", show_clause, READ),
    page("/policies/files/{file}", show_file, READ),
    page("/policies/checks/{code}", show_check, READ),
]
