"""Proposed scenarios put into the feature files, each at the end of the Rule it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def accept_proposals(root: Path, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Add every proposed scenario of a record, each once; return path and title of each.

    Line numbers of proposals are those of the files as they were read. Of scenarios that have one title, the second
    is numbered. Raises OSError.
    """
    mutants = record["mutants"] or {"all": []}
    by_path: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in mutants["all"]:
        if proposal := row.get("proposal"):
            by_path.setdefault(proposal["path"], {}).setdefault(proposal["text"], proposal)
    added: list[tuple[str, str]] = []
    for path, proposals in sorted(by_path.items()):
        lines = (root / path).read_text(encoding="utf-8").split("\n")
        titles: Counter[str] = Counter()
        for proposal in sorted(proposals.values(), key=lambda found: -int(found["line"])):
            old = proposal["title"]
            titles[old] += 1
            title = old if titles[old] == 1 else f"{old} [{titles[old]}]"
            text = proposal["text"].replace(f"Scenario: {old}", f"Scenario: {title}", 1)
            lines[proposal["line"] : proposal["line"]] = ["", *text.split("\n")]
            added.append((path, title))
        (root / path).write_text("\n".join(lines), encoding="utf-8")
    return added
