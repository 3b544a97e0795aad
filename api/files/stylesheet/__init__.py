"""The one stylesheet: of the console, of the pages that are printed, and of the compliance report.

A page that has to be whole by itself includes it; the console serves it as a file.
"""

from functools import cache
from pathlib import Path

STYLESHEET_FOLDER = Path(__file__).parent
"""The folder of `style.css`, for the templates that include it."""


@cache
def read_stylesheet() -> str:
    """Return it as text."""
    return (STYLESHEET_FOLDER / "style.css").read_text(encoding="utf-8")
