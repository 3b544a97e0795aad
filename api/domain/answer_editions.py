"""Whether a decision taken again is the one that was recorded, also where answers had another form then.

The form of answers grows: members are added, questions stand in another order, sentences fit better. Each entry with
an answer names the edition of its form. Within an edition a decision taken again has the same bytes; of an older one,
what was decided has to be the same (docs/decisions/0033).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine import ANSWER_EDITION, Decision

FIRST_EDITION = 1
"""The edition of an entry that names none."""

_DECIDED = ("outcome", "handover_as_asked", "rules", "clauses", "readings", "duties", "if_in_force")
"""The members of a line that say what was decided: the others explain it, ask, or are spoken."""

_POLICY = ("name", "revision", "status")
"""The members of the policy set that it is decided by; how it came into force is stated since the fourth edition."""


def edition_named(members: Mapping[str, Any]) -> int:
    """Return the edition that the members of an entry name. Raises ValueError for one of a later version."""
    edition = members.get("answer_edition", FIRST_EDITION)
    if type(edition) is not int or not FIRST_EDITION <= edition <= ANSWER_EDITION:
        raise ValueError(
            f"its answer has the edition {edition!r}, and this version knows {FIRST_EDITION} to {ANSWER_EDITION}"
        )
    return edition


def is_same_answer(recorded: bytes, again: Decision, edition: int) -> bool:
    """Whether a decision taken again is the one recorded in an answer of an edition."""
    content = again.to_json()
    if edition == ANSWER_EDITION:
        return content == recorded
    return bool(_decided(json.loads(recorded)) == _decided(json.loads(content)))


def _decided(answer: Mapping[str, Any]) -> Any:
    lines = [[line["line"], *map(line.get, _DECIDED)] for line in answer["lines"]]
    policy = [answer["policy"][name] for name in _POLICY]
    return answer["outcome"], answer["handover_as_asked"], policy, answer["as_of"], lines
