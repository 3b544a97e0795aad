"""A policy file speaks for a country, a group of them, or all others, on the days of each; or says that it is home.

Covers: engine.checking.membership, engine.checking.policy_files, engine.checking.country_hints
"""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from engine import (
    LineDecision,
    Outcome,
    PolicyFaults,
    PolicySet,
    describe_policies,
    describe_policy,
    load_policies,
)
from engine.analysis.comparing import compare
from engine.analysis.proving import prove
from engine.checking.floor import hold_to, read_floor
from engine.formatting.schema import policy_schema
from engine.loading.yaml_reader import load_document
from tests.support.country_groups import FILES, HOME, OTHERS, PARTNERS, RESTRICTED, grouped
from tests.support.strategies import ABSENT, ask, spread

SENT: dict[str, Any] = {"item.kind": "sample", "item.quantity": 3, "handover.by": "committee"}


@pytest.fixture(scope="module")
def policies() -> PolicySet:
    return load_policies(grouped())


def line(policies: PolicySet, day: str, *countries: str, **changed: Any) -> LineDecision:
    """The answer for the one item of a request like SENT."""
    facts = {"mission.countries": list(countries), **SENT}
    facts |= {name.replace("__", "."): value for name, value in changed.items()}
    return ask(policies, spread(facts, as_of=day)).lines[0]


def findings(**changed: str | None) -> list[str]:
    """What the check says against a folder, without the places."""
    with pytest.raises(PolicyFaults) as refused:
        load_policies(grouped(**changed))
    return [
        f"{one.place.file}:{one.place.line} {one.code} {one.message}" for one in refused.value.diagnostics
    ]


@pytest.mark.parametrize(
    ("country", "quantity", "outcome"),
    [
        ("IS", 5, Outcome.DELIVER),
        ("IS", 6, Outcome.ROUTE_BILATERAL),
        ("NZ", 4, Outcome.DELIVER),
        ("NZ", 5, Outcome.ROUTE_BILATERAL),
        ("UY", 1, Outcome.ROUTE_BILATERAL),
        ("FR", 1, Outcome.DELIVER),
        ("FR", 2, Outcome.ROUTE_BILATERAL),
        ("BV", 1, Outcome.REFUSE),
        ("LU", 1, Outcome.NOT_GOVERNED),
    ],
)
def test_each_country_of_a_group_is_decided_by_what_is_known_of_it(
    policies: PolicySet, country: str, quantity: int, outcome: Outcome
) -> None:
    assert line(policies, "2026-03-01", country, item__quantity=quantity).outcome is outcome


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        ("2024-04-30", Outcome.ROUTE_BILATERAL),
        ("2024-05-01", Outcome.DELIVER),
        ("2026-04-30", Outcome.DELIVER),
        ("2026-05-01", Outcome.ROUTE_BILATERAL),
    ],
)
def test_outside_its_days_a_country_is_one_of_all_others(
    policies: PolicySet, day: str, outcome: Outcome
) -> None:
    answer = line(policies, day, "IS", item__quantity=2)
    assert answer.outcome is outcome
    assert ("H7" in answer.clauses) is (outcome is Outcome.DELIVER)


@pytest.mark.parametrize(
    ("day", "outcome"), [("2026-01-31", "not_governed"), ("2026-02-01", "route_bilateral")]
)
def test_without_a_file_for_all_others_it_is_as_if_it_were_not_named(day: str, outcome: str) -> None:
    assert line(load_policies(grouped(others=None)), day, "UY").outcome.value == outcome


def test_another_file_may_name_it_for_the_days_after() -> None:
    later = OTHERS.replace("all_others", "[{country: IS, from: 2026-05-01}]")
    policies = load_policies(grouped(others=later))
    assert [line(policies, day, "IS", item__quantity=2).clauses for day in ("2026-04-30", "2026-05-01")] == [
        ("H7", "H3"),
        ("H1", "H2"),
    ]


@pytest.mark.parametrize(
    ("day", "countries"),
    [
        ("2024-04-30", {"BV", "HM", "LU", "NZ"}),
        ("2024-05-01", {"BV", "HM", "IS", "LU", "NZ"}),
        ("2026-02-01", {"BV", "CL", "HM", "IS", "LU", "NZ", "UY"}),
    ],
)
def test_listed_is_what_a_file_names_on_that_day(policies: PolicySet, day: str, countries: set[str]) -> None:
    listed = FILES["restricted.yaml"].replace('mission.country == {country}"', 'mission.country_listed"')
    listed = listed.replace("countries: [BV, HM]\n", "").replace(' or {country} == "HM"', "")
    files = grouped(restricted=listed, partners=PARTNERS + "# BV and HM\n")
    files["named.yaml"] = (
        HOME.replace("policy: home", "policy: named").replace("country: LU", "countries: [BV, HM]").encode()
    )
    found = load_policies(files)
    codes = ("BV", "HM", "IS", "NZ", "UY", "CL", "LU", "FR", "CD")
    refused = {code for code in codes if "H5" in line(found, day, code, item__quantity=1).clauses}
    assert refused == countries


