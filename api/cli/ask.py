"""`channelgate ask`: the interview in the terminal, which ends in the answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.approvals.options import DEFAULT_TOKEN_ENV, TokenEnvOption
from api.cli.clock import now
from api.cli.console import console
from api.cli.exit_codes import fail
from api.cli.interviews.dialogue import Dialogue, InterviewEnded
from api.cli.interviews.rendering import InterviewTexts, print_left_to_others
from api.cli.options import (
    DayOption,
    FloorOption,
    ForceOption,
    LanguageOption,
    PoliciesOption,
    RoleOption,
    believed_parties,
    read_in,
)
from api.cli.output_files import require_free
from api.cli.policy_loading import load_shown
from api.cli.rendering.decision import NOT_RECORDED, print_decision
from api.domain.about import About, about_request
from api.domain.interview.questions import left_to_others
from api.domain.interview.state import (
    Interview,
    InterviewTerms,
    StatedFacts,
    decide_so_far,
    members_of,
    request_of,
)
from api.domain.reading_languages import words_of_answer
from api.parsing.answers import as_plain
from api.parsing.fields import MAX_NAME
from api.runtime.private_files import write_private
from api.runtime.shipped import floor_of
from api.services.decision_ids import new_decision_id
from engine import ENGLISH, Decision, Vocabulary


def hold_interview(
    policies: PoliciesOption,
    floor: FloorOption = None,
    as_of: DayOption = None,
    role: RoleOption = None,
    language: LanguageOption = None,
    office: Annotated[
        str | None,
        typer.Option("--office", metavar="ID", help="The office that asks, such as your department's id."),
    ] = None,
    request_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The id of the request; made anew if left out.")
    ] = None,
    lines: Annotated[
        Path | None,
        typer.Option("--lines", metavar="FILE", help="The items, one a row of a CSV file or a workbook."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the request to this file, as JSON.")
    ] = None,
    force: ForceOption = False,
    service: Annotated[
        str | None,
        typer.Option("--service", metavar="URL", help="Have this service decide and record the request."),
    ] = None,
    token_env: TokenEnvOption = DEFAULT_TOKEN_ENV,
) -> None:
    """Ask one question at a time, in words, and end in the answer, as `check` prints it.

    Nothing is recorded unless a service decides. Each line of standard input answers a question; its end leaves the
    rest not known.
    """
    floor = floor or floor_of(policies)
    if out:
        require_free([("--out", out)], [policies, floor, *([lines] if lines else [])], force=force)
        if not out.parent.is_dir():
            fail(f"there is no folder {out.parent}", "make it, or name another file with --out")
    active = read_in(language, load_shown(policies, floor))
    terms = InterviewTerms(active, frozenset(believed_parties(role, active)), now())
    deciding = None
    if service:
        from api.cli.interviews.sending import find_service

        deciding = find_service(service, token_env, active.revision)
    begun = Interview(
        _request_id(request_id) or new_decision_id(terms.at),
        as_of=as_of,
        whole=_office(active.vocabulary, office),
        lines=_lines(lines, active.vocabulary) if lines else ({},),
        more_lines=lines is None,
    )
    texts = InterviewTexts(active, language or ENGLISH)
    try:
        state = Dialogue(console, sys.stdin, texts).hold(terms, begun)
    except InterviewEnded:
        fail(
            "the interview was ended before an answer, and nothing was recorded",
            "begin anew when you can answer",
        )
    request = _plain(members_of(state))
    if out:
        _write(out, request)
    if deciding:
        answer = deciding.decide(request)
        decision, about = answer.decision, answer.about
        recorded = f"Recorded as the decision {decision.decision_id}."
    else:
        decision = decide_so_far(terms, state, new_decision_id(terms.at))
        about, recorded = (
            about_request(request_of(active.vocabulary, state), active.vocabulary, active),
            NOT_RECORDED,
        )
    _print(texts, decision, about, recorded)
    print_left_to_others(console, texts, left_to_others(terms, decision).items())


def _print(texts: InterviewTexts, decision: Decision, about: About, recorded: str) -> None:
    if texts.language != ENGLISH:
        decision = words_of_answer(texts.policies, decision.to_json(), texts.language).put_into(decision)
    console.print()
    print_decision(console, texts.policies, about, decision, recorded)


def _request_id(given: str | None) -> str | None:
    if given is not None and not (1 <= len(given) <= MAX_NAME and given.isprintable()):
        fail(f"--id is no id of 1 to {MAX_NAME} characters that show", "write it like metallurgy-1965-017")
    return given


def _office(vocabulary: Vocabulary, office: str | None) -> StatedFacts:
    if office is None:
        return {}
    fact = vocabulary.declarations.asking_office
    if fact is None:
        fail("the policies have no fact that names the office that asks", "leave out --office")
    if not (1 <= len(office) <= MAX_NAME and office.isprintable()):
        fail(f"--office is no id of 1 to {MAX_NAME} characters that show", "write it like metallurgy")
    return {fact: office}


def _lines(file: Path, vocabulary: Vocabulary) -> tuple[StatedFacts, ...]:
    """What each row of the file states; every fault of it ends the command."""
    from api.files.faults import RegisterFaults
    from api.files.item_rows import read_item_rows
    from api.files.register_files import FilesUnreadable

    try:
        return tuple(read_item_rows(file, vocabulary))
    except FilesUnreadable as unreadable:
        fail(str(unreadable), unreadable.remedy)
    except RegisterFaults as faults:
        for fault in faults.faults:
            sys.stderr.write(f"{fault.place}: {fault.fact}; {fault.remedy}\n")
        fail(f"{file} has faults, so nothing is asked", "mend the places named above")


def _plain(members: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(members, default=as_plain))
    return plain


def _write(out: Path, request: Mapping[str, Any]) -> None:
    try:
        write_private(out, (json.dumps(request, indent=2, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        fail(f"{out} cannot be written ({error.strerror})", "name a file that can be written with --out")
