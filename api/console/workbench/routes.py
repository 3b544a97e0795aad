"""The pages of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.frame.routing import page
from api.console.workbench import draft_texts, drafts, law
from api.services.policy_drafts import PROPOSE
from engine import MAX_FILE_BYTES

READ = "GET /v1/policies"
DRAFTS = "/policies/drafts"
DRAFT = f"{DRAFTS}/{{draft}}"
MAX_TEXT_FORM = MAX_FILE_BYTES + 64 * 1024
"""A form that holds the text of a policy file."""

ROUTES: list[Route] = [
    page("/policies", law.show_policies, READ),
    page("/policies/law/{clause}", law.show_clause, READ),
    page("/policies/files/{file}", law.show_file, READ),
    page("/policies/checks/{code}", law.show_check, READ),
    page(DRAFTS, drafts.show_drafts, PROPOSE),
    page(DRAFTS, drafts.make_draft, PROPOSE, form=True),
    page(DRAFT, drafts.show_draft, PROPOSE),
    page(f"{DRAFT}/delete", drafts.remove_draft, PROPOSE, form=True),
    page(f"{DRAFT}/base", drafts.take_up, PROPOSE, form=True),
    page(f"{DRAFT}/files.zip", drafts.download_files, PROPOSE),
    page(f"{DRAFT}/changes.patch", drafts.download_patch, PROPOSE),
    page(f"{DRAFT}/text", draft_texts.show_text, PROPOSE),
    page(f"{DRAFT}/text", draft_texts.send_text, PROPOSE, form=True, max_bytes=MAX_TEXT_FORM),
    page(f"{DRAFT}/file", draft_texts.delete_file, PROPOSE, form=True),
    page(f"{DRAFT}/diagnostics", draft_texts.diagnose_text, PROPOSE, form=True, max_bytes=MAX_TEXT_FORM),
]
