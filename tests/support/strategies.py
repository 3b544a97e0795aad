"""Requests for hypothesis to draw: the whole vocabulary, with a generous share near a permission."""

import copy
import datetime as dt
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from engine import Decision, PolicySet, decide
from tests.support.shipped_words import WORDS, make_request

Plain = dict[str, Any]
"""A request as it is posted."""

LISTED = ("AL", "CU", "KP", "VN")
UNLISTED = ("FR", "MN")
NOW = dt.datetime(1966, 5, 1, 12, tzinfo=dt.UTC)
ABSENT = object()

DERIVED = ("mission.country", "mission.country_listed", "as_of")
FACTS = ("mission.countries", *(name for name in WORDS if name not in DERIVED))
"""Every fact a request can state, by its dotted name."""

SHARED_FACTS = tuple(name for name in FACTS if not name.startswith("item."))
ITEM_FACTS = tuple(name for name in FACTS if name.startswith("item."))

DECISIVE: dict[str, list[Any]] = {
    "mission.countries": [*([code] for code in (*LISTED, "FR")), ["KP", "VN"], ["KP", "FR"]],
    "visit.border_area": ["none", "sino_korean", "sino_vietnamese"],
    "trigger": list(WORDS["trigger"].choices),
    "urgency.time_sensitive": [True, False],
    "urgency.eagerly_wanted": [True, False],
    "handover.by": list(WORDS["handover.by"].choices),
    "handover.to": list(WORDS["handover.to"].choices),
    "item.kind": ["drawing", "sample", "oral_or_visual"],
    "item.legacy_list": list(WORDS["item.legacy_list"].choices),
    "item.channel.reported_to_committee": [True, False],
    "item.channel.consultation": list(WORDS["item.channel.consultation"].choices),
    "item.channel.committee_agrees": [True, False],
    "item.channel.accepted_as_project": [True, False],
    "item.channel.inclusion": list(WORDS["item.channel.inclusion"].choices),
    "item.channel.inclusion_session": [7, 8, 9],
    "item.channel.attache_confirmation": list(WORDS["item.channel.attache_confirmation"].choices),
}
"""The facts that decide, with values that make a difference."""

BY_THE_COMMITTEE = {
    "mission.countries": ["KP"],
    "visit.border_area": "none",
    "trigger": "ad_hoc_request",
    "handover.by": "committee",
    "handover.to": "counterpart_institution",
    "item.kind": "drawing",
    "item.legacy_list": "none",
}
AGREED = {
    **BY_THE_COMMITTEE,
    "urgency.time_sensitive": True,
    "urgency.eagerly_wanted": True,
    "item.channel.reported_to_committee": True,
    "item.channel.consultation": "agreed",
    "item.channel.committee_agrees": True,
    "item.channel.accepted_as_project": True,
    "item.channel.inclusion": "agreed_to_include",
    "item.channel.inclusion_session": 8,
}
SIGNED = {**BY_THE_COMMITTEE, "item.channel.inclusion": "included"}
CONFIRMED = {
    **BY_THE_COMMITTEE,
    "trigger": "legacy_list",
    "item.legacy_list": "pending",
    "item.channel.attache_confirmation": "confirmed",
}
PERMITTED: dict[str, dict[str, Any]] = {"agreed": AGREED, "signed": SIGNED, "confirmed": CONFIRMED}
"""The three ways to a permission for a Korean mission."""


def spread(flat: dict[str, Any], *items: dict[str, Any], **others: Any) -> Plain:
    """The request that states the facts of `flat`; those of `items` line by line, if there are any."""
    request: Plain = {"request_id": "drawn", **others, "items": [{} for _ in items or (0,)]}
    for name, value in flat.items():
        for line in range(len(request["items"])) if name.startswith("item.") else (0,):
            state(request, name, value, line)
    for line, item in enumerate(items):
        for name, value in item.items():
            state(request, name, value, line)
    return request


def state(request: Plain, fact: str, value: Any, line: int = 0) -> None:
    """Set a fact in place; ABSENT takes it out."""
    *parts, name = fact.split(".")
    place = request
    for part in parts:
        place = request["items"][line] if part == "item" else _part(place, part)
    if value is ABSENT:
        place.pop(name, None)
    else:
        place[name] = value


def _part(place: Plain, name: str) -> Plain:
    if place.get(name) is None:
        place[name] = {}
    part: Plain = place[name]
    return part


def restated(request: Plain, fact: str, value: Any, line: int | None = None) -> Plain:
    """A copy with a fact set otherwise, in one line or in all."""
    changed = copy.deepcopy(request)
    per_line = fact.startswith("item.")
    for index in range(len(request["items"])) if per_line and line is None else (line or 0,):
        state(changed, fact, value, index)
    return changed


