"""The one stylesheet: of the console, of the pages that are printed, and of the compliance report."""

from functools import cache
from pathlib import Path


@cache
def read_stylesheet() -> str:
    """Return it as text; a page that has to stand alone holds it within, as it is: nothing in it ends its element."""
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")
