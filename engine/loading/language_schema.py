"""The shape of a file of translations: what the policies say, in one other language."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from engine.loading.field_types import LanguageTag, SentenceText
from engine.loading.sections import Section


class TranslationText(Section):
    """A text of the policies as it was when it was translated, and its translation."""

    english: SentenceText
    translation: SentenceText
    status: Literal["draft", "reviewed"]
    reviewed_by: SentenceText | None = None
    reviewed_on: dt.date | None = None


class LanguageFile(Section):
    """The texts of the policies in one language."""

    language: LanguageTag
    translations: Annotated[list[TranslationText], Field(min_length=1)]
