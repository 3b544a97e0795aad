"""Loads of which a stated share has a *shape* met before, for `mix.lua`; the requests of an office; samples of both.

The shape of a request is all of it but its id and the facts that no policy reads and that are texts, numbers or
dates: names, descriptions, what is planned. What stays are choices, truths, countries, the department and the day.

A plan is a file of lines with tabs between their fields. `known` and `new`, each with a token (or none) and a body,
are requests: those of a `known` shape, and those whose marks ("@name@") take the values of the slots, in every
combination once. `slot`, a name, values as JSON. `order`, a name, places: which value of that slot, or for `request`
which of the `new` requests, an office sends one after the other; `calls a day`, a number: after how many its next
day begins.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path

from benchmarks.http_requests import COUNTRIES, DEPARTMENT, Json, make_requests
from benchmarks.processes import MARK

Translate = Callable[[Json], Json]
Slots = Mapping[str, Sequence[object]]
"""The values of each slot."""

SHARES = (1.0, 0.9, 0.7, 0.5, 0.0)
OFFICE = "office"
KNOWN_DAYS = [dt.date(1965, 3, 1) + dt.timedelta(days) for days in range(8)]
"""With 48 requests each, 384 known shapes."""
UNREAD: Slots = {
    "as_of": [str(dt.date(1966, 1, 1) + dt.timedelta(days)) for days in range(2_999)],
    "department.kind": [
        "central_department",
        "institute",
        "local_department",
        "factory",
        "regional_bureau",
        "university",
        "other",
    ],
    "mission.kind": ["professional_mission", "specialist_group", "delegation", "trainee", "individual"],
    "mission.level": ["national", "border_local"],
    "handover.mode": ["hand", "post", "electronic", "copying_allowed"],
    "handover.after_departure": [True, False],
}
"""A day, and the choices and truths that no shipped policy reads: requests of new shapes about facts met before."""
READ: Slots = {
    "mission.countries": [[country] for country in (*COUNTRIES, "FR")],
    "trigger": ["ad_hoc_request", "host_offer", "agreed_programme", "legacy_list", "repeat_request", None],
    "visit.border_area": ["none", "sino_korean", "sino_vietnamese", None],
    "urgency.time_sensitive": [True, False, None],
    "urgency.eagerly_wanted": [True, False, None],
    "handover.by": ["receiving_department", "committee", "other", None],
    "handover.to": [
        "mission",
        "mission_member",
        "counterpart_institution",
        "other_body_in_country",
        "body_abroad",
        "third_country",
        None,
    ],
    "item.kind": [
        "document",
        "drawing",
        "process_instruction",
        "data",
        "software",
        "sample",
        "specimen",
        "equipment_part",
        "oral_or_visual",
        None,
    ],
    "item.published": [True, False, None],
}
"""Countries, choices and truths that the shipped policies read; of their combinations none was decided before."""
OFFICE_DEPARTMENTS = (*(f"department-{number}" for number in range(1, 8)), DEPARTMENT)
CALLS_A_DAY = 5_000
STRIDE = 1_000_003
"""A prime that divides no number of combinations, as in `mix.lua`: its multiples visit each of them once."""


@dataclass(frozen=True)
class Plan:
    """A file that `mix.lua` reads, and how many calls it has before one of a new shape comes again."""

    file: Path
    calls: int


@dataclass(frozen=True)
class Mix:
    """A load: a plan, and what of it is sent (a share of known shapes, or `OFFICE`)."""

    plan: Plan
    share: str


def write_share_plan(file: Path, slots: Slots = UNREAD, translate: Translate = dict) -> Plan:
    """Write a plan of 384 known shapes, and of new ones in all combinations of the slots."""
    requests = make_requests()
    known = [{**request, "as_of": str(day)} for day, request in product(KNOWN_DAYS, requests)]
    lines = [_line("known", "", _compact(translate(_vary(request)))) for request in known]
    marked = {_compact(translate(_vary(_marked(request, slots)))) for request in requests}
    lines += [_line("new", "", body) for body in sorted(marked)]
    file.write_text("".join([*lines, *_slot_lines(slots)]))
    return Plan(file, len(marked) * prod(map(len, slots.values())))


def write_office_plan(file: Path, token_of: Mapping[str, str], translate: Translate = dict) -> Plan:
    """Write what an office of many departments sends: the same few visits and items most often, day after day.

    Each department of `token_of` calls with its own token; where it is empty, all with the one of the load.
    """
    chance = random.Random(17)
    requests = []
    for number, department in enumerate(OFFICE_DEPARTMENTS):
        for visit in range(4):
            request = _vary(make_requests()[chance.randrange(48)])
            own = department if token_of else DEPARTMENT
            request["department"] = {**request["department"], "id": own, "name": f"Department {number + 1}"}
            request["mission"] = {
                **request["mission"],
                "name": f"visit {visit + 1} to department {number + 1}",
            }
            request |= {"as_of": "@day@", "items": ["@item@"]}
            requests.append((token_of.get(own, ""), _compact(translate(request))))
    items = list(_office_items(chance, 60))
    lines = [_line("new", token, body) for token, body in requests]
    lines += _slot_lines({"day": UNREAD["as_of"], "item": items})
    for name, length, count in (("request", 10_007, len(requests)), ("item", 9_973, len(items))):
        places = chance.choices(range(1, count + 1), [1 / place for place in range(1, count + 1)], k=length)
        lines.append(_line("order", name, " ".join(map(str, places))))
    file.write_text("".join([*lines, _line("calls a day", str(CALLS_A_DAY))]))
    return Plan(file, len(UNREAD["as_of"]) * CALLS_A_DAY)


def read_sample(file: Path) -> list[tuple[str, bytes]]:
    """The requests of a sample as they were sent: each with the token it was sent with, if of its own."""
    pairs = [line.partition(b"\t") for line in file.read_bytes().splitlines()]
    return [(token.decode(), body) for token, _, body in pairs]


def _office_items(chance: random.Random, count: int) -> Iterator[Json]:
    kinds, lists = READ["item.kind"], ("none", "pending", "provided", "channel_72", "claimed_not_found")
    for number in range(1, count + 1):
        yield {
            "line": 1,
            "description": f"item {number} of the list",
            "quantity": chance.randint(1, 9),
            "unit": "set",
            "kind": chance.choice(kinds[:-1]),
            "published": chance.random() < 0.2,
            "legacy_list": chance.choices(lists, (12, 3, 3, 1, 1))[0],
        }


def _vary(request: Json) -> Json:
    """The request with an id of its own in a text that no policy reads, as well as in its own id."""
    return {**request, "urgency": {**request["urgency"], "ground": f"needed at once, see {MARK}"}}


def _marked(request: Json, slots: Slots) -> Json:
    """The request with the mark of each slot in place of that fact; what is free in it is the same in all."""
    found: Json = json.loads(json.dumps(request))
    found["items"][0] |= {"description": f"drawings of a rolling mill, {MARK}", "quantity": 1}
    for name in slots:
        *parts, last = name.split(".")
        place = found
        for part in parts:
            place = found["items"][0] if part == "item" else place.setdefault(part, {})
        place[last] = f"@{name}@"
    return found


def _slot_lines(slots: Slots) -> list[str]:
    return [_line("slot", name, *map(_compact, values)) for name, values in slots.items()]


def _line(*fields: str) -> str:
    return "\t".join(fields) + "\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
