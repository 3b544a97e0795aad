"""A policy folder as large as that of a real office: an ordered table of rules, and what stands against two of them.

Each row of the table is an exception to a ground rule and beats all rows below it. What is against a permission is an
exception to one or both of the rows that give it, and beats whatever of its kind is less strict. Some rules concern
some countries only, which have parameters of their own, dated or not found. No two rules clash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.contract.countries import COUNTRY_CODES

_DIRECTIVE = """directive: ordered-table
title: A table of rows in their order
source: {document: a test}
instruction: {in_force: {from: 1965-01-01}, given_by: nobody}
parties: {receiving_department: the department, committee: the committee}
valid_days:
  {deliver: 1, not_governed: 1, regularise: 1, route_bilateral: 1, escalate_urgent: 1, hold: 1,
   needs_information: 1, refer: 1, refuse: 1}
clauses:
  - {clause: G1, text: All of it.}
parameters:
  group: {kind: choice, choices: [partner, other, restricted], ask: Which group is it of?, otherwise: its group}
  arrangement: {kind: text, ask: Which arrangement is there?, otherwise: the arrangement}
  office: {kind: text, ask: Which office is it?, otherwise: the office}
  meeting: {kind: text, ask: Which meeting is the next one?, otherwise: the next meeting}
  meets_on: {kind: date, ask: When does it meet?, otherwise: the day of the meeting}
scope:
  - {scope: visitors, clause: G1, when: 'mission.country == {country}'}
standing_answers:
  not_governed: {clause: G1, duties: [{who: committee, must: ask}], say: This is not covered.}
  needs_information: {clause: G1, duties: [{who: committee, must: ask}], say: We find out more.}
  not_settled: {clause: G1, duties: [{who: committee, must: ask}], say: The committee decides.}
  proposed: {clause: G1, duties: [{who: committee, must: ask}], say: Please wait.}
