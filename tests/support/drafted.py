"""Drafts of policy changes as the workbench stores them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import uuid4

from api.domain.identity import Credential
from api.domain.policy_drafts import PolicyDraft
from api.ledger.database import Database
from api.storage.policy_drafts import add_draft
from tests.support.approving import Office


def store_draft(office: Office, owner: str, title: str, base: str, changes: Mapping[str, str | None]) -> str:
    """Store a draft of an officer who is known by an API key, and return its id."""
    at = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
    draft = PolicyDraft(uuid4().hex, owner, title, base, changes, at, Credential.API_KEY)
    database = Database(office.database)
    database.prepare()
    try:
        with database.writing() as connection:
            add_draft(connection, draft)
    finally:
        database.dispose()
    return draft.draft_id
