"""Tables of rules for hypothesis to draw, and what they say, written once more from the words of their meaning.

A row applies when it is known true. The topmost that applies stands before what the table is an exception to, and
before all rows below. What is against a row, always a no, goes before it; of several the strictest counts. Where a
permission stands and a row above it, or something against one of these, may apply that is no permission, facts are
missing. Everything else stands.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from engine import Outcome, PolicySet, load_policies
from tests.engine.evaluation.test_default_logic import SKELETON

FACTS = (
    "urgency.time_sensitive",
    "urgency.eagerly_wanted",
    "item.published",
    "item.channel.reported_to_committee",
    "item.channel.committee_agrees",
    "item.channel.accepted_as_project",
)
"""One for each condition, so that all combinations of what is known can be."""

State = dict[str, bool | None]
OUTCOMES = (Outcome.DELIVER, Outcome.DELIVER, Outcome.ROUTE_BILATERAL, Outcome.HOLD, Outcome.REFUSE)


@dataclass(frozen=True)
class Row:
    """A row of a table; `under` is the row above it that it is an exception to, if it is one."""

    name: str
    fact: str
    outcome: Outcome
    under: str | None = None


@dataclass(frozen=True)
class Against:
    """A rule outside of the table that goes before some of its rows."""

    name: str
    fact: str
    outcome: Outcome
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table, what is against its rows, and the outcome of the ground that it is an exception to."""

    ground: Outcome | None
    rows: tuple[Row, ...]
    against: tuple[Against, ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that its conditions read."""
        return (*(row.fact for row in self.rows), *(entry.fact for entry in self.against))

    def states(self) -> Iterator[State]:
        """Every way of knowing its facts, or not knowing them."""
        for values in itertools.product((True, False, None), repeat=len(self.facts)):
            yield dict(zip(self.facts, values, strict=True))

    def policies(self) -> PolicySet:
        """The set of a directive that consists of it."""
        return load_policies(self.files())

    def files(self) -> dict[str, bytes]:
        """The files of that set."""
        directive = SKELETON["directive.yaml"]
        start, end = directive.index("rules:"), directive.index("standing_answers:")
        rules = [] if self.ground is None else [_rule("ground", ALWAYS, self.ground)]
        for entry in self.against:
            milder = [o.name for o in self.against if o.outcome.strictness < entry.outcome.strictness]
            rules.append(_rule(entry.name, entry.fact, entry.outcome, entry.rows, milder))
        lines = ["rules:" if rules else "rules: []", *rules, "tables:", "  - table: release"]
        lines += [] if self.ground is None else ["    exception_to: ground"]
        lines.append("    rows:")
        for row in self.rows:
            text = _rule(row.name, row.fact, row.outcome, (row.under,) if row.under else ())
            lines += [f"    {line}" for line in text.splitlines()]
        text = directive[:start] + "\n".join(lines) + "\n" + directive[end:]
        text = "".join(
            line for line in text.splitlines(keepends=True) if not line.startswith("  - {clause: H3")
        )
        france = SKELETON["france.yaml"]
        return {"directive.yaml": text.encode(), "france.yaml": france.encode()}

    def answer(self, state: State) -> Outcome:
        """What it says."""
        tops = [row for row in self.rows if row.under is None]
        for position, row in enumerate(tops):
            if state[row.fact]:
                stands = self._before(row, state)
                if stands.permits and (
                    self._may_forbid(row, state)
                    or any(
                        self._may_forbid(above, state)
                        for above in tops[:position]
                        if state[above.fact] is None
                    )
                ):
                    return Outcome.NEEDS_INFORMATION
                return stands
        open_ = [row for row in tops if state[row.fact] is None]
        if self.ground is None:
            return Outcome.NEEDS_INFORMATION if open_ else Outcome.REFER
        taken_away = self.ground.permits and any(self._may_forbid(row, state) for row in open_)
        return Outcome.NEEDS_INFORMATION if taken_away else self.ground

    def _exceptions(self, row: Row) -> tuple[Sequence[Against], Sequence[Row]]:
        return (
            [entry for entry in self.against if row.name in entry.rows],
            [other for other in self.rows if other.under == row.name],
        )

    def _before(self, row: Row, state: State) -> Outcome:
        """What stands where the row applies: itself, or what is known to go before it."""
        against, under = self._exceptions(row)
        known = [entry.outcome for entry in against if state[entry.fact]]
        known += [other.outcome for other in under if state[other.fact]][:1]
        return max(known, key=lambda outcome: outcome.strictness, default=row.outcome)

    def _may_forbid(self, row: Row, state: State) -> bool:
        """Whether the row, if it is open, or something against it may apply that is no permission."""
        against, under = self._exceptions(row)
        reached = list(itertools.takewhile(lambda other: state[other.fact] is not True, under))
        reached += [other for other in under if state[other.fact]][:1]
        before = [entry.outcome for entry in against if state[entry.fact] is not False]
        before += [other.outcome for other in reached if state[other.fact] is not False]
        own = state[row.fact] is None and not row.outcome.permits
        return own or any(not outcome.permits for outcome in before)


ALWAYS = 'handover.by in ["receiving_department", "committee", "other"]'
"""Holds in every state that is tried."""


def _rule(
    name: str, when: str, outcome: Outcome, exception_to: Sequence[str] = (), beats: Sequence[str] = ()
) -> str:
    lines = [f"  - rule: {name}"]
    lines += [f"    exception_to: [{', '.join(exception_to)}]"] if exception_to else []
    lines += [f"    beats: [{', '.join(beats)}]"] if beats else []
    lines += ["    clause: H2", f"    when: '{when}'", f"    outcome: {outcome.value}"]
    return "\n".join([*lines, "    duties: [{who: host, must: wait}]", "    say: So it is."])


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Up to five rows, some an exception to one above; in the place of some rows, rules against the others."""
    size = draw(st.integers(2, 5))
    rows: list[Row] = []
    for index in range(size):
        tops = [row.name for row in rows if row.under is None]
        under = draw(st.sampled_from([None, None, *tops])) if tops else None
        rows.append(Row(f"row-{index}", FACTS[index], draw(st.sampled_from(OUTCOMES)), under))
    # A row has either rows or rules that are exceptions to it, which would clash with one another.
    free = [row.name for row in rows if row.under is None and row.name not in {other.under for other in rows}]
    against = []
    for index in range(draw(st.integers(0, 6 - size)) if free else 0):
        concerned = tuple(draw(st.lists(st.sampled_from(free), min_size=1, unique=True)))
        outcome = draw(st.sampled_from(OUTCOMES[2:]))
        against.append(Against(f"against-{index}", FACTS[size + index], outcome, concerned))
    ground = draw(st.sampled_from([None, *OUTCOMES]))
    return Table(ground, tuple(rows), tuple(against))
