"""The pages of this area."""

from __future__ import annotations

from starlette.routing import Route

from api.console.frame.routing import page
from api.console.workbench import (
    country_differences,
    draft_countries,
    draft_deviations,
    draft_parameters,
    draft_sentences,
    draft_texts,
    draft_translations,
    draft_trials,
    drafts,
    law,
)
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
    page("/policies/countries/{policy}", country_differences.show_differences, READ),
    page(DRAFTS, drafts.show_drafts, PROPOSE),
    page(DRAFTS, drafts.make_draft, PROPOSE, form=True),
    page(DRAFT, drafts.show_draft, PROPOSE),
    page(f"{DRAFT}/delete", drafts.remove_draft, PROPOSE, form=True),
    page(f"{DRAFT}/base", drafts.take_up, PROPOSE, form=True),
    page(f"{DRAFT}/files.zip", drafts.download_files, PROPOSE),
    page(f"{DRAFT}/changes.patch", drafts.download_patch, PROPOSE),
    page(f"{DRAFT}/text", draft_texts.show_text, PROPOSE),
    page(f"{DRAFT}/text", draft_texts.send_text, PROPOSE, form=True, max_bytes=MAX_TEXT_FORM),
    page(f"{DRAFT}/text/download", draft_texts.download_text, PROPOSE),
    page(f"{DRAFT}/file", draft_texts.delete_file, PROPOSE, form=True),
    page(f"{DRAFT}/diagnostics", draft_texts.diagnose_text, PROPOSE, form=True, max_bytes=MAX_TEXT_FORM),
    page(f"{DRAFT}/parameters", draft_parameters.show_parameters, PROPOSE),
    page(f"{DRAFT}/parameter", draft_parameters.show_parameter, PROPOSE),
    page(f"{DRAFT}/parameter", draft_parameters.send_parameter, PROPOSE, form=True),
    page(f"{DRAFT}/sentences", draft_sentences.show_sentences, PROPOSE),
    page(f"{DRAFT}/sentence", draft_sentences.show_sentence, PROPOSE),
    page(f"{DRAFT}/sentence", draft_sentences.send_sentence, PROPOSE, form=True),
    page(f"{DRAFT}/translations", draft_translations.show_translations, PROPOSE),
    page(f"{DRAFT}/translation", draft_translations.show_translation, PROPOSE),
    page(f"{DRAFT}/translation", draft_translations.send_translation, PROPOSE, form=True),
    page(f"{DRAFT}/deviations", draft_deviations.show_deviations, PROPOSE),
    page(f"{DRAFT}/deviation", draft_deviations.show_deviation, PROPOSE),
    page(f"{DRAFT}/deviation", draft_deviations.send_deviation, PROPOSE, form=True),
    page(f"{DRAFT}/countries", draft_countries.show_copy, PROPOSE),
    page(f"{DRAFT}/countries", draft_countries.send_copy, PROPOSE, form=True),
    page(f"{DRAFT}/try", draft_trials.show_trial, PROPOSE),
    page(f"{DRAFT}/try", draft_trials.send_trial, PROPOSE, form=True),
]
