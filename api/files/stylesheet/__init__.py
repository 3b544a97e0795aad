"""The one stylesheet: of the console, of the pages that are printed, and of the compliance report.

A page that has to be whole by itself includes it; the console serves it as a file.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent


@cache
def read_stylesheet() -> str:
    """Return it as text."""
    return (_FOLDER / "style.css").read_text(encoding="utf-8")


def page_templates(folder: Path) -> Environment:
    """Return the templates of the pages in a folder, which may include `style.css`; what is put in is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader([folder, _FOLDER]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
