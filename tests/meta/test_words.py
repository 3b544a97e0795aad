"""One word, one meaning: names and comments use the words an engineer expects, and not those of the table.

Names are all identifiers of the code and the names of modules; texts are comments and docstrings. What is on the
wire, in files, in the database or read by people (members, options, messages) is content, and not looked at.
"""

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDERS = ("api", "engine", "tests", "benchmarks")

INSTEAD = {
    "shelf shelves": "a module named by its thing (cases), or repository",
    "told tell tells telling": "reported, shown, stated, distinguished; for a text: text report",
    "asked": "requested, queried; for a value: request, query, payload",
    "said": "stated, reported; for a value: text, message, statement",
    "kept": "stored, cached; texts of persons: erasable",
    "owed owing debt debts": "due, dues, pending inclusion",
    "weigh weighs weighed weighing weigher reweigh reweighed reweighing": "evaluate, resolve; default logic",
    "era eras": "interval",
    "outline outlines": "answer template",
    "lowering": "typecheck",
    "standing": "status, state",
    "fold folds folded folding unfold unfolds unfolded unfolding": "deduplicate, expand",
    "apart": "erasable, commitment; separately",
    "blanked blanking": "redacted, redaction",
    "gathering": "group commit",
    "relief": "WAL checkpointer",
    "promise promised promises promising": "scenario, feature file; agreement",
    "rehearsal rehearsals rehearse rehearsed": "scenario run",
    "reckon reckons reckoned reckoning": "score, scoring",
    "judged judging": "assessed, assessment",
    "receipt receipts": "stored response",
    "wording": "validation message; text",
    "look_again": "refresh",
    "known_upto": "read_sequence",
    "knowledge_grown": "StaleRead",
    "not_at_once": "WouldBlock",
    "hot_path": "fast_path",
    "deciding_again": "backtest",
}
"""The words that are not used, in their forms, and what to write instead."""

MODULES_INSTEAD = {
    "asking": "queries",
    "bodies": "request_body",
    "book": "record_index",
    "calls": "idempotency, stored_responses",
    "keys": "cache_keys, api_keys",
    "memory": "bounded_cache",
    "recording": "commands, named by their thing",
    "showing": "queries",
    "steps": "lockstep",
    "tokens": "lexer, jwt",
}
"""Words that are common elsewhere, and say too little as the name of a module."""

NAMES = {
    "handover_as_asked": "member of an answer",
    "keep_apart": "the option `--keep-apart`, and its setting",
    "not_asked": "key of the directive's file",
    "owed_projects": "member of a session",
    "scenario_outline": "the Scenario Outline of Gherkin",
    "standing_answer": "policy vocabulary: the key `standing_answers`",
    "standing_answers": "policy vocabulary: the key `standing_answers`",
    "standing_case": "policy vocabulary: the cases of the key `standing_answers`",
    "supplementary_asked": "a kind of event, on the wire and in the log",
}
"""What a name may hold, since it is named after something that is no choice of the code, with the reason."""

NAMES_IN = {
    ("api/domain/dues/answers.py", "asked"): "member of a session",
    ("api/domain/dues/sessions.py", "asked"): "member of a session",
}
"""Names of members, which are too common to be excepted everywhere."""

OPENAPI = "read by people: a description in the OpenAPI document"
HELP = "read by people: the help of a command"
RECORD = "member of a record in JSON"
PHRASES = {
    "`state` tells": OPENAPI,
    "add up to promised": RECORD,
    "as it was asked for": OPENAPI,
    "Asked that lists enter": OPENAPI,
    "asked, not known": "the words of the contract for a fact that is null",
    "explanation that was asked for": OPENAPI,
    "folded text": "the folded style of YAML",
    "folds constants": "constant folding of compilers",
    "handover that is asked about": OPENAPI,
    "if asked": OPENAPI,
    "it was asked and is not known": OPENAPI,
    "keep a copy of the key apart": HELP,
    "kept        whether": RECORD,
    "names the receipt": OPENAPI,
    "nobody had asked about": HELP,
    "not_asked": "key of the directive's file",
    "nothing kept": "a form of the benchmark, in its record",
    "one that was asked and is not known": OPENAPI,
    "said, before": RECORD,
    "Something owed": OPENAPI,
    "something is owed": OPENAPI,
    "standing answer": "policy vocabulary: the key `standing_answers`",
    "tells what ends the duty": OPENAPI,
    "totals      promised": RECORD,
    "weighs": "the weight of an entry of a cache",
    "were kept apart from the log": HELP,
    "what is owed": OPENAPI,
    "what it was asked": OPENAPI,
    "{promised": RECORD,
}
"""What a comment or a docstring may say, in capitals or not, with the reason."""

