"""`channelgate policies schema`: the shape of the policy files, for editors."""

from __future__ import annotations

import json
import sys

from engine import policy_schema


def print_schema() -> None:
    """Print the JSON Schema of the policy files; editors complete and underline by it."""
    sys.stdout.write(f"{json.dumps(policy_schema(), indent=2, ensure_ascii=False)}\n")
