"""Papers: drafts to look at, finals under their numbers, each in the office's language and in the other side's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response

from api.console.frame.areas import marked
from api.console.frame.headers import PAGE_HEADERS
from api.console.frame.languages import LANGUAGES
from api.console.frame.routing import page
from api.console.frame.templates import render
from api.console.frame.visits import Visit
from api.console.registers.paper_languages import PaperLanguage, languages_of, unspoken
from api.console.registers.reading import RECORDS, amount_of, render_registers
from api.console.registers.words import paper_words
from api.files.pages.drafts import Agenda, ListedItems, ToInclude
from api.files.pages.printing import PageKind, PageRequest
from api.parsing.fields import read_whole_number
from api.parsing.parameters import wrong_parameter
from api.services.paging import MAX_SEQUENCE
from api.services.register_event_queries import read_session
from api.services.register_papers import (
    Issued,
    PaperSource,
    PaperWork,
    draft_paper,
    issue_paper,
    list_papers,
    read_paper,
)

SHOWN = 50
PREVIEWED, PREVIEWED_IN_ALL = 25, 100
"""So many items of a list are shown on the page of a draft, and of all its lists; what is printed has all."""
PAPERS_CALL = "/v1/registers/papers"
HEADS = {
    "place": marked("No."),
    "item": marked("Item"),
    "description": marked("Description"),
    "kind": marked("Kind"),
    "quantity": marked("Quantity"),
    "confirmed": marked("Confirmed"),
    "declined": marked("Declined"),
    "reference": marked("Written reference"),
    "annex": marked("Annex: the items"),
}
"""The heads of the columns of the items, which stand in every language of a paper."""


async def show_papers(visit: Visit) -> Response:
    """Show the finals, the newest first."""
    before = _number(visit.query["before"]) if "before" in visit.query else None
    found = await list_papers(visit.context, before, SHOWN + 1)
    return render_registers(
        visit,
        "papers.html",
        papers=found[:SHOWN],
        has_more=len(found) > SHOWN,
        before=before,
        **paper_visit_words(visit),
    )


async def show_paper(visit: Visit) -> Response:
    """Show what is known of a final."""
    stated, content = await read_paper(visit.context, _number(visit.request.path_params["number"]))
    fits = hashlib.sha256(content).hexdigest() == stated["sha256"]
    return render_registers(visit, "paper.html", paper=stated, fits=fits, **paper_visit_words(visit))


async def print_final(visit: Visit) -> Response:
    """Send the page of a final, byte for byte as it was issued."""
    _, content = await read_paper(visit.context, _number(visit.request.path_params["number"]))
    return _page(content)


async def show_draft(visit: Visit) -> Response:
    """Show a draft, with the button that makes a final of it; where none is named, the page to choose one on."""
    if not visit.query.get("paper"):
        return visit.redirect("/registers/papers")
    return await _draft(visit, visit.query)


async def print_draft(visit: Visit) -> Response:
    """Send a draft as the page to print, with all of its items."""
    request = _request(visit.query)
    source = await draft_paper(visit.context, request)
    languages = languages_of(visit.policies, source.draft.terms.country, _office(visit, visit.query))
    return _page(_document(request, source, languages, None))


async def issue_draft(visit: Visit) -> Response:
    """Make a final of a draft that was looked at, or show the draft again if it has changed."""
    query = {name: visit.form.get(name) for name in ("paper", "session", "list", "country", "office")}
    request, office = _request(query), _office(visit, query)

    def spoken(source: PaperSource) -> tuple[PaperLanguage, ...]:
        return languages_of(source.policies, source.draft.terms.country, office)

    seen = await draft_paper(visit.context, request)
    work = PaperWork(
        digest=lambda source: _digest(request, source, spoken(source)),
        page=lambda source, issued: _document(request, source, spoken(source), issued),
        languages=[language.code for language in spoken(seen)],
    )
    call = visit.call(PAPERS_CALL, {**query, "shown": visit.form.get("shown")})
    response = await issue_paper(visit.context, call, request, visit.form.get("shown"), work)
    if response is None:
        return await _draft(visit, query, has_changed=True)
    return visit.redirect(f"/registers/papers/{json.loads(response.answer)['paper_number']}")


async def _draft(visit: Visit, query: Any, *, has_changed: bool = False) -> Response:
    request, office = _request(query), _office(visit, query)
    source = await draft_paper(visit.context, request)
    country = source.draft.terms.country
    languages = languages_of(source.policies, country, office)
    fields = {
        "paper": request.kind.value,
        "session": "" if request.session is None else str(request.session),
        "list": request.list_id or "",
        "country": country,
        "office": office,
    }
    return render_registers(
        visit,
        "paper_draft.html",
        **_body_values(request, source, languages, _previewed(source)),
        fields=fields,
        address=urlencode(fields),
        addresses={code: urlencode({**fields, "office": code}) for code in LANGUAGES},
        language_names=LANGUAGES,
        unspoken=unspoken(source.policies, country),
        shown=_digest(request, source, languages),
        has_changed=has_changed,
        **paper_visit_words(visit),
    )


def _previewed(source: PaperSource) -> int:
    """How many items of each list are shown in a draft, so that a page stays short whatever it names."""
    return max(1, min(PREVIEWED, PREVIEWED_IN_ALL // max(1, len(_annexed(source)))))


def _annexed(source: PaperSource) -> Sequence[ListedItems | ToInclude]:
    content = source.draft.content
    return [*content.to_include, *content.separate] if isinstance(content, Agenda) else content.lists


def _document(
    request: PageRequest, source: PaperSource, languages: tuple[PaperLanguage, ...], issued: Issued | None
) -> bytes:
    """The whole page to print: of a final with its number, of a draft without."""
    values = {**_body_values(request, source, languages, None), "source": source, "issued": issued}
    return render("en", "registers/paper_document.html", values).encode()


def _digest(request: PageRequest, source: PaperSource, languages: tuple[PaperLanguage, ...]) -> str:
    """What the paper says: its letters, and the numbers of its items, of which nothing ever changes."""
    values = _body_values(request, source, languages, 0)
    letters = render("en", "registers/paper_body.html", values)
    items = "\n".join(item.item_no for listed in values["annexed"] for item in listed.items)
    return hashlib.sha256(f"{letters}\0{items}".encode()).hexdigest()


def _body_values(
    request: PageRequest, source: PaperSource, languages: tuple[PaperLanguage, ...], limit: int | None
) -> dict[str, Any]:
    terms, registers, content = source.draft.terms, source.draft.terms.registers, source.draft.content
    return {
        "paper": request.kind.value,
        "draft": content,
        "annexed": _annexed(source),
        "note": source.draft.note,
        "terms": terms,
        "registers": registers,
        "clauses": {step.value: clause for step, clause in registers.clauses.items()},
        "sender": source.policies.parties.get(registers.due_from, registers.due_from),
        "spoken": languages,
        "heads": HEADS,
        "limit": limit,
        "amount_of": amount_of,
    }


def _page(content: bytes) -> Response:
    return HTMLResponse(content, headers=PAGE_HEADERS)


def _request(query: Any) -> PageRequest:
    """The paper that an address or a form names. Raises `ProblemError`."""
    kind = query.get("paper", "")
    if kind not in [*PageKind]:
        raise wrong_parameter("paper", f"is one of: {', '.join(PageKind)}")
    session = read_session(query["session"]) if query.get("session") else None
    return PageRequest(PageKind(kind), session, query.get("list") or None, query.get("country") or None)


def _office(visit: Visit, query: Any) -> str:
    office = query.get("office") or visit.language
    return office if office in LANGUAGES else visit.language


def _number(text: str) -> int:
    number = read_whole_number(text, 1, MAX_SEQUENCE)
    if number is None:
        raise wrong_parameter("number", "is the number of a paper, such as 7")
    return number


def paper_visit_words(visit: Visit) -> dict[str, Any]:
    """Return what templates name papers with."""
    return {"paper_words": lambda kind: visit.message(paper_words(PageKind(kind)))}


_DRAFTS = "GET /v1/registers/pages/agenda"
ROUTES = [
    page("/registers/papers", show_papers, _DRAFTS),
    page("/registers/papers/draft", show_draft, _DRAFTS),
    page("/registers/papers/draft", issue_draft, RECORDS, form=True),
    page("/registers/papers/draft/print", print_draft, _DRAFTS),
    page("/registers/papers/{number}", show_paper, _DRAFTS),
    page("/registers/papers/{number}/page", print_final, _DRAFTS),
]
