"""How a proposal stands, as text, JSON or Markdown."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import assert_never

from api.domain.approvals.answers import ApprovalAnswer, ProposalAnswer, ShownEvidence
from api.domain.approvals.proposal_view import ProposalState
from api.domain.approvals.statements import ProposalSubject
from api.parsing.answers import JsonAnswer

SHOWN_SIGNS = 12
"""So many signs of a revision are shown."""


class StatusFormat(StrEnum):
    """How the state of a proposal is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class RefusedNoteAnswer(JsonAnswer):
    """A note that counts nothing, and why."""

    file: str
    fact: str


class ProposalStatus(JsonAnswer):
    """A proposal, whether it has all approvals that it needs, and the notes that count nothing."""

    enough: bool
    proposal: ProposalAnswer
    refused: tuple[RefusedNoteAnswer, ...] = ()

    @classmethod
    def of(cls, proposal: ProposalAnswer, refused: Sequence[RefusedNoteAnswer] = ()) -> ProposalStatus:
        """Return the status of a proposal: it is enough once it is approved, and stays so in force."""
        enough = proposal.state in (ProposalState.APPROVED, ProposalState.ACTIVE)
        return cls(enough=enough, proposal=proposal, refused=tuple(refused))


def write_status(status: ProposalStatus, format_: StatusFormat) -> str:
    """Return how a proposal stands in a format."""
    match format_:
        case StatusFormat.TEXT:
            return _lines(_text(status))
        case StatusFormat.JSON:
            return write_json_answer(status)
        case StatusFormat.MARKDOWN:
            return _lines(_markdown(status))
        case _:
            assert_never(format_)


def write_list(proposals: Iterable[ProposalAnswer]) -> str:
    """Return a line for each proposal."""
    return _lines(
        f"{one.proposal_id[:SHOWN_SIGNS]}  {one.state.value:<10}  {one.subject.value:<9}  {one.author}: {one.wish}"
        + (f" (in force since {_minute(one.active_since)})" if one.active_since else "")
        for one in proposals
    )


def _text(status: ProposalStatus) -> Iterator[str]:
    one = status.proposal
    yield f"proposal {one.proposal_id}"
    yield from (f"  {name}: {value}" for name, value in _facts(one))
    if one.approvals:
        yield "Approvals"
        yield from (
            f"  {approval.officer}{_office(approval)}: {_count(approval)}" for approval in one.approvals
        )
    if status.refused:
        yield "Notes that count nothing"
        yield from (f"  {note.file}: {note.fact}" for note in status.refused)
    if one.needs_deciding:
        yield "Why an officer who decides has to approve it as well"
        yield from (f"  {reason}" for reason in one.needs_deciding)
    if one.lacking:
        yield "Lacking"
        yield from (f"  {reason}" for reason in one.lacking)
    yield _verdict(status)


def _markdown(status: ProposalStatus) -> Iterator[str]:
    one = status.proposal
    yield f"## {_verdict(status)}"
    yield ""
    yield from (f"- {name}: {_escaped(value)}" for name, value in _facts(one))
    if one.approvals:
        yield from ("", "| officer | counts | |", "|---|---|---|")
        for approval in one.approvals:
            counts = "no" if approval.why_not else "yes"
            yield f"| {_escaped(approval.officer)}{_office(approval)} | {counts} | {_count(approval)} |"
    for title, reasons in (
        ("Notes that count nothing", [f"{note.file}: {note.fact}" for note in status.refused]),
        ("Why an officer who decides has to approve it as well", one.needs_deciding),
        ("Lacking", one.lacking),
    ):
        if reasons:
            yield from ("", f"### {title}", "")
            yield from (f"- {_escaped(reason)}" for reason in reasons)


def _facts(one: ProposalAnswer) -> Iterator[tuple[str, str]]:
    yield "wish", one.wish
    yield "author", f"{one.author}, {_minute(one.proposed_at)}"
    yield one.subject.value, f"{one.base[:SHOWN_SIGNS]} to {one.content[:SHOWN_SIGNS]}"
    if one.holds_from:
        yield "holds from", one.holds_from.isoformat()
    yield "state", _state(one.state)
    if one.ended:
        yield "ended by", f"{one.ended.officer}{f': {one.ended.reason}' if one.ended.reason else ''}"
    if one.evidence:
        passed = ", ".join(one.evidence.passed) or "nothing"
        failed = f"; not {one.evidence.failed}" if one.evidence.failed else ""
        yield (
            "evidence",
            f"{passed}{failed}, {_minute(one.evidence.computed_at)} ({one.evidence.digest[:SHOWN_SIGNS]})",
        )
    elif one.state.is_open and one.subject is not ProposalSubject.APPROVERS and not one.evidence_under_way:
        yield "evidence", "not computed yet"
    if one.evidence_under_way:
        way = one.evidence_under_way
        yield "evidence", way.fault or f"being computed: {way.step or 'begun'}, {way.done} of {way.of}"


def _state(state: ProposalState) -> str:
    if state is ProposalState.SUPERSEDED:
        return f"{state.value}, as something else is in force than what it replaces"
    return state.value


def _office(approval: ApprovalAnswer) -> str:
    return " (decides)" if approval.decides else ""


def _count(approval: ApprovalAnswer) -> str:
    if approval.why_not:
        return f"does not count: {approval.why_not}"
    return f"counts until {_minute(approval.until)}, {_shown(approval.shown)}"


def _shown(shown: ShownEvidence) -> str:
    match shown:
        case ShownEvidence.NEWEST:
            return "by the newest evidence"
        case ShownEvidence.EARLIER:
            return "by earlier evidence"
        case ShownEvidence.ELSEWHERE:
            return "by evidence computed elsewhere"
        case ShownEvidence.NONE:
            return "by no evidence"
        case _:
            assert_never(shown)


def _verdict(status: ProposalStatus) -> str:
    return f"{status.proposal.subject.value}: {'approved' if status.enough else 'not approved'}"


def _minute(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _escaped(text: str) -> str:
    """Text of others, as a line of Markdown that it cannot leave."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>()#|!" else sign for sign in text)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def write_json_answer(answer: JsonAnswer) -> str:
    """Return an answer as JSON to read."""
    return json.dumps(answer.to_plain_data(), indent=2, ensure_ascii=False) + "\n"
