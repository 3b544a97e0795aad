"""The areas of the console, as its navigation has them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """An area: its address, its title and what it is for, and the call that its visitors may make.

    One that `needs_registers` is left out where the directive has none. `others` are addresses whose pages belong to
    it too.
    """

    path: str
    title: str
    purpose: str
    operation: str
    needs_registers: bool = False
    others: tuple[str, ...] = ()


def marked(text: str) -> str:
    """Return the text; it marks a message for the catalogues that is translated where it is shown."""
    return text


AREAS = (
    Area(
        "/desk",
        marked("Desk"),
        marked("Ask whether something may be handed over, before anybody hands it over."),
        "POST /v1/pre-check",
    ),
    Area(
        "/cases",
        marked("Cases"),
        marked("What waits for whom and until when; facts, clearances and handovers."),
        "GET /v1/cases",
        others=("/handovers", "/clearances"),
    ),
    Area(
        "/registers",
        marked("Registers"),
        marked("Lists and items, confirmations, sessions of the committee and what is due."),
        "GET /v1/registers",
        needs_registers=True,
    ),
    Area(
        "/policies",
        marked("Policies"),
        marked("The law beside its rules; try a change, propose it, approve it."),
        "GET /v1/policies",
    ),
    Area(
        "/proposals",
        marked("Proposals"),
        marked("Changes of the policies: what they change, who has to approve them, what was in force when."),
        "GET /v1/proposals",
        others=("/approvers", "/policies/revisions", "/policies/confirmation"),
    ),
    Area(
        "/audit",
        marked("Audit"),
        marked("Decisions and their proofs, checkpoints, what does not agree, who approved what."),
        "GET /v1/reconcile",
    ),
)


def area_at(path: str) -> Area | None:
    """Return the area that the page at a path belongs to: of those whose addresses it lies below, the nearest."""
    found = [
        (len(prefix), area)
        for area in AREAS
        for prefix in (area.path, *area.others)
        if f"{path}/".startswith(f"{prefix}/")
    ]
    return max(found, key=lambda one: one[0])[1] if found else None
