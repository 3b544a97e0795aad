"""`channelgate policies review`: which clauses and rules changed since they were read together, and who read them."""

from __future__ import annotations

import datetime as dt
import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.cli.atomic_write import exchange
from api.cli.clock import today
from api.cli.completion import complete_clause, complete_rule
from api.cli.exit_codes import FINDINGS, fail
from api.cli.feature_folder import (
    find_features,
    load_review_file,
    read_scenarios,
    refuse_review_file,
    refuse_to_change_shipped,
)
from api.cli.options import (
    DirectoryArgument,
    FeaturesOption,
    FolderOption,
    Format,
    FormatOption,
    day_option,
)
from api.cli.policy_loading import load_usable
from api.evidence.reviews.review_file import (
    REVIEW_FILE,
    ReviewFileFaults,
    entry_of,
    link_words,
    write_review_file,
)
from api.evidence.reviews.status import Reviews, find_reviews
from api.evidence.reviews.text_report import as_data, report_lines
from api.runtime.shipped import default_policies
from engine import Link, PolicySet, suggestion

WIDTH = 100


def review_links(
    directory: DirectoryArgument = None,
    policies: FolderOption = None,
    features: FeaturesOption = None,
    format_: FormatOption = Format.TEXT,
    clause: Annotated[
        list[str] | None,
        typer.Option(
            "--clause",
            autocompletion=complete_clause,
            help="Record the links of this clause as read; repeatable.",
        ),
    ] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            "--rule", autocompletion=complete_rule, help="Record the links of this rule as read; repeatable."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Record every link as read.")] = False,
    by: Annotated[str | None, typer.Option("--by", help="Who has read them together.")] = None,
    on: Annotated[
        dt.date | None,
        typer.Option("--on", parser=day_option, metavar="YYYY-MM-DD", help="The day of the review; today."),
    ] = None,
) -> None:
    """Show which links of clause and rule have to be read again; exit 1 if any. Or record some as read."""
    folder = directory or policies or default_policies()
    checked = load_usable(folder, "nothing is reviewed")
    features = find_features(features, folder)
    reviews = find_reviews(checked, load_review_file(features / REVIEW_FILE))
    if every and (clause or rule):
        fail("--all leaves nothing to --clause and --rule", "name what has been read in one way")
    if every or clause or rule:
        refuse_to_change_shipped(features)
        links = [one.link for one in reviews.links]
        chosen = links if every else _choose(links, clause or [], rule or [])
        _record(reviews, chosen, _reader(by), _day_read(on, today(checked)))
        return
    if by is not None or on is not None:
        fail("it is not said what has been read", "name it with --clause, --rule or --all")
    _show(reviews, checked, features, format_)
    if reviews.open or reviews.orphans:
        raise typer.Exit(FINDINGS)


def _choose(links: Sequence[Link], clauses: Sequence[str], rules: Sequence[str]) -> list[Link]:
    """The links of the clauses named; where rules are named, too, those of both."""
    known_clauses = {link.clause.name for link in links}
    known_rules = {link.rule.name for link in links if link.rule}
    for sort, named, known in (("clause", clauses, known_clauses), ("rule", rules, known_rules)):
        for name in named:
            if name not in known:
                remedy = suggestion(name, known) or "`channelgate clauses` shows what there is"
                fail(f"there is no {sort} `{name}`", remedy)
    chosen = [
        link
        for link in links
        if (not clauses or link.clause.name in clauses)
        and (not rules or (link.rule is not None and link.rule.name in rules))
    ]
    if not chosen:
        fail("none of these rules carries out one of these clauses", "`channelgate clauses` shows which do")
    return chosen


def _reader(by: str | None) -> str:
    if by is None:
        fail("it is not said who has read them", "say it with --by")
    if not by.strip() or not by.isprintable() or len(by) > 200:
        fail("--by is no name", "write one line of 1 to 200 characters that show")
    return by.strip()


def _day_read(on: dt.date | None, today: dt.date) -> dt.date:
    """The day of a review, which cannot be one to come."""
    if on is not None and on > today:
        fail(f"{on} is after today, {today}", "name the day on which they were read with --on")
    return on or today


def _record(reviews: Reviews, chosen: Sequence[Link], by: str, on: dt.date) -> None:
    read = {link.key: entry_of(link, by, on) for link in chosen}
    try:
        content = write_review_file(reviews.review_file, read, [one.link.key for one in reviews.links])
    except ReviewFileFaults as faults:
        refuse_review_file(faults)
    exchange(reviews.review_file.path, content)
    for key in read:
        _print_line(f"recorded as read: {link_words(key)}")
    for entry in reviews.orphans:
        _print_line(f"dropped, as it is not there any more: {link_words(entry.key)}")
    left = len({one.link.key for one in reviews.open} - read.keys())
    _print_line(f"{len(read)} recorded in {reviews.review_file.path}, by {by} on {on}; {left} left to review")


def _show(reviews: Reviews, policies: PolicySet, features: Path, format_: Format) -> None:
    scenarios = read_scenarios(features)
    if format_ is Format.JSON:
        content = as_data(reviews, policies, scenarios)
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        return
    for line in report_lines(reviews, policies, scenarios):
        _print_line("\n".join(_wrapped(line)))


def _wrapped(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    further = f"{indent}    "
    return textwrap.wrap(
        line, WIDTH, subsequent_indent=further, break_long_words=False, break_on_hyphens=False
    ) or [""]


def _print_line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
