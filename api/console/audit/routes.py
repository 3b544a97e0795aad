"""The pages of the auditor, who reads and changes nothing."""

from __future__ import annotations

from api.console.audit.approvals import PATH as APPROVALS
from api.console.audit.approvals import show_approvals
from api.console.audit.checkpoints import PATH as CHECKPOINTS
from api.console.audit.checkpoints import (
    download_checkpoint,
    show_checkpoints,
    show_consistency,
    show_consistency_proof,
)
from api.console.audit.decision import PROOF, show_decision, show_explanation, show_proof
from api.console.audit.decisions import PATH as DECISIONS
from api.console.audit.decisions import show_decisions
from api.console.audit.overview import show_overview
from api.console.audit.reconciliation import PATH as RECONCILIATION
from api.console.audit.reconciliation import show_found
from api.console.audit.report import PATH as REPORT
from api.console.audit.report import show_report
from api.console.frame.routing import page

_AUDIT = "GET /v1/reconcile"

ROUTES = [
    page("/audit", show_overview, _AUDIT),
    page(DECISIONS, show_decisions, _AUDIT),
    page(f"{DECISIONS}/{{decision_id}}", show_decision, _AUDIT),
    page(f"{DECISIONS}/{{decision_id}}/proof.json", show_proof, PROOF),
    page(f"{DECISIONS}/{{decision_id}}/explanation", show_explanation, _AUDIT),
    page(CHECKPOINTS, show_checkpoints, _AUDIT),
    page(f"{CHECKPOINTS}/{{size}}", download_checkpoint, _AUDIT),
    page("/audit/consistency", show_consistency, _AUDIT),
    page("/audit/consistency/{first}/{second}/proof.json", show_consistency_proof, _AUDIT),
    page(RECONCILIATION, show_found, _AUDIT),
    page(APPROVALS, show_approvals, "GET /v1/proposals"),
    page(REPORT, show_report, _AUDIT),
]
