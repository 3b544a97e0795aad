"""The words of the shipped directive that its handovers are written in."""

from __future__ import annotations

from typing import Literal

DEPARTMENT = "receiving_department"

Deliverer = Literal["receiving_department", "committee", "other"]
Recipient = Literal[
    "mission",
    "mission_member",
    "counterpart_institution",
    "other_body_in_country",
    "body_abroad",
    "third_country",
]
HandoverMode = Literal["hand", "post", "electronic", "copying_allowed"]
BorderArea = Literal["none", "sino_korean", "sino_vietnamese"]
Trigger = Literal["ad_hoc_request", "host_offer", "agreed_programme", "legacy_list", "repeat_request"]
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