def test_the_home_country_is_never_governed_and_the_clause_that_says_so_is_cited(policies: PolicySet) -> None:
    answer = line(policies, "2026-03-01", "LU")
    assert (answer.outcome, answer.rules, answer.clauses) == (Outcome.NOT_GOVERNED, (), ("H6", "H4"))
    assert answer.why_not == ()


def test_without_its_file_the_home_country_would_be_one_of_all_others() -> None:
    other = HOME.replace("LU", "AD")
    assert (
        line(load_policies(grouped(home=other)), "2026-03-01", "LU", item__quantity=1).outcome
        is Outcome.DELIVER
    )


@pytest.mark.parametrize(
    ("countries", "outcome"),
    [
        (("IS", "NZ"), Outcome.DELIVER),
        (("IS", "FR"), Outcome.ROUTE_BILATERAL),
        (("IS", "BV"), Outcome.REFUSE),
        (("IS", "LU"), Outcome.NOT_GOVERNED),
        (("BV", "LU"), Outcome.REFUSE),
    ],
)
def test_of_several_countries_the_strictest_answer_counts(
    policies: PolicySet, countries: tuple[str, ...], outcome: Outcome
) -> None:
    assert line(policies, "2026-03-01", *countries).outcome is outcome


@pytest.mark.parametrize("unknown", [None, ABSENT])
def test_an_unknown_country_stays_unknown(policies: PolicySet, unknown: Any) -> None:
    facts = {**SENT, "mission.countries": unknown}
    answer = ask(policies, spread(facts, as_of="2026-03-01")).lines[0]
    assert answer.outcome is Outcome.NEEDS_INFORMATION
    (about,) = [one for one in answer.missing if one.fact == "mission.countries"]
    assert about.would_lead_to == {
        "BV": "refuse", "CL": "route_bilateral", "HM": "refuse", "IS": "deliver", "LU": "not_governed",
        "NZ": "deliver", "UY": "route_bilateral", "any other": "route_bilateral",
    }  # fmt: skip


def test_country_in_braces_is_the_queried_country(policies: PolicySet) -> None:
    for code, outcome in (("BV", Outcome.REFER), ("HM", Outcome.REFUSE)):
        assert line(policies, "2026-03-01", code, item__kind="oral_or_visual").outcome is outcome


def test_a_sentence_names_the_queried_country_where_it_is_one_of_a_list() -> None:
    named = RESTRICTED.replace("We cannot give you anything.", "Nothing for {country}.")
    others = OTHERS.replace("Not to the Congo.", "Not to {country}.")
    policies = load_policies(grouped(restricted=named, others=others))
    assert [line(policies, "2026-03-01", code).say for code in ("BV", "HM", "CD")] == [
        "Nothing for BV.",
        "Nothing for HM.",
        "Not to the country.",
    ]


def test_only_what_differs_becomes_a_policy_of_its_own(policies: PolicySet) -> None:
    found = describe_policies(policies, dt.date(2026, 3, 1))["policies"]
    assert {one["name"]: {k: v for k, v in one.items() if k not in ("name", "title")} for one in found} == {
        "home": {"country": "LU"},
        "others": {"country": None, "all_others_but": ["BV", "CL", "HM", "IS", "LU", "NZ", "UY"]},
        "partners": {"country": None, "countries": ["CL", "UY"]},
        "partners-IS": {"country": "IS"},
        "partners-NZ": {"country": "NZ"},
        "restricted": {"country": None, "countries": ["BV", "HM"]},
    }
    described = describe_policy(policies, "others", dt.date(2024, 4, 30))
    assert described is not None
    assert described["scope"][0]["when"] == 'mission.country not in ["BV", "HM", "LU", "NZ"]'


COMMON = PARTNERS[PARTNERS.index("parameters:\n  largest") : PARTNERS.index("scope_citations")]
FORMER_DAYS_OF_NZ = """  - country: NZ
    until: 2020-01-01
    parameters: {largest_quantity: [{status: not_found, source: nothing}]}"""
