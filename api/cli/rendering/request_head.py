"""What an answer is about, in words: the mission, its countries by name, the place, each line."""

from __future__ import annotations

from collections.abc import Iterator

from engine import Item, PolicySet, Request, mistakable_for, name_country


def about_request(request: Request) -> str:
    """Return the mission, its countries and the place, as far as they are stated; an empty text if none is."""
    mission, visit = request.mission, request.visit
    parts = [mission.name] if mission and mission.name else []
    if mission and mission.countries:
        parts.append(f"from {' and '.join(f'{name_country(code)} ({code})' for code in mission.countries)}")
    if visit and visit.place:
        parts.append(f"at {visit.place}")
    return ", ".join(parts)


def about_line(item: Item) -> str:
    """Return what a line is of, with its quantity, as far as that is stated; an empty text if it is not."""
    quantity = "" if item.quantity is None else f"{item.quantity} {item.unit or ''}".strip()
    return ", ".join(part for part in (item.description, quantity) if part)


def remarks_on(request: Request, policies: PolicySet) -> Iterator[str]:
    """Yield a remark for each country whose code is easily taken for that of a listed one."""
    for code in (request.mission.countries if request.mission else None) or ():
        for listed in mistakable_for(code, policies.countries):
            yield (
                f"{code} is {name_country(code)}, which is not listed. "
                f"If {name_country(listed)} is meant, write {listed}."
            )
