"""Text that XML and HTML can hold."""

from __future__ import annotations

import re

_ILLEGIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legible(text: str) -> str:
    """Put U+FFFD for each sign that XML 1.0 forbids (section 2.2), such as the control signs of a terminal."""
    return _ILLEGIBLE.sub("\ufffd", text)
