"""The pages as HTML: what is drafted, put into its template, with the log entry and revision it was made from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.domain.dues.find_dues import Records
from api.domain.dues.terms import Terms, read_terms
from api.files.pages.drafts import (
    Agenda,
    ConfirmationList,
    MemorandumDraft,
    NothingToPrint,
    draft_agenda,
    draft_confirmation_list,
    draft_memorandum,
)
from engine import COMMITTEE, PolicySet


class PageKind(StrEnum):
    """The pages that can be printed."""

    CONFIRMATION_LIST = "confirmation-list"
    AGENDA = "agenda"
    MEMORANDUM = "memorandum"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page is wanted: `session` for the agenda and the memorandum, `list_id` for one list alone."""

    kind: PageKind
    session: int | None = None
    list_id: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a page is made from: the records with their newest log entry, the policies, and the time."""

    records: Records
    entry: int | None
    policies: PolicySet
    at: dt.datetime


def print_page(wanted: Wanted, origin: Origin) -> str:
    """Return the page as HTML that needs nothing else. Raises `NothingToPrint`."""
    day = origin.at.date()
    terms = _terms(wanted, origin.policies, day)
    draft = _draft(wanted, origin.records, terms, day)
    return _TEMPLATES.get_template(f"{wanted.kind.replace('-', '_')}.html").render(
        draft=draft,
        terms=terms,
        sender=origin.policies.parties.get(COMMITTEE, COMMITTEE),
        entry=origin.entry,
        policies=origin.policies,
        status=origin.policies.status_on(day).replace("_", " "),
        day=day,
        at=origin.at.astimezone(dt.UTC),
    )


def _draft(
    wanted: Wanted, records: Records, terms: Terms, day: dt.date
) -> ConfirmationList | Agenda | MemorandumDraft:
    match wanted.kind:
        case PageKind.CONFIRMATION_LIST:
            return draft_confirmation_list(records, terms, day, wanted.list_id)
        case PageKind.AGENDA:
            return draft_agenda(records, terms, day, _session(wanted))
        case PageKind.MEMORANDUM:
            return draft_memorandum(records, terms, day, _session(wanted))
        case _:
            assert_never(wanted.kind)


def _session(wanted: Wanted) -> int:
    if wanted.session is None:
        raise NothingToPrint("Name the session, such as 8.")
    return wanted.session


def _terms(wanted: Wanted, policies: PolicySet, day: dt.date) -> Terms:
    found = read_terms(policies, day)
    if wanted.country is None and len(found) == 1:
        return next(iter(found.values()))
    if wanted.country in found:
        return found[wanted.country]
    named = ", ".join(sorted(found)) or "none"
    raise NothingToPrint(f"Name a country whose lists the policies are about: {named}.")


def _amount(quantity: Decimal | None, unit: str | None) -> str:
    return " ".join(part for part in (None if quantity is None else f"{quantity:f}", unit) if part)


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["amount"] = lambda item: _amount(item.quantity, item.unit)
