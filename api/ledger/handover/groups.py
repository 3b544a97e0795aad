"""The group that a worker hands over, as bytes: plain numbers, texts and bytes, whose lengths have to add up.

Seven numbers of four bytes come first: how many jobs, entries, texts and detached texts there are, and the lengths of
what follows behind the numbers: the members, the names, the contents. Then for each job follow how many entries it
has, which of the policies it was decided by (-1: none), what it has read up to (`_NOT_READ`: it does not matter), and
how many calls wait for it; the lengths of the kinds of the entries, of their keys, of their moments (in characters),
and of what is stored of them; the length of each text; for each detached text its entry, and its length. These have
eight bytes each, in the order of the machine's bytes. The members are JSON: the policies, whose files are sent once a
connection, and the notes of the entries. The names are the kinds, keys and moments in UTF-8; the contents are what is
stored, the leaf hashes, the texts, the salts and the detached texts.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import MutableMapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from api.ledger.commitments import SALT_BYTES, DetachedText
from api.ledger.entries import EntryKind
from api.ledger.group_commit import Job
from api.ledger.handover.frames import FrameFault
from api.ledger.merkle import HASH_SIZE
from api.ledger.prepared_entries import NOTHING_DETACHED, PreparedEntry
from api.ledger.revisions import PolicyFiles

MAX_POLICIES = 16
"""So many policy sets may be sent on one connection."""

_COUNTS = struct.Struct("<7I")
_NUMBERS = "q"
_NO_POLICIES = -1
_NOT_READ = -(2**63)
_OF_JOB, _NAMES, _OF_ENTRY, _OF_DETACHED = 4, 3, 4, 2
Whole = TypeVar("Whole", bytes, str)

_KINDS = {kind.value: kind for kind in EntryKind}


class HandedGroup(NamedTuple):
    """Jobs whose entries are `PreparedEntry`, and the texts that recur in the entries of the worker by now."""

    jobs: Sequence[Job]
    texts: Sequence[bytes]


class SentPolicies(BaseModel):
    """A policy set by its revision; with its files where it comes first on a connection."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    revision: str
    activated_at: int | None
    files: str | None


