"""Countries as an officer types them: by name or code, one that is mistakable confirmed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine import mistakable_for, name_country, suggestion
from engine.contract.countries import COUNTRY_CODES, describe_withdrawn
from engine.contract.country_names import CODES_BY_NAME


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with an answer, and the remedy."""

    fact: str
    remedy: str


@dataclass(frozen=True, slots=True)
class UnclearCountry:
    """A name or code by which several countries may be meant, and the codes of these."""

    text: str
    codes: tuple[str, ...]


_BY_NAME: Mapping[str, frozenset[str]] = {name.casefold(): codes for name, codes in CODES_BY_NAME.items()}


def read_countries(
    text: str, listed: Collection[str], meant: Mapping[str, str]
) -> tuple[str, ...] | Mistake | UnclearCountry:
    """Return the codes of the countries named, with commas between them; `meant` says which an unclear text is.

    A country that shares its name with one that is `listed` is unclear, by name and by code.
    """
    codes: dict[str, None] = {}
    for part in text.split(","):
        if (named := part.strip()) in meant:
            codes[meant[named]] = None
            continue
        found = _find(named)
        if isinstance(found, Mistake):
            return found
        choices = {*found, *(other for code in found for other in mistakable_for(code, listed))}
        if len(choices) > 1:
            return UnclearCountry(named, tuple(sorted(choices, key=lambda code: (code not in listed, code))))
        codes.update(dict.fromkeys(found))
    return tuple(codes)


def _find(named: str) -> frozenset[str] | Mistake:
    code = named.upper()
    if code in COUNTRY_CODES:
        return frozenset({code})
    if withdrawn := describe_withdrawn(code):
        return Mistake(*withdrawn)
    name = named.casefold().removeprefix("the ")
    if found := _BY_NAME.get(name):
        return found
    remedy = "write its English name or its ISO 3166-1 alpha-2 code, such as KP; several with commas between"
    near = suggestion(name.title(), CODES_BY_NAME)
    return Mistake(
        f"`{named}` is not the name or code of a country", f"{near} Else {remedy}" if near else remedy
    )


def describe_country(code: str) -> str:
    """Return a country by its name and its code."""
    return f"{name_country(code)} ({code})"
