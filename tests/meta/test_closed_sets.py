"""A new member of a closed set is caught before a desk meets it: by mypy, since every branch on a set is total."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.meta.closed_sets import FREE, NEW, ROOT, closed_sets, missing_branches, sources

SETS = {one.name: one for one in closed_sets()}


def member_of(node: ast.AST | None) -> str | None:
    match node:
        case ast.Attribute(value=ast.Name(id=name)) if name in SETS:
            return name
    return None


def sets_matched(match: ast.Match) -> set[str]:
    return {name for case in match.cases for node in ast.walk(case.pattern) if (name := member_of(node))}


def is_catch_all(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def nodes() -> Iterator[tuple[Path, ast.AST]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            yield path.relative_to(ROOT), node


def test_no_table_is_written_out_member_by_member() -> None:
    """mypy does not check such a table for a new member; a `match` is checked, and a table made from one is total."""
    tables = [
        f"{path}:{node.lineno}"
        for path, node in nodes()
        if isinstance(node, ast.Dict) and len(node.keys) > 1 and all(map(member_of, node.keys))
    ]
    assert tables == []


def test_no_match_on_a_closed_set_lets_the_rest_through() -> None:
    loose = [
        f"{path}:{node.lineno}"
        for path, node in nodes()
        if isinstance(node, ast.Match) and any(map(sets_matched_alone, [node]))
        for last in [node.cases[-1]]
        if is_catch_all(last.pattern) and "assert_never" not in ast.unparse(last.body[0])
    ]
    assert loose == []


def sets_matched_alone(match: ast.Match) -> bool:
    """Whether the cases are members of sets, and not parts of a condition that hold one."""
    return any(
        isinstance(case.pattern, ast.MatchValue) and member_of(case.pattern.value) for case in match.cases
    )


def test_a_set_that_nothing_branches_on_has_its_reason() -> None:
    matched = {name for _, node in nodes() if isinstance(node, ast.Match) for name in sets_matched(node)}
    by_words = {"PolicyStatus", "Relation", "RuleState"}
    assert set(SETS) - matched - by_words - set(FREE) == set()
    assert set(FREE) <= set(SETS)


def test_mypy_names_every_place_that_a_new_outcome_is_missing_from() -> None:
    places = "\n".join(missing_branches(SETS["Outcome"]))
    assert NEW in places
    for path in (
        "engine/contract/decision.py",
        "engine/policy/standing_answers.py",
        "engine/policy/titles.py",
        "api/ledger/export.py",
    ):
        assert path in places


def test_a_new_choice_that_the_policies_decide_by_is_named_by_the_proofs(tmp_path: Path) -> None:
    for package in ("engine", "policies"):
        shutil.copytree(ROOT / package, tmp_path / package)
    facts = tmp_path / "policies/vocabulary.yaml"
    for last in ("somebody else", "a third country", "the mission asks once more for what it was given"):
        facts.write_text(facts.read_text().replace(f": {last}\n", f": {last}\n      one_more: one more\n"))
    ran = subprocess.run(
        [sys.executable, "-c", PROVE], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert set(ran.stdout.split()) >= {"no-department-hands-over", "only-to-the-counterpart", "no-gaps"}


PROVE = """
from pathlib import Path
from engine import Verdict, load_policies, prove
policies = load_policies({path.name: path.read_bytes() for path in Path("policies").glob("*.yaml")})
for group in prove(policies).groups:
    print(*(one.name for one in group.obligations if one.verdict is not Verdict.PROVED))
"""
