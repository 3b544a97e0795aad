"""What the service says to the process that writes its log."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict


class WriterPlan(BaseModel):
    """The log, the members of the entry of its start, and the Unix socket at which groups are handed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str
    key_file: Path
    origin: str
    started: dict[str, str]
    address: Path
    metrics: bool
