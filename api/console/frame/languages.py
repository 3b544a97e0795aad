"""The languages of the console itself, from message catalogues; what policies say has translations of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from starlette.requests import Request

from api.parsing.language_ranges import MAX_WISHES, best_language

CATALOGUES = Path(__file__).parents[1] / "catalogues"
LANGUAGE_COOKIE = "channelgate_language"
LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
"""The languages of the console, each in its own name; the first is that of the templates."""


def find_language(request: Request) -> str:
    """Return the language for a visitor: the chosen one, or else that of the browser."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen is not None and chosen in LANGUAGES:
        return chosen
    wishes = ",".join(request.headers.getlist("accept-language"))[:MAX_WISHES]
    return best_language(wishes, LANGUAGES, "en")


@cache
def translations_in(language: str) -> NullTranslations:
    """Return the messages in a language: those of every catalogue of it, one for each area of the console."""
    if language == "en":
        return NullTranslations()
    joined = Catalog(locale=language, domain="console", fuzzy=False)
    for file in sorted((CATALOGUES / language).glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if message.id:
                    joined[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, joined)
    compiled.seek(0)
    return Translations(compiled, domain="console")
