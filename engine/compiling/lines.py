"""The answer for a line, ready to be given to any line with the same facts, as a decision or in JSON."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_core import to_json

from engine.decision import LineDecision, WhyNot
from engine.unchecked import with_members

_A_CLAIM = b'"claimed_not_confirmed":["x"],'


def weight_of(reason: WhyNot) -> int:
    """How much a reason weighs in a memory: it may quote long texts of the caller."""
    return 1 + len(reason.found) // 200


class LineAnswer:
    """An answer that is still to get the mark of its line, 1 so far; its JSON is written when first asked for."""

    __slots__ = ("_written", "decision", "outcome", "strictness", "weight")

    def __init__(self, decision: LineDecision) -> None:
        self.decision = decision
        self.outcome = decision.outcome
        self.strictness = decision.outcome.strictness
        self.weight = 4 + 4 * len(decision.missing) + sum(weight_of(found) for found in decision.why_not)
        self._written: tuple[bytes, bytes, bytes] | None = None

    def marked(self, mark: int | str, claimed: Sequence[str] | None = None) -> LineDecision:
        """Return the decision for the line with this mark, and the claims that were withheld, if any could be."""
        line = self.decision
        if claimed is not None:
            return with_members(line, line=mark, claimed_not_confirmed=tuple(claimed))
        return line if mark == 1 else with_members(line, line=mark)

    def to_json(
        self, opening: bytes, mark: int | str, claimed: Sequence[str]
    ) -> tuple[bytes, bytes, bytes, bytes]:
        """Return the decision for the line as it stands in the JSON of the whole, in pieces.

        The first holds `opening` and the mark, the third the claims that were withheld; the others never differ.
        """
        before, after, _ = self._written or self._parts
        claims = b'"claimed_not_confirmed":' + to_json(claimed) + b"," if claimed else b""
        shown = b"%d," % mark if type(mark) is int else to_json(mark) + b","
        return opening + shown, before, claims, after

    @property
    def say(self) -> bytes:
        """The sentence in JSON."""
        return self._parts[2]

    @property
    def _parts(self) -> tuple[bytes, bytes, bytes]:
        """The JSON before and after the place where claims are told, without the mark; and that of the sentence."""
        if self._written is None:
            whole = with_members(self.decision, line=0, claimed_not_confirmed=("x",)).to_json()
            # Within texts a quotation mark is escaped, so that this is found nowhere else.
            before, _, after = whole.removeprefix(b'{"line":0,').partition(_A_CLAIM)
            self._written = before, after, to_json(self.decision.say)
        return self._written
