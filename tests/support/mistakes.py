"""tests/data/mistakes.yaml as cases: the folder that each mistake leads to, and the findings that are to be made."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
SHIPPED: Mapping[str, bytes] = {path.name: path.read_bytes() for path in (ROOT / "policies").glob("*.yaml")}
FIRST_DAY = dt.date(1965, 1, 1)
MARK = "‸"
"""Stands before the character that a finding points to."""


@dataclass(frozen=True)
class Case:
    """One mistake. `edits` are entries with `file` and what becomes of it; `findings` are as in the file."""

    name: str
    edits: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, str], ...]
    as_of: dt.date = dt.date(1965, 1, 1)

    def folder(self) -> dict[str, bytes]:
        """The shipped folder with the mistake in it."""
        files = dict(SHIPPED)
        for edit in self.edits:
            name = edit["file"]
            if edit.get("remove"):
                del files[name]
                continue
            content = files[edit.get("copy_of", name)].decode()
            if "content" in edit:
                content = edit["content"]
            elif "replace" in edit:
                assert content.count(edit["replace"]) == 1, f"{self.name}: `{edit['replace']}` is not unique"
                content = content.replace(edit["replace"], edit["with"])
            content += edit.get("then", "") * edit.get("times", 1)
            files[name] = content.encode(edit.get("encoding", "utf-8"))
        return files

    def expected(self) -> list[str]:
        """The findings as the engine prints them: `file:line:column CODE message; remedy`."""
        folder = self.folder()
        own = self.edits[0]["file"]
        return [
            f"{_place(folder, finding.get('in', own), finding.get('at'))} "
            + re.sub("(?s)⟨(.*?)⟩", lambda match: _place(folder, own, match[1]), finding["is"])
            for finding in self.findings
        ]


def _place(folder: Mapping[str, bytes], file: str, marked: str | None) -> str:
    """The place that `marked` shows, as `file:line:column`; without it, the beginning of the file."""
    if marked is None:
        return f"{file}:1:1"
    file, text = next(
        ((name, rest) for name in folder if (rest := marked.removeprefix(f"{name}: ")) != marked),
        (file, marked),
    )
    content = folder[file].decode("utf-8", "replace")
    before, found, after = text.partition(MARK)
    assert found, f"no {MARK} in {text!r}"
    assert content.count(before + after) == 1, (
        f"{before + after!r} stands {content.count(before + after)} times"
    )
    index = content.index(before + after) + len(before)
    return f"{file}:{content.count(chr(10), 0, index) + 1}:{index - content.rfind(chr(10), 0, index)}"


def read_cases() -> Iterator[Case]:
    """Yield the cases in the order of the file."""
    for entry in YAML(typ="safe", pure=True).load((ROOT / "tests" / "data" / "mistakes.yaml").read_text()):
        of_the_case = ("case", "findings", "as_of")
        edits = entry.get("edits") or [{key: entry[key] for key in entry if key not in of_the_case}]
        as_of = entry.get("as_of", FIRST_DAY)
        yield Case(entry["case"], tuple(edits), tuple(entry["findings"]), as_of)
