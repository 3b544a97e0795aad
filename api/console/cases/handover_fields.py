"""The form of a handover: what was typed into it, the statement that it makes, and what it begins with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.console.cases.fact_fields import read_country_codes
from api.console.cases.words import choices_of
from api.console.frame.countries import in_english
from api.console.frame.forms import Form
from api.console.frame.visits import Visit
from api.domain.cases.case import CaseState
from api.domain.cases.recordable_facts import COUNTRIES, ITEM
from api.domain.handovers.clearance import Clearance
from api.domain.handovers.handover_models import ITEM_KIND, MODE, STATED_ALONE
from api.domain.interview.countries import Mistake
from api.parsing.fields import read_amount, read_whole_number
from engine import DELIVERER, RECIPIENT

TEXTS = ("clearance", "department", "case_id", "request_id", "handed_over_on", "recipient", "evidence")
CHOICES: Mapping[str, str] = {"by": DELIVERER, "to": RECIPIENT, "mode": MODE, **STATED_ALONE}
"""The members that are words of the vocabulary, where it has a fact for them."""
CORRECTION = ("supersedes", "reason")
ITEM_MEMBERS = ("line", "description", "quantity", "unit", "kind")
EMPTY_ROWS, MOST_ROWS = 2, 1000
_LARGEST_MARK = 10**9


@dataclass(frozen=True, slots=True)
class HandoverForm:
    """What was typed: the members by their names, and those of each item."""

    members: Mapping[str, str] = field(default_factory=dict)
    items: Sequence[Mapping[str, str]] = ()

    @property
    def rows(self) -> Sequence[Mapping[str, str]]:
        """The rows of the table of items: those with something in them, and some empty ones."""
        return [*self.items, *({} for _ in range(EMPTY_ROWS))][:MOST_ROWS]


@dataclass(frozen=True, slots=True)
class HandoverStatementDraft:
    """The statement that a form makes, and by the names of members what cannot be read of it."""

    statement: Mapping[str, Any]
    faults: Mapping[str, Mistake]


def read_handover_form(form: Form) -> HandoverForm:
    """Return what was typed into a form; a row without anything is left out."""
    names = (*TEXTS, "countries", *CHOICES, *CORRECTION)
    members = {name: form.get(name).strip() for name in names if form.get(name).strip()}
    places = sorted({place for name in form.fields if (place := _place(name)) is not None})
    rows = (
        {name: typed for name in ITEM_MEMBERS if (typed := form.get(f"item.{place}.{name}").strip())}
        for place in places
    )
    return HandoverForm(members, [row for row in rows if row.keys() - {"line"}])


def _place(name: str) -> int | None:
    prefix, _, rest = name.partition(".")
    return read_whole_number(rest.partition(".")[0], 0, MOST_ROWS) if prefix == "item" else None


def draft_statement(visit: Visit, typed: HandoverForm) -> HandoverStatementDraft:
    """Return the statement that a form makes; what is wrong with it otherwise is for the service to say."""
    faults = dict[str, Mistake]()
    statement: dict[str, Any] = dict(typed.members)
    if "countries" in statement:
        countries = read_country_codes(
            in_english(visit.language, statement["countries"]), visit.policies.countries
        )
        if isinstance(countries, Mistake):
            faults["countries"] = countries
        else:
            statement["countries"] = countries
    named = [part for part in statement.get("supersedes", "").replace(",", " ").split() if part]
    if len(named) > 1:
        statement["supersedes"] = named
    items = list[dict[str, Any]]()
    for number, row in enumerate(typed.items, 1):
        item: dict[str, Any] = {**row, "line": _mark(row.get("line") or str(number))}
        if "quantity" in row:
            quantity = read_amount(row["quantity"])
            if quantity is None:
                faults["quantity"] = Mistake(
                    f"`{row['quantity']}` is no number", "write it in digits, with a point if need be"
                )
            item["quantity"] = quantity
        items.append(item)
    return HandoverStatementDraft({**statement, "items": items}, faults)


def _mark(text: str) -> int | str:
    number = read_whole_number(text, 0, _LARGEST_MARK)
    return text if number is None else number


def choices_offered(visit: Visit) -> dict[str, Mapping[str, str]]:
    """Return the choices of the members that are words, in words; of those alone that the vocabulary has."""
    words = visit.policies.vocabulary.words
    named = {**CHOICES, "kind": ITEM_KIND}
    return {name: choices_of(visit, words[fact]) for name, fact in named.items() if fact in words}


def from_clearance(clearance: Clearance) -> HandoverForm:
    """Return the form of a handover as a clearance allows it."""
    members = {
        "clearance": clearance.clearance_id,
        "department": clearance.department,
        "countries": ", ".join(clearance.countries),
        "by": clearance.deliverer,
        "to": clearance.recipient,
    }
    return HandoverForm(
        _present(members),
        [
            _present(
                {
                    "line": item.line,
                    "description": item.description,
                    "quantity": format(item.quantity, "f"),
                    "unit": item.unit,
                    "kind": item.kind,
                }
            )
            for item in clearance.items
        ],
    )


def from_case(case_id: str, department: str, lines: Iterable[int | str], state: CaseState) -> HandoverForm:
    """Return the form of a handover of what a case is about."""
    known = {(fact.line, fact.name): fact.value for fact in state.facts if fact.value is not None}
    members = {
        "case_id": case_id,
        "department": department,
        "countries": ", ".join(known.get((None, COUNTRIES)) or ()),
        **{name: known.get((None, fact)) for name, fact in CHOICES.items()},
    }
    rows = [
        _present(
            {
                "line": mark,
                **{name: known.get((str(mark), ITEM + name)) for name in ITEM_MEMBERS if name != "line"},
            }
        )
        for mark in lines
    ]
    return HandoverForm(_present(members), rows)


def from_handover(handover: Mapping[str, Any]) -> HandoverForm:
    """Return the form of a record that counts in the place of another, given as it is answered."""
    members = {name: handover.get(name) for name in (*TEXTS, *CHOICES)}
    members |= {
        "clearance": handover.get("clearance_id"),
        "countries": ", ".join(handover["countries"]),
        "supersedes": handover["handover_id"],
    }
    return HandoverForm(_present(members), [_present(item) for item in handover["items"]])


def _present(members: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in members.items() if value not in (None, "")}
