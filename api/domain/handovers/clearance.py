"""The clearance: a permission for one handover, as a signed text that a person at the desk can read and file.

It is a note of the form C2SP signed-note: a first line that names the format and its version, then lines
`name: value`, an empty line, the signature. What could break or hide a line is written as an escape, so a value
cannot pretend to be a line of its own. The log's key signs it under a name of its own, and neither text can be read
as the other: a clearance is no checkpoint, and a checkpoint no clearance.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from api.parsing.characters import in_normal_form
from api.parsing.fields import read_day
from api.signing.faults import SigningFault
from api.signing.keys import SigningKey, VerifyingKey
from api.signing.notes import Note, parse_note, sign_note
from engine import UTC, day_in, time_zone_names

FORMAT = "channelgate clearance 1"
KEY_SUFFIX = "/clearance"

_COPY = "copy the clearance anew, from its first line to the end of its signature"
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
_ESCAPE = re.compile(r"\\(?:\\|u\{([0-9a-f]{1,6})\})")


@dataclass(frozen=True, slots=True)
class ClearedItem:
    """A line that may be handed over, in the words of the request; without a kind where the vocabulary has none."""

    line: str
    description: str
    quantity: Decimal
    unit: str | None
    kind: str | None


@dataclass(frozen=True, slots=True)
class Clearance:
    """What may be handed over: by whom, to whom, from which day to which, by which decision.

    `deliverer` and `recipient` are words of the vocabulary (`handover.by`, `handover.to`); `counterparts` are the
    names of the registered institutions, as the policies state them. Its days are those of the calendar in
    `time_zone`; a clearance without one is from before clearances named any, and they are those of UTC.
    """

    clearance_id: str
    log: str
    decision_id: str
    request_id: str
    department: str | None
    countries: tuple[str, ...]
    items: tuple[ClearedItem, ...]
    deliverer: str
    recipient: str
    counterparts: tuple[str, ...]
    revision: str
    issued_at: dt.datetime
    time_zone: str | None
    valid_from: dt.date
    valid_until: dt.date

    def with_normal_texts(self) -> Clearance:
        """Return it with the texts of its request in NFC, in which statements about it are taken."""
        items = tuple(
            replace(
                item,
                line=in_normal_form(item.line),
                description=in_normal_form(item.description),
                unit=item.unit and in_normal_form(item.unit),
            )
            for item in self.items
        )
        return replace(
            self,
            request_id=in_normal_form(self.request_id),
            department=self.department and in_normal_form(self.department),
            items=items,
        )

    def to_text(self) -> str:
        """Return the text that is signed."""
        lines = (f"{name}: {_escaped(value)}" for name, value in self._members())
        return "\n".join([FORMAT, *lines]) + "\n"

    def day_at(self, moment: dt.datetime) -> dt.date:
        """Return the day of a moment in the calendar of the clearance."""
        return day_in(self.time_zone or UTC, moment)

    def _members(self) -> Iterator[tuple[str, str]]:
        yield "clearance", self.clearance_id
        yield "log", self.log
        yield "decision", self.decision_id
        yield "request", self.request_id
        if self.department is not None:
            yield "department", self.department
        yield "mission from", ", ".join(self.countries)
        for item in self.items:
            yield "line", item.line
            yield "description", item.description
            yield "quantity", format(item.quantity, "f")
            if item.unit is not None:
                yield "unit", item.unit
            if item.kind is not None:
                yield "kind", item.kind
        yield "handed over by", self.deliverer
        yield "handed over to", self.recipient
        for counterpart in self.counterparts:
            yield "registered institution", counterpart
        yield "policies", self.revision
        yield "issued at", self.issued_at.isoformat()
        if self.time_zone is not None:
            yield "time zone", self.time_zone
        yield "valid from", self.valid_from.isoformat()
        yield "valid until", self.valid_until.isoformat()


def clearance_name(log: str) -> str:
    """Return the name under which a log's key signs clearances; the checkpoints carry the log's own."""
    return log if log.endswith(KEY_SUFFIX) else log + KEY_SUFFIX


def clearance_key(key: VerifyingKey) -> VerifyingKey:
    """Return the key that verifies the clearances of a log, from the key of its checkpoints or itself."""
    return VerifyingKey(clearance_name(key.name), key.public)


def as_printed(text: str) -> str:
    """Return a note with its own line breaks; copying changes them, or drops the last."""
    return text.replace("\r\n", "\n").strip() + "\n"


def sign_clearance(clearance: Clearance, key: SigningKey) -> str:
    """Return the note of a clearance, signed by the key of its log."""
    return sign_note(clearance.to_text(), SigningKey(clearance_name(key.name), key.private))


def verify_clearance(text: str, keys: Sequence[VerifyingKey]) -> Clearance:
    """Return the clearance of a note that one of the keys signed. Raises `SigningFault`.

    The keys may be those of the checkpoints: they are taken under the name that clearances are signed under.
    """
    note = parse_note(text, "clearance")
    if not note.text.startswith(f"{FORMAT}\n"):
        raise SigningFault(f"the first line is not `{FORMAT}`, so this is no clearance", _COPY)
    known = [clearance_key(key) for key in keys]
    note.verify(known)
    clearance = parse_clearance(note)
    note.verify([key for key in known if key.name == clearance_name(clearance.log)])
    return clearance


def parse_clearance(note: Note) -> Clearance:
    """Return the clearance of a note, whose signature the caller verifies. Raises `SigningFault`."""
    reader = _ClearanceReader(note.text.split("\n")[1:-1])
    clearance = Clearance(
        clearance_id=reader.take("clearance"),
        log=reader.take("log"),
        decision_id=reader.take("decision"),
        request_id=reader.take("request"),
        department=reader.take_if("department"),
        countries=tuple(reader.take("mission from").split(", ")),
        items=tuple(reader.items()),
        deliverer=reader.take("handed over by"),
        recipient=reader.take("handed over to"),
        counterparts=tuple(reader.all("registered institution")),
        revision=reader.take("policies"),
        issued_at=reader.time("issued at"),
        time_zone=reader.time_zone("time zone"),
        valid_from=reader.day("valid from"),
        valid_until=reader.day("valid until"),
    )
    if clearance.to_text() != note.text:
        raise SigningFault("the clearance is not written in its usual form", _COPY)
    return clearance


class _ClearanceReader:
    """Takes the lines of a clearance in their order."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = list(reversed(lines))

    def take(self, name: str) -> str:
        value = self.take_if(name)
        if value is None:
            raise SigningFault(f"the line `{name}` is missing or not at its place", _COPY)
        return value

    def take_if(self, name: str) -> str | None:
        if not self._lines or not self._lines[-1].startswith(f"{name}: "):
            return None
        return _unescaped(self._lines.pop().removeprefix(f"{name}: "))

    def all(self, name: str) -> Iterator[str]:
        while (value := self.take_if(name)) is not None:
            yield value

    def items(self) -> Iterator[ClearedItem]:
        for line in self.all("line"):
            description, quantity = self.take("description"), _number(self.take("quantity"))
            yield ClearedItem(line, description, quantity, self.take_if("unit"), self.take_if("kind"))

    def day(self, name: str) -> dt.date:
        found = read_day(self.take(name))
        if found is None:
            raise SigningFault(f"the line `{name}` holds no day", _COPY)
        return found

    def time_zone(self, name: str) -> str | None:
        zone = self.take_if(name)
        if zone is not None and zone not in time_zone_names():
            remedy = "copy the clearance anew, or check it with the version of channelgate that issued it"
            raise SigningFault(f"the line `{name}` names no time zone that is known here", remedy)
        return zone

    def time(self, name: str) -> dt.datetime:
        try:
            return dt.datetime.fromisoformat(self.take(name))
        except ValueError as error:
            raise SigningFault(f"the line `{name}` holds no time", _COPY) from error


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise SigningFault("a quantity is no number", _COPY) from error


def _escaped(value: str) -> str:
    """Write what cannot be seen, what breaks a line or turns its direction, and the backslash, as escapes."""
    last = len(value) - 1
    return "".join(
        character if character == " " and 0 < place < last else _escape(character)
        for place, character in enumerate(value)
    )


def _escape(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if unicodedata.category(character) in _ESCAPED:
        return f"\\u{{{ord(character):x}}}"
    return character


def _unescaped(text: str) -> str:
    try:
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", text)
    except ValueError as error:
        raise SigningFault("an escape stands for no character", _COPY) from error
