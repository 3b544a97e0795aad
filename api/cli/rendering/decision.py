"""Decisions, policies and faults as text that a desk officer, or a policy officer, can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, assert_never

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.rendering.indented import print_indented, print_title
from api.cli.rendering.questions import print_questions
from api.cli.rendering.request_head import write_head, write_line
from api.domain.about import About
from api.domain.outcome_words import words_of
from engine import Approval, Decision, Diagnostic, Duty, LineDecision, Outcome, Place, PolicySet

NOT_RECORDED = "Nothing was recorded; this is no clearance."
"""The remark on an answer that no service has given."""


def print_decision(
    console: Console, policies: PolicySet, about: About, decision: Decision, recorded: str = NOT_RECORDED
) -> None:
    """Print what was requested, the answer, why, what to do next, what to say, and what is not known.

    `recorded` is the sentence that says whether it was recorded.
    """
    stamp = decision.policy
    status = "in force" if stamp.status == "in_force" else "only proposed"
    console.print(Text(f"Request {decision.request_id}", style="bold"))
    if head := write_head(about):
        console.print(Text(head))
    came = f"{status}, {_approval(stamp.approval or Approval.NONE)}, revision {stamp.revision[:12]}"
    console.print(f"as of {decision.as_of}, under {stamp.name} ({came})")
    if stamp.note:
        console.print(Text(f"Remark: {stamp.note}"))
    console.print()
    if len(decision.lines) > 1:
        console.print(Text(words_of(policies, decision.outcome), style="bold"))
    permission = decision.handover_as_asked.replace("_", " ").capitalize()
    console.print(f"May it be handed over as asked? {permission}.")
    console.print(f"This answer is valid until {decision.valid_until}.")
    console.print(recorded)
    for remark in about.get("remarks", ()):
        console.print(Text(f"Remark: {remark}"))
    if decision.say != decision.lines[0].say:
        console.print()
        _print_part(console, "What to say", _spoken(decision))
    for line, about_line in zip(decision.lines, about["lines"], strict=True):
        console.print()
        _print_line(console, policies, line, write_line(about_line))


def _approval(approval: Approval) -> str:
    match approval:
        case Approval.NONE:
            return "no approvals required"
        case Approval.APPROVED:
            return "approved"
        case Approval.FOUNDED:
            return "founded"
        case Approval.RETURNED:
            return "returned to in an emergency"
        case _:
            assert_never(approval)


def _mark(line: str, place: Place) -> str:
    """A mark under the place of a finding; a wide character takes two columns."""
    start = place.column - 1
    return " " * cell_len(line[:start]) + "^" * max(1, cell_len(line[start : start + place.length]))


def _print_line(console: Console, policies: PolicySet, line: LineDecision, about: str) -> None:
    console.print(Text(f"Line {line.line}: {words_of(policies, line.outcome)}", style="bold"))
    if about:
        print_indented(console, 2, about)
    if line.outcome is Outcome.NEEDS_INFORMATION:
        print_questions(console, policies, line)
    _print_part(console, "Why", _why(policies, line))
    _print_part(console, "What to do next", _duties(policies, line.duties))
    _print_part(console, "What to say", _spoken(line))
    if line.if_in_force:
        would = line.if_in_force
        grounds = (*_clauses(policies, would.clauses), *_rules(would.rules))
        required = (words_of(policies, would.outcome), *grounds, *_duties(policies, would.duties))
        _print_part(console, "What would be required once it is in force", required)
    if line.outcome is not Outcome.NEEDS_INFORMATION:
        print_questions(console, policies, line)
    if line.claimed_not_confirmed:
        _print_part(
            console,
            "Claimed, not confirmed (check --role PARTY takes it as confirmed)",
            _claims(policies, line.claimed_not_confirmed),
        )


def _spoken(answer: Decision | LineDecision) -> Iterator[str]:
    yield f"“{answer.say}”"
    for language, text in answer.say_in.items():
        draft = ", a draft" if language in answer.say_in_draft else ""
        yield f"in {language}{draft}: “{text}”"


def _why(policies: PolicySet, line: LineDecision) -> Iterator[str]:
    yield from _clauses(policies, line.clauses)
    yield from _rules(line.rules)
    for reading in (policies.readings[name] for name in line.readings):
        yield f"read as in {reading.id}: {reading.question} Taken: {reading.taken or 'nothing is decided yet.'}"


def _clauses(policies: PolicySet, names: Iterable[str]) -> Iterator[str]:
    for clause in (policies.clauses[name] for name in names):
        yield f"{clause.id}{f', {policies.parties[clause.who]}' if clause.who else ''}: {clause.text}"


def _rules(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"decided by the {'rules' if len(names) > 1 else 'rule'} {', '.join(names)}"


def _duties(policies: PolicySet, duties: Iterable[Duty]) -> Iterator[str]:
    for index, duty in enumerate(duties, 1):
        yield (
            f"{index}. {policies.parties.get(duty.who, duty.who)}: {duty.must} [{duty.clause}]"
            + (f"; before {duty.before}" if duty.before else "")
            + (f"; within {duty.within}" if duty.within else "")
            + (f"; shown by {duty.evidence}" if duty.evidence else "")
        )


def _claims(policies: PolicySet, names: Iterable[str]) -> Iterator[str]:
    by_owner: dict[str, list[str]] = {}
    for name in names:
        by_owner.setdefault(policies.vocabulary.words[name].answered_by, []).append(name)
    for owner, claimed in by_owner.items():
        party = policies.parties.get(owner, owner)
        yield f"{', '.join(claimed)}: counts once {party} confirms it"


def _print_part(console: Console, title: str, entries: Iterable[str]) -> None:
    entries = list(entries)
    if not entries:
        return
    print_title(console, 2, title)
    for entry in entries:
        print_indented(console, 4, entry)


def print_findings(console: Console, findings: Iterable[Diagnostic], sources: Mapping[str, bytes]) -> None:
    """Print each finding with the line it is about and a mark under the place."""
    for finding in findings:
        console.print(
            Text.assemble((f"{finding.place} {finding.code}", "bold"), f" {finding.message}"), soft_wrap=True
        )
        source = sources.get(finding.place.file)
        lines = source.decode("utf-8", "replace").split("\n") if source is not None else []
        if finding.place.line <= len(lines):
            line = "".join(char if char.isprintable() else " " for char in lines[finding.place.line - 1])
            console.print(Text(f"    {line}"), soft_wrap=True)
            mark = _mark(line, finding.place)
            console.print(Text(f"    {mark}", style="bold"), soft_wrap=True)
        if finding.remedy:
            console.print(Text(f"    remedy: {finding.remedy}"), soft_wrap=True)


def print_policies(console: Console, described: Mapping[str, Any]) -> None:
    """Print the description of a policy set, and its policies."""
    console.print(Text(f"{described['name']}: {described['title']}", style="bold"))
    since = f" since {described['in_force_from']}" if described["in_force_from"] else ""
    console.print(
        f"{described['status'].replace('_', ' ')}{since}, revision {described['revision']}", soft_wrap=True
    )
    for key, value in {**described["source"], "time zone": described["time_zone"]}.items():
        print_indented(console, 2, f"{key}: {value}")
    table = Table("policy", "country", "what it is about", box=None)
    for policy in described["policies"]:
        others = "all others" if "all_others_but" in policy else "-"
        countries = policy["country"] or ", ".join(policy.get("countries", ())) or others
        table.add_row(policy["name"], countries, policy["title"])
    console.print(table)
    console.print("channelgate policies show NAME shows one of them in full.")


def print_policy(console: Console, described: Mapping[str, Any]) -> None:
    """Print one policy: whom it binds, what is known of the channel, and its rules, exceptions indented."""
    console.print(Text(f"{described['name']}: {described['title']}", style="bold"))
    console.print(f"{described['file']}, as of {described['as_of']}")
    _print_part(
        console,
        "Binds",
        [f"{s['scope']} [{', '.join(s['clauses'])}]: {s['when']}" for s in described["scope"]],
    )
    _print_part(
        console,
        "Known of the channel",
        [
            f"{name}: {value['value'] or 'not known'} ({value['status'].replace('_', ' ')}: {value['source']})"
            for name, values in described["parameters"].items()
            for value in values
        ],
    )
    print_title(console, 2, "Rules")
    depth: dict[str, int] = {}
    for rule in described["rules"]:
        depth[rule["rule"]] = 1 + max((depth[parent] for parent in rule["exception_to"]), default=0)
        cited = ", ".join((*rule["clauses"], *rule["readings"]))
        exception = f", exception to {', '.join(rule['exception_to'])}" if rule["exception_to"] else ""
        lines = f"{rule['rule']} -> {rule['outcome']} [{cited}]{exception}\n  when {rule['when']}"
        print_indented(console, 2 + 2 * depth[rule["rule"]], lines)


def print_clauses(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the clause matrix: each clause, the rules that carry it out, its scenarios, and the gaps."""
    table = Table("clause", "carried out by", "scenarios", "gap", box=None)
    for row in rows:
        rules = ", ".join(row["rules"]) or f"no rule: {row['no_rule']}"
        places = row["scenarios"]
        shown = f"{len(places)}, first {places[0]}" if places else "-"
        table.add_row(row["clause"], rules, shown, row["gap"] or "-")
    console.print(table)
    gaps = sum(bool(row["gap"]) for row in rows)
    console.print(f"{len(rows)} clauses, {gaps} with a gap.")
