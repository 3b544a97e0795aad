"""Where the text of a command goes: answers to standard output, what is wrong to standard error."""

from __future__ import annotations

import sys

from rich.console import Console

console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
errors = Console(highlight=False, stderr=True)
