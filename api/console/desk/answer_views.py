"""An answer as its page shows it: what it is about, the word, the sentence to say, what to do, why, what is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from api.console.desk.question_views import ClauseView, view_clauses
from api.console.desk.wording import OutcomeWords, Wording, Words
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

    who: Words
    must: Words
    until: Sequence[Words]
    evidence: Words | None
    clause: str


@dataclass(frozen=True, slots=True)
class UnknownView:
    """A question that is open, and the answers that would change the outcome by themselves."""

    ask: Words
    was_asked: bool
    leads_to: Sequence[tuple[Sequence[Words], OutcomeWords]]


@dataclass(frozen=True, slots=True)
class UnknownsView:
    """What is not known and a party can tell."""

    party: Words
    questions: Sequence[UnknownView]


@dataclass(frozen=True, slots=True)
class RequiredView:
    """What policies that are only proposed would require."""

    outcome: OutcomeWords
    clauses: Sequence[ClauseView]
    duties: Sequence[DutyView]


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item: its mark, what it is and how much of it, what is answered about it, and in which section."""

    mark: str
    about: str
    amount: str
    outcome: OutcomeWords
    section: int


@dataclass(frozen=True, slots=True)
class LineView:
    """The answer about one item, or about several of which it is the same."""

    marks: str
    about: str
    outcome: OutcomeWords
    sentences: Sequence[SentenceView]
    duties: Sequence[DutyView]
    clauses: Sequence[ClauseView]
    readings: Sequence[tuple[str, Words, Words | None]]
    rules: Sequence[str]
    unknown: Sequence[UnknownsView]
    unknown_together: Sequence[UnknownsView]
    claimed: Sequence[tuple[Words, Words]]
    required: RequiredView | None
    valid_until: dt.date | None


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """An answer: its head, the sentence for the whole if there is one, its items, and what is answered of them."""

    decision: AnsweredDecision
    outcome: OutcomeWords
    countries: str
    sentences: Sequence[SentenceView]
    items: Sequence[ItemView]
    lines: Sequence[LineView]


def view_answer(wording: Wording, decision: AnsweredDecision) -> AnswerPage:
    """Return an answer as it is shown."""
    about = decision.about or {}
    lines: Sequence[AboutLine] = about.get("lines", [])
    by_mark = {line["line"]: line for line in lines}
    sections: dict[bytes, list[LineDecision]] = {}
    places = []
    for line in decision.lines:
        key = line.model_copy(update={"line": 0}).to_json()
        sections.setdefault(key, []).append(line)
        places.append([*sections].index(key))
    return AnswerPage(
        decision=decision,
        outcome=wording.outcome(decision.outcome),
        countries=", ".join(f"{one['name']} ({one['code']})" for one in about.get("countries", ())),
        sentences=_sentences(wording, decision) if decision.say != decision.lines[0].say else (),
        items=[
            _item(wording, line, by_mark.get(line.line), place)
            for line, place in zip(decision.lines, places, strict=True)
        ],
        lines=[_line(wording, found, by_mark.get(found[0].line)) for found in sections.values()],
    )


def _item(wording: Wording, line: LineDecision, about: AboutLine | None, section: int) -> ItemView:
    amount = f"{about['quantity']} {about.get('unit', '')}".strip() if about and "quantity" in about else ""
    described = about.get("description", "") if about else ""
    return ItemView(str(line.line), described, amount, wording.outcome(line.outcome), section + 1)


def _line(wording: Wording, lines: Sequence[LineDecision], about: AboutLine | None) -> LineView:
    policies, (line, *others) = wording.policies, lines
    readings = [policies.readings[name] for name in line.readings if name in policies.readings]
    alone = [one for place, one in enumerate(line.missing) if place == 0 or not one.together_with]
    return LineView(
        marks=", ".join(str(one.line) for one in lines),
        about=about.get("description", "") if about and not others else "",
        outcome=wording.outcome(line.outcome),
        sentences=_sentences(wording, line),
        duties=_duties(wording, line.duties),
        clauses=view_clauses(wording, line.clauses),
        readings=[
            (one.id, wording.read(one.question), wording.read(one.taken) if one.taken else None)
            for one in readings
        ],
        rules=line.rules,
        unknown=_unknown(wording, line, alone),
        unknown_together=_unknown(wording, line, [one for one in line.missing if one not in alone]),
        claimed=[
            (wording.question(fact), wording.party(word.answered_by if word else fact))
            for fact in line.claimed_not_confirmed
            for word in [policies.vocabulary.words.get(fact)]
        ],
        required=_required(wording, line.if_in_force) if line.if_in_force else None,
        valid_until=line.valid_until,
    )


def _required(wording: Wording, required: IfInForce) -> RequiredView:
    return RequiredView(
        wording.outcome(required.outcome),
        view_clauses(wording, required.clauses),
        _duties(wording, required.duties),
    )


def _sentences(wording: Wording, answer: Decision | LineDecision) -> Sequence[SentenceView]:
    """The sentence in the languages of the guest, then in that of the office."""
    found = [
        SentenceView(text, tag, wording.language(tag), tag in answer.say_in_draft, is_of_guest=True)
        for tag, text in answer.say_in.items()
    ]
    own = SentenceView(answer.say, ENGLISH, wording.language(ENGLISH), is_draft=False, is_of_guest=False)
    read = wording.read(answer.say)
    if read.language != ENGLISH and read.language not in answer.say_in:
        language = wording.language(read.language)
        draft = wording.policies.languages.books[read.language][answer.say].draft
        found.append(SentenceView(read.text, read.language, language, draft, is_of_guest=False))
    return [*found, own]


def _duties(wording: Wording, duties: Iterable[Duty]) -> Sequence[DutyView]:
    message = wording.visit.message
    found = []
    for duty in duties:
        until = []
        if duty.before:
            until += [wording.own(message("before:")), wording.read(duty.before)]
        if duty.within:
            until += [wording.own(message("within:")), wording.read(duty.within)]
        evidence = wording.read(duty.evidence) if duty.evidence else None
        found.append(DutyView(wording.party(duty.who), wording.read(duty.must), until, evidence, duty.clause))
    return found


def _unknown(wording: Wording, line: LineDecision, missing: Iterable[Missing]) -> Sequence[UnknownsView]:
    by_party: dict[str, list[UnknownView]] = {}
    for one in missing:
        leads: dict[Outcome, list[Words]] = {}
        for label, outcome in one.would_lead_to.items():
            if outcome is not line.outcome:
                leads.setdefault(outcome, []).append(_answer(wording, one, label))
        view = UnknownView(
            wording.read(one.ask),
            one.state == "asked_not_known",
            [(answers, wording.outcome(outcome)) for outcome, answers in leads.items()],
        )
        by_party.setdefault(one.answered_by, []).append(view)
    return [UnknownsView(wording.party(party), questions) for party, questions in by_party.items()]


def _answer(wording: Wording, missing: Missing, label: str) -> Words:
    text = missing.answers.get(label, label)
    if label in ("true", "false"):
        return wording.own(wording.truth(label == "true"))
    return wording.read(text)
