"""Files that are looked at first and recorded afterwards: the page between carries them, byte for byte.

A browser does not choose a file again by itself, and a second choice could be another file. So the page that shows
what would be recorded holds the bytes, compressed, and its button sends them back; the service stores nothing.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence

from api.console.frame.forms import Form, FormFile
from api.files.register_files import RegisterFile, check_uploads
from api.files.work_limits import TooMuchWork
from api.parsing.problems import ProblemError, ProblemKind, make_problem

MAX_UPLOAD = 8 * 1024**2
MAX_FORM = 3 * MAX_UPLOAD
"""What a form with carried files may hold: they are compressed, and then a third longer as text."""
_FILES = ("first", "second")


def read_uploads(form: Form) -> list[RegisterFile]:
    """Return the files of a form: those chosen, or those that the page before carried. Raises `ProblemError`."""
    chosen = [form.files[name] for name in _FILES if name in form.files]
    found = chosen or [
        FormFile(form.get(f"{name}_name"), _unpacked(form.get(f"{name}_bytes")))
        for name in _FILES
        if form.get(f"{name}_name")
    ]
    if sum(len(file.content) for file in found) > MAX_UPLOAD:
        raise _refused(f"Send at most {MAX_UPLOAD:,} bytes of files; import larger ones on the command line.")
    files = [RegisterFile(_name(file.name, found[:place]), file.content) for place, file in enumerate(found)]
    if any(not file.name.casefold().endswith((".csv", ".xlsx")) for file in files):
        raise _refused("Send CSV files or XLSX workbooks; save the table as one of the two.")
    try:
        check_uploads(files)
    except TooMuchWork as much:
        raise _refused(
            f"What was sent {much.fact}: {much.remedy}, or import it on the command line."
        ) from much
    return files


def carried(files: Sequence[RegisterFile]) -> Mapping[str, str]:
    """Return the hidden fields that carry files."""
    fields = {}
    for name, file in zip(_FILES, files, strict=False):
        fields[f"{name}_name"] = file.name
        fields[f"{name}_bytes"] = base64.b64encode(zlib.compress(file.content)).decode()
    return fields


def _unpacked(text: str) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(base64.b64decode(text, validate=True), MAX_UPLOAD + 1)
    except (ValueError, zlib.error) as error:
        raise _not_whole() from error
    if not unpacking.eof and len(content) <= MAX_UPLOAD:
        raise _not_whole()
    return content


def _not_whole() -> ProblemError:
    return _refused("The file that the page carried cannot be read; choose it anew.")


def _name(name: str, before: Sequence[FormFile]) -> str:
    """The name of a file without folder, another than that of the file before."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return f"2-{last}" if any(one.name == name for one in before) else last


def _refused(detail: str) -> ProblemError:
    return ProblemError(make_problem(ProblemKind.INVALID_REQUEST, detail))
