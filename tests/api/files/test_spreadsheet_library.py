"""A workbook is read and written alike whatever else is installed beside openpyxl."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = """
import base64, json, sys
from api.files.columns import TableKind, columns_of
from api.files.xlsx_tables import read_workbook, write_workbook
rows = [["A-1", "kp-a", "a \\r b \\n c  d\\t\u00e9", "drawing", "2", " x ", "", "", "<&>"]]
content = write_workbook({kind: (columns_of(kind), rows if kind is TableKind.ITEMS else []) for kind in TableKind})
given = base64.b64decode(sys.argv[1]) if sys.argv[1:] else content
read = [
    [[cell.text for cell in row.cells.values()] for row in table.rows] for table in read_workbook("r.xlsx", given)
]
print(json.dumps([base64.b64encode(content).decode(), read]))
"""


def run_beside(*packages: Path) -> list[object]:
    """Write and read a workbook in a Python that has other packages beside."""
    path = os.pathsep.join(map(str, [*packages, ROOT]))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENPYXL_")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**environment, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[object] = json.loads(done.stdout)
    return found


def test_a_stand_in_for_lxml_is_not_taken_up(tmp_path: Path) -> None:
    (tmp_path / "lxml").mkdir()
    (tmp_path / "lxml" / "__init__.py").write_text("")
    (tmp_path / "lxml" / "etree.py").write_text("LXML_VERSION = (6, 0, 2, 0)\n")
    (tmp_path / "defusedxml").mkdir()
    (tmp_path / "defusedxml" / "__init__.py").write_text("")
    assert run_beside(tmp_path) == run_beside()


def test_the_bytes_are_the_same_beside_lxml_itself(tmp_path: Path) -> None:
    fetch = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--target",
        str(tmp_path),
        "lxml==6.0.2",
    ]
    if subprocess.run(fetch, capture_output=True, check=False).returncode:
        pytest.skip("lxml cannot be had here, from no package registry")
    assert run_beside(tmp_path) == run_beside()


def test_the_choice_is_not_left_behind_for_other_programs() -> None:
    code = "import os; import api.files.spreadsheet_library; print(sorted(n for n in os.environ if 'OPENPYXL' in n))"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENPYXL_")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