FAULTS = [
    (
        {"partners": PARTNERS.replace("country: NZ", "country: BV")},
        ["restricted.yaml:3 R37 BV is named twice for the same days, first at partners.yaml:13:14"],
    ),
    (
        {"home": HOME.replace("LU", "IS")},
        ["partners.yaml:5 R37 IS is named twice for the same days, first at home.yaml:3:10"],
    ),
    (
        {"restricted": RESTRICTED.replace("[BV, HM]", "[BV, BV]")},
        ["restricted.yaml:3 R37 BV is named twice for the same days, first at restricted.yaml:3:13"],
    ),
    (
        {"restricted": RESTRICTED.replace("[BV, HM]", "all_others")},
        ["restricted.yaml:3 R37 a second file is for all other countries, the first at others.yaml:4:12"],
    ),
    (
        {"restricted": RESTRICTED.replace("[BV, HM]", "[BV, XX]")},
        ["restricted.yaml:3 R27 `XX` is not the code of a country"],
    ),
    (
        {"restricted": RESTRICTED.replace("[BV, HM]", "everyone")},
        ["restricted.yaml:3 P04 unknown word `everyone`"],
    ),
    (
        {"restricted": RESTRICTED.replace("[BV, HM]", "[BV, hm]")},
        ["restricted.yaml:3 P05 `hm` is not spelt as a name is here"],
    ),
    (
        {"restricted": RESTRICTED.replace("[BV, HM]", "[BV, {country: HM, form: 2024-01-01}]")},
        ["restricted.yaml:3 P01 unknown key `form`"],
    ),
    (
        {"restricted": RESTRICTED.replace("[BV, HM]", "[BV, {country: HM, from: 2024-01-02, until: 2024-01-01}]")},
        ["restricted.yaml:3 R11 the membership of HM ends before it begins"],
    ),
    (
        {"restricted": RESTRICTED.replace("countries:", "country: BV\ncountries:")},
        [
            "restricted.yaml:4 R38 the file says twice whom it is for: by `country` and by `countries`",
            "restricted.yaml:4 R37 BV is named twice for the same days, first at restricted.yaml:3:10",
        ],
    ),
    (
        {"home": HOME + RESTRICTED[RESTRICTED.index("scope:") :].split("rules:")[0].replace("restricted-v", "v-")},
        ["home.yaml:5 R38 the file says that its countries are never governed, and has `scope`"],
    ),
    (
        {"home": HOME.replace("country: LU\n", "")},
        ["home.yaml:3 R38 only countries can be said to be never governed, and the file names none"],
    ),
    (
        {"partners": PARTNERS.replace("scope: visitors", "scope: visitor")},
        ["partners.yaml:24 R39 no shared scope `visitor` binds the countries of this file"],
    ),
    (
        {"partners": PARTNERS + "  - {scope: visitors, clause: H1}\n"},
        ["partners.yaml:25 R39 the scope `visitors` is cited twice here"],
    ),
    (
        {"partners": PARTNERS.replace(f"\n{COMMON}", "\n")},
        [
            "partners.yaml:18 R13 the parameter `largest_quantity` is missing for UY",
            "partners.yaml:19 R13 the parameter `largest_quantity` is missing for CL",
        ],
    ),
    (
        {"partners": PARTNERS.replace("country: NZ\n", "country: NZ\n    from: 2020-01-02\n").replace(
                "  - {country: UY,", f"{FORMER_DAYS_OF_NZ}\n  - {{country: UY,"
            )},
        ["partners.yaml:21 R38 NZ has `parameters` in two of its entries"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "expected"), FAULTS)
def test_a_fault_is_found_at_its_place(changed: dict[str, str], expected: list[str]) -> None:
    assert set(findings(**changed)) == set(expected)


def test_every_policy_is_proved_and_what_holds_of_all_others_holds_of_every_code(policies: PolicySet) -> None:
    invariants = """invariants:
  - invariant: one-at-most-for-others
    clause: H3
    title: Not more than one goes to a country that is not listed.
    when: not mission.country_listed and item.quantity > 1
    never: deliver
  - invariant: nothing-to-the-congo
    clause: H2
    title: Nothing goes to the Congo.
    when: '{country} == "CD"'
    never: deliver
  - invariant: never-more-than-one
    clause: H3
    title: Nobody gets more than one.
    when: item.quantity > 1
    never: deliver
"""
    files = grouped()
    files["invariants.yaml"] = invariants.encode()
    proof = prove(load_policies(files))
    obligations = [one for group in proof.groups for one in group.obligations]
    assert {one.name for one in obligations if one.verdict.value != "proved"} == {"never-more-than-one"}


def test_a_country_that_joins_a_group_is_all_that_changes() -> None:
    joined = RESTRICTED.replace("[BV, HM]", "[BV, HM, FR]")
    compared = compare(load_policies(grouped()), load_policies(grouped(restricted=joined)))
    assert compared.complete
    assert {country for one in compared.classes for country in one.countries} == {"FR"}
    assert {name for one in compared.classes for name in one.policies} == {"others", "restricted"}


def test_another_clause_for_the_scope_is_a_changed_answer() -> None:
    plain = PARTNERS[: PARTNERS.index("scope_citations")]
    directive = FILES["directive.yaml"].replace("clause: H1, when", "clause: [H1, H7], when")
    old, new = (load_policies(grouped(partners=text, directive=directive)) for text in (plain, PARTNERS))
    compared = compare(old, new)
    assert compared.classes == ()
    assert ("visitors", ("clauses",)) in {(one.about, one.members) for one in compared.answers}
    assert any(one.name == "visitors" and one.policy == "partners" for one in compared.differences)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in grouped().items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_the_commands_take_a_folder_with_groups(folder: Path, tmp_path: Path) -> None:
    request = tmp_path.parent / f"{tmp_path.name}.json"
    request.write_text(json.dumps(spread({**SENT, "mission.countries": ["FR"]}, as_of="2026-03-01")))
    for arguments in (
        ["policies", "check", str(folder)],
        ["policies", "fmt", str(folder)],
        ["policies", "fmt", "--check", str(folder)],
        ["policies", "show", "--policies", str(folder)],
        ["policies", "show", "others", "--policies", str(folder)],
        ["check", str(request), "--explain", "--policies", str(folder)],
    ):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, (arguments, result.output)
    assert load_policies({path.name: path.read_bytes() for path in folder.glob("*.yaml")}).countries >= {
        "BV",
        "IS",
    }


def test_the_shape_of_every_file_is_that_of_the_schema() -> None:
    schema = policy_schema()
    for name, content in grouped().items():
        document = json.loads(json.dumps(load_document(name, content).value, default=str))
        jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"policy": "a", "title": "A", "countries": "everyone"}, schema)


