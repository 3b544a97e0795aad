"""An answer as its page shows it: what it is about, the word, the sentence to say, what to do, why, what is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from api.console.desk.question_views import ClauseView, view_clauses
from api.console.frame.countries import show_country
from api.console.frame.policy_texts import PolicyTexts, ShownOutcome, ShownText
from api.domain.about import AboutLine
from api.services.answered import AnsweredDecision
from engine import ENGLISH, Decision, Duty, LineDecision, Missing, Outcome
from engine.contract.decision import IfInForce


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence to say: in which language, by its tag and its name, and whether its translation is a draft."""

    text: str
    tag: str
    language: str
    is_draft: bool
    is_of_guest: bool


@dataclass(frozen=True, slots=True)
class DutyView:
    """What somebody has to do."""

    who: ShownText
    must: ShownText
    until: Sequence[ShownText]
    evidence: ShownText | None
    clause: str


@dataclass(frozen=True, slots=True)
class UnknownView:
    """A question that is open, and the answers that would change the outcome by themselves."""

    ask: ShownText
    had_no_answer: bool
    leads_to: Sequence[tuple[Sequence[ShownText], ShownOutcome]]


@dataclass(frozen=True, slots=True)
class UnknownsView:
    """What is not known and a party can answer."""

    party: ShownText
    questions: Sequence[UnknownView]


@dataclass(frozen=True, slots=True)
class RequiredView:
    """What policies that are only proposed would require."""

    outcome: ShownOutcome
    clauses: Sequence[ClauseView]
    duties: Sequence[DutyView]


@dataclass(frozen=True, slots=True)
class AnsweredItem:
    """An item: its mark, what it is and how much of it, what is answered about it, and where on the page."""

    mark: str
    about: str
    amount: str
    outcome: ShownOutcome
    section: int


