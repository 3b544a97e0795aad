"""The pages of this area."""

from __future__ import annotations

from api.console.cases.case_pages import open_new_case, show_case_page
from api.console.cases.clearances import issue_for_case, issue_for_decision, show_clearance_page
from api.console.cases.fact_forms import send_facts, show_fact_form
from api.console.cases.handover_forms import send_handover, show_handover_form
from api.console.cases.handover_pages import (
    send_transfer,
    send_withdrawal,
    show_handover_list,
    show_handover_page,
)
from api.console.cases.queue import show_case_queue
from api.console.frame.routing import page

FACTS = "POST /v1/cases/{case_id}/facts"
CLEARANCES = "POST /v1/clearances"
HANDOVERS = "POST /v1/handovers"
TRANSFER = "POST /v1/handovers/{handover_id}/transfer"
WITHDRAWAL = "POST /v1/handovers/{handover_id}/withdrawal"

ROUTES = [
    page("/cases", show_case_queue, "GET /v1/cases"),
    page("/cases", open_new_case, "POST /v1/cases", form=True),
    page("/cases/{case_id}", show_case_page, "GET /v1/cases/{case_id}"),
    page("/cases/{case_id}/facts", show_fact_form, FACTS),
    page("/cases/{case_id}/facts", send_facts, FACTS, form=True),
    page("/cases/{case_id}/clearance", issue_for_case, CLEARANCES, form=True),
    page("/clearances", issue_for_decision, CLEARANCES, form=True),
    page("/clearances/{clearance_id}", show_clearance_page, "GET /v1/clearances/{clearance_id}"),
    page("/handovers", show_handover_list, "GET /v1/handovers"),
    page("/handovers/new", show_handover_form, HANDOVERS),
    page("/handovers/new", send_handover, HANDOVERS, form=True),
    page("/handovers/{handover_id}", show_handover_page, "GET /v1/handovers/{handover_id}"),
    page("/handovers/{handover_id}/transfer", send_transfer, TRANSFER, form=True),
    page("/handovers/{handover_id}/withdrawal", send_withdrawal, WITHDRAWAL, form=True),
]