NAMING = FILES["directive.yaml"].replace(
    "The rules bind whoever receives visitors from abroad.",
    '"The rules bind visitors from Iceland, Uruguay and Chile."',
)


def remarks(**changed: str | None) -> list[tuple[str, str]]:
    found = load_policies(grouped(directive=NAMING, **changed)).hints
    return [
        (f"{one.place.file}:{one.place.line}", one.message) for one in found if one.code in ("H09", "H14")
    ]


def test_a_scope_that_cites_a_clause_about_others_is_remarked_until_the_file_says_what_brings_it_in() -> None:
    plain = PARTNERS[: PARTNERS.index("scope_citations")]
    for_others = OTHERS + "scope_citations: [{scope: visitors, clause: H7}]\n"
    cites, others_only = "the scope `visitors` cites H1 for", "and that clause names other countries only"
    assert remarks() == [("others.yaml:4", f"{cites} all other countries, {others_only}")]
    assert remarks(partners=plain, others=for_others) == [("partners.yaml:13", f"{cites} NZ, {others_only}")]
    assert remarks(others=for_others) == []


def test_a_country_that_the_clause_names_and_no_file_has_is_remarked_unless_a_file_is_for_all_others() -> (
    None
):
    without = PARTNERS.replace("  - {country: CL, from: 2026-02-01}\n", "")
    assert [
        place for place, message in remarks(partners=without, others=None) if "names Chile" in message
    ] == ["directive.yaml:15"]
    assert [message for _, message in remarks(partners=without) if "names Chile" in message] == []


FLOOR = """invariants:
  - invariant: small-quantities-only
    clause: H3
    title: Nothing goes beyond the largest quantity.
    unless: item.quantity <= {largest_quantity}
    never: deliver
"""


def test_a_floor_in_the_words_of_the_directive_holds_beside_countries_that_do_not_follow_it() -> None:
    held = hold_to(load_policies(grouped()), read_floor("floor.yaml", FLOOR.encode()))
    assert [one.name for one in held.floor] == ["small-quantities-only"]
    assert line(held, "2026-03-01", "NZ", item__quantity=4).outcome is Outcome.DELIVER
    assert line(held, "2026-03-01", "FR", item__quantity=1).outcome is Outcome.DELIVER
    free = RESTRICTED.replace("outcome: refuse", "outcome: deliver")
    held = hold_to(load_policies(grouped(restricted=free)), read_floor("floor.yaml", FLOOR.encode()))
    assert line(held, "2026-03-01", "BV", item__quantity=1).outcome is Outcome.REFUSE
