"""The countries that a policy speaks for on a day: those it names, or every country that no file names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Members:
    """The countries of `codes`; with `others`, every country but those."""

    codes: frozenset[str] = frozenset()
    others: bool = False

    def __contains__(self, country: object) -> bool:
        return country is not None and (country in self.codes) is not self.others

    @property
    def named(self) -> frozenset[str]:
        """The codes by which countries are listed; every other country is not."""
        return frozenset() if self.others else self.codes
