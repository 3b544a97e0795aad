"""What the second directive answers, written once more in Python from its words: rows from the top, in three values.

It shares no line with the engine and nothing with the policy files but the ids of clauses.
"""

import datetime as dt
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

Facts = Mapping[str, Any]
"""Known facts by name, parameters in braces among them; what is absent is not known."""
Truth = bool | None

ORDER = (
    "deliver",
    "not_governed",
    "regularise",
    "route_bilateral",
    "escalate_urgent",
    "hold",
    "needs_information",
    "refer",
    "refuse",
)
IN_FORCE = dt.date(2026, 3, 1)
PARTNERS, RESTRICTED, HOME = ("IS", "NZ", "UY"), ("BV", "HM"), "LU"
SHOWN = ("oral", "visual")

CHOICES: dict[str, tuple[Any, ...]] = {
    "handover.by": ("host", "disclosure_office", "someone_else"),
    "handover.to": ("visitor", "sending_body", "liaison_office", "someone_else"),
    "handover.planned_on": (dt.date(2026, 11, 25), dt.date(2026, 11, 26), dt.date(2026, 11, 27)),
    "request.occasion": ("asked_on_spot", "offered_by_host", "agreed_programme", "repeat_request"),
    "visitor.screening": ("not_done", "clear", "match"),
    "visitor.undertaking_signed": (True, False),
    "urgency.useless_if_late": (True, False),
    "urgency.needed_by": (
        dt.date(2026, 11, 12),
        dt.date(2026, 11, 25),
        dt.date(2026, 11, 26),
        dt.date(2027, 1, 13),
    ),
    "item.kind": ("document", "data", "software", "sample", "equipment", "oral", "visual"),
    "item.quantity": (1, 2, 3),
    "item.published": (True, False),
    "item.publication_ruling": ("none_recorded", "free", "not_free"),
    "item.control_entry": ("unlisted", "dual_use", "military"),
    "item.third_party_rights": ("none", "consented", "not_consented"),
    "item.release_record": ("none", "in_log", "unlogged"),
    "item.review.result": ("not_submitted", "pending", "approved", "denied", "returned"),
    "item.review.returned_for": ("incomplete", "wrong_channel"),
    "item.review.approved_until": (dt.date(2026, 11, 25), dt.date(2026, 11, 26)),
    "item.review.proviso": ("none", "show_only", "redacted_copy"),
    "item.review.redaction_checked": (True, False),
    "item.review.approved_quantity": (1, 2),
    "item.review.liaison_answer": ("not_asked", "asked", "confirmed", "declined"),
    "item.licence.status": ("not_applied", "applied", "granted", "refused"),
    "item.licence.until": (dt.date(2026, 11, 25), dt.date(2026, 11, 26)),
    "item.urgent.answer": ("not_reported", "reported", "released", "declined"),
    "item.urgent.agenda_meeting": (3, 4, 5, 6, 41, 42, 43),
}
"""Values of every fact that a row asks for."""

NEAR: dict[str, Any] = {
    "handover.planned_on": dt.date(2026, 11, 25),
    "request.occasion": "asked_on_spot",
    "visitor.screening": "clear",
    "visitor.undertaking_signed": True,
    "item.kind": "document",
    "item.quantity": 1,
    "item.published": False,
    "item.publication_ruling": "none_recorded",
    "item.control_entry": "unlisted",
    "item.third_party_rights": "none",
    "item.release_record": "none",
    "item.review.result": "approved",
    "item.review.approved_until": dt.date(2026, 11, 26),
    "item.review.proviso": "none",
    "item.review.redaction_checked": True,
    "item.review.approved_quantity": 2,
    "item.review.liaison_answer": "confirmed",
    "item.licence.status": "granted",
    "item.licence.until": dt.date(2026, 11, 26),
}
"""Facts of which most lead to a permission."""


def parameters(country: str, day: dt.date) -> dict[str, Any]:
    """What is known of a country on a day."""
    if country == "IS":
        valid = dt.date(2024, 5, 1) <= day <= dt.date(2029, 4, 30)
        meets = [(dt.date(2026, 11, 12), 5), (dt.date(2027, 5, 20), 6)]
        office, number = "Science Liaison Office of Iceland", "A-12" if valid else None
    elif country == "NZ":
        valid = dt.date(2023, 1, 1) <= day <= dt.date(2026, 12, 31)
        meets = [(dt.date(2026, 10, 8), 3)]
        office, number = "Research Desk, New Zealand", "A-15" if valid else None
    elif country == "UY":
        meets, office, number = [], None, "A-19" if day >= dt.date(2026, 2, 1) else None
    else:
        meets = [
            (dt.date(2026, 9, 3), 40),
            (dt.date(2026, 10, 15), 41),
            (dt.date(2026, 11, 26), 42),
            (dt.date(2027, 1, 14), 43),
        ]
        office = number = None
    last = (None, 4 if country == "NZ" else None)
    meeting: tuple[dt.date | None, int | None] = next((one for one in meets if day <= one[0]), last)
    found = {"{arrangement_no}": number, "{liaison_office}": office, "{panel_meets_on}": meeting[0]}
    return {
        name: value for name, value in {**found, "{panel_meeting}": meeting[1]}.items() if value is not None
    }


