"""Backtest of a policy change: requests of the log or of a file, decided under the old and the new policy set."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.domain.backtest_result import BacktestResult, ChangedLine, RequestInOldWords
from api.domain.decision_record import decided_facts
from api.domain.present_words import stated_in
from api.ledger.entries import REQUEST, EntryKind
from api.ledger.reader import whole_entries
from api.parsing.problems import Problem
from api.parsing.requests import read_request
from api.services.recorded_words import words_of_entry
from engine import LineDecision, PolicySet, Request, Vocabulary, decide, direction_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

COMPARED_MEMBERS = ("rules", "clauses", "readings", "duties", "if_in_force", "say")
"""The members of an answer that are compared where the outcome stays."""


@dataclass(frozen=True, slots=True)
class BacktestRequest:
    """A request with all facts known of it, and the moment at which it is decided; `decision_id` if it was before."""

    request: Request
    at: dt.datetime
    claimed: tuple[tuple[str, ...], ...] = ()
    decision_id: str | None = None


def run_backtest(requests: Iterable[BacktestRequest], old: PolicySet, new: PolicySet) -> BacktestResult:
    """Decide each request under both sets, with the facts known of it, and count what is answered otherwise."""
    decided = lines = 0
    changed: list[ChangedLine] = []
    in_old_words: list[RequestInOldWords] = []
    for one in requests:
        was, becomes = (stated_in(policies.vocabulary, one.request) for policies in (old, new))
        before, after = _lines(old, was.request, one), _lines(new, becomes.request, one)
        if becomes.lacking:
            in_old_words.append(RequestInOldWords(one.request.request_id, becomes.lacking))
        decided += 1
        lines += len(before)
        changed += _changed(one, before, after)
    outcomes = Counter((line.was, line.becomes) for line in changed if line.direction)
    return BacktestResult(
        decided,
        lines,
        tuple(changed),
        dict(outcomes.most_common()),
        dict(sorted(Counter(clause for line in changed for clause in line.clauses).items())),
        dict(sorted(Counter(country for line in changed for country in line.countries).items())),
        tuple(in_old_words),
    )


def _lines(policies: PolicySet, request: Request, one: BacktestRequest) -> Sequence[LineDecision]:
    return decide(policies, request, decision_id="compared", evaluated_at=one.at, claimed=one.claimed).lines


def _changed(
    one: BacktestRequest, before: Sequence[LineDecision], after: Sequence[LineDecision]
) -> Iterator[ChangedLine]:
    request = one.request
    countries = (request.mission.countries if request.mission else None) or ["not known"]
    for was, now in zip(before, after, strict=True):
        if all(getattr(was, member) == getattr(now, member) for member in ("outcome", *COMPARED_MEMBERS)):
            continue
        moved = was.outcome is not now.outcome
        yield ChangedLine(
            request.request_id,
            was.line,
            tuple(sorted(set(countries))),
            was.outcome,
            now.outcome,
            direction_of(was.outcome, now.outcome) if moved else None,
            was.rules,
            now.rules,
            now.clauses,
            one.decision_id,
        )


def requests_in_log(connection: Connection, policies: PolicySet) -> Iterator[BacktestRequest]:
    """The requests of the log's decisions, with the owners' facts of their day, each in the words of its policies.

    Of those whose policies are not stored, the words are those of `policies`.

    Raises ValueError for an entry that cannot be read.
    """
    for _, entry in whole_entries(connection):
        if entry.kind is not EntryKind.DECISION:
            continue
        vocabulary = words_of_entry(connection, entry, policies)
        facts = decided_facts(entry.key, entry.members, entry.payloads[REQUEST], entry.at, vocabulary)
        yield BacktestRequest(facts.request, entry.at, facts.claimed, entry.key)


def requests_in_lines(content: bytes, at: dt.datetime, vocabulary: Vocabulary) -> Iterator[BacktestRequest]:
    """The requests of a file, one a line as JSON; empty lines do not count.

    Raises ValueError, which names the line, for one that is no request.
    """
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        received = read_request(line, vocabulary)
        if isinstance(received, Problem):
            faults = "; ".join(f"{f.pointer or 'the whole'}: {f.detail}" for f in received.errors or ())
            raise ValueError(f"line {number}: {received.title} {faults or received.detail}")
        yield BacktestRequest(received.request, at)
