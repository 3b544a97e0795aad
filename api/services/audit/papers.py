"""The audit of final papers: each has the number behind that of the one before, and the page that its hash names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from api.ledger.entries import PAGE, Entry, EntryKind


@dataclass(slots=True)
class PaperAudit:
    """The final papers as far as the log has been read."""

    _number: int = 0

    def check(self, sequence: int, entry: Entry) -> Iterator[str]:
        """Yield what is wrong with an entry, if it is a final paper."""
        if entry.kind is not EntryKind.REGISTER_PAPER:
            return
        self._number += 1
        if entry.members.get("number") != self._number:
            yield f"entry {sequence}: it is final paper {entry.members.get('number')}, where {self._number} is due"
        if hashlib.sha256(entry.payloads.get(PAGE, b"")).hexdigest() != entry.members.get("sha256"):
            yield f"entry {sequence}: the page of final paper {self._number} does not fit its hash"