def same(name: str, *values: Any) -> Callable[[Facts], Truth]:
    return lambda facts: None if facts.get(name) is None else facts[name] in values


def other(condition: Callable[[Facts], Truth]) -> Callable[[Facts], Truth]:
    def found(facts: Facts) -> Truth:
        truth = condition(facts)
        return None if truth is None else not truth

    return found


def before(one: str, two: str) -> Callable[[Facts], Truth]:
    return lambda facts: None if facts.get(one) is None or facts.get(two) is None else facts[one] < facts[two]


def differs(one: str, two: str) -> Callable[[Facts], Truth]:
    return lambda facts: (
        None if facts.get(one) is None or facts.get(two) is None else facts[one] != facts[two]
    )


def every(*conditions: Callable[[Facts], Truth]) -> Callable[[Facts], Truth]:
    def found(facts: Facts) -> Truth:
        truths = [condition(facts) for condition in conditions]
        return False if False in truths else None if None in truths else True

    return found


def some(*conditions: Callable[[Facts], Truth]) -> Callable[[Facts], Truth]:
    return other(every(*map(other, conditions)))


def unknown(*names: str) -> Callable[[Facts], Truth]:
    return lambda facts: None if any(facts.get(name) is None for name in names) else False


@dataclass(frozen=True)
class Row:
    when: Callable[[Facts], Truth]
    outcome: str
    clauses: frozenset[str]
    against: tuple["Row", ...] = ()
    within: tuple["Row", ...] = ()


def row(when: Callable[[Facts], Truth], outcome: str, clauses: str, *parts: tuple["Row", ...]) -> Row:
    return Row(when, outcome, frozenset(clauses.split()), *parts)


FREE = row(
    every(
        same("item.published", True),
        same("item.publication_ruling", "free"),
        same("item.kind", "document", "data", "software", "oral", "visual"),
    ),
    "deliver",
    "V5.1",
)
URGENT = every(same("urgency.useless_if_late", True), before("urgency.needed_by", "{panel_meets_on}"))


def licence(entry: str) -> list[Row]:
    needed = same("item.control_entry", entry)
    status, granted = "item.licence.status", same("item.licence.status", "granted")
    late = before("item.licence.until", "handover.planned_on")
    return [
        row(every(needed, same(status, "refused")), "refuse", "V4.2"),
        row(every(needed, same(status, "not_applied", "applied")), "hold", "V4.2"),
        row(every(needed, granted, late), "hold", "V4.2"),
    ]


def rows(country: str) -> list[Row]:
    """The rows for a partner or other country, the topmost first, and the ground row last."""
    in_person = same("item.kind", *SHOWN)
    both = [
        row(
            some(same("handover.by", "someone_else"), same("handover.to", "sending_body", "someone_else")),
            "refuse",
            "V3.1 V3.2",
        ),
        row(same("visitor.screening", "match"), "refer", "V3.3"),
        row(same("visitor.screening", "not_done"), "hold", "V3.3"),
        row(same("visitor.undertaking_signed", False), "hold", "V3.3"),
        row(same("item.third_party_rights", "not_consented"), "hold", "V3.3"),
    ]
    by_host = every(same("handover.by", "host"), same("handover.to", "visitor"))
    if country in PARTNERS:
        by_office = every(same("handover.by", "disclosure_office"), same("handover.to", "liaison_office"))
        both += [
            row(every(in_person, other(by_host)), "refuse", "V3.1 V3.2"),
            row(every(other(in_person), other(by_office)), "refuse", "V3.1 V3.2"),
            row(same("item.review.liaison_answer", "declined"), "refuse", "V3.1"),
            row(same("item.review.liaison_answer", "not_asked", "asked"), "hold", "V3.1"),
            row(unknown("{arrangement_no}", "{liaison_office}"), "hold", "V2.2 V3.1"),
        ]
        licences = licence("military")
    else:
        both += [row(other(by_host), "refuse", "V3.2")]
        licences = [*licence("dual_use"), row(same("item.control_entry", "military"), "refuse", "V4.3")]
    against_approval = [
        *both,
        *licences,
        row(before("item.review.approved_until", "handover.planned_on"), "hold", "V2.3"),
        row(every(same("item.review.proviso", "show_only"), other(in_person)), "refuse", "V2.3"),
        row(
            every(same("item.review.proviso", "redacted_copy"), same("item.review.redaction_checked", False)),
            "hold",
            "V2.3",
        ),
        row(
            every(same("item.kind", "sample"), before("item.review.approved_quantity", "item.quantity")),
            "hold",
            "V2.3",
        ),
    ]
    against_urgent = [
        *both,
        row(same("item.control_entry", "dual_use", "military"), "refuse", "V7.3"),
        row(differs("item.urgent.agenda_meeting", "{panel_meeting}"), "hold", "V7.3"),
    ]
    result, returned = "item.review.result", same("item.review.result", "returned")
    unlogged = every(
        same("item.release_record", "unlogged"), other(same("request.occasion", "repeat_request"))
    )
    wrong, incomplete = (
        every(returned, same("item.review.returned_for", word)) for word in ("wrong_channel", "incomplete")
    )
    unruled = every(same("item.published", True), same("item.publication_ruling", "none_recorded"))
    answer = "item.urgent.answer"
    return [
        FREE,
        row(unlogged, "regularise", "V8.2"),
        row(same(result, "denied"), "refuse", "V2.4"),
        row(wrong, "route_bilateral", "V2.5 V2.2"),
        row(incomplete, "hold", "V2.5"),
        row(same(result, "approved"), "deliver", "V2.3", tuple(against_approval)),
        row(same(answer, "released"), "deliver", "V7.3", tuple(against_urgent)),
        row(same(result, "pending"), "hold", "V2.1"),
        row(unruled, "refer", "V5.2"),
        row(
            URGENT,
            "escalate_urgent",
            "V7.1 V7.2",
            (),
            (
                row(same(answer, "reported"), "hold", "V7.2"),
                row(same(answer, "declined"), "refuse", "V7.3"),
            ),
        ),
        row(lambda facts: True, "route_bilateral", "V2.1 V2.2"),
    ]


