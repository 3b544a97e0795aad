"""`channelgate check`: requests from files, each decided and explained."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from api.cli.clock import now
from api.cli.console import console, errors
from api.cli.exit_codes import COULD_NOT, FINDINGS
from api.cli.inputs import InputUnreadable, find_json_files, read_input
from api.cli.options import (
    DayOption,
    FloorOption,
    Format,
    FormatOption,
    LanguageOption,
    PoliciesOption,
    RoleOption,
    believed_parties,
    read_in,
)
from api.cli.policy_loading import load_shown
from api.cli.rendering.decision import print_decision
from api.domain.about import About, about_request
from api.domain.reading_languages import AnswerWords, words_of_answer
from api.parsing.problems import Problem
from api.parsing.requests import read_request
from api.runtime.shipped import floor_of
from api.services.answer_members import answer_with, with_explanation, with_words
from api.services.decision_ids import new_decision_id
from engine import (
    Decision,
    Permission,
    PolicySet,
    Request,
    Vocabulary,
    decide,
    withhold_unconfirmed,
)

if TYPE_CHECKING:
    from engine import Explanation


@dataclass(frozen=True, slots=True)
class _Checked:
    """The answer to the request of a file, what it is about, and its explanation and its words if they are wanted."""

    about: About
    decision: Decision
    explanation: Explanation | None
    words: AnswerWords | None

    def to_data(self) -> dict[str, Any]:
        """Return the answer as JSON has it."""
        answer = answer_with(self.decision.to_json(), self.about)
        if self.words:
            answer = with_words(answer, self.words)
        if self.explanation:
            answer = with_explanation(answer, self.explanation.to_json())
        data: dict[str, Any] = json.loads(answer)
        return data


_FileAnswer = _Checked | Problem | InputUnreadable


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="Files with a request as JSON, folders with such files named *.json, - for standard input.",
            show_default=False,
        ),
    ],
    policies: PoliciesOption,
    floor: FloorOption = None,
    as_of: DayOption = None,
    role: RoleOption = None,
    language: LanguageOption = None,
    format_: FormatOption = Format.TEXT,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 unless each handover may take place as asked.")
    ] = False,
    explained: Annotated[
        bool,
        typer.Option("--explain", help="Show every rule considered, and what would change the answer."),
    ] = False,
) -> None:
    """Decide requests as the parties named state them; nothing is recorded, and no answer is a clearance.

    Each file is answered by itself; the exit code is the worst of them.
    """
    active = read_in(language, load_shown(policies, floor or floor_of(policies)))
    parties = believed_parties(role, active)
    found = find_json_files(files, "requests")

    def take(request: Request) -> _Checked:
        believed, claimed = withhold_unconfirmed(active.vocabulary, request, parties)
        dated = believed if as_of is None else believed.model_copy(update={"as_of": as_of})
        at = now()
        decision = decide(active, dated, decision_id=new_decision_id(at), evaluated_at=at, claimed=claimed)
        about, explanation = about_request(dated, active.vocabulary, active), None
        if explained:
            from engine import explain

            explanation = explain(active, dated, decision)
        words = words_of_answer(active, decision.to_json(), language) if language else None
        return _Checked(about, decision, explanation, words)

    several = found != files or len(found) > 1
    answers: list[tuple[str, _FileAnswer]] = []
    for file in found:
        answers.append((file, answer := _answer(file, active.vocabulary, take)))
        if not isinstance(answer, _Checked):
            _report(file, answer)
        elif format_ is Format.TEXT:
            _print(active, answer, file if several else None, first=len(answers) == 1)
        elif not several:
            _print_json(answer.to_data())
    if format_ is Format.JSON and several:
        _print_json([_as_document(*one) for one in answers])
    decided = [answer.decision for _, answer in answers if isinstance(answer, _Checked)]
    if len(decided) < len(answers):
        raise typer.Exit(COULD_NOT)
    if exit_code and any(decision.handover_as_asked is not Permission.YES for decision in decided):
        raise typer.Exit(FINDINGS)


def _answer(file: str, vocabulary: Vocabulary, take: Callable[[Request], _Checked]) -> _FileAnswer:
    try:
        received = read_request(read_input(file, "a request as JSON"), vocabulary)
    except InputUnreadable as fault:
        return fault
    return received if isinstance(received, Problem) else take(received.request)


def _report(file: str, fault: Problem | InputUnreadable) -> None:
    if isinstance(fault, InputUnreadable):
        sys.stderr.write(f"channelgate: {fault}; {fault.remedy}\n")
        return
    errors.print(f"{file}: {fault.title} {fault.detail}", soft_wrap=True, markup=False)
    for found in fault.errors or ():
        errors.print(f"  {found.pointer or 'the whole'}: {found.detail}", soft_wrap=True, markup=False)


def _as_document(file: str, answer: _FileAnswer) -> dict[str, Any]:
    """One document of a list: the file, and the answer or what is wrong with it."""
    if isinstance(answer, _Checked):
        return {"file": file, "answer": answer.to_data()}
    if isinstance(answer, Problem):
        return {"file": file, "problem": json.loads(answer.to_json())}
    return {"file": file, "problem": {"title": str(answer), "detail": answer.remedy}}


def _print(policies: PolicySet, answer: _Checked, head: str | None, *, first: bool) -> None:
    if not first:
        console.print()
    if head:
        console.print(Text(head, style="bold reverse"), soft_wrap=True)
        console.print()
    worded = answer.words.put_into(answer.decision) if answer.words else answer.decision
    print_decision(console, policies, answer.about, worded)
    if answer.explanation:
        from api.cli.rendering.explanation import print_explanation

        print_explanation(console, policies, answer.explanation)


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
