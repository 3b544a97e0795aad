"""Cedar by cedarpy: a policy for each rule, with the country in its scope, in a set that was parsed once.

Cedar answers which policies hold, not which of them is first; that one is picked here. All policies permit, for
their order gives the outcomes. The principal and the context are given as cedarpy hands them on: a dictionary, and
JSON text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import cedarpy

from benchmarks.engines.content import NOT_GOVERNED, Rule, write_rows
from benchmarks.engines.protocol import COUNTRY, EngineForm, Stated, by_country, plain_name


class Policies:
    """One set of policies, queried for those that hold."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        rows = write_rows(rules)
        self._outcomes = [row.outcome for row in rows]
        written = []
        for row in rows:
            parts = " && ".join(
                f"context.{plain_name(name)} == {json.dumps(value)}" for name, value in row.when.items()
            )
            written.append(
                f'permit(principal == Country::"{row.country}", action, resource) when {{ {parts} }};'
            )
        self._policies = cedarpy.PolicySet.from_str("\n".join(written))
        self._entities = cedarpy.Entities.from_json_str("[]")

    def prepare(self, stated: Stated) -> dict[str, Any]:
        return {
            "principal": {"type": "Country", "id": stated[plain_name(COUNTRY)]},
            "action": {"type": "Action", "id": "hand_over"},
            "resource": {"type": "Item", "id": "item"},
            "context": json.dumps(stated),
        }

    def decide(self, prepared: dict[str, Any]) -> str:
        held = cedarpy.is_authorized(prepared, self._policies, self._entities).diagnostics.reasons
        if not held:
            return NOT_GOVERNED
        # Policies are named policy0, policy1 and so on, in their order.
        return self._outcomes[min(int(name.removeprefix("policy")) for name in held)]


FORMS = [
    EngineForm("cedarpy", "a policy for each rule", "cedarpy", Policies),
    EngineForm("cedarpy", "a set for each country", "cedarpy", by_country(Policies), by_hand=True),
]
