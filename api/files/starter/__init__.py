"""The small directive that `channelgate new` starts from: files of this package, and no code."""

from __future__ import annotations

from pathlib import Path

STARTER = Path(__file__).parent


def starter_files() -> list[str]:
    """Return the names of its files, with `/` between folders, in their order."""
    found = (path for path in STARTER.rglob("*") if path.suffix in {".yaml", ".feature"})
    return sorted(path.relative_to(STARTER).as_posix() for path in found)
