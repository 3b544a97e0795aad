"""What every part of a policy file has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of a policy file: no key is optional by accident and none is ignored."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