"""


@dataclass(frozen=True)
class TableRule:
    """A rule as it stands in a policy file."""

    name: str
    outcome: str
    when: str
    exception_to: tuple[str, ...] = ()
    beats: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        related = "".join(
            f"{key}: [{', '.join(names)}], "
            for key, names in (("exception_to", self.exception_to), ("beats", self.beats))
            if names
        )
        return (
            f"  - {{rule: {self.name}, {related}clause: G1, when: '{self.when}', outcome: {self.outcome},\n"
            "     duties: [{who: committee, must: see}], say: So it is.}\n"
        )


PARTNER, OTHER, RESTRICTED = (f'{{group}} == "{group}"' for group in ("partner", "other", "restricted"))
FREED = (
    'item.published and item.channel.attache_confirmation == "confirmed"'
    ' and item.kind in ["document", "data", "software", "drawing", "oral_or_visual"]'
)
SHOWN = 'item.kind == "oral_or_visual"'
LATE = "urgency.time_sensitive and urgency.deadline < {meets_on}"
LICENSED = (
    f'({PARTNER} and department.kind == "institute" or {OTHER} and department.kind == "factory")'
    " and item.secrecy_grade"
)

GROUND = (
    TableRule("ground", "route_bilateral", f"not ({RESTRICTED})"),
    TableRule("ground-restricted", "refuse", RESTRICTED),
    TableRule("freed-restricted", "deliver", FREED, ("ground-restricted",), ("ruled-restricted",)),
    TableRule("ruled-restricted", "refer", 'department.kind == "university"', ("ground-restricted",)),
)
ROWS = (
    ("row-1", "deliver", FREED),
    ("row-2", "regularise", 'item.legacy_list == "claimed_not_found" and trigger != "repeat_request"'),
    ("row-3", "refuse", 'item.channel.consultation == "refused"'),
    ("row-4a", "route_bilateral", 'item.channel.consultation == "withdrawn" and mission.level == "national"'),
    ("row-4b", "hold", 'item.channel.consultation == "withdrawn" and mission.level == "border_local"'),
    ("row-5", "deliver", 'item.channel.consultation == "agreed"'),
    ("row-6", "deliver", 'mission.kind == "delegation"'),
    ("row-7", "hold", 'item.channel.consultation == "open"'),
    ("row-8", "refer", 'item.published and item.channel.attache_confirmation == "not_sent"'),
    ("row-9", "escalate_urgent", LATE),
)
BELOW_THE_ROWS = (
    TableRule("row-9a", "hold", 'mission.kind == "trainee"', ("row-9",)),
    TableRule("row-9b", "refuse", 'mission.kind == "individual"', ("row-9",)),
)
FIFTH, SIXTH, EITHER = ("row-5",), ("row-6",), ("row-5", "row-6")
AGAINST = (
    (EITHER, "refuse", 'handover.by == "other" or handover.to in ["body_abroad", "third_country"]'),
    (
        EITHER,
        "refuse",
        f'{PARTNER} and {SHOWN} and (handover.by != "receiving_department" or handover.to != "mission")',
    ),
    (
        EITHER,
        "refuse",
        f'{PARTNER} and not ({SHOWN}) and (handover.by != "committee" or handover.to != "counterpart_institution")',
    ),
    (EITHER, "refuse", f'{OTHER} and (handover.by != "receiving_department" or handover.to != "mission")'),
    (EITHER, "refer", 'visit.border_area == "sino_korean"'),
    (EITHER, "hold", 'visit.border_area == "none"'),
    (EITHER, "hold", "not item.channel.committee_agrees"),
    (EITHER, "hold", "not item.channel.accepted_as_project"),
    (EITHER, "refuse", f'{PARTNER} and item.channel.inclusion == "refused"'),
    (EITHER, "hold", f'{PARTNER} and item.channel.inclusion in ["not_asked", "deferred"]'),
    (EITHER, "hold", f'{PARTNER} and ({{arrangement}} == "" or {{office}} == "")'),
    (FIFTH, "refuse", f'{LICENSED} == "refused"'),
    (FIFTH, "hold", f'{LICENSED} in ["not_applied", "applied"]'),
    (FIFTH, "hold", f'{LICENSED} == "granted" and handover.planned_on > visit.starts_on'),
    (FIFTH, "refuse", f'{OTHER} and department.kind == "institute"'),
    (FIFTH, "hold", "handover.planned_on > visit.ends_on"),
    (FIFTH, "refuse", f'handover.mode == "hand" and not ({SHOWN})'),
    (FIFTH, "hold", 'handover.mode == "copying_allowed" and not handover.after_departure'),
    (FIFTH, "hold", 'item.kind == "sample" and item.quantity > item.channel.inclusion_session'),
    (SIXTH, "refuse", 'department.kind in ["factory", "institute"]'),
    (SIXTH, "hold", "item.channel.project_no != {meeting}"),
)
STRICTEST_FIRST = ("refuse", "refer", "hold")

_COUNTRIES = {
    "IS": {
        "group": ["partner"],
        "arrangement": ["A-12, from: 1964-05-01, until: 1969-04-30"],
        "office": ["Science Office"],
        "meeting": ["five, until: 1966-11-12", "six, from: 1966-11-13, until: 1967-05-20"],
        "meets_on": ["1966-11-12, until: 1966-11-12", "1967-05-20, from: 1966-11-13, until: 1967-05-20"],
    },
    "NZ": {
        "group": ["partner"],
        "arrangement": ["A-15, from: 1963-01-01, until: 1966-12-31"],
        "office": ["Research Desk"],
        "meeting": ["three, until: 1966-10-08", "four, from: 1966-10-09"],
        "meets_on": ["1966-10-08, until: 1966-10-08"],
    },
    "UY": {"group": ["partner"], "arrangement": ["A-19, from: 1966-02-01"]},
    "FR": {
        "group": ["other"],
        "meeting": ["forty, until: 1966-09-03", "another, from: 1966-09-04, until: 1966-10-15"],
        "meets_on": ["1966-09-03, until: 1966-09-03", "1966-10-15, from: 1966-09-04, until: 1966-10-15"],
    },
    "BV": {"group": ["restricted"]},
}
_NAMES = ("group", "arrangement", "office", "meeting", "meets_on")


def table_rules() -> tuple[TableRule, ...]:
    """Every rule of the set, in its order."""
    names = [name for name, _, _ in ROWS]
    rows = [
        TableRule(name, outcome, when, ("ground",), tuple(names[at + 1 :]))
        for at, (name, outcome, when) in enumerate(ROWS)
    ]
    numbered = [(f"against-{at}", *entry) for at, entry in enumerate(AGAINST, 1)]
    against = [
        TableRule(
            name,
            outcome,
            when,
            generals,
            tuple(
                other
                for other, _, milder, _ in numbered
                if STRICTEST_FIRST.index(outcome) < STRICTEST_FIRST.index(milder)
            ),
        )
        for name, generals, outcome, when in numbered
    ]
    return (*GROUND, *rows, *BELOW_THE_ROWS, *against)


def ordered_table(*, without: tuple[str, str] | None = None, countries: int = 0) -> dict[str, bytes]:
    """The folder; the first rule of `without` does not beat the second, and there are more `countries`."""
    rules = [
        replace(rule, beats=tuple(other for other in rule.beats if (rule.name, other) != without))
        for rule in table_rules()
    ]
    further = [code for code in sorted(COUNTRY_CODES) if code not in _COUNTRIES][:countries]
    more = {code: {**_COUNTRIES["IS"], "meeting": [f"that of {code}"]} for code in further}
    directive = f"{_DIRECTIVE}rules:\n{''.join(rule.text for rule in rules)}"
    return {"directive.yaml": directive.encode()} | {
        f"{code.lower()}.yaml": _country(code, found).encode()
        for code, found in {**_COUNTRIES, **more}.items()
    }


def _country(code: str, found: dict[str, list[str]]) -> str:
    lines = [
        f"policy: in-{code.lower()}",
        f"title: Visitors of {code}",
        "follows: directive",
        f"country: {code}",
    ]
    lines.append("parameters:")
    for name in _NAMES:
        lines.append(f"  {name}:")
        lines += [
            f"    - {{value: {value}, status: sourced, source: a test}}" for value in found.get(name, ())
        ]
        if name not in found:
            lines.append("    - {status: not_found, source: a test}")
    return "\n".join(lines) + "\n"