def stated(request: Plain) -> Iterator[tuple[str, int]]:
    """The known facts, each with the line it is about (0 for those of the request)."""
    for name in SHARED_FACTS:
        if look_up(request, name) is not None:
            yield name, 0
    for line in range(len(request["items"])):
        yield from ((name, line) for name in ITEM_FACTS if look_up(request, name, line) is not None)


def look_up(request: Plain, fact: str, line: int = 0) -> Any:
    """The value of a fact; None when it is unknown."""
    place: Any = request
    for part in fact.split("."):
        place = request["items"][line] if part == "item" else (place or {}).get(part)
    return place


def ask(policies: PolicySet, request: Plain) -> Decision:
    """Decide a request as posted."""
    return decide(policies, make_request(request), decision_id="of a test", evaluated_at=NOW)


def _values(name: str) -> st.SearchStrategy[Any]:
    if name == "mission.countries":
        codes = st.lists(st.sampled_from((*LISTED, *UNLISTED)), min_size=1, max_size=3, unique=True)
        return st.one_of(st.sampled_from([[code] for code in LISTED]), codes)
    if name == "item.channel.inclusion_session":
        return st.sampled_from([7, 8, 8, 9, 9999])
    word = WORDS[name]
    if word.choices:
        return st.sampled_from(word.choices)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "truth": st.booleans(),
        "text": st.text(st.characters(codec="utf-8"), min_size=1, max_size=8),
        "number": st.one_of(st.integers(0, 1000), st.decimals(0, 1000, places=2)),
        "date": st.dates(dt.date(1960, 1, 1), dt.date(1970, 1, 1)).map(str),
    }
    return kinds[word.kind]


UNKNOWN = st.sampled_from([None, ABSENT])
VALUES = {name: _values(name) for name in FACTS}
ANY_STATE = {name: st.one_of(VALUES[name], VALUES[name], UNKNOWN) for name in FACTS}


@st.composite
def changes(draw: st.DrawFn, names: tuple[str, ...], most: int) -> dict[str, Any]:
    """New states for at most so many of the facts."""
    chosen = draw(st.lists(st.sampled_from(names), max_size=most, unique=True))
    return {name: draw(ANY_STATE[name]) for name in chosen}


def near_permission() -> st.SearchStrategy[Plain]:
    """Requests of one to three lines that may be permitted, or are a few facts away from it."""
    decisive = tuple(name for name in DECISIVE if not name.startswith("item."))
    of_items = tuple(name for name in DECISIVE if name.startswith("item."))

    @st.composite
    def drawn(draw: st.DrawFn) -> Plain:
        way = draw(st.sampled_from(sorted(PERMITTED)))
        shared = {name: value for name, value in PERMITTED[way].items() if not name.startswith("item.")}
        # The lists of old items are Korea's; the other ways are open to all listed countries.
        countries = draw(st.sampled_from([["KP"], ["KP"], ["AL"], ["VN"], ["KP", "AL"], ["KP", "FR"]]))
        shared |= {"mission.countries": countries} | draw(changes(decisive, 1))
        items = []
        for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
            base = PERMITTED[draw(st.sampled_from([way, way, "signed"]))]
            item = {name: value for name, value in base.items() if name.startswith("item.")}
            items.append(item | draw(changes(of_items, 1)))
        return spread(shared, *items, **draw(days()))

    return drawn()


@st.composite
def anything(draw: st.DrawFn) -> Plain:
    """Requests of one to three lines with every fact known, null or absent."""
    shared = {name: draw(ANY_STATE[name]) for name in SHARED_FACTS}
    count = draw(st.integers(1, 3))
    items = [{name: draw(ANY_STATE[name]) for name in ITEM_FACTS} for _ in range(count)]
    return spread(shared, *items, **draw(days()))


@st.composite
def on_the_way(draw: st.DrawFn) -> Plain:
    """Requests of one line at some point of their way: the deciding facts make a difference, few are unknown."""
    flat = BY_THE_COMMITTEE | {"urgency.time_sensitive": True, "urgency.eagerly_wanted": True}
    names = sorted(DECISIVE)
    rewritten = draw(st.lists(st.sampled_from(names), min_size=4, max_size=len(names), unique=True))
    flat |= {name: draw(st.sampled_from(DECISIVE[name])) for name in rewritten}
    flat |= draw(changes(tuple(names), 1))
    return spread(flat, **draw(days()))


def days() -> st.SearchStrategy[Plain]:
    """The day of the request: mostly in force, sometimes the eve, now and then not stated."""
    sampled = ["1965-06-30", *["1965-01-01", "1965-06-30", "1966-02-28"] * 2, "1964-12-31", "1964-10-01"]
    return st.sampled_from([*({"as_of": day} for day in sampled), {"as_of": None}, {}])


def requests() -> st.SearchStrategy[Plain]:
    """All sorts of requests; two fifths of them near a permission, two fifths on the way there."""
    return st.one_of(near_permission(), near_permission(), on_the_way(), on_the_way(), anything())
