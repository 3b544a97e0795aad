"""Sentences as the policies have them: spoken under a condition, and the words that join those of several lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.diagnostics import Place
from engine.language.expressions import Expression

BRACES = re.compile(r"\{([^{}]*)\}")


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The text with the value of each name in braces; what a value holds in braces stays as it is."""
    return BRACES.sub(lambda match: values[match[1]], text) if "{" in text else text


class Translation(NamedTuple):
    """A text in another language; a draft as long as nobody who speaks it has read it against the English one."""

    text: str
    draft: bool


Translations = tuple[tuple[str, Translation], ...]
"""A text in other languages, each with its tag, in the order of the tags."""


class Spoken(NamedTuple):
    """What is spoken: in English, and in every other language that has it."""

    say: str
    say_in: Translations = ()


@dataclass(frozen=True, slots=True)
class ConditionalSentence:
    """A sentence that is spoken in the place of the plain one where its condition is known to hold."""

    when: Expression
    say: str
    place: Place = field(compare=False)
    say_in: Translations = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LineWords:
    """The words around the sentences for the lines of a request, where they do not all have the same one.

    A set that does not state them, as none did before there were any, speaks by these.
    """

    one: str = "For line {lines}: {sentence}"
    several: str = "For lines {lines}: {sentence}"
    span: str = "{first} to {last}"
    last: str = "{lines} and {last}"
    more: str = "{number} more"
