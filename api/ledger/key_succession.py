"""The succession of signing keys: the note by which one key of a log hands over to the next.

Both keys sign it, so whoever trusts one of them comes to trust the other; the entry that carries it needs no trust.
After its place only the new key counts, for successions too: whoever has stolen a key that was succeeded leads nobody
to a key of his own. So the keys of a log form one line without branches and circles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey
from api.signing.notes import COPY_ANEW, Note, parse_note, sign_note

MEMBER = "succession"
"""The member of an entry of kind `signing_key` that holds the note."""
_TITLE = "channelgate key succession"
_WHAT = "succession of keys"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class KeySuccession:
    """Since the log has had `size` entries, its checkpoints are signed by `new` instead of `old`."""

    origin: str
    size: int
    old: VerifyingKey
    new: VerifyingKey

    @property
    def text(self) -> str:
        """The text that both keys sign."""
        return f"{_TITLE}\n{self.origin}\n{self.size}\n{self.old.format()}\n{self.new.format()}\n"


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """The keys by which a log is checked; a key in `succeeded` counts up to that many entries.

    `findings` name successions that are recorded and prove nothing.
    """

    keys: tuple[VerifyingKey, ...]
    succeeded: Mapping[VerifyingKey, int] = field(default_factory=dict)
    findings: tuple[str, ...] = ()

    @classmethod
    def of(cls, *keys: VerifyingKey) -> TrustedKeys:
        """Return keys of which none was succeeded."""
        return cls(keys)

    def verify(self, note: Note, size: int) -> None:
        """Return if one of the keys signed the note of a checkpoint over `size` entries. Raises `SigningFault`."""
        note.verify(self.keys)
        try:
            note.verify([key for key in self.keys if size <= self.succeeded.get(key, size)])
        except SigningFault as fault:
            raise SigningFault(
                "the key that signed it had been succeeded by then", "find out who still signs with that key"
            ) from fault


def sign_succession(origin: str, size: int, old: SigningKey, new: SigningKey) -> str:
    """Return the note, signed by both keys."""
    return sign_note(KeySuccession(origin, size, old.verifying, new.verifying).text, old, new)


def read_succession(note: str) -> KeySuccession:
    """Return what a note states, once both of its keys have signed it. Raises `SigningFault`."""
    parsed = parse_note(note, _WHAT)
    lines = parsed.text.removesuffix("\n").split("\n")
    if len(lines) != 5 or lines[0] != _TITLE or not _SIZE.fullmatch(lines[2]):
        raise SigningFault(
            f"a {_WHAT} has five lines: what it is, the log, its size, the old key, the new one", COPY_ANEW
        )
    succession = KeySuccession(
        lines[1], int(lines[2]), VerifyingKey.parse(lines[3]), VerifyingKey.parse(lines[4])
    )
    for key in (succession.old, succession.new):
        parsed.verify([key])
    return succession


def follow_successions(keys: Sequence[VerifyingKey], notes: Iterable[tuple[int, str]]) -> TrustedKeys:
    """Return the keys, and those that they lead to by the notes, which come with their places, in their order."""
    found, findings = list[KeySuccession](), list[str]()
    succeeded, named = dict[VerifyingKey, int](), set[VerifyingKey]()
    for place, note in notes:
        try:
            succession = read_succession(note)
        except SigningFault as fault:
            findings.append(f"entry {place}: its succession of keys proves nothing: {fault.fact}")
            continue
        old, new = succession.old, succession.new
        if succession.size != place:
            findings.append(f"entry {place}: its succession of keys is that of entry {succession.size}")
        elif old in succeeded:
            findings.append(
                f"entry {place}: its succession of keys proves nothing: the old key had been succeeded at entry "
                f"{succeeded[old]}"
            )
        elif new in named or new == old:
            findings.append(
                f"entry {place}: its succession of keys proves nothing: the new key is one that the log had before"
            )
        else:
            found.append(succession)
            succeeded[old] = place
            named |= {old, new}
    trusted = dict.fromkeys(keys)
    for _ in found:  # each pass adds the neighbours of those that are trusted, in either direction
        for one in found:
            if one.old in trusted or one.new in trusted:
                trusted |= dict.fromkeys((one.old, one.new))
    counting = {key: place for key, place in succeeded.items() if key in trusted}
    return TrustedKeys(tuple(trusted), counting, tuple(findings))
