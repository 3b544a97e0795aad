"""Which pairs of rules can both win: no pair is missed, none reported without an example, and the work is bounded.

Covers: engine.checking.clashes, engine.checking.clash_pairs, engine.checking.rule_constraints,
engine.checking.representatives
"""

from __future__ import annotations

import pytest

from engine import PolicyFaults, load_policies
from tests.engine.evaluation.test_default_logic import SKELETON


def files_with(*conditions: str) -> dict[str, bytes]:
    """Two exceptions to one rule, with these conditions and different outcomes."""
    directive = SKELETON["directive.yaml"]
    start, end = directive.index("rules:"), directive.index("standing_answers:")
    rules = "".join(
        f"  - {{rule: {name}, {general}clause: H2, when: '{when}', outcome: {outcome},"
        " duties: [{who: host, must: wait}], say: So it is.}\n"
        for name, general, when, outcome in (
            ("ground", "", 'mission.country == "FR"', "route_bilateral"),
            ("first", "exception_to: ground, ", conditions[0], "hold"),
            ("second", "exception_to: ground, ", conditions[1], "refuse"),
        )
    )
    clauses = directive[:start].replace("  - {clause: H3, who: safety_office, text: Sends small quantities itself.}\n", "")
    return {
        "directive.yaml": f"{clauses}rules:\n{rules}{directive[end:]}".encode(),
        "france.yaml": SKELETON["france.yaml"].encode(),
    }


def faults_of(files: dict[str, bytes]) -> list[str]:
    try:
        load_policies(files)
    except PolicyFaults as faults:
        return [f"{fault.code} {fault.message}" for fault in faults.diagnostics]
    return []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("mission.name != mission.organiser", "visit.place != mission.name and visit.place != mission.organiser"),
        ("visit.starts_on < visit.ends_on", "visit.ends_on < handover.planned_on and handover.planned_on < as_of"),
        ('visit.starts_on + t"P30D" < visit.ends_on', "item.published"),
        ('visit.starts_on + t"P30D" < visit.ends_on', 'visit.ends_on + t"P9D" < as_of'),
        ("visit.starts_on < visit.ends_on", 'visit.ends_on < d"1950-01-01"'),
        ("item.quantity + 7 == item.channel.inclusion_session", "item.quantity > 100"),
        ("item.quantity + 10 < {largest_quantity}", "item.published"),
        ("item.channel.inclusion_session > 2.5", "item.channel.inclusion_session < 3.5"),
        ("item.quantity > 2 and item.quantity < 3", "item.quantity != 2.5"),
        ('(visit.starts_on < visit.ends_on) == (item.quantity > 3)', "item.quantity < 4"),
        ('item.published ? item.quantity > 3 : item.kind == "sample"', "item.quantity < 2"),
        ('item.quantity + (item.published ? 20 : 10) == 15', "item.kind == null or item.published == item.published"),
    ],
)
def test_a_clash_is_found_however_facts_are_compared(first: str, second: str) -> None:
    (fault,) = faults_of(files_with(first, second))
    assert fault.startswith("X01 in the policy `france` the rules `first` (hold) and `second` (refuse) can both win")
