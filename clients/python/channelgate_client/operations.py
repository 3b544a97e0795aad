"""A call of the service as data, and what the generated methods are called on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """A call: its name, method and path, and the type of the answer of each good status."""

    name: str
    method: str
    path: str
    answers: Mapping[int, Any]


class Caller(ABC):
    """Makes calls and waits for their answers."""

    @abstractmethod
    def _call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T:
        """Return the answer. Raises `ClientFailure`."""


class AsyncCaller(ABC):
    """Makes calls, each to be awaited."""

    @abstractmethod
    async def _call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> T:
        """Return the answer. Raises `ClientFailure`."""
