"""The words of the shipped directive that its registers and dues are written in."""

from __future__ import annotations

from typing import Literal

COMMITTEE = "committee"

ItemKind = Literal[
    "document",
    "drawing",
    "process_instruction",
    "data",
    "software",
    "sample",
    "specimen",
    "equipment_part",
    "oral_or_visual",
]
