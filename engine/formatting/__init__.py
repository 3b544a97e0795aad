"""For those who write policy files: one layout for all of them, and their shape as a JSON Schema for editors."""

from engine.formatting.layout import LayoutLost, lay_out
from engine.formatting.schema import policy_schema

__all__ = ["LayoutLost", "lay_out", "policy_schema"]
