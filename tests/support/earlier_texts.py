"""Earlier versions took texts as they were received, and refused no character that does not show."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

T = TypeVar("T")


@contextmanager
def taking_texts_as_received() -> Iterator[None]:
    """While it is open, texts are taken, and entries written, as by an earlier version.

    A service that is to go on afterwards as this version is started anew then.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in ("requests", "stated_texts"):
            patch.setattr(f"api.parsing.{module}.may_mislead", lambda body: False)
        patch.setattr("api.storage.cases.in_normal_form", _as_received)
        for module in ("services.case_openings", "storage.cases"):
            patch.setattr(f"api.{module}.with_normal_texts", _as_received)
        yield


def _as_received(value: T) -> T:
    return value