class GroupMembers(BaseModel):
    """What is not plain numbers and bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    policies: list[SentPolicies]
    notes: list[Any]


def encode_group(
    jobs: Sequence[tuple[Job, Sequence[PreparedEntry]]], texts: Sequence[bytes], sent: set[str]
) -> bytes:
    """Return jobs, with their entries, and texts as bytes.

    `sent` are the revisions whose files the connection has carried; those of the jobs are added.
    """
    entries = [entry for _, own in jobs for entry in own]
    policies = list[PolicyFiles]()
    numbers = array(_NUMBERS)
    for job, own in jobs:
        place = _NO_POLICIES
        if job.policies is not None:
            if not policies or job.policies is not policies[-1]:  # nearly all jobs have the same
                policies.append(job.policies)
            place = len(policies) - 1
        read = _NOT_READ if job.read_sequence is None else job.read_sequence
        numbers.extend((len(own), place, read, job.calls))
    kinds = [entry.kind.value for entry in entries]
    keys = [entry.key for entry in entries]
    moments = [entry.at for entry in entries]
    stored = [entry.stored for entry in entries]
    detached = [(place, text) for place, entry in enumerate(entries) for text in entry.texts]
    for parts in (kinds, keys, moments, stored, texts):
        numbers.extend(map(len, parts))
    for place, text in detached:
        numbers.extend((place, len(text.content)))
    members = to_json({"policies": _sent(policies, sent), "notes": [entry.note for entry in entries]})
    named = "".join([*kinds, *keys, *moments]).encode()
    contents = b"".join(
        [
            *stored,
            *[entry.hash for entry in entries],
            *texts,
            *[text.salt for _, text in detached],
            *[text.content for _, text in detached],
        ]
    )
    sizes = len(jobs), len(entries), len(texts), len(detached), len(members), len(named), len(contents)
    return b"".join((_COUNTS.pack(*sizes), numbers.tobytes(), members, named, contents))


def _sent(policies: Sequence[PolicyFiles], sent: set[str]) -> list[dict[str, Any]]:
    members = []
    for one in policies:
        files = None if one.revision in sent else one.files
        members.append({"revision": one.revision, "activated_at": one.activated_at, "files": files})
        sent.add(one.revision)
    return members


def decode_group(content: bytes, known: MutableMapping[str, PolicyFiles]) -> HandedGroup:
    """Return the group that `encode_group` made. Raises `FrameFault` for anything else.

    `known` are the policy sets by revision whose files the connection has carried; further ones are added.
    """
    try:
        return _decoded(content, known)
    except (struct.error, ValueError, LookupError, ValidationError) as error:
        raise FrameFault(f"it is no group of entries ({error})") from error


def _decoded(content: bytes, known: MutableMapping[str, PolicyFiles]) -> HandedGroup:
    jobs, entries, texts, detached, *sizes = _COUNTS.unpack_from(content)
    amounts = jobs * _OF_JOB, entries * _OF_ENTRY, texts, detached * _OF_DETACHED
    numbers = array(_NUMBERS)
    start = _COUNTS.size + numbers.itemsize * sum(amounts)
    members_at, names_at, contents_at, end = accumulate(sizes, initial=start)
    if end != len(content):
        raise ValueError("its lengths do not add up to its own")
    numbers.frombytes(content[_COUNTS.size : start])
    ends = pairwise(accumulate(amounts, initial=0))
    of_jobs, of_entries, of_texts, of_detached = (numbers[first:last] for first, last in ends)
    members = GroupMembers.model_validate_json(content[members_at:names_at])
    policies = [_policies(one, known) for one in members.policies]

    names = content[names_at:contents_at].decode()
    named = _cut(names, of_entries[: entries * _NAMES], 0, len(names))
    lengths = of_entries[entries * _NAMES :]
    lengths.extend([HASH_SIZE] * entries)
    lengths.extend(of_texts)
    lengths.extend([SALT_BYTES] * detached)
    lengths.extend(of_detached[1::_OF_DETACHED])
    parts = _cut(content, lengths, contents_at, end)
    sent_texts, cut_off = parts[2 * entries : 2 * entries + texts], parts[2 * entries + texts :]
    by_entry: list[tuple[DetachedText, ...]] = [NOTHING_DETACHED] * entries
    for place, salt, text in zip(of_detached[::_OF_DETACHED], cut_off, cut_off[detached:], strict=False):
        if place < 0:
            raise ValueError("a detached text names no entry")
        by_entry[place] = (*by_entry[place], DetachedText(salt, text))
    columns = (
        map(_KINDS.__getitem__, named[:entries]),
        named[entries : 2 * entries],
        named[2 * entries :],
        parts[:entries],
        parts[entries : 2 * entries],
        members.notes,
        by_entry,
    )
    prepared = [*map(PreparedEntry._make, zip(*columns, strict=True))]
    return HandedGroup(_jobs(of_jobs, policies, prepared), sent_texts)


def _jobs(
    numbers: Sequence[int], policies: Sequence[PolicyFiles], entries: Sequence[PreparedEntry]
) -> list[Job]:
    jobs, given = list[Job](), 0
    for amount, place, read, calls in zip(
        *(numbers[first::_OF_JOB] for first in range(_OF_JOB)), strict=True
    ):
        if min(amount, place - _NO_POLICIES, calls) < 0 or given + amount > len(entries):
            raise ValueError("a job has entries or policies that are not there")
        decided_by = None if place == _NO_POLICIES else policies[place]
        own = entries[given : given + amount]
        jobs.append(Job(own, decided_by, None, None, None if read == _NOT_READ else read, calls))
        given += amount
    if given != len(entries):
        raise ValueError("an entry belongs to no job")
    return jobs


def _cut(whole: Whole, lengths: Sequence[int], start: int, end: int) -> list[Whole]:
    """The parts of `whole` from `start` to `end`, of which each has its length."""
    if min(lengths, default=0) < 0:
        raise ValueError("a length is negative")
    places = [*accumulate(lengths, initial=start)]
    if places[-1] != end:
        raise ValueError("the lengths of its parts do not add up to its own")
    return [whole[first:last] for first, last in pairwise(places)]


def _policies(one: SentPolicies, known: MutableMapping[str, PolicyFiles]) -> PolicyFiles:
    if one.files is not None:
        if len(known) >= MAX_POLICIES:
            raise ValueError("there are too many policy sets for one connection")
        known[one.revision] = PolicyFiles(one.revision, one.files)
    return PolicyFiles(one.revision, known[one.revision].files, one.activated_at)
