"""Policy folders of any size, in three shapes, for measuring how the cost of a decision grows with the rules."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

from engine.contract.countries import COUNTRY_CODES

DIRECTIVE = """directive: grown
title: Grown
source: {document: a benchmark}
instruction: {in_force: {from: 1965-01-01}, given_by: nobody}
parties: {receiving_department: the department, committee: the committee}
valid_days:
  {deliver: 1, not_governed: 1, regularise: 1, route_bilateral: 1, escalate_urgent: 1, hold: 1,
   needs_information: 1, refer: 1, refuse: 1}
clauses:
  - {clause: G1, text: All of it.}
scope:
  - {scope: visitors, clause: G1, when: 'mission.country == {country}'}
standing_answers:
  not_governed: {clause: G1, duties: [{who: committee, must: ask}], say: This is not covered.}
  needs_information: {clause: G1, duties: [{who: committee, must: ask}], say: We find out more.}
  not_settled: {clause: G1, duties: [{who: committee, must: ask}], say: The committee decides.}
  proposed: {clause: G1, duties: [{who: committee, must: ask}], say: Please wait.}
"""
OUTCOMES = ("route_bilateral", "hold", "refuse", "escalate_urgent")
DIGITS = ("department.id", "visit.place", "item.owner", "item.secrecy_grade")
"""The facts that the levels of a tree of rules distinguish, ten values each."""


def folder(rules: list[str], country: str = "FR") -> dict[str, bytes]:
    """A folder with one policy; half of its rules stand in each file, for none may be over-long."""
    half = len(rules) // 2
    directive = DIRECTIVE + "rules:\n" + "".join(rules[:half])
    policy = f"policy: grown-{country.lower()}\ntitle: G\nfollows: directive\ncountry: {country}\nparameters: {{}}\n"
    return {
        "directive.yaml": directive.encode(),
        "one.yaml": f"{policy}rules:\n{''.join(rules[half:])}".encode(),
    }


def rule(name: str, when: str, number: int, exception_to: str = "") -> str:
    general = f"exception_to: {exception_to}, " if exception_to else ""
    outcome = OUTCOMES[number % len(OUTCOMES)]
    return (
        f"  - {{rule: {name}, {general}clause: G1, when: '{when}', outcome: {outcome},"
        f" duties: [{{who: committee, must: see}}], say: So it is.}}\n"
    )


def side_by_side(count: int) -> dict[str, bytes]:
    """One policy of rules that stand alone, differing in one fact; why the others did not decide grows with them."""
    return folder([rule(f"r{i}", f'item.owner == "{i}" and not item.published', i) for i in range(count)])


def tree(count: int) -> dict[str, bytes]:
    """One policy of rules and exceptions four levels deep, ten to each; an answer names those along one path."""

    def nodes() -> Iterator[str]:
        for level in range(1, 5):
            for number, digits in enumerate(product(range(10), repeat=level)):
                name = "r" + "-".join(map(str, digits))
                when = f'{DIGITS[level - 1]} == "{digits[-1]}" and not item.published'
                yield rule(name, when, number, name.rpartition("-")[0])

    return folder(list(islice(nodes(), count)))


def countries(count: int) -> dict[str, bytes]:
    """Twenty rules to a country, more to each where there would be over two hundred countries."""
    codes = CODES[: count // 20]
    files = {"directive.yaml": f"{DIRECTIVE}rules: []\n".encode()}
    for position, code in enumerate(codes):
        own = range(position * count // len(codes), (position + 1) * count // len(codes))
        written = "".join(
            rule(f"r{i}", f'item.owner == "{i % len(own)}" and not item.published', i) for i in own
        )
        head = (
            f"policy: grown-{code.lower()}\ntitle: G\nfollows: directive\ncountry: {code}\nparameters: {{}}\n"
        )
        files[f"{code.lower()}.yaml"] = f"{head}rules:\n{written}".encode()
    return files


CODES = sorted(COUNTRY_CODES)[:200]
SHAPES = {"side by side": side_by_side, "a tree": tree, "countries": countries}


def write_grown(folder: Path, tree_of_sources: Path, rules: int) -> Path:
    """Write the tree of so many rules into a new folder, as another source tree makes it; return the folder."""
    program = (
        "import json; from benchmarks.grown_policies import tree; "
        f"print(json.dumps({{name: content.decode() for name, content in tree({rules}).items()}}))"
    )
    if not folder.exists():
        folder.mkdir()
        command = [sys.executable, "-c", program]
        printed = subprocess.run(command, cwd=tree_of_sources, capture_output=True, check=True).stdout
        for name, content in json.loads(printed).items():
            (folder / name).write_text(content)
    return folder
