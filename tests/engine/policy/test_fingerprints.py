"""Fingerprints of clauses and rules: what has to change one, and what must not."""

from __future__ import annotations

import datetime as dt
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conftest import shipped_files
from engine import find_links, lay_out, load_policies
from tests.engine.evaluation.test_default_logic import SKELETON

DIRECTIVE, FRANCE = SKELETON["directive.yaml"], SKELETON["france.yaml"]
VALUES = FRANCE[FRANCE.index("    - {value") :]
GENERAL, EXCEPTION, OWN = "no-sample-leaves", "small-quantities-are-sent", "nothing-in-august"


def fingerprints(**files: str) -> dict[str, str]:
    """The fingerprint of each clause and each rule by its name; every link states the same of it."""
    texts = {**SKELETON, **{f"{name}.yaml": text for name, text in files.items()}}
    links = find_links(load_policies({name: text.encode() for name, text in texts.items()}))
    ends = {(end.name, end.fingerprint) for link in links for end in (link.clause, link.rule) if end}
    found = dict(ends)
    assert len(found) == len(ends)
    return found


BEFORE = fingerprints()


def changed(**files: str) -> set[str]:
    """What is there before and after, and says something else."""
    after = fingerprints(**files)
    return {name for name in BEFORE.keys() & after.keys() if BEFORE[name] != after[name]}


def directive(old: str, new: str) -> str:
    assert DIRECTIVE.count(old) == 1
    return DIRECTIVE.replace(old, new)


def with_rule(*keys: str) -> str:
    """France with a rule of its own."""
    own = "".join(f"    {key}\n" for key in keys)
    return (
        f"{FRANCE}rules:\n  - rule: {OWN}\n{own}    clause: H2\n    when: item.published\n    outcome: refuse\n"
        "    duties: [{who: host, must: wait}]\n    say: Not in August.\n"
    )


def with_departure(key: str, rule: str, day: str = "2024-06-01") -> str:
    """France with a departure from a shared rule."""
    narrowed = "    when: not item.published\n" if key == "narrow" else ""
    return (
        f"{FRANCE}deviations:\n  - {key}: {rule}\n{narrowed}    clause: H2\n    reason: A letter of 2024.\n"
        f"    in_force: {{from: {day}}}\n"
    )


SAYS_SOMETHING_ELSE = [
    ("a clause's words", "Gives no sample away.", "Lends no sample.", "H2"),
    ("who has to do it", "{clause: H3, who: safety_office,", "{clause: H3, who: host,", "H3"),
    ("somebody at all", "{clause: H1, text:", "{clause: H1, who: host, text:", "H1"),
    ("a condition", '["sample", "specimen"]', '["sample"]', GENERAL),
    ("the parameter asked", "item.quantity <= {largest_quantity} and", "item.quantity <= 3 and", EXCEPTION),
    ("an outcome", "outcome: route_bilateral", "outcome: refuse", GENERAL),
    ("a period", "    outcome: deliver", "    in_force: {from: 2021-01-01}\n    outcome: deliver", EXCEPTION),
    ("the general rule", "    exception_to: no-sample-leaves\n", "", EXCEPTION),
    ("an exception to more", "exception_to: no-sample-leaves", "exception_to_every: route_bilateral", EXCEPTION),
    ("a clause cited", "    clause: H3\n", "    clause: [H3, H2]\n", EXCEPTION),
    (
        "a clause cited at times",
        "    outcome: deliver",
        "    cite_when: [{when: item.published, clause: H2}]\n    outcome: deliver",
        EXCEPTION,
    ),
    ("a duty", 'must: "send at most', 'must: "send', EXCEPTION),
    ("when a duty is due", "samples\"}", "samples\", within: P7D of delivery, done_by: transfer_record}", EXCEPTION),
    ("the sentence", "say: The safety office will send it.", "say: Somebody will send it.", EXCEPTION),
    (
        "a sentence said at times",
        "say: The safety office will send it.",
        "say: The safety office will send it.\n    say_when: [{when: item.published, say: It is sent.}]",
        EXCEPTION,
    ),
    (
        "a standing answer said at times",
        "say: The rules do not cover this.",
        "say: The rules do not cover this., say_when: [{when: item.published, say: Read it.}]",
        "not_governed",
    ),
    ("a scope", '"mission.country == {country}"', '"mission.country == {country} and item.published"', "visitors"),
    ("a standing answer", "say: The rules do not cover this.", "say: We do not know.", "not_governed"),
    ("a standing answer's duty", "must: ask the board", "must: ask the host", "not_governed"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "name"), [case[1:] for case in SAYS_SOMETHING_ELSE], ids=[case[0] for case in SAYS_SOMETHING_ELSE]
)  # fmt: skip
def test_what_says_something_else_has_another_fingerprint_and_nothing_besides(
    old: str, new: str, name: str
) -> None:
    assert changed(directive=directive(old, new)) == {name}


def test_the_reason_why_a_clause_has_no_rule_is_part_of_it() -> None:
    def reason(text: str) -> str:
        return directive(
            "  - {clause: H4,", f"  - {{clause: H5, text: So., no_rule: {text}}}\n  - {{clause: H4,"
        )

    first, second = fingerprints(directive=reason("A custom.")), fingerprints(directive=reason("A law."))
    assert first["H5"] != second["H5"]


