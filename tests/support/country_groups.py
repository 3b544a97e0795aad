"""A policy folder with groups: partners by name and day, restricted countries, all others, and the home country."""

from pathlib import Path

DIRECTIVE = (
    (Path(__file__).parents[1] / "data" / "laboratory" / "directive.yaml")
    .read_text()
    .replace(
        "  - {clause: H4,",
        "  - {clause: H5, text: Restricted countries get nothing.}\n"
        "  - {clause: H6, text: Whoever comes from home is not a visitor.}\n"
        "  - {clause: H7, text: Partners are bound by their arrangement.}\n"
        "  - {clause: H4,",
    )
)
PARTNERS = """policy: partners
title: Visitors from partner countries
follows: directive
countries:
  - country: IS
    from: 2024-05-01
    until: 2026-04-30
    source: arrangement 12
    parameters:
      largest_quantity:
        - {value: 3, until: 2024-12-31, status: sourced, source: a letter of 2024}
        - {value: 5, from: 2025-01-01, status: sourced, source: a letter of 2025}
  - country: NZ
    source: arrangement 15
    parameters:
      largest_quantity:
        - {value: 4, status: sourced, source: arrangement 15}
  - {country: UY, from: 2026-02-01}
  - {country: CL, from: 2026-02-01}
parameters:
  largest_quantity:
    - {status: not_found, source: nothing names it}
scope_citations:
  - {scope: visitors, clause: H7}
"""
RESTRICTED = """policy: restricted
title: Visitors from restricted countries
countries: [BV, HM]
scope:
  - {scope: restricted-visitors, clause: H5, when: "mission.country == {country}"}
rules:
  - rule: nothing-for-restricted-countries
    clause: H5
    when: item.kind != "oral_or_visual" or {country} == "HM"
    outcome: refuse
    duties: [{who: host, must: give nothing}]
    say: We cannot give you anything.
"""
HOME = """policy: home
title: Our own country
country: LU
not_governed: {clause: H6}
"""
OTHERS = """policy: others
title: Visitors from all other countries
follows: directive
countries: all_others
parameters:
  largest_quantity:
    - {value: 1, status: sourced, source: the board}
rules:
  - rule: not-to-the-congo
    clause: H2
    when: mission.country in ["CD", "CG"]
    outcome: refuse
    duties: [{who: host, must: give nothing}]
    say: Not to the Congo.
"""
FILES = {
    "directive.yaml": DIRECTIVE,
    "home.yaml": HOME,
    "others.yaml": OTHERS,
    "partners.yaml": PARTNERS,
    "restricted.yaml": RESTRICTED,
}


def grouped(**changed: str | None) -> dict[str, bytes]:
    """The folder, some of its files (by their name without the ending) written otherwise, or left out."""
    files = {**FILES, **{f"{name}.yaml": text for name, text in changed.items()}}
    return {name: text.encode() for name, text in files.items() if text is not None}
