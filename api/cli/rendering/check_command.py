"""How a request is checked whose facts are all stated by their owners, as the ones that commands show are."""

from __future__ import annotations

from engine import Vocabulary


def check_by_owners(vocabulary: Vocabulary) -> str:
    """Return the command that reads the request from standard input."""
    return " ".join(["channelgate", "check", "-", *owner_roles(vocabulary)])


def owner_roles(vocabulary: Vocabulary) -> list[str]:
    """Return the options by which the facts of every owner are believed."""
    return [word for owner in sorted(vocabulary.owners) for word in ("--role", owner)]
