"""For those who write policy files: one layout for all of them, and their shape as a JSON Schema for editors."""

from engine.formatting.layout import LayoutLost, lay_out
from engine.formatting.schema import policy_schema
from engine.formatting.table_rows import RuleValues, exchange_rows, tables_in
from engine.formatting.value_changes import put_value

__all__ = ["LayoutLost", "RuleValues", "exchange_rows", "lay_out", "policy_schema", "put_value", "tables_in"]
