"""The record as an officer reads it: gaps first under each heading, the verdict last; and how far it is."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from api.evidence.scenarios.runs import RunsProgress

WIDTH = 110
MAX_SHOWN = 5
"""How many proposed scenarios are printed; the record has them all."""


class Progress:
    """How far the runs are, on standard error: bars on a terminal, elsewhere a line for each tenth."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._scenarios = self._bar.add_task("running the scenarios", total=None)
        self._changes = self._bar.add_task("changing the policies", total=None, visible=False)
        self._shown = ""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, progress: RunsProgress) -> None:
        """Show the progress."""
        run, scenarios, tried, changes = astuple(progress)
        if self._console.is_terminal:
            self._bar.update(self._scenarios, completed=run, total=scenarios or None)
            self._bar.update(self._changes, completed=tried, total=changes or None, visible=changes > 0)
            return
        tenths = f"{_tenth(run, scenarios)} {_tenth(tried, changes)}"
        if tenths != self._shown and (scenarios or changes):
            self._shown = tenths
            parts = [f"{run} of {scenarios} runs of scenarios"] if scenarios else []
            parts += [f"{tried} of {changes} small changes tried"] if changes else []
            sys.stderr.write(f"{', '.join(parts)}\n")


def _tenth(done: int, total: int) -> int:
    return 10 * done // total if total else 0


def report_lines(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report line by line."""
    policies, scenarios = record["policies"], record["scenarios"]
    yield f"{policies['title']} ({policies['name']}), revision {policies['revision'][:12]}"
    yield ""
    yield f"Scenarios   {scenarios['promised']} promised, {scenarios['passed']} passed"
    yield from _failing(scenarios)
    yield from _clauses(record)
    if record["unasked_countries"]:
        yield from _wrapped(
            f"Countries   no scenario asks about {', '.join(record['unasked_countries'])}", ""
        )
    yield from _conditions(record["conditions"])
    if record["mutants"] is not None:
        yield from _mutants(record["mutants"])
    yield ""
    partial = record.get("partial")
    left = "nothing is left to do" if record["ready"] else "NOT READY, see above"
    if partial:
        left = "NOT READY, see above" if partial["left"] else "no gap was found in what was run"
    yield f"Result: {left} ({record['seconds']:.0f} s)"
    if partial:
        yield from _wrapped(_partial(partial), "")


def _partial(partial: Mapping[str, Any]) -> str:
    run = partial["scenarios"]
    changes = partial["changes"]
    tried = f" and {changes['tried']} of {changes['of']} small changes" if changes else ""
    return (
        f"PARTIAL, {partial['because']}: {run['run']} of {run['of']} scenarios{tried} were run."
        " It says nothing of the rest; only a whole run says what is left to do."
    )


def _failing(scenarios: Mapping[str, Any]) -> Iterator[str]:
    for finding in scenarios["findings"]:
        where = f"{finding['path']}:{finding['line']} {finding['code']}"
        yield from _wrapped(f"{where} {finding['fact']}; {finding['remedy']}", "  ")
    for failed in scenarios["failing"]:
        yield from _wrapped(f"{failed['verdict']} {failed['place']} {failed['name']}", "  ")
        yield from _wrapped(failed["message"].split("\n", 1)[0], "      ")


def _clauses(record: Mapping[str, Any]) -> Iterator[str]:
    rows: Sequence[Mapping[str, Any]] = record["clauses"]
    verified = sum(row["verdict"] == "verified" for row in rows)
    without = [row for row in rows if row["verdict"] == "no rule"]
    yield f"Clauses     {len(rows)}: {verified} verified, {len(without)} without a rule, with reason"
    for row in rows:
        rules = ", ".join(row["rules"]) or f"no rule: {row['no_rule']}"
        shown = len(row["scenarios"])
        yield from _wrapped(f"{row['clause']:<6} {row['verdict']:<12} {shown:>3} scenarios <- {rules}", "  ")
        for rule in row["without"]:
            yield f"           no scenario is tagged @rule:{rule}"
    unshown = [row for row in record["rules"] if row["verdict"] != "verified"]
    yield f"Rules       {len(record['rules'])}: {len(record['rules']) - len(unshown)} verified"
    for row in unshown:
        yield f"  {row['rule']}: {row['verdict']}"


def _conditions(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not rows:
        return
    whole = sum(not row["unseen"] for row in rows)
    yield f"Conditions  {len(rows)}: {whole} seen with every value they can have"
    for row in rows:
        if row["unseen"]:
            never = ", ".join(row["unseen"])
            yield from _wrapped(f"{row['rule']}: `{row['condition']}` was never seen {never}", "  ")
    for row in rows:
        if row["impossible"]:
            never = " or ".join(row["impossible"])
            yield from _wrapped(f"{row['rule']}: `{row['condition']}` can never be {never}", "  ")


def _mutants(mutants: Mapping[str, Any]) -> Iterator[str]:
    killed, noticeable = mutants["killed"], mutants["tried"] - mutants["refused"] - mutants["equivalent"]
    yield f"Changes     {mutants['tried']} small changes of the policies: {killed} of {noticeable} noticed"
    yield (
        f"            beside them {mutants['refused']} that the check refuses, and"
        f" {mutants['equivalent']} that change no answer, proved"
    )
    for entry in mutants["set_aside"]:
        yield from _wrapped(f"set aside: {entry['scenario']}: {entry['because']}", "  ")
    survivors = [row for row in mutants["all"] if row["fate"] in ("survived", "not_decided")]
    for number, row in enumerate(survivors):
        yield ""
        yield from _survivor(row, shown=number < MAX_SHOWN)
    if len(survivors) > MAX_SHOWN:
        yield f"  {MAX_SHOWN} scenarios are shown of {len(survivors)}; --out has them all, --accept adds them"


def _survivor(row: Mapping[str, Any], *, shown: bool) -> Iterator[str]:
    what = "NOT NOTICED" if row["fate"] == "survived" else "NOT DECIDED"
    place = f"{row['file']}:{row['line']}"
    yield from _wrapped(f"{what} {place} {row['subject']}: {row['said']}", "")
    yield from (line for line in (row["before"], row["after"]) if line)
    if row["fate"] == "not_decided":
        yield f"  the solver gave up: {row['because']}"
        return
    before, after = row["worked"]["before"], row["worked"]["after"]
    becomes = (
        f"becomes {_answer(after)}" if before != after else "tells something else, with the same outcome"
    )
    yield f"  the answer was {_answer(before)} and {becomes}, for example:"
    if "proposal" not in row:
        yield f"  {row['worked']['request']}"
        yield from _wrapped(f"no scenario is proposed: {row['no_proposal']}", "  ")
        return
    proposal = row["proposal"]
    if shown:
        yield f"  a scenario that would notice, to be put after {proposal['path']}:{proposal['line']}"
        yield from proposal["text"].split("\n")
    else:
        yield f"    {proposal['title']}"


def _answer(answer: Mapping[str, Any]) -> str:
    rules = f" by {', '.join(answer['rules'])}" if answer["rules"] else ""
    return f"{answer['outcome']}{rules}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
