"""Proposed scenarios put into the feature files, each at the end of the Rule it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def accept_proposals(root: Path, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Add every proposed scenario of a record, the same title once a file; return path and title of each.

    Line numbers of proposals are those of the files as they were read. Raises OSError.
    """
    mutants = record["mutants"] or {"all": []}
    by_path: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in mutants["all"]:
        if proposal := row.get("proposal"):
            by_path.setdefault(proposal["path"], {}).setdefault(proposal["title"], proposal)
    added: list[tuple[str, str]] = []
    for path, proposals in sorted(by_path.items()):
        lines = (root / path).read_text(encoding="utf-8").split("\n")
        for proposal in sorted(proposals.values(), key=lambda found: -int(found["line"])):
            lines[proposal["line"] : proposal["line"]] = ["", *str(proposal["text"]).split("\n")]
            added.append((path, proposal["title"]))
        (root / path).write_text("\n".join(lines), encoding="utf-8")
    return added
