"""The offline check of the decision log against the checkpoints that were signed.

What the check cannot see by itself: a tail cut off together with the checkpoints over it, entries after the
newest checkpoint altered together with their leaves, and a log rewritten and signed anew by the holder of the
key. The first and the last are caught only by an anchor, a checkpoint stored out of reach of whoever can write
the log, and only up to that anchor.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice

from api.ledger.beginnings import Beginning, CarriedEntries
from api.ledger.checkpoints import Checkpoint, parse_checkpoint
from api.ledger.key_succession import TrustedKeys
from api.ledger.merkle import HASH_SIZE, CompactTree, leaf_hash
from api.signing.cosignatures import WitnessKey
from api.signing.faults import SigningFault

MAX_ROW_FINDINGS = 100
_BATCH = 1024
NOTHING_YET = CompactTree()
"""The tree of a log before its first entry."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry of the log: its sequence number from 0, the bytes recorded, and the leaf hash stored beside them.

    `is_grouped` says whether it is stored in a group of decisions, rather than in a row of its own.
    """

    sequence: int
    entry: bytes
    leaf: bytes
    is_grouped: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class LogVerification:
    """The result of the check; the log is intact if there are no findings.

    `size` and `root` are those of the entries as they are stored, up to the first missing one. `signed` is the
    number of entries that the newest checkpoint or anchor with the same root confirms: nothing vouches for those
    after it, even in an intact log.
    """

    intact: bool
    size: int
    root: bytes
    findings: tuple[str, ...]
    signed: int


def verify_log(
    rows: Iterable[StoredEntry],
    checkpoints: Sequence[str],
    keys: TrustedKeys,
    anchor: str | None = None,
    beginning: Beginning | None = None,
) -> LogVerification:
    """Check every row against its leaf, its place, the checkpoints stored with the log, and the anchor.

    `rows` come in the order of the log and are read once, in constant memory; `checkpoints` come in any order.
    `anchor` is a checkpoint that was stored elsewhere. With a `beginning` the rows before it are those carried over
    from an earlier log, and every state is one of the log since then. At most 100 findings about single rows are
    spelled out.
    """
    findings = [*keys.findings]
    states = [
        state
        for source, text in [
            *((_CheckpointSource.STORED, text) for text in checkpoints),
            (_CheckpointSource.ANCHOR, anchor),
        ]
        if text is not None and (state := _read_state(source, text, keys, findings))
    ]
    carried = CarriedEntries()
    if beginning is not None:
        findings += beginning.faults(keys)
        findings += (_before(state, beginning) for state in states if not _is_comparable(state, beginning))
        states = [state for state in states if _is_comparable(state, beginning)]
        walk = _Walk(carried.pass_by(rows, beginning), beginning.tree)
    else:
        walk = _Walk(rows)
    for state in sorted(states, key=lambda state: state.checkpoint.size):
        walk.compare(state)
    walk.finish(states)
    findings += (*carried.findings[:MAX_ROW_FINDINGS], *walk.findings)
    if beginning is not None and walk.signed <= beginning.place:
        findings.append(
            f"entry {beginning.place}: that the log goes on from there is under no signed checkpoint"
        )
    return LogVerification(not findings, walk.entries.size, walk.entries.root, tuple(findings), walk.signed)


def find_cosigning_fault(anchor: str, key: WitnessKey) -> str | None:
    """Return why an anchor is not cosigned by a witness; None if it is, or is no checkpoint at all."""
    try:
        note = parse_checkpoint(anchor).note
    except SigningFault:
        return None  # `verify_log` reports it
    try:
        cosigned = key.cosigned_at(note) is not None
    except SigningFault:
        cosigned = False
    return None if cosigned else f"the anchor is not cosigned by {key.name}"


class _CheckpointSource(Enum):
    STORED = "the stored checkpoint"
    ANCHOR = "the anchor"


class _LogDifference(Enum):
    """How a log can differ from a checkpoint that was signed."""

    LEAVES = "the entries are those that were signed, but a leaf stored beside them was altered"
    ENTRIES = "an entry was altered after it was signed; the leaves stored beside them are the signed ones"
    LOG = "these are not the entries that were signed: one was altered, swapped, inserted or removed"
    REWRITTEN = "the log was rewritten: these are not the entries it had when the anchor was taken"


@dataclass(frozen=True, slots=True)
class _SignedState:
    """A state that the log had once, as a known key signed it."""

    source: _CheckpointSource
    checkpoint: Checkpoint

    def __str__(self) -> str:
        return f"{self.source.value} of {self.checkpoint.origin} at {self.checkpoint.size} entries"


class _Walk:
    """One pass over the rows, stopping at every signed state.

    Two trees are built, one over the entries and one over the leaves as stored: which of them still fits a signed
    state shows what was altered. They are one object as long as they agree.
    """

    def __init__(self, rows: Iterable[StoredEntry], start: CompactTree = NOTHING_YET) -> None:
        self.entries = self.leaves = start
        self.findings: list[str] = []
        self.signed = start.size
        self._next_sequence = start.size
        self._hashes = self._check_rows(rows)
        self._row_findings = 0
        self._reported: dict[_CheckpointSource, _LogDifference | None] = {}

    def compare(self, state: _SignedState) -> None:
        """Read on to the size of the state; report a difference unless it was reported at the state before."""
        size = state.checkpoint.size
        self._advance(size)
        if self.entries.size < size:
            return  # an entry is missing, which is reported where it should stand, or by `finish`
        difference = self._difference(state)
        if difference is not self._reported.get(state.source) and difference is not None:
            self.findings.append(f"{self._range(state)}: {difference.value} ({state})")
        self._reported[state.source] = difference
        if difference in (None, _LogDifference.LEAVES):
            self.signed = size

    def finish(self, states: Sequence[_SignedState]) -> None:
        """Read the rest; report what is cut off, and a log that no signed state covers."""
        self._advance(sys.maxsize)
        for source in _CheckpointSource:
            newest = max(
                (state for state in states if state.source is source),
                key=lambda state: state.checkpoint.size,
                default=None,
            )
            if newest and newest.checkpoint.size > self._next_sequence:
                missing = _name_entries(self._next_sequence, newest.checkpoint.size)
                self.findings.append(f"{missing}: missing at the end; the log was cut ({newest})")
        if self._next_sequence and not any(state.checkpoint.size for state in states):
            self.findings.append(
                f"{_name_entries(0, self._next_sequence)}: covered by no signed checkpoint; "
                "nothing shows that the log is the one that was written"
            )
        if self._row_findings > MAX_ROW_FINDINGS:
            left_out = self._row_findings - MAX_ROW_FINDINGS
            self.findings.append(
                f"entries up to {self._next_sequence - 1}: {left_out} more findings are left out"
            )

    def _advance(self, size: int) -> None:
        """Extend the trees to `size` leaves, or as far as there are rows without a gap."""
        while batch := tuple(islice(self._hashes, min(_BATCH, size - self.entries.size))):
            computed, stored = zip(*batch, strict=True)
            agree = self.leaves is self.entries and computed == stored
            self.entries = self.entries.extended(computed)
            self.leaves = self.entries if agree else self.leaves.extended(stored)

    def _check_rows(self, rows: Iterable[StoredEntry]) -> Iterator[tuple[bytes, bytes]]:
        """Yield the computed and the stored leaf of every row up to the first gap; check them all."""
        whole = True
        for row in rows:
            leaf = leaf_hash(row.entry)
            if leaf != row.leaf:
                self._report(
                    f"entry {row.sequence}: its bytes do not fit the leaf stored beside them; "
                    "the entry or its leaf was altered"
                )
            if row.sequence < self._next_sequence:
                self._report(
                    f"entry {row.sequence}: stands where entry {self._next_sequence} is due; it was repeated or moved"
                )
                continue
            if row.sequence > self._next_sequence:
                whole = False
                self._report(
                    f"{_name_entries(self._next_sequence, row.sequence)}: missing before entry {row.sequence}; "
                    "removed, moved or numbered anew, so that no later checkpoint can be compared"
                )
            self._next_sequence = row.sequence + 1
            if whole:
                # A leaf of another length could shift bytes to its neighbour and leave the node above as it was.
                yield leaf, row.leaf if len(row.leaf) == HASH_SIZE else bytes(HASH_SIZE)

    def _difference(self, state: _SignedState) -> _LogDifference | None:
        root = state.checkpoint.root
        if self.entries.root == root:
            return None if self.leaves.root == root else _LogDifference.LEAVES
        if self.leaves.root == root:
            return _LogDifference.ENTRIES
        return _LogDifference.LOG if state.source is _CheckpointSource.STORED else _LogDifference.REWRITTEN

    def _range(self, state: _SignedState) -> str:
        """Name the entries among which the difference is: those after the last size that a state confirmed.

        An anchor that differs overrides the confirmation of the stored checkpoints, and so does a second
        checkpoint of one size.
        """
        size = state.checkpoint.size
        narrowed = state.source is _CheckpointSource.STORED and self.signed < size
        return _name_entries(self.signed if narrowed else 0, size)

    def _report(self, finding: str) -> None:
        """Add a finding about one row, up to the limit: a log that was altered throughout has one for every row."""
        self._row_findings += 1
        if self._row_findings <= MAX_ROW_FINDINGS:
            self.findings.append(finding)


def _is_comparable(state: _SignedState, beginning: Beginning) -> bool:
    return state.checkpoint.size >= beginning.place


def _before(state: _SignedState, beginning: Beginning) -> str:
    return f"entries before {beginning.place}: {state} is about the earlier log; verify that one with it"


def _read_state(
    source: _CheckpointSource, text: str, keys: TrustedKeys, findings: list[str]
) -> _SignedState | None:
    """Return the state that a checkpoint verifies; report one that proves nothing, and why."""
    covered = "all entries"
    try:
        signed = parse_checkpoint(text)
        covered = _name_entries(0, signed.checkpoint.size)
        keys.verify(signed.note, signed.checkpoint.size)
        return _SignedState(source, signed.checkpoint)
    except SigningFault as fault:
        findings.append(f"{covered}: {source.value} over them proves nothing: {fault.fact}; {fault.remedy}")
        return None


def _name_entries(start: int, end: int) -> str:
    return f"entry {start}" if end - start <= 1 else f"entries {start} to {end - 1}"
