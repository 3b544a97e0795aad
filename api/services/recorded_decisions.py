"""The last decisions of the log, to be taken again elsewhere: as lines, with the policies whose words they use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.domain.approvals.decision_lines import DecisionLine
from api.domain.decision_record import decided_facts
from api.ledger.entries import REQUEST
from api.ledger.reader import newest_decisions
from api.ledger.revisions import find_revision
from api.services.recorded_words import words_of_entry
from engine import PolicySet

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class RecordedDecisions:
    """Decisions in the order of the log, and the files of the policies by which they were taken, by revision.

    A revision that the ledger has not stored is left out: its requests are taken as in the words of the base.
    """

    lines: tuple[DecisionLine, ...] = ()
    words: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)


def collect_decisions(connection: Connection, policies: PolicySet, last: int) -> RecordedDecisions:
    """Return the last decisions of the log, at most `last`, with the owners' facts of their day.

    Where the policies of one are not stored, its words are those of `policies`. Raises ValueError for an entry that
    cannot be read.
    """
    lines: list[DecisionLine] = []
    words: dict[str, Mapping[str, bytes]] = {}
    for entry in newest_decisions(connection, last):
        revision = str(entry.members.get("revision"))
        vocabulary = words_of_entry(connection, entry, policies)
        facts = decided_facts(entry.key, entry.members, entry.payloads[REQUEST], entry.at, vocabulary)
        lines.append(DecisionLine.of(entry.key, entry.at, revision, facts))
        if revision not in words and (stored := find_revision(connection, revision)):
            words[revision] = stored.read()
    return RecordedDecisions(tuple(lines), words)
