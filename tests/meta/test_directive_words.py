"""What one directive says stands in its policy folder: no module and no template has its clauses or its own words."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
PLACES = ("engine", "api")
CLAUSES = YAML(typ="safe", pure=True).load((ROOT / "policies" / "directive.yaml").read_text())["clauses"]
CLAUSE = re.compile(rf"(?<![\w.-])(?:{'|'.join(re.escape(one['clause']) for one in CLAUSES)})(?![\w-])")
WORD = re.compile(
    r"Korea|Albania|Vietnam|Cuba\b|\battach[eé](?![a-z])|embassy|sino_|seventh|eighth|channel_72|\b1964\b",
    re.IGNORECASE,
)
"""Words of its subject. Parties and outcomes are no such words."""
OF_THE_OFFICE = re.compile(r"committee|bilateral|sections? [1-4]\b|\(A\d", re.IGNORECASE)
"""What registers, dues and their pages have no need to say."""
OFFICE = re.compile(
    r"api/(domain/(registers|dues)/|domain/reconciliation|files/(pages/|columns)|cli/(due|registers|reconcile)|"
    r"http/(routes/(due|register)|register)|services/(dues|register|required_registers|reconciliation)|"
    r"storage/(due_records|registers|register_events))"
)

ALLOWED = {
    "engine/contract/version_1.yaml": "the vocabulary of sets that have none",
    "engine/contract/registers_of_version_1.yaml": "the registers of sets that have none",
    "engine/contract/roles_of_version_1.py": "what the liaison records by sets whose parties have no offices",
    "engine/contract/country_names.py": "what the countries of the world are called",
    "engine/checking/shape.py": "an example of how a mark is spelt",
    "engine/formatting/key_words.py": "an example of how a mark is spelt",
    "api/cli/explain.py": "an example of what can be explained",
    "api/cli/policies_show.py": "an example of the name of a policy",
    "api/evidence/scenarios/collection.py": "an example of a tag",
    "api/evidence/scenarios/scenario_part.py": "an example of a tag",
}
"""Files that may have such words for good, with the reason."""


def texts_of(path: Path) -> Iterator[str]:
    """The constant texts of a module, docstrings among them; all of any other file."""
    if path.suffix != ".py":
        yield path.read_text()
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def files() -> Iterator[Path]:
    for place in PLACES:
        yield from (
            path for path in sorted((ROOT / place).rglob("*")) if path.suffix in (".py", ".html", ".yaml")
        )


def uses(*patterns: re.Pattern[str]) -> Mapping[str, set[str]]:
    """What is found in each file that has any."""
    found = {
        str(path.relative_to(ROOT)): {
            hit for text in texts_of(path) for pattern in patterns for hit in pattern.findall(text)
        }
        for path in files()
    }
    return {name: hits for name, hits in found.items() if hits}


def test_no_file_has_a_clause_or_a_word_of_the_shipped_directive() -> None:
    found = uses(CLAUSE, WORD)
    assert {name: hits for name, hits in found.items() if name not in ALLOWED} == {}
    assert found.keys() >= ALLOWED.keys(), "it has none; take it out of the list"


def test_registers_dues_and_pages_speak_for_any_directive() -> None:
    assert {name: hits for name, hits in uses(OF_THE_OFFICE).items() if OFFICE.match(name)} == {}
    assert sum(bool(OFFICE.match(str(path.relative_to(ROOT)))) for path in files()) > 30


@pytest.mark.parametrize(
    "text",
    ["put to session 8 (S2.3)", "S1.2, D5", "the Korean side", "channel_72", "the attache", "Sino_korean"],
)
def test_such_words_are_found(text: str) -> None:
    assert CLAUSE.search(text) or WORD.search(text)


@pytest.mark.parametrize("text", ["AS3.6x", "S3.61", "attached", "version 1.2", "D50"])
def test_other_words_are_not(text: str) -> None:
    assert CLAUSE.search(text) is None
    assert WORD.search(text) is None
