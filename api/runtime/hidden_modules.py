"""Imports without what a library would load besides, where that is installed and nothing here uses it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden(*names: str) -> Iterator[None]:
    """Hide modules from the imports of the block: they fail there as if those were not installed.

    It is for modules that a library tries to import and does without; None in `sys.modules` is how Python itself says
    that there is no such module. What was imported before is there again afterwards.
    """
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(dict.fromkeys(names))  # type: ignore[arg-type]  # None is for modules that are not there
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