def answer_for(country: str | None, day: dt.date, facts: Facts) -> tuple[str, frozenset[str]]:
    """The outcome for a nationality, and clauses that the answer cites in any case."""
    if country is None:
        return "needs_information", frozenset()
    if country == HOME:
        return "not_governed", frozenset({"V1.1"})
    if country in RESTRICTED:
        unlisted = row(same("item.control_entry", "unlisted"), "refer", "V6.2 V6.1")
        table = [FREE, unlisted, row(lambda facts: True, "refuse", "V6.1")]
    else:
        facts, table = {**facts, **parameters(country, day)}, rows(country)
    open_above = False
    for one in table:
        truth = one.when(facts)
        hits = [entry for entry in (*one.against, *one.within) if entry.when(facts) is True]
        may_hit = any(entry.when(facts) is None for entry in one.against)
        if truth:
            if hits:
                most = max(ORDER.index(hit.outcome) for hit in hits)
                strictest = [hit.clauses for hit in hits if ORDER.index(hit.outcome) == most]
                return ORDER[most], reduce(frozenset.union, strictest)
            if one.outcome == "deliver" and (open_above or may_hit):
                return "needs_information", frozenset()
            return one.outcome, one.clauses
        if truth is None:
            open_above |= one.outcome != "deliver" or bool(hits) or may_hit
    raise AssertionError("the ground row always applies")


def answer(countries: list[str] | None, day: dt.date, facts: Facts) -> tuple[str, frozenset[str]]:
    """The outcome of a line, and clauses that it cites in any case."""
    each = [answer_on(country, day, facts) for country in (sorted(set(countries)) if countries else (None,))]
    outcome = ORDER[max(ORDER.index(found) for found, _ in each)]
    return outcome, next(found for one, found in each if one == outcome)


def answer_on(country: str | None, day: dt.date, facts: Facts) -> tuple[str, frozenset[str]]:
    """The outcome for a nationality; before the directive is in force, the board's.

    No handover takes place before the day of the question, whatever day is planned.
    """
    planned = facts.get("handover.planned_on")
    if planned is not None and planned < day:
        facts = {**facts, "handover.planned_on": day}
    outcome, clauses = answer_for(country, max(day, IN_FORCE), facts)
    if day < IN_FORCE and outcome not in ("not_governed", "needs_information"):
        return "refer", frozenset({"V1.5"})
    return outcome, clauses


def draw(source: random.Random) -> dict[str, Any]:
    """Facts by chance: a third near a permission of row 5 or 6, some of them unknown."""
    facts = {name: source.choice(values) for name, values in CHOICES.items()}
    if source.random() < 0.6:
        close = dict(NEAR)
        by, to = source.choice((("host", "visitor"), ("disclosure_office", "liaison_office")))
        close |= {"handover.by": by, "handover.to": to}
        if source.random() < 0.3:
            close |= {"item.review.result": "not_submitted", "item.urgent.answer": "released"}
        changed = source.sample(sorted(close), source.choice((0, 0, 1, 1, 2, 3)))
        facts |= {name: value for name, value in close.items() if name not in changed}
    share = source.choice((0, 0, 0.05, 0.2, 0.6))
    return {name: value for name, value in facts.items() if source.random() >= share}