MODULES = {
    "api.cli.keys": "the command `channelgate keys`",
    "api.evidence.scenarios.steps": "the steps of Gherkin",
    "api.signing.keys": "the keys of signatures",
}
"""Modules whose names are the standard word, with what they stand for."""

REMEDY = {form: instead for forms, instead in INSTEAD.items() for form in forms.split()}
BANNED = re.compile(rf"(?:^|_)({'|'.join(sorted(REMEDY, key=len, reverse=True))})(?=_|$)")
EXCEPTED = re.compile(rf"(?<![^_])(?:{'|'.join(sorted(NAMES, key=len, reverse=True))})(?![^_])")
MENTIONED = re.compile(rf"(?i:{'|'.join(form.replace('_', '_?') for form in REMEDY)})(?![a-z])")
WORD = re.compile(r"[A-Za-z_]+")
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


class Use(NamedTuple):
    """A word where it stands: the file, the line, the identifier or the line of text."""

    path: str
    line: int
    where: str
    word: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: `{self.word}` in `{self.where.strip()}`; write {REMEDY[self.word]}"


def found_in(name: str) -> list[str]:
    """The words of the table in an identifier, in snake or camel case."""
    return BANNED.findall(EXCEPTED.sub("_", "_".join(PART.findall(name)).lower()))


def files() -> Iterator[Path]:
    yield ROOT / "conftest.py"
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def name_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


class Content(NamedTuple):
    """The identifiers of a file, and the lines of its comments and docstrings, with their line numbers."""

    names: set[tuple[int, str]]
    texts: set[tuple[int, str]]


def content_of(source: str) -> Content:
    content, docstrings = Content(set(), set()), set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(), lineno=line, col_offset=column)):
                docstrings.add((line, column))
            case ast.JoinedStr(lineno=line):  # What it names is no token before Python 3.12.
                names = (getattr(inner, "id", getattr(inner, "attr", "")) for inner in ast.walk(node))
                content.names.update((line, name) for name in names)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line, _ = token.start
        if token.type == tokenize.NAME:
            content.names.add((line, token.string))
        elif token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.start in docstrings):
            content.texts.update(enumerate(token.string.split("\n"), line))
    return content


@functools.cache
def contents() -> dict[str, Content]:
    """The content of every file in which a word of the table stands at all, be it in a text for people."""
    sources = {str(path.relative_to(ROOT)): path.read_text() for path in files()}
    return {path: content_of(source) for path, source in sources.items() if MENTIONED.search(source)}


def test_identifiers_use_the_words_that_are_expected() -> None:
    uses = sorted(
        Use(path, line, name, word)
        for path, (names, _) in contents().items()
        for line, name in names
        for word in found_in(name)
        if (path, name) not in NAMES_IN
    )
    assert not uses, "\n".join(map(str, uses))


def test_comments_and_docstrings_use_the_words_that_are_expected() -> None:
    phrases = "|".join(map(re.escape, sorted(PHRASES, key=len, reverse=True)))
    allowed = re.compile(rf"(?<!\w)(?:{phrases})", re.IGNORECASE)
    uses = sorted(
        Use(path, line, text, found)
        for path, (_, texts) in contents().items()
        for line, text in texts
        for word in WORD.findall(allowed.sub("", text))
        for found in found_in(word)
    )
    assert not uses, "\n".join(map(str, uses))


def test_modules_are_named_by_what_they_hold() -> None:
    uses = []
    for path in (str(path.relative_to(ROOT)) for path in files()):
        name = name_of(path)
        stem = name.rpartition(".")[2]
        if name not in MODULES and not name.startswith("tests."):
            uses += [f"{path}: write {MODULES_INSTEAD[stem]}"] if stem in MODULES_INSTEAD else []
        uses += [f"{path}: write {REMEDY[word]}" for word in found_in(stem)]
    assert not uses, "\n".join(uses)


def test_every_exception_is_needed() -> None:
    names = {(path, name) for path, (names, _) in contents().items() for _, name in names}
    joined = {"_".join(PART.findall(name)).lower() for _, name in names}
    texts = "\n".join(text for _, texts in contents().values() for _, text in texts).lower()
    modules = {name_of(str(path.relative_to(ROOT))) for path in files()}
    assert [name for name in NAMES if not any(name in other for other in joined)] == []
    assert set(NAMES_IN) - names == set()
    assert [phrase for phrase in PHRASES if phrase.lower() not in texts] == []
    assert set(MODULES) - modules == set()
