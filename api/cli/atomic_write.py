"""Writing a file that others may read meanwhile."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from api.cli.exit_codes import fail


def exchange(path: Path, content: bytes) -> None:
    """Exchange a file whole: whoever reads it meanwhile reads the old one or the new one."""
    target = path.resolve()
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".channelgate-") as folder:
            written = Path(folder) / target.name
            with written.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, written)
            os.replace(written, target)
    except OSError as error:
        fail(f"{path} cannot be written ({error.strerror})", "make the file and its folder writable")
