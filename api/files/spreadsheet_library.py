"""The one door to openpyxl, which works by the standard library whatever else is installed.

Where `lxml` or `defusedxml` happen to be present, openpyxl reads and writes by them: other bytes for the same
workbook, and other files that cannot be read. It chooses when it is first imported, by two variables.
"""

from __future__ import annotations

import os

_CHOICES = ("OPENPYXL_LXML", "OPENPYXL_DEFUSEDXML")
_before = {name: os.environ.get(name) for name in _CHOICES}
os.environ.update(dict.fromkeys(_CHOICES, "False"))
try:
    import openpyxl
finally:
    for _name, _value in _before.items():
        if _value is None:
            del os.environ[_name]
        else:
            os.environ[_name] = _value

from openpyxl import Workbook, load_workbook  # noqa: E402  # once it has chosen
from openpyxl.cell.cell import Cell as SheetCell  # noqa: E402
from openpyxl.cell.cell import MergedCell  # noqa: E402
from openpyxl.cell.cell import WriteOnlyCell as LooseCell  # noqa: E402
from openpyxl.styles.alignment import Alignment  # noqa: E402
from openpyxl.styles.numbers import FORMAT_TEXT  # noqa: E402
from openpyxl.worksheet.worksheet import Worksheet  # noqa: E402

__all__ = [
    "FORMAT_TEXT",
    "Alignment",
    "LooseCell",
    "MergedCell",
    "SheetCell",
    "Workbook",
    "Worksheet",
    "load_workbook",
]

if openpyxl.LXML or openpyxl.DEFUSEDXML:
    raise ImportError(
        "openpyxl was imported before with lxml or defusedxml, and would write other bytes; import it after"
        " `api.files.spreadsheet_library`, or set OPENPYXL_LXML and OPENPYXL_DEFUSEDXML to False"
    )