@dataclass(frozen=True, slots=True)
class LineView:
    """The answer about one item, or about several of which it is the same."""

    marks: str
    about: str
    outcome: ShownOutcome
    sentences: Sequence[SentenceView]
    duties: Sequence[DutyView]
    clauses: Sequence[ClauseView]
    readings: Sequence[tuple[str, ShownText, ShownText | None]]
    rules: Sequence[str]
    unknown: Sequence[UnknownsView]
    unknown_together: Sequence[UnknownsView]
    claimed: Sequence[tuple[ShownText, ShownText]]
    required: RequiredView | None
    valid_until: dt.date | None


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answer: its head, the sentence for the whole if there is one, some items, and what is answered of them.

    Of the `count` items those from the place `first` up to before `end` (from 0) are on the page; `previous` is where
    the page before begins, if there is one.
    """

    decision: AnsweredDecision
    outcome: ShownOutcome
    countries: str
    sentences: Sequence[SentenceView]
    items: Sequence[AnsweredItem]
    lines: Sequence[LineView]
    first: int
    end: int
    count: int
    previous: int | None


MOST_ITEMS = 100
"""So many items are on a page of an answer,"""
MOST_SECTIONS = 10
"""and as many as have so many different answers."""


def view_answer(texts: PolicyTexts, decision: AnsweredDecision, first: int | None = 0) -> AnswerPage:
    """Return an answer as a page shows it, from the item at this place on; None stands for all items."""
    about = decision.about or {}
    lines: Sequence[AboutLine] = about.get("lines", [])
    by_mark = {line["line"]: line for line in lines}
    sections: dict[bytes, list[LineDecision]] = {}
    keys = []
    for line in decision.lines:
        key = line.model_copy(update={"line": 0}).to_json()
        sections.setdefault(key, []).append(line)
        keys.append(key)
    begin, end, previous = _span(keys, first)
    places = {key: place for place, key in enumerate(dict.fromkeys(keys[begin:end]))}
    return AnswerPage(
        decision=decision,
        outcome=texts.outcome(decision.outcome),
        countries=", ".join(show_country(texts.language, one["code"]) for one in about.get("countries", ())),
        sentences=_sentences(texts, decision) if decision.say != decision.lines[0].say else (),
        items=[
            _item(texts, line, by_mark.get(line.line), places[key])
            for line, key in zip(decision.lines[begin:end], keys[begin:end], strict=True)
        ],
        lines=[_line(texts, sections[key], by_mark.get(sections[key][0].line)) for key in places],
        first=begin,
        end=end,
        count=len(keys),
        previous=previous,
    )


def _span(keys: Sequence[Hashable], first: int | None) -> tuple[int, int, int | None]:
    """Where the page begins that has this item, where it ends, and where the one before begins."""
    if first is None:
        return 0, len(keys), None
    begin, previous = 0, None
    while (end := _end_of_page(keys, begin)) <= first and end < len(keys):
        begin, previous = end, begin
    return begin, end, previous


def _end_of_page(keys: Sequence[Hashable], begin: int) -> int:
    sections = set[Hashable]()
    for place in range(begin, min(begin + MOST_ITEMS, len(keys))):
        sections.add(keys[place])
        if len(sections) > MOST_SECTIONS:
            return place
    return min(begin + MOST_ITEMS, len(keys))


def join_marks(marks: Sequence[int | str]) -> str:
    """Return the marks of items as they are read: of numbers that follow each other, the first and the last."""
    runs = list[list[int | str]]()
    for mark in marks:
        last = runs[-1][-1] if runs else None
        if isinstance(mark, int) and isinstance(last, int) and mark == last + 1:
            runs[-1].append(mark)
        else:
            runs.append([mark])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _item(texts: PolicyTexts, line: LineDecision, about: AboutLine | None, section: int) -> AnsweredItem:
    amount = f"{about['quantity']} {about.get('unit', '')}".strip() if about and "quantity" in about else ""
    described = about.get("description", "") if about else ""
    return AnsweredItem(str(line.line), described, amount, texts.outcome(line.outcome), section + 1)


def _line(texts: PolicyTexts, lines: Sequence[LineDecision], about: AboutLine | None) -> LineView:
    policies, (line, *others) = texts.policies, lines
    readings = [policies.readings[name] for name in line.readings if name in policies.readings]
    alone = [one for place, one in enumerate(line.missing) if place == 0 or not one.together_with]
    return LineView(
        marks=join_marks([one.line for one in lines]),
        about=about.get("description", "") if about and not others else "",
        outcome=texts.outcome(line.outcome),
        sentences=_sentences(texts, line),
        duties=_duties(texts, line.duties),
        clauses=view_clauses(texts, line.clauses),
        readings=[
            (one.id, texts.read(one.question), texts.read(one.taken) if one.taken else None)
            for one in readings
        ],
        rules=line.rules,
        unknown=_unknown(texts, line, alone),
        unknown_together=_unknown(texts, line, [one for one in line.missing if one not in alone]),
        claimed=[
            (texts.question(fact), texts.party(word.answered_by if word else fact))
            for fact in line.claimed_not_confirmed
            for word in [policies.vocabulary.words.get(fact)]
        ],
        required=_required(texts, line.if_in_force) if line.if_in_force else None,
        valid_until=line.valid_until,
    )


def _required(texts: PolicyTexts, required: IfInForce) -> RequiredView:
    return RequiredView(
        texts.outcome(required.outcome),
        view_clauses(texts, required.clauses),
        _duties(texts, required.duties),
    )


def _sentences(texts: PolicyTexts, answer: Decision | LineDecision) -> Sequence[SentenceView]:
    """The sentence in the languages of the guest, then in that of the office."""
    found = [
        SentenceView(text, tag, texts.language_name(tag), tag in answer.say_in_draft, is_of_guest=True)
        for tag, text in answer.say_in.items()
    ]
    own = SentenceView(answer.say, ENGLISH, texts.language_name(ENGLISH), is_draft=False, is_of_guest=False)
    read = texts.read(answer.say)
    if read.lang is None and texts.language not in (ENGLISH, *answer.say_in):
        language = texts.language_name(texts.language)
        draft = texts.policies.languages.books[texts.language][answer.say].draft
        found.append(SentenceView(read.text, texts.language, language, draft, is_of_guest=False))
    return [*found, own]


def _duties(texts: PolicyTexts, duties: Iterable[Duty]) -> Sequence[DutyView]:
    message = texts.message
    found = []
    for duty in duties:
        until = []
        if duty.before:
            until += [ShownText(message("before:")), texts.read(duty.before)]
        if duty.within:
            until += [ShownText(message("within:")), texts.read(duty.within)]
        evidence = texts.read(duty.evidence) if duty.evidence else None
        found.append(DutyView(texts.party(duty.who), texts.read(duty.must), until, evidence, duty.clause))
    return found


def _unknown(texts: PolicyTexts, line: LineDecision, missing: Iterable[Missing]) -> Sequence[UnknownsView]:
    by_party: dict[str, list[UnknownView]] = {}
    for one in missing:
        leads: dict[Outcome, list[ShownText]] = {}
        for label, outcome in one.would_lead_to.items():
            if outcome is not line.outcome:
                leads.setdefault(outcome, []).append(_answer(texts, one, label))
        view = UnknownView(
            texts.read(one.ask),
            one.state == "asked_not_known",
            [(answers, texts.outcome(outcome)) for outcome, answers in leads.items()],
        )
        by_party.setdefault(one.answered_by, []).append(view)
    return [UnknownsView(texts.party(party), questions) for party, questions in by_party.items()]


def _answer(texts: PolicyTexts, missing: Missing, label: str) -> ShownText:
    text = missing.answers.get(label, label)
    if label in ("true", "false"):
        return ShownText(texts.truth(label == "true"))
    return texts.read(text)
