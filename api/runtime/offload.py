"""Long work runs in a thread, so that the event loop stays free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

LONG_BODY_BYTES = 32 * 1024
"""Work on more bytes than these is long."""

P = ParamSpec("P")
T = TypeVar("T")


async def offload_long(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what `work`, on `size` bytes, returns."""
    if size > LONG_BODY_BYTES:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)
