"""Countries in the language of the console: their names as pages show them, and as visitors type them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

from engine import ENGLISH, name_country
from engine.contract.countries import COUNTRY_CODES
from engine.contract.country_names import CODES_BY_NAME

_BETWEEN = re.compile("[,，、;；]")


@cache
def country_names_in(language: str) -> Mapping[str, str]:
    """Return the name of each country by its code; those of English are the engine's own."""
    if language == ENGLISH:
        return {code: name_country(code) for code in COUNTRY_CODES}
    territories = Locale.parse(language).territories
    return {code: territories.get(code, name_country(code)) for code in COUNTRY_CODES}


def show_country(language: str, code: str) -> str:
    """Return a country by its name and its code."""
    return f"{country_names_in(language).get(code, name_country(code))} ({code})"


def choosable_names(language: str) -> list[str]:
    """Return the names to choose from where a country is typed."""
    if language == ENGLISH:
        return sorted(CODES_BY_NAME)
    return sorted(country_names_in(language).values())


def in_english(language: str, typed: str) -> str:
    """Return typed countries with each name of the visitor's language as its code, and commas between them.

    The readers of answers know English names and codes alone; what is no name in this language is left to them.
    """
    if language == ENGLISH:
        return typed
    codes = {name: code for code, name in country_names_in(language).items()}
    return ", ".join(codes.get(part.strip(), part.strip()) for part in _BETWEEN.split(typed))
