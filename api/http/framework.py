"""The web framework, imported without building its models of OpenAPI documents: the first document builds them.

They are 30 ms of a start, and 1 MB of a process until then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel


@contextmanager
def _models_built_when_used() -> Iterator[None]:
    """Have the models that are defined in the block inherit that setting of pydantic."""
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]


with _models_built_when_used():
    from fastapi import Depends, FastAPI

__all__ = ["Depends", "FastAPI"]
