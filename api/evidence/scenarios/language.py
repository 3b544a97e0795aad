"""How a request and an answer are written as steps of a project, so that a scenario can be proposed."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Language(Protocol):
    """The other direction of a project's steps."""

    WHEN_STEP: str
    """The When."""

    def given_steps(self, request: Mapping[str, Any]) -> Sequence[str]:
        """The Givens that state a request."""
        ...

    def then_steps(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Sequence[str]:
        """The Thens that hold of the answer `before` and not all of the answer `after`, the outcome first."""
        ...