def test_what_a_rule_beats_is_part_of_it() -> None:
    alone, beating = fingerprints(france=with_rule()), fingerprints(france=with_rule(f"beats: {EXCEPTION}"))
    assert alone[OWN] != beating[OWN]


SAYS_THE_SAME = {
    "another line": {"directive": f"# A remark.\n\n{DIRECTIVE}"},
    "a comment": {"directive": directive("    clause: H2\n", "    clause: H2  # the host's\n")},
    "another layout": {"directive": lay_out("directive.yaml", DIRECTIVE.encode()).decode()},
    "brackets": {"directive": directive("    clause: H2\n", "    clause: [H2]\n")},
    "parentheses": {"directive": directive('handover.by == "committee"', '(handover.by == "committee")')},
    "the title": {"directive": directive("Samples leave the laboratory", "Nothing leaves the laboratory")},
    "the instruction": {"directive": directive("until: 2029-12-31", "until: 2031-12-31")},
    "another country that follows": {"italy": FRANCE.replace("france", "italy").replace("FR", "IT")},
    "another value": {"france": FRANCE.replace("value: 5", "value: 4")},
    "a country's rule that stands alone": {"france": with_rule()},
}  # fmt: skip


@pytest.mark.parametrize("files", SAYS_THE_SAME.values(), ids=SAYS_THE_SAME.keys())
def test_what_says_the_same_has_the_same_fingerprint(files: dict[str, str]) -> None:
    assert changed(**files) == set()


DEPARTS = {
    "narrows it": (with_departure("narrow", EXCEPTION), {EXCEPTION}),
    "suspends it": (with_departure("suspend", EXCEPTION), {EXCEPTION}),
    "suspends it and so its exception": (with_departure("suspend", GENERAL), {GENERAL, EXCEPTION}),
    "adds an exception": (with_rule(f"exception_to: {GENERAL}", f"beats: {EXCEPTION}"), {GENERAL, EXCEPTION}),
    "beats it": (with_rule(f"beats: {EXCEPTION}"), {EXCEPTION}),
    "adds an exception to every": (with_rule("exception_to_every: deliver"), {EXCEPTION}),
}


@pytest.mark.parametrize(("france", "names"), DEPARTS.values(), ids=DEPARTS.keys())
def test_a_country_that_departs_from_a_shared_rule_changes_it(france: str, names: set[str]) -> None:
    assert changed(france=france) == names


def test_the_day_from_which_a_country_departs_is_part_of_it() -> None:
    days = ("2024-06-01", "2024-06-02")
    first, second = (fingerprints(france=with_departure("suspend", EXCEPTION, day)) for day in days)
    assert first[EXCEPTION] != second[EXCEPTION]


@settings(max_examples=30)
@given(
    days=st.sets(st.dates(dt.date(2021, 1, 1), dt.date(2028, 1, 1)), max_size=4),
    values=st.lists(st.integers(1, 9), min_size=5, max_size=5),
    france=st.sampled_from([FRANCE, with_departure("narrow", GENERAL), with_rule(f"beats: {EXCEPTION}")]),
)
def test_values_of_parameters_change_no_fingerprint(
    days: set[dt.date], values: list[int], france: str
) -> None:
    firsts = [dt.date(2020, 1, 1), *sorted(days)]
    lasts = [*(day - dt.timedelta(days=1) for day in firsts[1:]), dt.date(2031, 1, 1)]
    dated = "".join(
        f"    - {{value: {value}, from: {first}, until: {last}, status: sourced, source: a letter}}\n"
        for first, last, value in zip(firsts, lasts, values, strict=False)
    )
    assert fingerprints(france=france.replace(VALUES, dated)) == fingerprints(france=france)


@settings(max_examples=30)
@given(chance=st.randoms(use_true_random=False))
def test_the_order_of_rules_clauses_and_keys_changes_no_fingerprint(chance: random.Random) -> None:
    content = YAML(typ="safe").load(DIRECTIVE)
    for part in ("rules", "clauses"):
        chance.shuffle(content[part])
    content["rules"] = [dict(chance.sample([*rule.items()], len(rule))) for rule in content["rules"]]
    written = io.StringIO()
    YAML().dump(content, written)
    assert changed(directive=written.getvalue()) == set()


def test_the_next_session_of_korea_makes_nothing_suspect() -> None:
    files = shipped_files()
    before = files["korea.yaml"].decode()
    after = before.replace(
        "    - value: 8\n      from: 1964-11-01\n", "    - value: 9\n      from: 1965-10-21\n"
    )
    assert after != before
    later = load_policies({**files, "korea.yaml": after.encode()})
    assert find_links(later) == find_links(load_policies(files))


def test_every_clause_has_a_link_in_the_order_of_the_directive() -> None:
    policies = load_policies(shipped_files())
    links = find_links(policies)
    assert list(dict.fromkeys(link.clause.name for link in links)) == list(policies.clauses)
    alone = [link.clause.name for link in links if link.rule is None]
    assert alone == [name for name, clause in policies.clauses.items() if clause.no_rule]
