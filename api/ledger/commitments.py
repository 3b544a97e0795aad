"""Erasable texts: found in a payload, detached from it, restored.

In the place of each text the payload holds `null`, and the line of the entry holds a commitment: SHA-256 over a salt
and the text. The log proves the commitment. Salt and text are stored in a table of their own, so that erasing them
invalidates no proof, and without the salt nobody can try texts against the commitment.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from api.ledger.entries import DECISION, FACT, REQUEST, Entry

ERASABLE = "apart"
"""The member of an entry that holds the commitments to the texts detached from its payloads."""
EVIDENCE = "evidence"
"""The name of the evidence of a recorded fact."""
SALT_BYTES = 32

_ITEM = "item."
_NULL = b"null"
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]', re.DOTALL)

JsonPath = tuple[str | None, ...]
"""The path to a value: the names of members, None for any index of a list."""


@dataclass(frozen=True, slots=True)
class TextCommitment:
    """The commitment to a detached text, as its entry has it; `at` is the offset of its `null` in the payload."""

    payload: str
    fact: str
    at: int
    commitment: str


@dataclass(frozen=True, slots=True)
class DetachedText:
    """A text as the table stores it: the bytes of a JSON string, with the salt of its commitment."""

    salt: bytes
    content: bytes

    @property
    def commitment(self) -> str:
        """The commitment that its entry must have."""
        return hashlib.sha256(self.salt + self.content).hexdigest()

    def fits(self, commitment: TextCommitment) -> bool:
        """Whether this is the text that was detached."""
        return len(self.salt) == SALT_BYTES and self.commitment == commitment.commitment


def detach_texts(
    entry: Entry, names: Set[str], new_salt: Callable[[], bytes]
) -> tuple[Entry, tuple[DetachedText, ...]]:
    """Return the entry without the texts of the facts in `names`, and these texts in the order of its commitments.

    Names are those of facts, `evidence`, or for any other payload `PAYLOAD.MEMBER`, with `[]` for the items of a
    list. An answer as given is left whole. A text that is null or absent has no commitment.
    """
    commitments: list[TextCommitment] = []
    texts: list[DetachedText] = []
    payloads = dict(entry.payloads)
    for payload, content in entry.payloads.items():
        parts, done, shift = [], 0, 0
        for fact, start, end in _find(content, _named_paths(payload, content, names)):
            text = DetachedText(new_salt(), content[start:end])
            parts += [content[done:start], _NULL]
            commitments.append(TextCommitment(payload, fact, start - shift, text.commitment))
            texts.append(text)
            done, shift = end, shift + end - start - len(_NULL)
        payloads[payload] = b"".join([*parts, content[done:]])
    if not commitments:
        return entry, ()
    announced = [
        {"payload": p.payload, "fact": p.fact, "at": p.at, "commitment": p.commitment} for p in commitments
    ]
    return replace(entry, members={**entry.members, ERASABLE: announced}, payloads=payloads), tuple(texts)


def commitments_of(entry: Entry) -> tuple[TextCommitment, ...]:
    """Return the commitments of an entry. Raises ValueError if they are malformed."""
    try:
        return tuple(_commitment(member, entry.payloads) for member in entry.members.get(ERASABLE, ()))
    except (KeyError, TypeError) as error:
        raise ValueError("the entry does not say rightly what was cut out of it") from error


def restore_texts(entry: Entry, texts: Mapping[int, DetachedText]) -> Entry:
    """Return the entry with its texts, given by the index of their commitments.

    What is missing or does not fit its commitment stays null. With every text the payloads are the bytes that were
    recorded first.
    """
    payloads = dict(entry.payloads)
    for ordinal, commitment in reversed(tuple(enumerate(commitments_of(entry)))):
        text = texts.get(ordinal)
        if text is not None and text.fits(commitment):
            content = payloads[commitment.payload]
            after = content[commitment.at + len(_NULL) :]
            payloads[commitment.payload] = content[: commitment.at] + text.content + after
    return replace(entry, payloads=payloads)


def _commitment(member: Mapping[str, Any], payloads: Mapping[str, bytes]) -> TextCommitment:
    commitment = TextCommitment(**member)
    if not payloads[commitment.payload].startswith(_NULL, commitment.at):
        raise ValueError("the entry names a place where nothing was cut out")
    return commitment


def _named_paths(payload: str, content: bytes, names: Set[str]) -> dict[JsonPath, str]:
    """The paths to the erasable texts of a payload, each with its name."""
    match payload:
        case str() if payload == DECISION:
            return {}
        case str() if payload == REQUEST:
            return {_path(f"items[].{n.removeprefix(_ITEM)}" if n.startswith(_ITEM) else n): n for n in names}
        case str() if payload == FACT:
            fact = json.loads(content)["fact"]
            paths = {("value",): fact, (EVIDENCE,): EVIDENCE}
            return {path: name for path, name in paths.items() if name in names}
        case _:
            return member_paths(payload, names)


def member_paths(payload: str, names: Set[str]) -> dict[JsonPath, str]:
    """Return the paths to the texts that are named `PAYLOAD.MEMBER`, each with its name."""
    own = f"{payload}."
    return {_path(name.removeprefix(own)): name for name in names if name.startswith(own)}


def redact_texts(content: str, paths: Set[JsonPath]) -> str:
    """Return JSON with `null` in the place of the texts at these paths."""
    redacted = content.encode()
    for path, start, end in reversed(tuple(find_texts(redacted))):
        if path in paths:
            redacted = redacted[:start] + _NULL + redacted[end:]
    return redacted.decode()


def _path(name: str) -> JsonPath:
    steps: list[str | None] = []
    for part in name.split("."):
        member, *lists = part.split("[]")
        steps += [member, *(None for _ in lists)]
    return tuple(steps)


def _find(content: bytes, paths: Mapping[JsonPath, str]) -> Sequence[tuple[str, int, int]]:
    if not paths:
        return ()
    return [(paths[path], start, end) for path, start, end in find_texts(content) if path in paths]


def find_texts(content: bytes) -> Iterator[tuple[JsonPath, int, int]]:
    """Yield every string that is a value of the JSON in `content`, with the path to it, its start and its end."""
    path: list[str | None] = []
    named = False
    for token in _TOKEN.finditer(content):
        match found := token[0]:
            case b"{":
                path.append("")
                named = False
            case b"[":
                path.append(None)
            case b"}" | b"]":
                path.pop()
            case b",":
                named = False
            case b":":
                named = True
            case _ if path and path[-1] is not None and not named:
                path[-1] = json.loads(found) if b"\\" in found else found[1:-1].decode()
            case _:
                yield tuple(path), token.start(), token.end()
