"""The check of the figures: each counted from the items of a register and compared with what is expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from api.domain.registers.figures import Figure
from api.domain.registers.lists import Register, RegisterItem


class FigureVerdict(StrEnum):
    """How what is found stands to what is expected."""

    OK = "ok"
    FLOOR_PASSED = "floor_passed"
    DIFFERENCE = "difference"

    @property
    def reconciles(self) -> bool:
        """Whether the figure holds; a floor may be passed."""
        match self:
            case FigureVerdict.OK | FigureVerdict.FLOOR_PASSED:
                return True
            case FigureVerdict.DIFFERENCE:
                return False
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True)
class FigurePart:
    """A figure that is counted into another one, and what was found of it."""

    figure: str
    found: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure with what was found: in which lists, how many in each, and what its parts make."""

    figure: Figure
    lists: Mapping[str, int]
    parts: tuple[FigurePart, ...]

    @property
    def found(self) -> int:
        """The number of items."""
        return sum(self.lists.values())

    @property
    def parts_found(self) -> int | None:
        """What the parts make together; None if the figure has none."""
        return sum(part.found for part in self.parts) if self.parts else None

    @property
    def verdict(self) -> FigureVerdict:
        """Parts that make more than the whole, or a figure that is not met, are a difference.

        Above a floor there may be items that belong to none of its parts.
        """
        found, expected, parts = self.found, self.figure.expected, self.parts_found
        if parts is not None and (parts > found or (parts < found and not self.figure.floor)):
            return FigureVerdict.DIFFERENCE
        if found == expected:
            return FigureVerdict.OK
        return (
            FigureVerdict.FLOOR_PASSED if self.figure.floor and found > expected else FigureVerdict.DIFFERENCE
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A reconciled register: the figures, the lists that none of them counts, and items that may be the same.

    `alike` holds groups of items of several lists that say the same under different numbers.
    """

    findings: tuple[Finding, ...]
    uncounted: Mapping[str, int]
    alike: tuple[tuple[RegisterItem, ...], ...]

    @property
    def reconciles(self) -> bool:
        """Whether every figure holds."""
        return all(finding.verdict.reconciles for finding in self.findings)


def reconcile(register: Register, figures: Sequence[Figure]) -> Report:
    """Return the report on a register."""
    counts = Counter(item.list_id for item in register.items)
    findings: dict[str, Finding] = {}
    for figure in figures:
        lists = {
            listed.list_id: counts[listed.list_id] for listed in register.lists if figure.where.takes(listed)
        }
        parts = tuple(FigurePart(name, findings[name].found) for name in figure.sum_of)
        findings[figure.figure] = Finding(figure, lists, parts)
    counted = {list_id for finding in findings.values() for list_id in finding.lists}
    uncounted = {
        listed.list_id: counts[listed.list_id] for listed in register.lists if listed.list_id not in counted
    }
    return Report(tuple(findings.values()), uncounted, _find_alike(register.items))


def _find_alike(items: Sequence[RegisterItem]) -> tuple[tuple[RegisterItem, ...], ...]:
    """Items that say the same and are on different lists: perhaps one item, counted more than once."""
    groups: dict[tuple[object, ...], list[RegisterItem]] = {}
    for item in items:
        content = (item.description.casefold(), item.kind, item.quantity, item.unit)
        groups.setdefault(content, []).append(item)
    return tuple(tuple(group) for group in groups.values() if len({item.list_id for item in group}) > 1)
