"""Proposed scenarios put into the feature files, each at the end of the Rule it belongs to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def accept_proposals(root: Path, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Add every proposed scenario of a record to the files below `root`; return path and title of each.

    Raises OSError.
    """
    mutants = record["mutants"] or {"all": []}
    proposals = [row["proposal"] for row in mutants["all"] if row.get("proposal")]
    texts = {path: (root / path).read_text(encoding="utf-8") for path in {one["path"] for one in proposals}}
    changed, added = put_scenarios(texts, proposals)
    for path, text in changed.items():
        (root / path).write_text(text, encoding="utf-8")
    return added


def put_scenarios(
    texts: Mapping[str, str], proposals: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Return feature files, by their paths, with every proposed scenario put in once; and path and title of each.

    Line numbers of proposals are those of the files as they were read. Of scenarios that have one title, the second
    is numbered. Raises KeyError for a file that is not there.
    """
    by_path: dict[str, dict[str, Mapping[str, Any]]] = {}
    for proposal in proposals:
        by_path.setdefault(proposal["path"], {}).setdefault(proposal["text"], proposal)
    changed, added = dict(texts), list[tuple[str, str]]()
    for path, own in sorted(by_path.items()):
        lines = texts[path].split("\n")
        titles: Counter[str] = Counter()
        for proposal in sorted(own.values(), key=lambda found: -int(found["line"])):
            old = proposal["title"]
            titles[old] += 1
            title = old if titles[old] == 1 else f"{old} [{titles[old]}]"
            text = proposal["text"].replace(f"Scenario: {old}", f"Scenario: {title}", 1)
            lines[proposal["line"] : proposal["line"]] = ["", *text.split("\n")]
            added.append((path, title))
        changed[path] = "\n".join(lines)
    return changed, added
