"""What a backtest of a policy change finds: each line of a request that is answered otherwise, with counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import Direction, Outcome


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line of a request that is answered otherwise; `direction` is None where the outcome stays."""

    request_id: str
    line: int | str
    countries: tuple[str, ...]
    was: Outcome
    becomes: Outcome
    direction: Direction | None
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    clauses: tuple[str, ...]
    """The clauses that the new answer cites."""
    decision_id: str | None = None
    """The recorded decision, where the request is one of the log."""


@dataclass(frozen=True, slots=True)
class RequestInOldWords:
    """A request that states what the new set does not have."""

    request_id: str
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """How many requests and lines were decided, and each line that is answered otherwise, with counts."""

    requests: int
    lines: int
    changed: tuple[ChangedLine, ...]
    outcomes: Mapping[tuple[Outcome, Outcome], int] = field(default_factory=dict)
    clauses: Mapping[str, int] = field(default_factory=dict)
    countries: Mapping[str, int] = field(default_factory=dict)
    in_old_words: tuple[RequestInOldWords, ...] = ()
    """The requests of which the new set lacks words; to it these facts are not known."""

    @property
    def more_permissive(self) -> bool:
        """Whether some line that was forbidden is no longer."""
        return any(line.direction is Direction.MORE_PERMISSIVE for line in self.changed)
