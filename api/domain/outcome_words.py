"""The outcomes in the words of the desk: yes or no, and what the directive calls them."""

from __future__ import annotations

from typing import assert_never

from engine import Outcome, Permission, PolicySet


def words_of(policies: PolicySet, outcome: Outcome) -> str:
    """The answer in a sentence, with its code for those who look it up."""
    return f"{headline_of(policies, outcome)} ({outcome})"


def headline_of(policies: PolicySet, outcome: Outcome) -> str:
    """The answer in a sentence, after yes or no."""
    title = policies.titles[outcome]
    return f"{_permission(outcome.handover_as_asked)}. {title[:1].upper()}{title[1:]}."


def _permission(permission: Permission) -> str:
    match permission:
        case Permission.YES:
            return "Yes"
        case Permission.NO:
            return "No"
        case Permission.NOT_DECIDED:
            return "Not decided"
        case _:
            assert_never(permission)
