"""The stored tables of the grammar are those that the installed library makes, and with others it makes its own."""

import json
import subprocess
import sys

import pytest

from engine.language import parse_tables
from engine.language.parse_tables import TABLES
from tests.support.parse_tables import worked_out

TRY = """
import sys
from engine.language import parse_tables
from engine.language.rule_engine_parser import parse_condition
parse_tables.TABLES = parse_tables.TABLES.replace(*sys.argv[1:])
from tests.support.shipped_words import WORDS
parse_condition('trigger == "host_offer" and (visit.starts_on < as_of or not item.published)', WORDS)
from rule_engine import Rule
print(type(Rule.parser._parser.productions[1]).__name__)
"""


def test_the_stored_tables_are_those_of_the_installed_library() -> None:
    assert json.loads(TABLES) == worked_out(), "run `python -m tests.support.parse_tables`"


@pytest.mark.parametrize(
    ("change", "made_of"),
    [
        (("", ""), "MiniProduction"),
        (("expression QMARK", "expression QUESTION"), "Production"),
        (('"version": "', '"version": "0'), "Production"),
    ],
    ids=["as kept", "another grammar", "another generator"],
)
def test_tables_of_another_grammar_are_not_taken(change: tuple[str, str], made_of: str) -> None:
    done = subprocess.run([sys.executable, "-c", TRY, *change], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == made_of


def test_the_module_says_how_it_is_made() -> None:
    assert "python -m tests.support.parse_tables" in str(parse_tables.__doc__)
