"""The pages as HTML: each draft rendered by its template, with the log entry and revision it was made from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from api.domain.dues.find_dues import DueRecords
from api.domain.dues.list_terms import ListTerms, read_list_terms
from api.files.pages.drafts import (
    Agenda,
    ConfirmationList,
    MemorandumDraft,
    NothingToPrint,
    draft_agenda,
    draft_confirmation_list,
    draft_memorandum,
    note_old_words,
)
from api.files.stylesheet import page_templates
from engine import PolicySet

if TYPE_CHECKING:
    from jinja2 import Environment


class PageKind(StrEnum):
    """The pages that can be printed."""

    CONFIRMATION_LIST = "confirmation-list"
    AGENDA = "agenda"
    MEMORANDUM = "memorandum"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The page to print: `session` for the agenda and the memorandum, `list_id` for one list alone."""

    kind: PageKind
    session: int | None = None
    list_id: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a page is made from: the records with their newest log entry, the policies, and the time."""

    records: DueRecords
    entry: int | None
    policies: PolicySet
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class PageDraft:
    """What a page says, before it is put into words: `note` names lists that it leaves out."""

    content: ConfirmationList | Agenda | MemorandumDraft
    terms: ListTerms
    note: str | None


def draft_page(page: PageRequest, records: DueRecords, policies: PolicySet, day: dt.date) -> PageDraft:
    """Return what a page says on a day. Raises `NothingToPrint`."""
    terms = _terms(page, policies, day)
    note = note_old_words(records, terms, day)
    try:
        return PageDraft(_draft(page, records, terms, day), terms, note)
    except NothingToPrint as reason:
        raise NothingToPrint(f"{reason} {note}" if note else str(reason)) from None


def print_page(page: PageRequest, origin: Origin) -> str:
    """Return the page as HTML that needs nothing else. Raises `NothingToPrint`."""
    day = origin.policies.day_at(origin.at)
    draft = draft_page(page, origin.records, origin.policies, day)
    terms = draft.terms
    return (
        _templates()
        .get_template(f"{page.kind.replace('-', '_')}.html")
        .render(
            draft=draft.content,
            note=draft.note,
            terms=terms,
            sender=origin.policies.parties.get(terms.registers.due_from, terms.registers.due_from),
            registers=terms.registers,
            clauses={step.value: clause for step, clause in terms.registers.clauses.items()},
            entry=origin.entry,
            policies=origin.policies,
            status=origin.policies.status_on(day).replace("_", " "),
            day=day,
            at=origin.at.astimezone(dt.UTC),
        )
    )


def _draft(
    page: PageRequest, records: DueRecords, terms: ListTerms, day: dt.date
) -> ConfirmationList | Agenda | MemorandumDraft:
    match page.kind:
        case PageKind.CONFIRMATION_LIST:
            return draft_confirmation_list(records, terms, day, page.list_id)
        case PageKind.AGENDA:
            return draft_agenda(records, terms, day, _session(page))
        case PageKind.MEMORANDUM:
            return draft_memorandum(records, terms, day, _session(page))
        case _:
            assert_never(page.kind)


def _session(page: PageRequest) -> int:
    if page.session is None:
        raise NothingToPrint("Name the session, such as 8.")
    return page.session


def _terms(page: PageRequest, policies: PolicySet, day: dt.date) -> ListTerms:
    found = read_list_terms(policies, day)
    if page.country is None and len(found) == 1:
        return next(iter(found.values()))
    if page.country in found:
        return found[page.country]
    named = ", ".join(sorted(found)) or "none"
    raise NothingToPrint(f"Name a country whose lists the policies are about: {named}.")


def _amount(quantity: Decimal | None, unit: str | None) -> str:
    return " ".join(part for part in (None if quantity is None else f"{quantity:f}", unit) if part)


@cache
def _templates() -> Environment:
    templates = page_templates(Path(__file__).parent)
    templates.filters["amount"] = lambda item: _amount(item.quantity, item.unit)
    return templates
