"""The answer for a line, ready to be given to any line with the same facts, as a decision or in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from pydantic_core import to_json

from engine.contract.decision import LineDecision, Missing, Outcome, WhyNot
from engine.contract.trusted_models import with_members

_OPENING = b',"outcome":"%b","handover_as_asked":"%b","say":'
_A_CLAIM = b'"claimed_not_confirmed":["x"],'


def open_answer(outcome: Outcome) -> bytes:
    """What the JSON of the whole says of the strictest line, up to the sentence."""
    return _OPENING % (outcome.encode(), outcome.handover_as_asked.encode())


def say_in_to_json(texts: Mapping[str, str], drafts: Sequence[str]) -> bytes:
    """What the JSON of an answer says behind its sentence of the same in other languages: nothing if it has none."""
    if not texts:
        return b""
    return b',"say_in":' + to_json(texts) + (b',"say_in_draft":' + to_json(drafts) if drafts else b"")


@lru_cache(maxsize=1024)  # facts that others own are few, and few are claimed together
def _claims_to_json(claimed: tuple[str, ...]) -> bytes:
    return b'"claimed_not_confirmed":%b,' % to_json(claimed)


class _Written(NamedTuple):
    """The JSON of a line without its mark, before and after the place of the claims; what it opens with."""

    opening: bytes
    before: bytes
    after: bytes


class SharedLine:
    """A line as lines of different facts share it: without why other rules did not decide and what is missing.

    A line that nobody shares may hold these. Its mark is still to be set, 1 so far; its JSON is encoded on first use.
    `spoken` is what it says, in each language.
    """

    __slots__ = ("_written", "decision", "spoken")

    def __init__(self, decision: LineDecision) -> None:
        self.decision = decision
        self.spoken = decision.say, *decision.say_in.items(), decision.say_in_draft
        self._written: _Written | None = None

    @property
    def written(self) -> _Written:
        """Its JSON; what is missing and why other rules did not decide stand at the end of `before`."""
        if self._written is None:
            line = self.decision
            whole = with_members(line, line=0, claimed_not_confirmed=("x",)).to_json()
            # Within texts a quotation mark is escaped, so that this is found nowhere else.
            before, _, after = whole.removeprefix(b'{"line":0,').partition(_A_CLAIM)
            spoken = to_json(line.say) + say_in_to_json(line.say_in, line.say_in_draft)
            self._written = _Written(open_answer(line.outcome) + spoken, before, after)
        return self._written


class MissingFact(NamedTuple):
    """A fact that is missing, as it is and as JSON."""

    stated: Missing
    as_json: bytes

    @classmethod
    def of(cls, missing: Missing) -> MissingFact:
        """The fact with its JSON."""
        return cls(missing, missing.to_json())


class LineAnswer:
    """An answer that is still to get the mark of its line, 1 so far; decision and JSON are made on first use.

    `broken` names the invariant of the floor that a permission would have broken, where it is refused for that.
    """

    __slots__ = (
        "_decision",
        "_missing",
        "_shared",
        "_why_not",
        "_written",
        "broken",
        "outcome",
        "strictness",
        "weight",
    )

    def __init__(
        self,
        shared: SharedLine,
        why_not: tuple[WhyNot, ...] = (),
        missing: tuple[MissingFact, ...] = (),
        broken: str | None = None,
    ) -> None:
        self._shared, self._why_not, self._missing = shared, why_not, missing
        self.broken = broken
        outcome = self.outcome = shared.decision.outcome
        self.strictness = outcome.strictness
        self.weight = 4 + 4 * len(missing) + len(why_not) + sum([len(r.found) for r in why_not]) // 200
        self._decision: LineDecision | None = None if why_not or missing else shared.decision
        self._written: _Written | None = None

    @property
    def decision(self) -> LineDecision:
        """The decision for the line."""
        if self._decision is None:
            missing = tuple([fact.stated for fact in self._missing])
            self._decision = with_members(self._shared.decision, why_not=self._why_not, missing=missing)
        return self._decision

    @property
    def spoken(self) -> tuple[object, ...]:
        """What it says, in each language."""
        return self._shared.spoken

    def marked(self, mark: int | str, claimed: Sequence[str] | None = None) -> LineDecision:
        """Return the decision for the line with this mark, and the claims that were withheld, if any could be."""
        line = self._decision or self.decision
        if claimed is not None:
            return with_members(line, line=mark, claimed_not_confirmed=tuple(claimed))
        return line if mark == 1 else with_members(line, line=mark)

    def to_json(
        self, opening: bytes, mark: int | str, claimed: Sequence[str]
    ) -> tuple[bytes, bytes, bytes, bytes]:
        """Return the decision for the line as it appears in the JSON of the whole, in pieces.

        The first holds `opening` and the mark, the third the claims that were withheld; the others never differ.
        """
        _, before, after = self._written or self._write()
        claims = _claims_to_json(tuple(claimed)) if claimed else b""
        shown = b"%d," % mark if type(mark) is int else to_json(mark) + b","
        return opening + shown, before, claims, after

    @property
    def opening(self) -> bytes:
        """What the JSON of the whole says of the strictest line: outcome, permission and sentence."""
        return (self._written or self._write()).opening

    def _write(self) -> _Written:
        opening, before, after = self._shared.written
        if self._missing:
            before += b'"missing":[' + b",".join([fact.as_json for fact in self._missing]) + b"],"
        if self._why_not:
            before += b'"why_not":' + to_json(self._why_not) + b","
        self._written = _Written(opening, before, after)
        return self._written
