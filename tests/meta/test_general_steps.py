"""Scenarios speak in the words of the policies: none of the shipped directive's stands in the code that runs them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import load_policies, name_country
from engine.contract.vocabulary_building import CORE, NO_FACTS
from tests.support.mistakes import SHIPPED

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "api" / "evidence").rglob("*.py"))
POLICIES = load_policies(SHIPPED)
DECLARED = [word for word in POLICIES.vocabulary.declarations.facts if word.name not in NO_FACTS]
ALWAYS = {*CORE, *NO_FACTS, "handover.by", "handover.to"}
"""Facts that every request has."""
ELSEWHERE = {
    "confirmed": "the state of a listed item",
    "data": "the form in which pytest sends a report",
    "declined": "the state of a listed item",
    "document": "a parsed file",
    "included": "what a resolution does",
    "mission": "a group of facts that every request has",
    "none": "nothing",
    "open": "to read a file",
    "other": "another one",
    "pending": "what has not been run",
    "provided": "of a list",
    "refused": "a change of the policies that the check refuses",
    "withdrawn": "a scenario",
}
"""Choices that are words of other things as well, and of which."""


def words_of_the_directive() -> Iterator[str]:
    yield from (word.name for word in DECLARED if word.name not in ALWAYS)
    yield from (choice for word in DECLARED for choice in word.choices if choice not in ELSEWHERE)
    yield from (says for word in DECLARED for says in word.meanings if " " in says)
    yield from POLICIES.parties
    yield from POLICIES.parties.values()
    yield from POLICIES.countries
    yield from map(name_country, POLICIES.countries)
    yield from (policy.title for policy in POLICIES.policies)
    yield from (phrase.text for phrase in POLICIES.phrases.facts)
    yield from (*POLICIES.phrases.outcomes, *POLICIES.phrases.grounds)
    yield from ("Korea", "Vietnam", "Committee", "Foreign Office")


WORD = re.compile(
    rf"(?<![\w.])(?:{'|'.join(re.escape(word) for word in sorted(words_of_the_directive()))})(?![\w.])"
)


def texts_in(path: Path) -> Iterator[str]:
    """The texts and names of a module, its docstrings and comments left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    documented |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(str() as text) if id(node) not in documented:
                yield text
            case (
                ast.Name(id=name)
                | ast.Attribute(attr=name)
                | ast.arg(arg=name)
                | ast.keyword(arg=str() as name)
            ):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                yield name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_fact_choice_party_or_country_of_the_directive_stands_in_code(path: Path) -> None:
    found = {(text, word) for text in texts_in(path) for word in WORD.findall(text)}
    assert found == set()


def test_each_exception_is_one_somewhere() -> None:
    texts = [text for path in MODULES for text in texts_in(path)]
    unused = [word for word in ELSEWHERE if not any(re.search(rf"\b{word}\b", text) for text in texts)]
    assert unused == []


def test_a_word_of_the_directive_would_be_found() -> None:
    for text in (
        "committee",
        "the Committee must",
        "urgency.eagerly_wanted",
        "ad_hoc_request",
        "KP",
        "Korea",
    ):
        assert WORD.search(text), text
    assert not WORD.search("the committee_agrees_not of a KPI")
