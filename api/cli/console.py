"""The consoles of a command: answers go to standard output, errors to standard error."""

from __future__ import annotations

import sys

from rich.console import Console

console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
errors = Console(highlight=False, stderr=True)
