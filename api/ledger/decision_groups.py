"""The form of a group: decisions that follow each other in the log, as one row.

A row of its own for each decision, with its places in two indexes, costs a writer more than the bytes of the decision
do. A group holds the leaf hashes, one after the other, and in a column of its own their content: the length of each
entry but the last (four bytes, big-endian), then the entries as they are stored (`api.ledger.deduplication`). The
last takes all that is left, so that whatever byte is altered, some entry does not fit its leaf any more. The content
is compressed (deflate, RFC 1951): decisions that are made together are much alike.

Decisions are found by their ids, which are UUIDs of version 7 (RFC 9562) and sort by time: the ids of a group lie
within a second, so that only a few groups can hold an id. A decision with another id gets a row of its own.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby, pairwise
from typing import NamedTuple

from isal import igzip_lib

from api.ledger.deduplication import as_bytes, own_bytes
from api.ledger.entries import EntryKind
from api.ledger.merkle import HASH_SIZE
from api.ledger.prepared_entries import PreparedEntry

MOST_ENTRIES = 256
"""The most entries of a group."""
MOST_BYTES = 250_000
"""The most bytes of the entries of a group of more than one: so much is read to find one of them."""
MOST_EXPANDED_BYTES = 1 << 28
"""More of a group is not read; one decision has a few megabytes at most."""
MOST_MILLISECONDS = 1000
"""The most milliseconds between the ids of a group."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_IDS = re.compile(f"(?:{_ID.pattern})+")
_ID_CHARACTERS = 36
_HEAD = re.compile(rb'\{"kind":"decision","key":"([^"\\]*)","at":"([^"\\]*)"')
_LEVEL, _RAW = 1, -15
"""A fast level; no header and no check sum, since there are the leaves. zlib takes four times as long."""
_DECISION = EntryKind.DECISION
_TIME_BYTES, _ID_BYTES, _LENGTH_BYTES = 6, 16, 4


class EntryRow(NamedTuple):
    """An entry as a row of its own, in the order of the columns of `log_entries`."""

    sequence: int
    kind: str
    key: str
    recorded_at: str
    entry: bytes
    leaf: bytes


class GroupRow(NamedTuple):
    """A group as a row, in the order of the columns of `decision_groups`; the ids are the lowest and the highest."""

    first: int
    last: int
    lowest_id: bytes
    highest_id: bytes
    leaves: bytes
    content: bytes


class GroupedEntry(NamedTuple):
    """An entry of a group, as it is stored, with its place in the log and the leaf hash stored for it."""

    sequence: int
    entry: bytes
    leaf: bytes


def arrange(first: int, entries: Sequence[PreparedEntry]) -> tuple[list[EntryRow], list[GroupRow]]:
    """Return the rows of consecutive entries that get one of their own, and the groups that the others make.

    `first` is the place of the first entry.
    """
    alone, groups = list[EntryRow](), list[GroupRow]()
    runs = [(True, entries)] if _are_all_grouped(entries) else groupby(entries, _is_grouped)
    for is_grouped, found in runs:
        run = [*found]
        if is_grouped and len({entry.key for entry in run}) == len(run):
            groups += _groups(first, run)
        else:  # the index of `log_entries` refuses an id that is there twice
            alone += [
                EntryRow(place, one.kind.value, one.key, one.at, one.stored, one.hash)
                for place, one in enumerate(run, first)
            ]
        first += len(run)
    return alone, groups


def unpack(first: int, last: int, leaves: bytes, content: bytes) -> list[GroupedEntry]:
    """Return the entries of a stored group.

    Of one that was tampered with, each place from `first` to `last` gets the bytes that stand there, if any do.
    """
    size = max(1, min(last - first + 1, MOST_ENTRIES)) if isinstance(last, int) else 1
    leaves, content = as_bytes(leaves), _expanded(as_bytes(content))
    start = (size - 1) * _LENGTH_BYTES
    ends = [start]
    for length in struct.unpack(f">{size - 1}I", content[:start].ljust(start, b"\0")):
        ends.append(ends[-1] + length)
    ends.append(max(ends[-1], len(content)))
    hashes = [leaves[at * HASH_SIZE : (at + 1) * HASH_SIZE] for at in range(size - 1)]
    hashes.append(leaves[(size - 1) * HASH_SIZE :])
    return [
        GroupedEntry(sequence, content[begin:end], leaf)
        for sequence, (begin, end), leaf in zip(
            range(first, first + size), pairwise(ends), hashes, strict=True
        )
    ]


