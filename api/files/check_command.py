"""How a request is checked whose facts are all stated by their owners, as the ones that commands show are."""

from __future__ import annotations

from collections.abc import Collection

from engine import Vocabulary


def check_by_owners(vocabulary: Vocabulary) -> str:
    """Return the command that reads the request from standard input."""
    return " ".join(["channelgate", "check", "-", *role_options(vocabulary.owners)])


def role_options(owners: Collection[str]) -> list[str]:
    """Return the options by which the facts of these owners are believed."""
    return [word for owner in sorted(owners) for word in ("--role", owner)]
