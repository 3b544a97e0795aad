"""The shape of the file that maps calls of the OpenID AuthZEN Authorization API to facts of a request."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.loading.field_types import PROPERTY_PATH, SingleOrTexts
from engine.loading.sections import Section
from engine.loading.vocabulary_schema import FactName

PropertyPath = Annotated[str, Field(pattern=PROPERTY_PATH, max_length=200)]
MAX_KNOWN = 1000
EntityName = Annotated[str, Field(min_length=1, max_length=200)]
PropertyTexts = dict[PropertyPath, FactName]
StatementTexts = dict[FactName, SingleOrTexts]
KnownTexts = Annotated[dict[EntityName, StatementTexts], Field(max_length=MAX_KNOWN)]
"""By the id of an entity, what the office knows of it: it counts where a call states nothing else."""


class EntityText(Section):
    """A type of subjects or resources: which facts its id and its properties state, and what is so of all of them."""

    type: EntityName
    id: FactName | None = None
    properties: PropertyTexts = {}
    states: StatementTexts = {}
    known: KnownTexts = {}


class ActionText(Section):
    """An action: which facts its properties state, and what is so wherever it is named."""

    name: EntityName
    properties: PropertyTexts = {}
    states: StatementTexts = {}


class AuthzenFile(Section):
    """Which facts a call of the AuthZEN API states, by its subject, its action, its resource and its context."""

    subjects: Annotated[list[EntityText], Field(min_length=1)]
    actions: Annotated[list[ActionText], Field(min_length=1)]
    resources: Annotated[list[EntityText], Field(min_length=1)]
    context: PropertyTexts = {}
