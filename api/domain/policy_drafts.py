"""Drafts of policy changes: some files of a policy set as an officer would have them, before anything is proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.domain.identity import Caller, Credential

MAX_TITLE = 200
MAX_DRAFTS = 100
"""So many drafts one officer may have at a time."""
MAX_DRAFT_BYTES = 4 * 1024**2
"""The longest that all texts of one draft may be together."""


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A draft: what it changes of the policy set `base_revision`.

    `changes` are the new texts by the names of the files, None for a file that is deleted. `updated_at` is also the
    version of the draft: whoever changes it says which one was seen. `credential` is how its owner is identified, for
    two people may bear one name by different credentials.
    """

    draft_id: str
    owner: str
    title: str
    base_revision: str
    changes: Mapping[str, str | None]
    updated_at: dt.datetime
    credential: Credential = Credential.NONE

    def is_of(self, caller: Caller) -> bool:
        """Whether the draft is the caller's own."""
        return (self.owner, self.credential) == (caller.name, caller.credential)

    def with_change(self, file: str, text: str | None, base: str | None, at: dt.datetime) -> PolicyDraft:
        """Return the draft with the text of a file; `base` is the text in force, and the same text is no change."""
        changes = {name: new for name, new in self.changes.items() if name != file}
        if text != base:
            changes[file] = text
        return replace(self, changes=dict(sorted(changes.items())), updated_at=at)

    @property
    def size(self) -> int:
        """The bytes of its texts."""
        return sum(len((text or "").encode()) for text in self.changes.values())


def changed_since(
    base: Mapping[str, bytes] | None, present: Mapping[str, bytes], changes: Mapping[str, str | None]
) -> tuple[str, ...]:
    """Return the files of a draft that are no longer in force as they were when it was begun, sorted.

    `base` are the files that it was begun on; where they are not known any more, each file counts as changed.
    """
    return tuple(
        sorted(
            name
            for name, text in changes.items()
            if (base is None or base.get(name) != present.get(name))
            and present.get(name) != (None if text is None else text.encode())
        )
    )


def put_in(present: Mapping[str, bytes], changes: Mapping[str, str | None]) -> dict[str, bytes]:
    """Return the files of a set with the changes of a draft."""
    files = {**present, **{name: text.encode() for name, text in changes.items() if text is not None}}
    return {name: files[name] for name in sorted(files) if changes.get(name, "") is not None}
