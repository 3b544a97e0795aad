"""The bodies of calls of AuthZEN (Authorization API 1.0): unknown members are ignored, others have their type."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.parsing.json_values import json_text

EntityWord = Annotated[str, Field(min_length=1)]
OpenMembers = dict[str, Any]


class OpenPart(BaseModel):
    """A part of a call: strict about what it knows, and silent about what it does not."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class EntityPart(OpenPart):
    """A subject or a resource."""

    type: EntityWord
    id: EntityWord
    properties: OpenMembers = Field(default_factory=dict)


class SoughtEntity(OpenPart):
    """The subject or resource that is searched for; whatever id it has is ignored."""

    type: EntityWord
    properties: OpenMembers = Field(default_factory=dict)


class ActionPart(OpenPart):
    """An action."""

    name: EntityWord
    properties: OpenMembers = Field(default_factory=dict)


class EvaluationCall(OpenPart):
    """One question, whether a subject may do something to a resource."""

    subject: EntityPart
    action: ActionPart
    resource: EntityPart
    context: OpenMembers = Field(default_factory=dict)


class EvaluationsSemantic(StrEnum):
    """How far a list of questions is answered."""

    EXECUTE_ALL = "execute_all"
    DENY_ON_FIRST_DENY = "deny_on_first_deny"
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit"


class EvaluationOptions(OpenPart):
    """How a list of questions is answered."""

    evaluations_semantic: Annotated[EvaluationsSemantic, Field(strict=False)] = (
        EvaluationsSemantic.EXECUTE_ALL
    )


class EvaluationsCall(OpenPart):
    """A list of questions, and what each of them has where it says nothing else; without a list, one question."""

    subject: OpenMembers = Field(default_factory=dict)
    action: OpenMembers = Field(default_factory=dict)
    resource: OpenMembers = Field(default_factory=dict)
    context: OpenMembers = Field(default_factory=dict)
    evaluations: list[Any] = Field(default_factory=list)
    options: EvaluationOptions = EvaluationOptions()

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The parts that are stated for all questions."""
        return {
            name: getattr(self, name)
            for name in ("subject", "action", "resource", "context")
            if name in self.model_fields_set
        }

    def questions(self) -> list[object]:
        """Return the questions of the list, each with whole parts in the place of those that it lacks."""
        return [{**self.defaults, **one} if isinstance(one, dict) else one for one in self.evaluations]

    def inherited_bytes(self) -> int:
        """Return how many bytes the questions of the list have from the parts that are stated for all of them.

        A call of few bytes can state many times as many: a long part, and a long list of questions with nothing.
        """
        sizes = {name: len(json_text(part).encode()) for name, part in self.defaults.items()}
        return sum(
            size
            for one in self.evaluations
            if isinstance(one, dict)
            for name, size in sizes.items()
            if name not in one
        )


class PagePart(OpenPart):
    """Which part of the results is wanted: how many at most, and from where on."""

    token: str = ""
    limit: Annotated[int, Field(ge=1)] | None = None


class SearchCall(OpenPart):
    """What every search has: what is known besides, and the page that is wanted."""

    context: OpenMembers = Field(default_factory=dict)
    page: PagePart | None = None


class SubjectSearchCall(SearchCall):
    """Which subjects of a type may do something to a resource."""

    subject: SoughtEntity
    action: ActionPart
    resource: EntityPart


class ResourceSearchCall(SearchCall):
    """To which resources of a type a subject may do something."""

    subject: EntityPart
    action: ActionPart
    resource: SoughtEntity


class ActionSearchCall(SearchCall):
    """What a subject may do to a resource."""

    subject: EntityPart
    resource: EntityPart


AnySearch = SubjectSearchCall | ResourceSearchCall | ActionSearchCall

AUTHZEN_CALLS: tuple[type[OpenPart], ...] = (
    EvaluationCall,
    EvaluationsCall,
    SubjectSearchCall,
    ResourceSearchCall,
    ActionSearchCall,
)
"""The models of the bodies of calls."""
