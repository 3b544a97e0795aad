"""Texts kept apart from the log: found in a payload, cut out of it, put back.

In the place of each text the payload holds `null`, and the line of the entry announces a commitment: SHA-256 over a
salt and the text. The log proves the commitment. Salt and text lie in a table of their own, so that erasing them
takes nothing from a proof, and without the salt nobody can try texts against the commitment.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from api.ledger.entries import DECISION, FACT, REQUEST, Entry

APART = "apart"
"""The member of an entry that announces what was cut out of its payloads."""
EVIDENCE = "evidence"
"""The name of what a recorded fact is shown by."""
SALT_BYTES = 32

_ITEM = "item."
_NULL = b"null"
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]', re.DOTALL)

Path = tuple[str | None, ...]
"""The way to a value: the names of members, None for any place of a list."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text that was cut out, as its entry announces it; `at` is the place of its `null` in the stored payload."""

    payload: str
    fact: str
    at: int
    commitment: str


@dataclass(frozen=True, slots=True)
class KeptText:
    """A text as the table keeps it: the bytes of a JSON string, with the salt of its commitment."""

    salt: bytes
    content: bytes

    @property
    def commitment(self) -> str:
        """What the entry announces for it."""
        return hashlib.sha256(self.salt + self.content).hexdigest()

    def fits(self, piece: Piece) -> bool:
        """Whether this is the text that was cut out."""
        return len(self.salt) == SALT_BYTES and self.commitment == piece.commitment


def cut_texts(
    entry: Entry, names: Set[str], new_salt: Callable[[], bytes]
) -> tuple[Entry, tuple[KeptText, ...]]:
    """Return the entry without the texts of the facts in `names`, and these texts in the order of its pieces.

    Names are those of facts, `evidence`, or for any other payload `PAYLOAD.MEMBER`, with `[]` for the places of a
    list. An answer as given is never cut. A text that is null or absent gives no piece.
    """
    pieces: list[Piece] = []
    texts: list[KeptText] = []
    payloads = dict(entry.payloads)
    for payload, content in entry.payloads.items():
        parts, done, shift = [], 0, 0
        for fact, start, end in _find(content, _wanted(payload, content, names)):
            text = KeptText(new_salt(), content[start:end])
            parts += [content[done:start], _NULL]
            pieces.append(Piece(payload, fact, start - shift, text.commitment))
            texts.append(text)
            done, shift = end, shift + end - start - len(_NULL)
        payloads[payload] = b"".join([*parts, content[done:]])
    if not pieces:
        return entry, ()
    announced = [
        {"payload": p.payload, "fact": p.fact, "at": p.at, "commitment": p.commitment} for p in pieces
    ]
    return replace(entry, members={**entry.members, APART: announced}, payloads=payloads), tuple(texts)


def pieces_of(entry: Entry) -> tuple[Piece, ...]:
    """Return what was cut out of an entry. Raises ValueError if it does not announce it rightly."""
    try:
        return tuple(_piece(announced, entry.payloads) for announced in entry.members.get(APART, ()))
    except (KeyError, TypeError) as error:
        raise ValueError("the entry does not say rightly what was cut out of it") from error


def put_back(entry: Entry, texts: Mapping[int, KeptText]) -> Entry:
    """Return the entry with its texts, given by the place of their pieces.

    What is missing or does not fit its commitment stays null. With every text the payloads are the bytes that were
    recorded first.
    """
    payloads = dict(entry.payloads)
    for ordinal, piece in reversed(tuple(enumerate(pieces_of(entry)))):
        text = texts.get(ordinal)
        if text is not None and text.fits(piece):
            content = payloads[piece.payload]
            after = content[piece.at + len(_NULL) :]
            payloads[piece.payload] = content[: piece.at] + text.content + after
    return replace(entry, payloads=payloads)


def _piece(announced: Mapping[str, Any], payloads: Mapping[str, bytes]) -> Piece:
    piece = Piece(**announced)
    if not payloads[piece.payload].startswith(_NULL, piece.at):
        raise ValueError("the entry names a place where nothing was cut out")
    return piece


def _wanted(payload: str, content: bytes, names: Set[str]) -> dict[Path, str]:
    """The ways to the texts of a payload that are kept apart, each with its name."""
    match payload:
        case str() if payload == DECISION:
            return {}
        case str() if payload == REQUEST:
            return {_path(f"items[].{n.removeprefix(_ITEM)}" if n.startswith(_ITEM) else n): n for n in names}
        case str() if payload == FACT:
            fact = json.loads(content)["fact"]
            ways = {("value",): fact, (EVIDENCE,): EVIDENCE}
            return {way: name for way, name in ways.items() if name in names}
        case _:
            return ways_of(payload, names)


def ways_of(payload: str, names: Set[str]) -> dict[Path, str]:
    """Return the ways to the texts that are named `PAYLOAD.MEMBER`, each with its name."""
    own = f"{payload}."
    return {_path(name.removeprefix(own)): name for name in names if name.startswith(own)}


def blank_texts(content: str, ways: Set[Path]) -> str:
    """Return JSON with `null` in the place of the texts at these ways."""
    blank = content.encode()
    for way, start, end in reversed(tuple(find_texts(blank))):
        if way in ways:
            blank = blank[:start] + _NULL + blank[end:]
    return blank.decode()


def _path(name: str) -> Path:
    steps: list[str | None] = []
    for part in name.split("."):
        member, *lists = part.split("[]")
        steps += [member, *(None for _ in lists)]
    return tuple(steps)


def _find(content: bytes, wanted: Mapping[Path, str]) -> Sequence[tuple[str, int, int]]:
    if not wanted:
        return ()
    return [(wanted[path], start, end) for path, start, end in find_texts(content) if path in wanted]


def find_texts(content: bytes) -> Iterator[tuple[Path, int, int]]:
    """Yield every string that is a value of the JSON in `content`, with the way to it and its first and last byte."""
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
