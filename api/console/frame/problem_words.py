"""What is wrong with a form or an address, in words of the page: its fields by their labels, sentences translated.

The services word their problems for programs: by members of a body and parameters of an address, in English. What is
stated most often has words of the console here; anything else is shown as it is and marked as English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from api.console.frame.areas import marked
from api.console.frame.languages import translations_in
from api.parsing.problems import FieldError, Problem
from engine import ENGLISH

LABELS: Mapping[str, str] = {
    "after": marked("Place in the list"),
    "as_of": marked("On the day"),
    "before": marked("Place in the list"),
    "case_id": marked("Case"),
    "clause": marked("Clause"),
    "country": marked("Country"),
    "decision_id": marked("Decision id"),
    "department": marked("Department"),
    "direction": marked("Order"),
    "first": marked("Entries of the earlier one"),
    "first_day": marked("From day"),
    "from": marked("First day"),
    "happened_on": marked("Day"),
    "held_on": marked("What held on"),
    "holds_from": marked("Shall hold from"),
    "kind": marked("Kind"),
    "known_at": marked("As known at (UTC)"),
    "last_day": marked("To day"),
    "line": marked("Line"),
    "list": marked("List"),
    "note": marked("Why"),
    "number": marked("No."),
    "outcome": marked("Outcome"),
    "owner": marked("By whom"),
    "paper": marked("Paper"),
    "planned_on": marked("Day planned for the handover"),
    "recorded_on": marked("Day of the transfer record"),
    "reference": marked("Paper that shows it"),
    "request_id": marked("Request id"),
    "revision": marked("Revision"),
    "rule": marked("Rule"),
    "second": marked("Entries of the later one"),
    "session": marked("Session"),
    "sort": marked("Order"),
    "state": marked("State"),
    "status": marked("Status"),
    "title": marked("What the change is for"),
    "until": marked("Last day"),
    "waiting_for": marked("Waits for"),
}
"""What the pages call the parameters of addresses and the members of bodies."""

SENTENCES: Sequence[str] = (
    marked("A session is named by its number, such as 8."),
    marked("Begin at a draft, or at the list of revisions."),
    marked("Hand nothing over; ask again in a few seconds."),
    marked("Hand nothing over; the failure was logged."),
    marked("Name the smaller of two checkpoints first."),
    marked("Name two checkpoints by their sizes."),
    marked("No case has this id."),
    marked("No clearance has this id."),
    marked("No decision has this id."),
    marked("No draft has this id, or it was deleted."),
    marked("No fact that is in force has this number in the case."),
    marked("No handover has this id."),
    marked("No item has this number."),
    marked("No list has this id."),
    marked("No paper was issued under this number."),
    marked("No proposal has this id."),
    marked("Nothing was recorded."),
    marked("Nothing was stored."),
    marked("Send the form as the page has it."),
    marked("The case had not been opened by then."),
    marked("The draft has no such file."),
    marked("The form cannot be read; open its page anew and send it."),
    marked("The ledger does not know this revision."),
    marked("The policies in force have none of this name."),
    marked("This form was not sent by a page of this console that is still valid; open its page anew."),
    marked("Your role may not do this."),
    marked("is required: it is not settled whose session this is"),
    marked("must not lie after today"),
    marked("the request does not state it"),
    marked("this is not the department of the caller"),
)
"""Sentences of the services that the pages repeat as they are."""

_DAY = marked("has to be a day of the calendar, as YYYY-MM-DD")
_CHOICE = marked("has to be one of those that can be chosen")
_FILLED = marked("has to be filled in")
_COUNTRY = marked("has to be a country by its code of two letters, such as KP")
_WHOLE = marked("has to be a whole number")
_SHAPES: Sequence[tuple[re.Pattern[str], str]] = tuple(
    (re.compile(pattern), message)
    for pattern, message in (
        (r"is a day, YYYY-MM-DD|must be a date, YYYY-MM-DD, in quotes|must be a day of the calendar.*", _DAY),
        (r"is one of:? .*|names one of:? .*|must be one of .*", _CHOICE),
        (r"the member `\w+` is required|must not be empty", _FILLED),
        (r"is an ISO 3166-1 alpha-2 code, .*|must be two capital letters .*", _COUNTRY),
        (r"is a whole number from .*|must be a whole number, .*|is the number of a paper, .*", _WHOLE),
        (r"there is no such list; .*", marked("there is no such list")),
        (r"The policies are those of a watched folder; .*", marked("No approvals are required here.")),
        (
            r"The policies in force have no such (?:clause|file|country)\.",
            marked("The policies in force have none of this name."),
        ),
        (r"is a time with its zone, .*", marked("has to be a time, as 1965-03-01T12:00")),
        (
            r"(?:has 1 to|must have at most) (?P<most>\d+) characters",
            marked("has to have no more than %(most)s characters"),
        ),
        (
            r"is the beginning of a revision, .*",
            marked("has to be the beginning of a revision, in digits 0 to 9 and a to f"),
        ),
        (
            r"is .*, such as `next` of the page before; begin again without it",
            marked("is no longer in this list; begin again at its first page"),
        ),
        (
            r"is no earlier than the first day, (?P<day>\S+)",
            marked("has to be no earlier than the first day, %(day)s"),
        ),
        (
            r"No checkpoint over (?P<size>\d+) entries is kept\.",
            marked("No checkpoint over %(size)s entries is kept."),
        ),
    )
)
"""Forms of what the services say, with the words of the pages for it."""


class ShownFault(NamedTuple):
    """A sentence on what is wrong, behind the label of its field; `lang` is its language if it is not the page's."""

    text: str
    lang: str | None = None
    label: str = ""


Sentence = str | ShownFault
"""What stands in a list of faults: a message of the console, or what a service says."""


def say_fault(language: str, stated: str, label: str = "") -> ShownFault:
    """Return a sentence of a service for a page, behind the `label` of its field."""
    translated = translations_in(language).gettext
    for pattern, message in _SHAPES:
        if found := pattern.fullmatch(stated):
            return ShownFault(translated(message) % found.groupdict(), None, label)
    if stated in SENTENCES:
        return ShownFault(translated(stated), None, label)
    return ShownFault(stated, None if language == ENGLISH else ENGLISH, label)


def faults_in(language: str, problem: Problem) -> list[ShownFault]:
    """Return what is wrong, a sentence each: the faults that the problem names, or its detail."""
    named = [_of_field(language, error) for error in problem.errors or ()]
    return named or [say_fault(language, problem.detail)]


def _of_field(language: str, error: FieldError) -> ShownFault:
    name = error.parameter or (error.pointer or "").rpartition("/")[2]
    label = LABELS.get(name, "")
    return say_fault(language, error.detail, translations_in(language).gettext(label) if label else "")
