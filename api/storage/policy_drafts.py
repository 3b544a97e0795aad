"""The drafts of policy changes, in a table: they are no acts, so the log knows nothing of them."""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from api.domain.identity import Credential
from api.domain.policy_drafts import PolicyDraft
from api.storage.console_tables import policy_drafts

Newest = tuple[dt.datetime, str]
"""The place of a draft in the list of all: when it was changed last, and its id."""


def add_draft(connection: Connection, draft: PolicyDraft) -> None:
    """Store a new draft."""
    connection.execute(insert(policy_drafts).values(_row(draft)))


def find_draft(connection: Connection, draft_id: str) -> PolicyDraft | None:
    """Return a draft by its id; None if there is none, or no more."""
    row = connection.execute(select(policy_drafts).where(policy_drafts.c.draft_id == draft_id)).one_or_none()
    return None if row is None else _draft(row)


def find_drafts(connection: Connection, after: Newest | None, limit: int) -> list[PolicyDraft]:
    """Return at most `limit` drafts, those that were changed last first, from the one behind `after`."""
    query = select(policy_drafts)
    changed, draft_id = policy_drafts.c.updated_at, policy_drafts.c.draft_id
    if after is not None:
        at, last = _text(after[0]), after[1]
        query = query.where((changed < at) | ((changed == at) & (draft_id > last)))
    query = query.order_by(changed.desc(), draft_id).limit(limit)
    return [_draft(row) for row in connection.execute(query)]


def count_drafts_of(connection: Connection, owner: str, credential: Credential) -> int:
    """Return how many drafts an officer has."""
    query = select(func.count()).where(
        (policy_drafts.c.owner == owner) & (policy_drafts.c.credential == credential)
    )
    return connection.execute(query).scalar_one()


def replace_draft(connection: Connection, draft: PolicyDraft) -> None:
    """Store a draft as it is now."""
    row = _row(draft)
    connection.execute(update(policy_drafts).where(policy_drafts.c.draft_id == draft.draft_id).values(row))


def remove_draft(connection: Connection, draft_id: str) -> None:
    """Remove a draft."""
    connection.execute(delete(policy_drafts).where(policy_drafts.c.draft_id == draft_id))


def _row(draft: PolicyDraft) -> dict[str, str]:
    return {
        "draft_id": draft.draft_id,
        "owner": draft.owner,
        "credential": draft.credential.value,
        "title": draft.title,
        "base_revision": draft.base_revision,
        "changes": json.dumps(draft.changes),
        "updated_at": _text(draft.updated_at),
    }


def _draft(row: Row[tuple[str, ...]]) -> PolicyDraft:
    members = dict(row._mapping)
    return PolicyDraft(
        **{
            **members,
            "credential": Credential(members["credential"]),
            "changes": json.loads(members["changes"]),
            "updated_at": dt.datetime.fromisoformat(members["updated_at"]),
        }
    )


def _text(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")