def id_bytes(decision_id: str) -> bytes | None:
    """Return the 16 bytes of an id; None for one that no group holds."""
    return bytes.fromhex(decision_id.replace("-", "")) if _ID.fullmatch(decision_id) else None


def lowest_beside(wanted: bytes) -> bytes:
    """Return the lowest id that can stand in one group with the wanted one."""
    earliest = max(0, int.from_bytes(wanted[:_TIME_BYTES], "big") - MOST_MILLISECONDS)
    return earliest.to_bytes(_TIME_BYTES, "big") + bytes(_ID_BYTES - _TIME_BYTES)


def milliseconds_between(lowest: bytes, highest: bytes) -> int:
    """Return how much later one id was made than another."""
    return int.from_bytes(highest[:_TIME_BYTES], "big") - int.from_bytes(lowest[:_TIME_BYTES], "big")


def read_head(stored: bytes) -> tuple[str, str] | None:
    """Return the id of a stored decision and when it was recorded, as text; None for bytes that are none of one."""
    found = _HEAD.match(own_bytes(stored))
    return None if found is None else (found[1].decode(errors="replace"), found[2].decode(errors="replace"))


def _are_all_grouped(entries: Sequence[PreparedEntry]) -> bool:
    """Whether all can be in a group, as mostly they can; one look at all their ids takes less than one at each."""
    keys = [entry.key for entry in entries if entry.kind is _DECISION]
    return (
        len(keys) == len(entries)
        and {*map(len, keys)} == {_ID_CHARACTERS}
        and _IDS.fullmatch("".join(keys)) is not None
    )


def _is_grouped(entry: PreparedEntry) -> bool:
    return entry.kind is _DECISION and _ID.fullmatch(entry.key) is not None


def _groups(first: int, entries: Sequence[PreparedEntry]) -> Iterator[GroupRow]:
    """The fewest halves, and halves of halves, that are within the limits of a group."""
    keys, stored = [entry.key for entry in entries], [entry.stored for entry in entries]
    lowest, highest = _plain(min(keys)), _plain(max(keys))
    lengths, size = [*map(len, stored)], len(entries)
    is_small = size <= MOST_ENTRIES and sum(lengths) <= MOST_BYTES
    if size > 1 and not (is_small and milliseconds_between(lowest, highest) <= MOST_MILLISECONDS):
        middle = size // 2
        yield from _groups(first, entries[:middle])
        yield from _groups(first + middle, entries[middle:])
        return
    content = b"".join((struct.pack(f">{size - 1}I", *lengths[:-1]), *stored))
    leaves = b"".join([entry.hash for entry in entries])
    packed = igzip_lib.compress(content, _LEVEL, igzip_lib.COMP_DEFLATE)
    yield GroupRow(first, first + size - 1, lowest, highest, leaves, packed)


def _expanded(compressed: bytes) -> bytes:
    """The content before it was compressed; where that was damaged, as much as can be read.

    Bytes behind its end are added, so that they do not go unnoticed.
    """
    expansion = zlib.decompressobj(_RAW)
    try:
        content = expansion.decompress(compressed, MOST_EXPANDED_BYTES)
    except zlib.error:
        return _readable_part(compressed)
    return content + expansion.unused_data


def _readable_part(compressed: bytes) -> bytes:
    expansion, parts, length = zlib.decompressobj(_RAW), list[bytes](), 0
    with suppress(zlib.error):
        for at in range(len(compressed)):
            parts.append(expansion.decompress(compressed[at : at + 1]))
            length += len(parts[-1])
            if length > MOST_EXPANDED_BYTES:
                break
    return b"".join(parts)


def _plain(decision_id: str) -> bytes:
    return bytes.fromhex(decision_id.replace("-", ""))
