"""One text for each value of JSON, so that bodies are compared by what they say and not by how it is written."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from decimal import Context, Decimal

from api.parsing.strict_json import MAX_DIGITS

_EXACT = Context(prec=2 * MAX_DIGITS)
"""As many digits as a number has that `api.parsing.strict_json` reads."""


def canonical_json(value: object) -> str:
    """Return the one text of a value that was read strictly and is without fault.

    Members have no order, numbers are the same whose amount is, and texts that are the same in NFC. A member that is
    absent is another thing than one that is null.
    """
    if isinstance(value, dict):
        members = sorted((canonical_json(name), canonical_json(member)) for name, member in value.items())
        return f"{{{','.join(f'{name}:{member}' for name, member in members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(canonical_json, value))}]"
    if isinstance(value, str):
        return json.dumps(unicodedata.normalize("NFC", value))
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | Decimal):
        return str(Decimal(value).normalize(_EXACT)) if value else "0"
    raise TypeError("only what was read strictly has one text")


def json_text(value: object) -> str:
    """Return a value that was read strictly, or stands in a policy file, as JSON that keeps every digit."""
    match value:
        case dict():
            return (
                f"{{{','.join(f'{json_text(name)}:{json_text(member)}' for name, member in value.items())}}}"
            )
        case list() | tuple():
            return f"[{','.join(map(json_text, value))}]"
        case dt.date():
            return f'"{value.isoformat()}"'
        case Decimal():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False)
