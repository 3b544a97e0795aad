"""Whom the policy files are for: the countries that they name, on which days, and what becomes one policy.

A file is for one `country`, for a group of `countries`, for all others, or for none. The countries of a group for
which nothing differs are one policy together; one of which something differs is a policy of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from engine.checking.report import CheckReport, SourceFile
from engine.contract.countries import COUNTRY_CODES, describe_withdrawn
from engine.loading.country_schema import ALL_OTHERS, MemberText
from engine.loading.document import Path
from engine.loading.file_schema import PolicyFile
from engine.policy.members import Members
from engine.policy.rules import Period


@dataclass(frozen=True, slots=True)
class Naming:
    """A country as a file names it: the code, where it stands, and the days."""

    source: SourceFile[PolicyFile]
    path: Path
    code: str
    period: Period

    @property
    def place(self) -> str:
        """Where the code stands."""
        return str(self.source.document.place(self.path))


Namings = tuple[Naming, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """The part of a file that becomes one policy: `named` are its countries.

    With `others` it speaks for every country but those of `elsewhere`, which some file names.
    """

    name: str
    named: Namings = ()
    others: bool = False
    elsewhere: Namings = ()

    @property
    def code(self) -> str | None:
        """The country, if it is for one and no other."""
        codes = {naming.code for naming in self.named}
        return codes.pop() if len(codes) == 1 else None

    @property
    def periods(self) -> tuple[Period, ...]:
        """The days on which its countries are others begin and end with these."""
        return tuple(naming.period for naming in (*self.named, *self.elsewhere))

    def members_on(self, day: dt.date) -> Members:
        """The countries it speaks for on `day`."""
        namings = self.elsewhere if self.others else self.named
        return Members(frozenset(one.code for one in namings if one.period.covers(day)), self.others)


def entries_of(content: PolicyFile) -> Sequence[MemberText]:
    """The countries that a group lists; none of a file that is for no group, or for all others."""
    return content.countries if isinstance(content.countries, list) else ()


def find_namings(sources: Sequence[SourceFile[PolicyFile]], report: CheckReport) -> Mapping[str, Namings]:
    """Return the countries that each file names, by its name (R11, R27, R37, R38)."""
    found = {source.document.file: tuple(_namings(source, report)) for source in sources}
    _check_overlaps([naming for namings in found.values() for naming in namings], report)
    _check_others(sources, report)
    return found


def _namings(source: SourceFile[PolicyFile], report: CheckReport) -> Iterator[Naming]:
    content, document = source.content, source.document
    if content.country is not None:
        if content.countries is not None:
            message = "the file says twice whom it is for: by `country` and by `countries`"
            report.error_at_key(document, ("countries",), "R38", message, "keep one of the two keys")
        yield _naming(source, ("country",), content.country, Period(), report)
    for index, entry in enumerate(entries_of(content)):
        path = ("countries", index)
        if entry.from_ and entry.until and entry.until < entry.from_:
            message = f"the membership of {entry.country} ends before it begins"
            report.error(document, (*path, "until"), "R11", message, "exchange from and until")
            continue
        yield _naming(source, (*path, "country"), entry.country, Period(entry.from_, entry.until), report)


def _naming(
    source: SourceFile[PolicyFile], path: Path, code: str, period: Period, report: CheckReport
) -> Naming:
    if code not in COUNTRY_CODES:
        message, remedy = describe_withdrawn(code) or (
            f"`{code}` is not the code of a country",
            "write the code of ISO 3166-1, such as NZ for New Zealand",
        )
        report.error(source.document, path, "R27", message, remedy)
    return Naming(source, path, code, period)


def _check_overlaps(namings: Sequence[Naming], report: CheckReport) -> None:
    """Report each country that is named twice for the same day (R37); two files of one `country` are R01."""
    before: dict[str, list[Naming]] = {}
    for naming in namings:
        earlier = before.setdefault(naming.code, [])
        for other in earlier:
            twice = naming.path == other.path == ("country",)
            if naming.period.overlaps(other.period) and not twice:
                message = f"{naming.code} is named twice for the same days, first at {other.place}"
                remedy = "take it out of one, or end one with `until` before the other begins with `from`"
                report.error(naming.source.document, naming.path, "R37", message, remedy)
                break
        earlier.append(naming)


def _check_others(sources: Sequence[SourceFile[PolicyFile]], report: CheckReport) -> None:
    """Report a second file that is for all others (R37)."""
    others = [source for source in sources if source.content.countries == ALL_OTHERS]
    for source in others[1:]:
        place = others[0].document.place(("countries",))
        message = f"a second file is for all other countries, the first at {place}"
        report.error(source.document, ("countries",), "R37", message, "keep one file for them")


def speakers_of(
    source: SourceFile[PolicyFile], found: Mapping[str, Namings], *, one_by_one: bool
) -> list[Speaker]:
    """Return the policies that a file becomes; `one_by_one`, a policy for each country of a group."""
    name, named = source.content.policy, found[source.document.file]
    if source.content.countries == ALL_OTHERS:
        return [Speaker(name, others=True, elsewhere=tuple(chain.from_iterable(found.values())))]
    alone = {entry.country for entry in entries_of(source.content) if entry.parameters or one_by_one}
    together = tuple(naming for naming in named if naming.code not in alone)
    groups = [together] if together or not named else []
    groups += [tuple(naming for naming in named if naming.code == code) for code in sorted(alone)]
    if len(groups) == 1:
        return [Speaker(name, groups[0])]
    return [Speaker(name if group is together else f"{name}-{group[0].code}", group) for group in groups]
