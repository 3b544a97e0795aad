"""Tables of rules -> ordinary rules: where each row stands, what it is an exception to, which rows it goes before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.checking.report import CheckReport
from engine.contract.decision import Outcome
from engine.loading.document import Document, Path
from engine.loading.file_schema import DirectiveFile, PolicyFile
from engine.loading.rule_schema import RuleText, TableText
from engine.policy.rules import Rule


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule as written, the path to it in its file, and the table it is a row of, if it is one."""

    path: Path
    text: RuleText
    table: TableText | None = None

    @property
    def exception_to(self) -> Sequence[str]:
        """The rules that it is an exception to by name: its own, or those of its table."""
        if self.table is None or self.text.exception_to or self.text.exception_to_every:
            return self.text.exception_to or ()
        return self.table.exception_to or ()


def placed_rules(content: DirectiveFile | PolicyFile) -> Iterator[PlacedRule]:
    """Every rule of a file: those written one by one, then those of its tables, row by row."""
    for index, text in enumerate(content.rules):
        yield PlacedRule(("rules", index), text)
    for number, table in enumerate(content.tables):
        for index, text in enumerate(table.rows):
            yield PlacedRule(("tables", number, "rows", index), text, table)


def in_order(rules: Sequence[Rule], shared: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of a file, each row made to beat the rows below it that are no exceptions to it, directly or not.

    An exception to rows that beat a row below need not beat it itself: it applies only where they do. `shared` are
    the rules that the file sees beside its own.
    """
    tables: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.table is not None and rule.is_ordered:
            tables.setdefault(rule.table.name, []).append(rule)
    if not tables:
        return tuple(rules)
    lineage = _Lineage((*shared, *rules))
    beaten: dict[str, set[str]] = {}
    for rows in tables.values():
        for index, row in enumerate(rows):
            above, beating = lineage.above(row), set[str]()
            for other in rows[:index]:
                generals = lineage.generals(other)
                if other.name not in above and not (generals and generals <= beating):
                    beating.add(other.name)
                    beaten.setdefault(other.name, set()).add(row.name)
    return tuple(
        replace(rule, beats=frozenset(beaten[rule.name])) if rule.name in beaten else rule for rule in rules
    )


class _Lineage:
    """Which rules are exceptions to which, through any number of others."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules: Mapping[str, Rule] = {rule.name: rule for rule in rules}
        self._with: dict[Outcome, set[str]] = {}
        for rule in rules:
            self._with.setdefault(rule.outcome, set()).add(rule.name)

    def above(self, rule: Rule) -> set[str]:
        """The names of all rules that a rule is an exception to, directly or not."""
        found: set[str] = set()
        ahead = self.generals(rule)
        while ahead:
            found |= ahead
            known = [self._rules[name] for name in ahead if name in self._rules]
            ahead = set().union(*map(self.generals, known)) - found
        return found

    def generals(self, rule: Rule) -> set[str]:
        """The names of the rules that a rule is an exception to."""
        every = self._with.get(rule.exception_to_every, set()) if rule.exception_to_every else set()
        return {*rule.exception_to, *every}


_COUNTING = {
    "topmost": "the order of the rows says what goes before what",
    "strictest": "of the rows of this table the strictest counts",
}


def check_order(document: Document, content: DirectiveFile | PolicyFile, report: CheckReport) -> None:
    """Report rows that say what their order says (R35), or that contradict it (R36)."""
    for number, table in enumerate(content.tables):
        path = ("tables", number)
        names = [row.rule for row in table.rows]
        for position, general in enumerate(table.exception_to or ()):
            if general in names:
                message = f"the table `{table.table}` is an exception to its own row `{general}`"
                remedy = "name a rule that stands outside the table, or give a single row its `exception_to`"
                report.error(document, (*path, "exception_to", position), "R36", message, remedy)
        for index, row in enumerate(table.rows):
            at = (*path, "rows", index)
            below = names[index + 1 :] if table.counts == "topmost" else ()
            if row.beats:
                message = f"the row `{row.rule}` has `beats`, but {_COUNTING[table.counts]}"
                remedy = "take it out; a rule outside of the table may beat a row"
                report.error_at_key(document, (*at, "beats"), "R35", message, remedy)
            for position, general in enumerate(row.exception_to or ()):
                if general in below:
                    message = f"the row `{row.rule}` is an exception to `{general}`, which stands below it"
                    remedy = f"put it below `{general}`"
                    report.error(document, (*at, "exception_to", position), "R36", message, remedy)
